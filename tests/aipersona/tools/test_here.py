"""Where the user says to be just now, or to have moved to."""

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
    assert just_said(turns, builtin_schema()).get("situation.location") == place


@pytest.mark.parametrize(
    ("turns", "city"),
    [
        (["Done, I moved to Lisbon today!"], "Lisbon"),
        (["I live in Lyon", "we've just relocated to New York City"], "New York City"),
        (["I moved to Oakridge; the new flat is lovely"], "Oakridge"),
        (["我搬到上海了"], "上海"),
        (["I moved to Slack"], None),
        (["I live in Portugal"], None),
        (["My brother moved to Berlin"], None),
        (["If I moved to Berlin, what would I pay?"], None),
        (["She wrote: 'I moved to Madrid'"], None),
        (["I'm in Paris this week"], None),
    ],
)
def test_a_move_holds_in_the_talk_at_once(turns: list[str], city: str | None) -> None:
    assert just_said(turns, builtin_schema()).get("demographics.residence.city") == city


def test_who_moves_is_no_longer_where_they_stayed() -> None:
    said = just_said(["I'm in Paris this week", "It is done, I moved to Lisbon"], builtin_schema())
    assert said == {"demographics.residence.city": "Lisbon"}
