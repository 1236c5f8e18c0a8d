"""How the rule policy reads: values in profiles and in plain talk, and what it must not take for one."""

from __future__ import annotations

import pytest
from pydantic import JsonValue

from personabench.generation.scene import Asked
from personabench.generation.seed import Written
from personabench.live.reading import Wanted, read, sentences

CITY = Asked(parameter="city", paths=("situation.location", "demographics.residence.city"))
DIET = Asked(parameter="diet", paths=("preferences.diet",))
SIZE = Asked(parameter="size", paths=("life.shoe_size",))
SHOES = Asked(parameter="max_price", paths=("finances.budgets",), where=(("category", "shoes"),), column="limit")
GENRE = Asked(
    parameter="genre",
    paths=("preferences.tastes",),
    where=(("stance", "like"), ("category", "music")),
    column="item",
)
PARTNER = Asked(parameter="to", paths=("demographics.household",), where=(("who", "partner"),), column="name")


def _read(asked: Asked, context: str, written: Written = "en", names: tuple[str, ...] = ()) -> JsonValue:
    return read(Wanted(asked=asked, names=names), sentences(context), written)


def test_a_visit_comes_before_the_home() -> None:
    profile = "About the user:\n- residence city: Porto (since 2024-05-01)\n- location: Lyon (since 2025-01-02)"
    assert _read(CITY, profile) == "Lyon"
    assert _read(CITY, profile.partition("\n- location")[0]) == "Porto"


@pytest.mark.parametrize(
    ("asked", "context", "value"),
    [
        (DIET, "- diet: vegan (since 2024-05-23)", "vegan"),
        (DIET, "- preferences.diet: gluten-free", "gluten-free"),
        (SIZE, "- shoe size: 42 (since 2024-05-23)", 42),
        (SHOES, "- budgets: category shoes, limit 110 USD (since 2024-04-28)", 110),
        (GENRE, "- tastes: item jazz, stance dislike\n- tastes: item opera, stance like", "opera"),
        (PARTNER, "- household: who child, name Noah\n- household: who partner, name Maya", "Maya"),
    ],
)
def test_lines_of_a_profile_are_read_by_their_fields(asked: Asked, context: str, value: JsonValue) -> None:
    assert _read(asked, context, names=("Maya", "Noah")) == value


def test_the_day_of_a_value_is_no_amount() -> None:
    assert _read(SHOES, "- budgets: category gifts, limit 30 EUR (since 2024-05-23)") is None
    assert _read(SHOES, "- shoe size: 45 (since 2024-05-23)") is None


@pytest.mark.parametrize(
    "talk",
    [
        "2024-01-03 user: My brother lives in Porto.",
        "2024-01-03 user: If I ever move to Porto, it'll be for the light.",
        "2024-01-03 user: Back when I lived in Porto, a coffee cost next to nothing.",
        "2024-01-03 user: I don't live in Porto.",
        "2024-01-03 assistant: You live in Porto.",
    ],
)
def test_what_is_not_said_of_the_user_now_is_not_taken(talk: str) -> None:
    assert _read(CITY, talk) is None


def test_of_what_was_said_the_latest_counts_wherever_it_stands() -> None:
    talk = "2024-06-01 user: We've moved to Porto.\n2024-01-03 user: I live in Braga."
    assert _read(CITY, talk) == "Porto"


def test_chinese_is_read_too() -> None:
    assert _read(CITY, "2024-01-03 user: 我住在杭州。", "zh") == "杭州"
    assert _read(CITY, "2024-01-03 user: 我哥住在杭州。", "zh") is None
