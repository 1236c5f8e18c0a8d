"""What was said before a change: it stays away where it no longer fits, and comes back for a question of the past."""

from __future__ import annotations

import pytest

from aipersona import AIPersona
from tests.aipersona.kit import engine, propose, said

pytestmark = pytest.mark.anyio

STEAK = "I love a good steak. Where should I have dinner tonight?"


async def went_vegetarian() -> AIPersona:
    ai = engine(
        propose("preferences.diet", "vegetarian", "I'm vegetarian now", sid="c"),
        propose("demographics.residence.city", "Lisbon", "I moved to Lisbon", sid="c"),
    )
    await ai.observe(said(STEAK, ("assistant", "The steakhouse by the harbour has dinner tonight."), sid="a"))
    await ai.observe(said("The library near me has a cello.", sid="b", day="2026-03-06"))
    await ai.observe(said("I'm vegetarian now, tonight too. And I moved to Lisbon.", sid="c", day="2026-03-10"))
    await ai.observe(said("Tonight I cook dinner with Ana.", sid="d", day="2026-03-11"))
    await ai.learn("alice", every=1)
    return ai


@pytest.mark.parametrize("query", ["dinner tonight", "Where should I have dinner tonight?", "a steak for dinner"])
async def test_a_talk_from_before_a_new_diet_does_not_come_back_for_a_question_about_dinner(query: str) -> None:
    context = await (await went_vegetarian()).context("alice", query)
    assert "steak" not in context.text
    assert "vegetarian" in context.text
    assert ("d", 1) in context.turns


async def test_a_talk_about_something_else_comes_back_whatever_the_diet() -> None:
    context = await (await went_vegetarian()).context("alice", "Could I borrow a cello?")
    assert context.turns == (("b", 1),)


async def test_a_move_leaves_out_what_was_near_the_old_home() -> None:
    context = await (await went_vegetarian()).context("alice", "Is there a cello nearby?")
    assert ("b", 1) not in context.turns


@pytest.mark.parametrize("query", ["What did I say about dinner tonight?", "Remind me what steakhouse was recommended"])
async def test_a_question_about_the_past_brings_back_what_was_said(query: str) -> None:
    assert "steak" in (await (await went_vegetarian()).context("alice", query)).text


async def test_a_context_as_of_a_day_recalls_nothing_from_later() -> None:
    ai = await went_vegetarian()
    context = await ai.context("alice", "dinner tonight", as_of="2026-03-07")
    assert {session for session, _ in context.turns} == {"a"}
    assert "vegetarian" not in context.text


async def test_an_appointment_of_the_past_shows_only_where_the_past_is_asked_for() -> None:
    ai = engine()
    for day, event in (("2026-05-30", "dentist"), ("2026-06-01", "choir"), ("2026-06-04", "interview")):
        await ai.set("alice", "agenda.calendar", {"event": event, "date": day})
    await ai.set("alice", "agenda.todos", {"task": "file the taxes", "due": "2026-05-30"})
    ahead = (await ai.context("alice", "What is on my calendar and my todo list?")).text
    assert "dentist" not in ahead
    assert all(word in ahead for word in ("choir", "interview", "taxes"))
    assert "dentist" in (await ai.context("alice", "Which appointments did I have on my calendar?")).text


async def test_a_talk_of_what_the_user_has_given_up_does_not_come_back() -> None:
    ai = engine(
        propose(
            "preferences.tastes", {"item": "Nicholas Ray", "stance": "like"}, "I love Nicholas Ray", op="add", sid="a"
        ),
        propose("preferences.tastes", {"item": "Nicholas Ray"}, "I'm over Nicholas Ray", op="remove", sid="b"),
    )
    await ai.observe(said("I love Nicholas Ray.", ("assistant", "A film by Nicholas Ray it is."), sid="a"))
    await ai.observe(said("I'm over Nicholas Ray.", sid="b", day="2026-03-10"))
    await ai.learn("alice", every=1)
    assert "Ray" not in (await ai.context("alice", "A film tonight?")).text


POINT = (
    "Scalable assistant built for seamless integration with existing clinic platforms and scanners, avoiding downtime"
)
RETOLD = "a scalable assistant built for seamless integration with existing clinic platforms and scanners"


async def mail_with(new: str | None) -> AIPersona:
    """The user tells one point of a mail, and gives it up, for a new one or for none."""
    mail = {"document": "mail to the clinic", "part": "key points"}
    edits = [propose("work.documents", {**mail, "text": POINT}, f"In the mail to the clinic: {POINT}.", op="add")]
    gone = f"Drop '{POINT}' from my mail."
    edits.append(propose("work.documents", {**mail, "text": POINT}, gone, op="remove", sid="s3"))
    turns = [gone]
    if new is not None:
        turns.append(f"In the mail to the clinic I now say: {new}.")
        edits.append(propose("work.documents", {**mail, "text": new}, turns[1], op="add", sid="s3", turn=2))
    ai = engine(*edits)
    await ai.observe(said(f"In the mail to the clinic: {POINT}."))
    again = f"My mail to the clinic speaks of {new or RETOLD}."
    await ai.observe(said(again, sid="s2", day="2026-03-06"))
    await ai.observe(said(*turns, sid="s3", day="2026-03-07"))
    await ai.learn("alice", every=1)
    return ai


async def test_something_long_that_is_given_up_does_not_come_back_in_nearly_the_same_words() -> None:
    context = await (await mail_with(None)).context("alice", "Write my mail to the clinic.")
    assert "scalable" not in context.text.casefold()


async def test_something_long_that_is_given_up_for_nearly_the_same_leaves_the_talk_of_that_alone() -> None:
    new = POINT.replace("avoiding downtime", "free of charge")
    context = await (await mail_with(new)).context("alice", "Write my mail to the clinic.")
    assert ("s2", 1) in context.turns


async def test_another_number_names_something_else() -> None:
    goal = "I want to cut the time that a full review of all incoming patient files takes by {} percent"
    ai = engine(
        propose("agenda.goals", {"what": goal.format(40)}, goal.format(40), op="add"),
        propose("agenda.goals", {"what": goal.format(40)}, "That goal is off", op="remove", sid="s3"),
    )
    await ai.observe(said(f"{goal.format(40)}."))
    await ai.observe(said(f"{goal.format(25)}, a colleague said.", sid="s2", day="2026-03-06"))
    await ai.observe(said(f"That goal is off: {goal.format(40)}.", sid="s3", day="2026-03-07"))
    await ai.learn("alice", every=1)
    assert (await ai.context("alice", "What is my goal for the review of the files?")).turns == (("s2", 1),)


async def test_a_decade_is_the_same_with_and_without_its_century() -> None:
    ai = engine(
        propose("preferences.tastes", {"item": "1990s", "stance": "like"}, "I love the 1990s", op="add", sid="a"),
        propose("preferences.tastes", {"item": "1990s"}, "I'm over the 1990s", op="remove", sid="b"),
    )
    await ai.observe(said("I love the 1990s.", ("assistant", "So 90s music it is, and 80s music too?"), sid="a"))
    await ai.observe(said("I'm over the 1990s.", sid="b", day="2026-03-10"))
    await ai.observe(said("I play 80s music.", sid="c", day="2026-03-11"))
    await ai.learn("alice", every=1)
    assert (await ai.context("alice", "Some music for tonight?")).turns == (("c", 1),)
