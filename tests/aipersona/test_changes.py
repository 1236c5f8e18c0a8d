"""Which sessions tell of a change, and cannot wait to be learned from."""

from __future__ import annotations

import pytest

from aipersona.optimizer.changes import tells_of_a_change
from tests.aipersona.kit import said


@pytest.mark.parametrize(
    ("words", "tells"),
    [
        ("Done, I moved to Lisbon today!", True),
        ("I'm vegan now.", True),
        ("I no longer eat meat.", True),
        ("We broke up, and I've quit my job.", True),
        ("我现在吃素了", True),
        ("What is the weather like?", False),
        ("I like jazz.", False),
        ("My flight is on Monday.", False),
        ("Should I have moved to Berlin?", False),
        ("", False),
    ],
)
def test_a_change_is_heard_in_the_user_s_own_statements(words: str, tells: bool) -> None:
    assert tells_of_a_change(said(words or "Hello.")) is tells


def test_what_the_assistant_says_is_no_change() -> None:
    assert not tells_of_a_change(said("Hello.", ("assistant", "You live in Lisbon now, I no longer doubt it.")))
