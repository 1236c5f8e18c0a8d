"""Diets, employers and orders about answers that are plainly said are learned whatever a model makes of them."""

from __future__ import annotations

import json

import pytest

from tests.aipersona.kit import said
from tests.aipersona.scripted_forms import learned

pytestmark = pytest.mark.anyio

DIET, EMPLOYER, OCCUPATION = "preferences.diet", "demographics.employer", "demographics.occupation"
LENGTH, STYLE = "preferences.response_length", "preferences.response_style"
CITY, COUNTRY, HERE = "demographics.residence.city", "demographics.residence.country", "situation.location"


@pytest.mark.parametrize(
    ("words", "held"),
    [
        ("I saw a film, and the next day I went vegetarian.", {DIET: "vegetarian"}),
        ("Dinner takes twice as long now that I have turned vegetarian.", {DIET: "vegetarian"}),
        ("I've gone pescatarian.", {DIET: "pescatarian"}),
        ("I am a vegetarian cook.", {}),
        ("My sister has gone vegan.", {}),
        ("I used to be vegan.", {}),
        ("I started at Mirandel Bistro two weeks ago.", {EMPLOYER: "Mirandel Bistro"}),
        ("I signed with Cavarzio Software.", {EMPLOYER: "Cavarzio Software"}),
        ("I started at level 3.", {}),
        ("My brother works at IBM.", {}),
        ("From here on please keep your answers short.", {LENGTH: "short"}),
        ("Give me long and detailed answers from now on, please.", {LENGTH: "long"}),
        ("New rule for your answers: be formal.", {STYLE: "formal"}),
        ("Keep it short.", {}),
        ("I always keep my nails short.", {}),
        ("From now on keep your answers neither too short nor too long.", {}),
        ("She told me: from now on be formal.", {}),
        ("Write an email: from now on, keep your answers short.", {}),
    ],
)
async def test_what_is_plainly_said_is_learned_and_nothing_else(words: str, held: dict[str, str]) -> None:
    assert await learned(said(words)) == held


@pytest.mark.parametrize(
    ("words", "slot", "value", "held"),
    [
        ("I keep my rooms at 19 degrees.", "diet", "19 degrees", {}),
        ("I spend most of my free time on photography.", "diet", "photography", {}),
        ("My shoe size is 39.", "age", "39", {}),
        ("I'm Korean, if that matters.", "languages", "Korean", {}),
        ("I live in Poland.", "city", "Poland", {COUNTRY: "Poland"}),
        ("I live in Singapore.", "city", "Singapore", {CITY: "Singapore"}),
        ("In Veracruz, that's where I live.", "location", "Veracruz", {CITY: "Veracruz"}),
        ("I work at Amritdhara Foods.", "occupation", "Amritdhara Foods", {EMPLOYER: "Amritdhara Foods"}),
        ("I work as a diplomat.", "occupation", "diplomat", {OCCUPATION: "diplomat"}),
    ],
)
async def test_a_value_in_a_slot_that_the_words_do_not_speak_of(
    words: str, slot: str, value: str, held: dict[str, str]
) -> None:
    fill = json.dumps({"facts": [{"slot": slot, "value": value}]})
    found = await learned(said(words), fill=fill)
    assert {path: held for path, held in found.items() if not path.startswith("life.")} == held


@pytest.mark.parametrize(
    "words",
    [
        "I've been helping my brother all afternoon, who has just moved to Puebla.",
        "I called the man who moved to Oslo.",
        "I met Ann in Rome, who lives in Oslo.",
    ],
)
async def test_what_is_said_of_somebody_who_was_named_is_theirs(words: str) -> None:
    city = words.rstrip(".").rpartition(" ")[2]
    assert CITY not in await learned(said(words), fill=json.dumps({"facts": [{"slot": "city", "value": city}]}))
