"""Small models fill forms; the words decide what is a taste, an aim, a task or a limit."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest

from aipersona import AIPersona, Session, Turn
from aipersona.optimizer.draft import DraftEdit
from aipersona.optimizer.filling import Statement, read_form
from aipersona.optimizer.forms import form_for
from aipersona.optimizer.intentions import is_meant
from aipersona.persona.model import Persona
from aipersona.schema.sources import builtin_schema
from tests.aipersona.kit import always

pytestmark = pytest.mark.anyio

FORM = form_for(builtin_schema())


def drafts(words: str, *facts: dict[str, str], persona: Persona | None = None) -> list[DraftEdit]:
    """What the optimizer makes of a filled form for one statement."""
    turn = Turn(number=1, role="user", content=words)
    session = Session(user_id="a", session_id="s", started_at=datetime(2026, 3, 14, tzinfo=UTC), turns=(turn,))
    statement = Statement(session=session, turn=turn, words=words, shown=words)
    reading = read_form(json.dumps({"facts": facts}), FORM, statement, persona or Persona(user_id="a"), model="m")
    return list(reading.drafts)


def likes(item: str) -> dict[str, str]:
    return {"slot": "likes", "item": item}


def test_a_stance_that_the_model_got_wrong_is_that_of_the_words() -> None:
    for words in ("I really can't stand cilantro", "I don't care for cilantro"):
        (draft,) = drafts(words, likes("cilantro"))
        assert draft.value == {"item": "cilantro", "stance": "dislike"}


@pytest.mark.parametrize(
    ("words", "item"),
    [
        ("I've always found jazz to be a genre with many sounds", "jazz"),
        ("I listened to Chopin yesterday, and I really love how emotive he is", "emotive"),
        ("I love Amalfi, with its breathtaking coastlines", "breathtaking coastlines"),
        ("I really like swing; the trumpets are just fantastic", "trumpets"),
    ],
)
def test_what_the_words_have_no_feeling_for_is_no_taste(words: str, item: str) -> None:
    assert item not in [draft.value["item"] for draft in drafts(words, likes(item)) if isinstance(draft.value, dict)]


def test_a_slip_of_copying_is_mended_and_an_owner_stands_for_his_works() -> None:
    (memoirs,) = drafts("Lately I've been really into memoirs", likes("memories"))
    assert memoirs.value == {"item": "memoirs", "stance": "like"}
    (owner,) = drafts(
        "I just read something by Ann Patchett, and I really like her writing", likes("Ann Patchett's writing")
    )
    assert owner.value == {"item": "Ann Patchett", "stance": "like"}


async def test_a_known_taste_changes_by_the_words_alone() -> None:
    ai = AIPersona(":memory:", drafter=always(), clock=lambda: datetime(2026, 3, 14, 12, tzinfo=UTC))
    await ai.set("a", "preferences.tastes", {"item": "Bill Evans", "stance": "dislike"})
    await ai.set("a", "preferences.tastes", {"item": "golf", "stance": "like"})
    known = (await ai.persona("a", as_of=date(2026, 3, 14))).persona
    (warmed,) = drafts("I used to dislike Bill Evans, but I've really grown to like his music lately", persona=known)
    assert (warmed.op, warmed.value) == ("update", {"id": "1.0", "stance": "like"})
    dropped, instead = drafts("I used to love golf, but now I prefer tennis", persona=known)
    assert (dropped.op, dropped.value) == ("remove", {"id": "2.0"})
    assert drafts("Bill Evans was born in Plainfield", persona=known) == []
    assert instead.value == {"item": "tennis", "stance": "like"}


@pytest.mark.parametrize(
    ("words", "category"),
    [
        ("I'd love to set a goal to spend under $65 per week on coffee", "coffee"),
        ("I'm trying to keep my lunch spending under $60 per week", "lunch"),
        ("My grocery spending is too high, so my goal is to spend no more than $175 per week", "grocery"),
    ],
)
@pytest.mark.parametrize("slot", ["goal", "spent"])
def test_a_limit_with_a_period_is_a_budget_whatever_the_model_took_it_for(words: str, category: str, slot: str) -> None:
    fact = {"slot": slot, "what": "spend", "target": "", "amount": "$65"}
    (draft,) = drafts(words, fact)
    assert draft.path == "finances.budgets"
    assert isinstance(draft.value, dict)
    assert draft.value["category"] == category
    assert "week" in str(draft.value["limit"])


@pytest.mark.parametrize(
    ("text", "words", "meant"),
    [
        ("renew my passport", "I have to renew my passport", True),
        ("learn the guitar", "I'd love to learn the guitar some day", True),
        ("修车", "我周末得去修车", True),
        ("learn more about volcanoes", "I'd like to learn more about volcanoes sometime", False),
        ("breaking tasks into steps", "I find breaking tasks into steps helps, if it needs to be", False),
        ("help me save money", "It's a new goal to help me save money", False),
        ("clean the garage", "I saw them clean the garage", False),
    ],
)
def test_only_what_is_meant_is_an_aim_or_a_task(text: str, words: str, meant: bool) -> None:
    assert is_meant(text, words) == meant


@pytest.mark.parametrize(
    ("words", "closed"),
    [
        ("Yes, I was able to book the dentist.", True),
        ("I no longer need to track booking the dentist", True),
        ("I decided not to book the dentist", True),
        ("I still need to book the dentist, it isn't done", False),
        ("I booked the dentist, no luck", False),
        ("Tell me how I booked the dentist, as a story", False),
        ("I finally book the dentist tomorrow", False),
        ("Remind me to book the dentist", False),
        ("I finished the report", False),
        ("I need to book the dentist and complete the form", False),
        ("I haven't finished booking the dentist", False),
        ("I haven’t managed to book the dentist", False),
        ("I have to book the dentist before it's all done", False),
        ("Please remove 'book the dentist' from my to-do list", True),
        ("I'm removing 'book the dentist' from my personal tasks", True),
        ("I don't need to book the dentist any more", True),
        ("I just booked the dentist", True),
        ("I won't be able to make it to book the dentist", True),
        ("I booked a table", False),
    ],
)
async def test_a_known_task_is_closed_by_the_words_that_say_so(words: str, closed: bool) -> None:
    ai = AIPersona(":memory:", drafter=always(), clock=lambda: datetime(2026, 3, 14, 12, tzinfo=UTC))
    await ai.set("a", "agenda.todos", {"task": "book the dentist"})
    await ai.set("a", "agenda.todos", {"task": "write to Ana"})
    known = (await ai.persona("a", as_of=date(2026, 3, 14))).persona
    assert [draft.op for draft in drafts(words, persona=known) if draft.op != "add"] == (["remove"] if closed else [])


def test_what_the_model_left_out_is_read_from_plain_words() -> None:
    (liked,) = drafts("I've really grown to love alpine lakes")
    assert liked.value == {"item": "alpine lakes", "stance": "like"}
    (task,) = drafts("I actually need to renew my passport tomorrow")
    assert task.value == {"task": "renew my passport tomorrow", "due": "2026-03-15"}


def test_what_the_model_noted_is_not_noted_twice() -> None:
    (draft,) = drafts("I love tidal pools", likes("tidal pools"))
    assert draft.op == "add"
    (todo,) = drafts("I need to renew my passport", {"slot": "todo", "task": "renew my passport"})
    assert todo.value == {"task": "renew my passport"}


def test_an_appointment_that_the_model_took_for_a_task_is_one_where_its_day_is_named() -> None:
    (event,) = drafts("I have a budget review meeting in 3 days", {"slot": "todo", "task": "budget review meeting"})
    assert (event.path, event.value) == ("agenda.calendar", {"event": "budget review meeting", "date": "2026-03-17"})
    (task,) = drafts("I need to write to Ana, I have a deadline on Monday", {"slot": "todo", "task": "write to Ana"})
    assert task.path == "agenda.todos"


def test_a_task_given_up_is_no_task() -> None:
    assert (
        drafts("I'm no longer planning to attend the fair", {"slot": "todo", "task": "no longer attend the fair"}) == []
    )


def test_music_from_the_1990s_stands_for_the_1990s_where_no_music_was_named() -> None:
    (draft,) = drafts("lately I'm really into the 1990s", likes("music from the 1990s"))
    assert draft.value == {"item": "1990s", "stance": "like"}


@pytest.mark.parametrize(
    ("item", "words", "ends"),
    [
        ("music from the 1970s", "Speaking of music, I used to love the 70s, but lately I'm into jazz", True),
        ("music from the 1970s", "Speaking of music, I used to love the 1970s, but now I'm into jazz", True),
        ("Ron Chernow's biographies", "My favorite author used to be Ron Chernow, lately I read Robert Caro", True),
        ("Ron Chernow's biographies", "My favorite author is Ron Chernow", False),
        ("music from the 1970s", "There is music about people who turned 70", False),
    ],
)
async def test_a_liking_ends_by_words_that_name_it_more_shortly(item: str, words: str, ends: bool) -> None:
    ai = AIPersona(":memory:", drafter=always(), clock=lambda: datetime(2026, 3, 14, 12, tzinfo=UTC))
    await ai.set("a", "preferences.tastes", {"item": item, "stance": "like"})
    known = (await ai.persona("a", as_of=date(2026, 3, 14))).persona
    assert [draft.op for draft in drafts(words, persona=known) if draft.op != "add"] == (["remove"] if ends else [])


async def test_a_task_is_closed_by_another_form_of_its_words() -> None:
    ai = AIPersona(":memory:", drafter=always(), clock=lambda: datetime(2026, 3, 14, 12, tzinfo=UTC))
    await ai.set("a", "agenda.todos", {"task": "plan for fair attendance this week"})
    known = (await ai.persona("a", as_of=date(2026, 3, 14))).persona
    (draft,) = drafts("I'm no longer planning to attend the fair", persona=known)
    assert draft.op == "remove"


@pytest.mark.parametrize(
    ("words", "closes"),
    [
        ("I bought milk", ["buy milk"]),
        ("I dropped off the dog on my way to buy milk", []),
        ("Remove eggs from my list and add buy milk", []),
        ("I can't make it to the yoga class", ["yoga class"]),
        ("I can't make it to the yoga class on March 18", []),
        ("I cancelled the other yoga class", []),
        ("I called my parents", ["call my parents later today"]),
        ("I just got off the phone with my parents", ["call my parents later today"]),
        ("I was thinking of my parents while on the phone with my boss", []),
        ("I took 'buy coffee beans' off my list", ["buy coffee beans"]),
        ("I've removed 'call parents' from your list", ["call my parents later today"]),
    ],
)
async def test_what_was_done_closes_its_own_row_and_no_other(words: str, closes: list[str]) -> None:
    ai = AIPersona(":memory:", drafter=always(), clock=lambda: datetime(2026, 3, 14, 12, tzinfo=UTC))
    await ai.set("a", "agenda.todos", {"task": "buy milk"})
    await ai.set("a", "agenda.todos", {"task": "call my parents later today"})
    await ai.set("a", "agenda.todos", {"task": "buy coffee beans"})
    await ai.set("a", "finances.budgets", {"category": "coffee", "limit": "20 USD a week"})
    await ai.set("a", "agenda.calendar", {"event": "yoga class", "date": "2026-03-20"})
    known = (await ai.persona("a", as_of=date(2026, 3, 14))).persona
    names = {claim.record_id: str(next(iter(claim.row.values()))) for claim in known.claims}
    removed = [draft.value for draft in drafts(words, persona=known) if draft.op == "remove"]
    assert [names[str(value["id"])] for value in removed if isinstance(value, dict)] == closes


def test_what_the_words_do_not_bear_out_is_kept_as_doubted() -> None:
    words = "I've always found jazz to be a genre with many sounds"
    turn = Turn(number=1, role="user", content=words)
    session = Session(user_id="a", session_id="s", started_at=datetime(2026, 3, 14, tzinfo=UTC), turns=(turn,))
    statement = Statement(session=session, turn=turn, words=words, shown=words)
    filled = json.dumps({"facts": [likes("jazz"), {"slot": "todo", "task": "many sounds"}]})
    reading = read_form(filled, FORM, statement, Persona(user_id="a"), model="m")
    assert reading.drafts == ()
    assert [(one.draft.path, one.why) for one in reading.doubted] == [
        ("preferences.tastes", "no feeling for it in the words"),
        ("agenda.todos", "nothing is meant to be done"),
    ]
