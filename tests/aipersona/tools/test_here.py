"""Where the user says to be just now."""

from __future__ import annotations

import pytest

from aipersona.schema.sources import builtin_schema
from aipersona.tools.here import just_said


@pytest.mark.parametrize(
    ("turns", "place"),
    [
        (["I'm in Paris this week for a fair."], "Paris"),
        (["I am currently staying in New York"], "New York"),
        (["We're on a business trip to Berlin until Friday"], "Berlin"),
        (["我这周在上海出差"], "上海"),
        (["我在北京旅游，晚饭吃什么？"], "北京"),
        (["I'm in Oslo today", "I'm in Bergen now"], "Bergen"),
        (["I'm in Oslo today", "Thanks, I'm back home now"], None),
        (["My sister is in Rome today"], None),
        (["If I were in Tokyo today I'd eat sushi"], None),
        (["I live in Lisbon"], None),
        (["I'm in IT"], None),
        (["Translate into French: I'm in Paris this week"], None),
        (["She wrote: 'I'm in Madrid this week'"], None),
    ],
)
def test_a_stay_is_read_from_the_users_own_words(turns: list[str], place: str | None) -> None:
    assert list(just_said(turns, builtin_schema()).values()) == ([place] if place is not None else [])
