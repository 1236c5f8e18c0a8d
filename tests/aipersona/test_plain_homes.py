"""A move that is plainly said is learned whatever the model makes of it, and is not read into other words."""

from __future__ import annotations

import json

import pytest

from tests.aipersona.kit import said
from tests.aipersona.scripted_forms import learned

pytestmark = pytest.mark.anyio

CITY, COUNTRY = "demographics.residence.city", "demographics.residence.country"
MISTAKEN = json.dumps({"facts": [{"slot": "done", "task": "moved to Lisbon today"}]})


@pytest.mark.parametrize("fill", ['{"facts": []}', MISTAKEN])
async def test_a_move_that_the_model_missed_is_learned(fill: str) -> None:
    before = said("I live in Lyon.", sid="s1")
    after = said("Done, I moved to Lisbon today! The movers were quick.", sid="s2")
    assert (await learned(before, after, fill=fill))[CITY] == "Lisbon"


@pytest.mark.parametrize(
    ("words", "held"),
    [
        ("We moved to New York City last week.", {CITY: "New York City"}),
        ("I've relocated from Lisbon to Porto.", {CITY: "Porto"}),
        ("I moved to Oakridge, the new flat is lovely.", {CITY: "Oakridge"}),
        ("I live in Portugal now.", {COUNTRY: "Portugal"}),
        ("我搬到上海了。", {CITY: "上海"}),
        ("I moved to Slack last year.", {}),
        ("My brother moved to Berlin.", {}),
        ("If I moved to Berlin, I would need German.", {}),
        ("I never moved to Berlin.", {}),
        ("I used to live in Rome.", {}),
        ("Did I say that I moved to Berlin?", {}),
        ('Translate this: "I moved to Berlin."', {}),
        ("I dreamt I moved to Rome.", {}),
        ("I'm living in Seattle till Friday for a conference.", {}),
        ("I've moved to Redbluff Clinic, new badge and all. I live in Boston now.", {CITY: "Boston"}),
        ("我住在北京三年了。", {CITY: "北京"}),
        ("我住院了。", {}),
        ("我住了三天酒店。", {}),
        ("我住得很远。", {}),
        ("我搬去男朋友家了。", {}),
        ("要是我住在北京就好了。", {}),
        ("想当年我住在孟买的时候，什么都简单。", {}),
    ],
)
async def test_only_what_is_plainly_a_home_is_one(words: str, held: dict[str, str]) -> None:
    found = await learned(said(words))
    assert {path: value for path, value in found.items() if path in (CITY, COUNTRY)} == held
