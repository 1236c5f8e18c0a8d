"""Which parameters of a tool are filled from the persona, with what, and what never leaves for a tool."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import pytest
from pydantic import JsonValue, TypeAdapter

from aipersona import AIPersona, FromPersona, Policy
from aipersona.tools.filling import KEY, Filled, Known, Trust, fill, sources
from tests.aipersona.kit import NOON, always

pytestmark = pytest.mark.anyio

HERE = FromPersona("situation.location", "demographics.residence.city")


async def known(**said: JsonValue) -> Known:
    """What is known of a nurse in Lisbon who eats no meat."""
    ai = AIPersona(":memory:", drafter=always(), clock=lambda: NOON, policy=Policy(special=True))
    told: dict[str, JsonValue] = {
        "demographics.name": "Alice",
        "demographics.residence.city": "Lisbon",
        "demographics.income": "2000 EUR a month",
        "demographics.languages": "Portuguese",
        "preferences.diet": "vegetarian",
        "health.allergies": "peanuts",
        "finances.budgets": {"category": "restaurants", "limit": "30 EUR a week"},
    }
    for path, value in told.items():
        await ai.set("a", path, value)
    await ai.set("a", "demographics.languages", "English")
    for item, stance in (("fado", "like"), ("metal", "dislike")):
        await ai.set("a", "preferences.tastes", {"item": item, "stance": stance, "category": "music"})
    await ai.set("a", "finances.budgets", {"category": "books", "limit": "12.50 EUR a week"})
    view = await ai.persona("a")
    return Known(persona=view.persona, schema=ai.schema, day=NOON.date(), just_said=said)


def schema_of(**parameters: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {name: TypeAdapter(kind).json_schema() for name, kind in parameters.items()},
        "required": list(parameters),
    }


def filled(
    given: Mapping[str, Any], parameters: Mapping[str, Any], what: Known, trust: Trust = "own"
) -> dict[str, Any]:
    return fill(given, parameters, what, trust)[0]


async def test_what_is_missing_is_filled_and_what_was_given_stays() -> None:
    parameters = schema_of(city=Annotated[str, HERE], diet=Annotated[str | None, FromPersona("preferences.diet")])
    arguments, what = fill({"city": "Porto"}, parameters, await known(), "own")
    assert arguments == {"city": "Porto", "diet": "vegetarian"}
    assert what == (Filled(parameter="diet", value="vegetarian", path="preferences.diet", since=NOON.date()),)


@pytest.mark.parametrize("empty", [None, ""])
async def test_null_and_nothing_are_missing(empty: object) -> None:
    assert filled({"city": empty}, schema_of(city=Annotated[str, HERE]), await known()) == {"city": "Lisbon"}


async def test_where_the_user_is_for_now_comes_before_where_they_live() -> None:
    parameters = schema_of(city=Annotated[str, HERE], home_city=str)
    said: dict[str, JsonValue] = {"situation.location": "Paris"}
    assert filled({}, parameters, await known(**said)) == {"city": "Paris", "home_city": "Lisbon"}


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Annotated[float, FromPersona("finances.budgets", where={"category": "books"}, column="limit")], 12.5),
        (Annotated[int, FromPersona("finances.budgets", where={"category": "restaurants"}, column="limit")], 30),
        (Annotated[list[str], FromPersona("demographics.languages")], ["Portuguese", "English"]),
        (Annotated[str, FromPersona("demographics.languages")], "Portuguese, English"),
        (Annotated[str, FromPersona("preferences.tastes", where={"stance": "like"}, column="item")], "fado"),
        (Annotated[str, FromPersona("preferences.tastes", where={"stance": "dislike"}, column="item")], "metal"),
    ],
)
async def test_a_value_takes_the_form_of_its_parameter(kind: Any, value: object) -> None:
    assert filled({}, schema_of(it=kind), await known()) == {"it": value}


@pytest.mark.parametrize(
    "kind",
    [
        Annotated[int, FromPersona("finances.budgets", where={"category": "books"}, column="limit")],
        Annotated[float, FromPersona("finances.budgets", column="limit")],
        Annotated[float, FromPersona("finances.budgets", where={"category": "cinema"}, column="limit")],
        Annotated[bool, FromPersona("preferences.diet")],
        Annotated[str, FromPersona("preferences.no_such_field")],
        Annotated[str, FromPersona("finances.budgets")],
    ],
    ids=["no whole number", "one of two rows", "no such row", "no truth", "no such field", "rows without a column"],
)
async def test_what_does_not_fit_is_not_filled(kind: Any) -> None:
    assert filled({}, schema_of(it=kind), await known()) == {}


async def test_a_choice_is_filled_only_where_it_is_one_of_them() -> None:
    one = {"type": "string", "enum": ["Vegetarian", "Vegan"], KEY: "preferences.diet"}
    other = {"type": "string", "enum": ["Halal", "Kosher"], KEY: "preferences.diet"}
    assert filled({}, {"properties": {"one": one, "other": other}}, await known()) == {"one": "Vegetarian"}


async def test_special_categories_never_go_to_a_tool_and_personal_ones_to_no_strangers() -> None:
    declared = schema_of(
        allergies=Annotated[list[str], FromPersona("health.allergies")],
        city=Annotated[str, HERE],
        languages=Annotated[list[str], FromPersona("demographics.languages")],
    )
    what = await known()
    assert filled({}, declared, what) == {"city": "Lisbon", "languages": ["Portuguese", "English"]}
    assert filled({}, declared, what, "other") == {"languages": ["Portuguese", "English"]}


@pytest.mark.parametrize(
    ("name", "description", "path"),
    [
        ("city", "", "demographics.residence.city"),
        ("homeCity", "", "demographics.residence.city"),
        ("user_diet", "", "preferences.diet"),
        ("name", "the user's name", "demographics.name"),
        ("name", "name of the contact", None),
        ("income", "", None),
        ("income", "the customer's income", "demographics.income"),
        ("query", "what to look for", None),
    ],
)
async def test_a_parameter_that_plainly_means_a_field_needs_no_mark(
    name: str, description: str, path: str | None
) -> None:
    parameters = {"properties": {name: {"type": "string", "description": description}}}
    found = sources(parameters, (await known()).schema)
    assert [source.paths[-1] for source in found.values()] == ([path] if path is not None else [])


@pytest.mark.parametrize("said", [7, {"paths": 3}, {}, ["x"], None])
async def test_a_key_that_says_something_else_is_no_field(said: object) -> None:
    assert filled({}, {"properties": {"x": {"type": "string", KEY: said}}}, await known()) == {}


def test_a_mark_without_a_path_is_refused() -> None:
    with pytest.raises(ValueError, match="needs the path"):
        FromPersona()
