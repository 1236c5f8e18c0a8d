"""Histories that are sent again and again: what of them is new."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aipersona import Turn
from aipersona.adapters.history import Said, continues, noted, storable, unheard


def talk(*contents: str) -> list[Said]:
    """The user and the assistant in turns, the user first."""
    return [Said(role="assistant" if n % 2 else "user", content=content) for n, content in enumerate(contents)]


def turns(said: list[Said]) -> list[Turn]:
    return [Turn(number=number, role=one.role, content=one.content) for number, one in enumerate(said, start=1)]


@given(st.lists(st.sampled_from(["yes", "no", "Lisbon", "and?"]), max_size=8), st.integers(0, 8))
def test_of_a_whole_history_only_what_comes_after_the_stored_turns_is_new(contents: list[str], stored: int) -> None:
    whole = talk(*contents)
    assert list(unheard(turns(whole[:stored]), whole)) == whole[stored:]


def test_a_history_that_was_cut_at_its_beginning_meets_the_turns_at_its_end() -> None:
    whole = talk("a", "1", "b", "2", "c", "3", "d")
    assert list(unheard(turns(whole[:6]), whole[2:])) == whole[6:]


def test_a_history_that_begins_before_the_turns_meets_them_too() -> None:
    whole = talk("a", "1", "b", "2", "c")
    assert list(unheard(turns(whole[2:4]), whole)) == whole[4:]


def test_an_edited_answer_is_not_new() -> None:
    assert list(unheard(turns(talk("a", "1")), talk("a", "one", "b"))) == talk("b")


def test_an_answer_that_was_missed_is_new() -> None:
    assert list(unheard(turns(talk("a")), talk("a", "1", "b"))) == talk("a", "1", "b")[1:]


def test_a_message_that_is_sent_to_be_answered_anew_is_not_said_twice() -> None:
    assert list(unheard(turns(talk("a", "1")), talk("a"))) == []


def test_a_history_of_something_else_is_new() -> None:
    assert list(unheard(turns(talk("a", "1")), talk("x", "2", "y"))) == talk("x", "2", "y")


@pytest.mark.parametrize(
    ("stored", "messages", "goes_on"),
    [
        (("a", "1"), ["a", "b"], True),
        (("a",), ["a"], True),
        (("a", "1"), ["a"], False),
        (("a", "1", "b", "2"), ["a", "b"], True),
        (("a", "1", "b", "2"), ["b", "c"], True),
        (("a", "1"), ["b"], False),
        (("a", "1"), ["b", "a"], False),
        ((), ["a"], False),
    ],
)
def test_a_conversation_without_a_name_is_known_by_what_was_said_in_it(
    stored: tuple[str, ...], messages: list[str], goes_on: bool
) -> None:
    assert continues(turns(talk(*stored)), messages) is goes_on


def test_what_no_session_can_hold_is_left_out() -> None:
    assert storable("a\0b\ud800") == "ab?"
    assert len(storable("x" * 1_000_001)) == 1_000_000
    (call,) = noted("search", {"q": "x" * 10_000}, "y" * 10_000)
    assert len(str(call.arguments["q"])) < 9_000
    assert len(str(call.result)) < 9_000
    assert noted("", {}) == ()
