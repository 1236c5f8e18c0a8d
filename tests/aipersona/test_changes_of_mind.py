"""Changes of mind told in one sentence, and what may be taken away by which words."""

from __future__ import annotations

from datetime import date

import pytest

from aipersona import DraftEdit
from tests.aipersona.kit import engine, propose, said

pytestmark = pytest.mark.anyio

TASTES = "preferences.tastes"


async def stances(*edits: DraftEdit, words: str) -> list[object]:
    """The stances to things once the user has said these words."""
    async with engine(*edits) as ai:
        await ai.observe(said(words))
        await ai.learn("alice")
        return [claim.row["stance"] for claim in (await ai.persona("alice")).claims(TASTES)]


@pytest.mark.parametrize(
    "words",
    [
        "I used to dislike Bill Evans, but I've really grown to like his music lately.",
        "I used to not care for Bill Evans, but now I enjoy his records.",
        "I used to hate Bill Evans; these days I can listen to him for hours.",
    ],
)
async def test_a_dislike_given_up_in_the_same_sentence_is_a_like(words: str) -> None:
    like = propose(TASTES, {"item": "Bill Evans", "stance": "like", "category": "artists"}, words, op="add")

    assert await stances(like, words=words) == ["like"]


@pytest.mark.parametrize(
    "words",
    [
        "I used to love Bill Evans, but now I prefer Yo-Yo Ma.",
        "I used to hate Bill Evans.",
        "I used to hate Bill Evans, but my wife adores him.",
        "I used to hate Bill Evans, but if I had the time I would try again.",
    ],
)
async def test_a_past_stance_alone_is_no_like(words: str) -> None:
    like = propose(TASTES, {"item": "Bill Evans", "stance": "like", "category": "artists"}, words, op="add")

    assert await stances(like, words=words) == []


async def test_the_word_for_the_kind_of_thing_does_not_say_where_it_is_stated() -> None:
    words = "I don't follow many artists, but I love SZA."
    like = propose(TASTES, {"item": "SZA", "stance": "like", "category": "artists"}, words, op="add")

    assert await stances(like, words=words) == ["like"]


async def test_a_decade_may_be_said_without_its_century() -> None:
    words = "I love 90s music."
    like = propose(TASTES, {"item": "1990s", "stance": "like", "category": "decades"}, words, op="add")
    other = propose(TASTES, {"item": "1980s", "stance": "like", "category": "decades"}, words, op="add")

    assert await stances(like, other, words=words) == ["like"]


@pytest.mark.parametrize(
    ("words", "left"), [("I spent 4 EUR on coffee.", ["call my parents"]), ("I talked to my parents today.", [])]
)
async def test_words_about_something_else_remove_nothing(words: str, left: list[str]) -> None:
    task = propose("agenda.todos", {"task": "call my parents"}, "I need to call my parents.", op="add")
    done = propose("agenda.todos", {"task": "call my parents"}, words, op="remove", sid="s2")
    async with engine(task, done) as ai:
        await ai.observe(said("I need to call my parents."))
        await ai.observe(said(words, sid="s2", day="2026-03-06"))
        await ai.learn("alice")
        assert [claim.row["task"] for claim in (await ai.persona("alice")).claims("agenda.todos")] == left


async def test_an_answer_may_refer_to_what_the_assistant_named() -> None:
    task = propose("agenda.todos", {"task": "call my parents"}, "I need to call my parents.", op="add")
    done = propose(
        "agenda.todos", {"task": "call my parents"}, "Yes, I reached them yesterday.", op="remove", turn=2, sid="s2"
    )
    async with engine(task, done) as ai:
        await ai.observe(said("I need to call my parents."))
        await ai.observe(
            said(
                ("assistant", "Did you call your parents?"),
                "Yes, I reached them yesterday.",
                sid="s2",
                day="2026-03-06",
            )
        )
        await ai.learn("alice")
        assert not (await ai.persona("alice")).claims("agenda.todos")


@pytest.mark.parametrize(
    ("task", "words", "called"),
    [
        ("renew my passport", "The passport is renewed, I finished that today.", "get the passport thing done"),
        ("plan for fair attendance this week", "I'm no longer planning to attend the fair.", "fair visit off"),
        ("remember to call my parents", 'I no longer need to track "call parents" on my list.', "parents off the list"),
        ("review client feedback from the last project", "I finished reviewing the client feedback.", "feedback done"),
        ("交税表", "税表我已经交了，终于轻松了。", "交了税表"),
    ],
)
async def test_a_task_told_and_done_in_one_batch_is_closed_by_the_words_whatever_the_model_calls_it(
    task: str, words: str, called: str
) -> None:
    told = propose(
        "agenda.todos", {"task": task}, f"我得{task}。" if task == "交税表" else f"I need to {task}.", op="add"
    )
    done = propose("agenda.todos", {"task": called}, words, op="remove", sid="s2")
    async with engine(told, done) as ai:
        await ai.observe(said(told.quote))
        await ai.observe(said(words, sid="s2", day="2026-03-06"))
        await ai.learn("alice")
        assert (await ai.persona("alice")).claims("agenda.todos") == ()
        assert [edit.op for revision in await ai.log("alice") for edit in revision.edits] == ["add", "remove"]


@pytest.mark.parametrize(
    ("first", "second", "rows"),
    [
        ("portfolio review", "portfolio review meeting", 1),
        ("portfolio review meeting", "portfolio review", 1),
        ("budget meeting", "budget call", 2),
        ("team lunch", "team event", 2),
    ],
)
async def test_an_event_is_the_same_with_and_without_the_word_for_its_kind(first: str, second: str, rows: int) -> None:
    words, later = f"I have a {first} on March 12th.", f"My {second} is on March 13th now."
    told = propose("agenda.calendar", {"event": first, "date": "2026-03-12"}, words, op="add")
    moved = propose("agenda.calendar", {"event": second, "date": "2026-03-13"}, later, op="add", sid="s2")
    async with engine(told, moved) as ai:
        await ai.observe(said(words))
        await ai.observe(said(later, sid="s2", day="2026-03-06"))
        await ai.learn("alice")
        held = (await ai.persona("alice", as_of=date(2026, 3, 7))).claims("agenda.calendar")
        assert len(held) == rows
