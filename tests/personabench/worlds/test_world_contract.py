"""What every world keeps to; a new one is a file that passes this."""

from __future__ import annotations

from collections import Counter
from typing import cast

import pytest
from pydantic import JsonValue
from pydantic_ai import Tool

from aipersona.schema.sources import builtin_schema
from aipersona.tools.filling import KEY, sources
from personabench.generation.scene import SCENES, Asked
from personabench.worlds.catalogue import WORLDS, Worlds
from personabench.worlds.protocol import Refused, WorldTool
from tests.personabench.worlds.playing import arguments, opened, play, schema

EVERY_WORLD = pytest.mark.parametrize("name", WORLDS)


def every_parameter(worlds: Worlds) -> list[tuple[WorldTool, str]]:
    return [(tool, parameter) for tool in worlds.tools for parameter in schema(tool)["properties"]]


@EVERY_WORLD
def test_the_same_setup_and_the_same_calls_give_the_same_results_and_the_same_state(name: str) -> None:
    one, other = opened(name), opened(name)
    assert play(one) == play(other)
    assert one.state == other.state


@EVERY_WORLD
def test_a_world_opens_with_what_the_setup_put_there_and_nothing_more(name: str) -> None:
    state = opened(name).state
    assert {collection for collection, rows in state.items() if rows} <= {"contacts"}


@EVERY_WORLD
def test_every_tool_takes_what_its_schema_says_and_leaves_a_row(name: str) -> None:
    worlds = opened(name)
    found: dict[str, JsonValue] = {}
    for tool in worlds.tools:
        before = worlds.state
        result = worlds.call(tool.__name__, arguments(tool, found))
        found.update(cast("dict[str, JsonValue]", result[-1] if isinstance(result, list) and result else result or {}))
        assert worlds.state != before, tool.__name__


@EVERY_WORLD
def test_neither_state_nor_a_result_is_the_world_itself(name: str) -> None:
    worlds = opened(name)
    results = [result for _, _, result in play(worlds)]
    before = worlds.state
    spoilt = worlds.state
    for rows in spoilt.values():
        for row in rows:
            _spoil(row)
    for result in results:
        _spoil(result)
    assert worlds.state == before


def _spoil(value: JsonValue) -> None:
    if isinstance(value, dict):
        for inner in value.values():
            _spoil(inner)
        value.clear()
    elif isinstance(value, list):
        for inner in value:
            _spoil(inner)
        value.clear()


@EVERY_WORLD
def test_a_value_of_another_type_is_refused_and_the_parameter_named(name: str) -> None:
    worlds = opened(name)
    before = worlds.state
    for tool, parameter in every_parameter(worlds):
        with pytest.raises(Refused, match=f"^{tool.__name__}: {parameter}: "):
            worlds.call(tool.__name__, {**arguments(tool, {}), parameter: {"no": "such"}})
    assert worlds.state == before


@EVERY_WORLD
def test_an_unknown_parameter_is_refused_and_named(name: str) -> None:
    worlds = opened(name)
    for tool in worlds.tools:
        with pytest.raises(Refused, match=f"^{tool.__name__}: there is no parameter 'colour'"):
            worlds.call(tool.__name__, {**arguments(tool, {}), "colour": "red"})


@EVERY_WORLD
def test_a_call_without_what_is_needed_is_refused_and_the_parameter_named(name: str) -> None:
    worlds = opened(name)
    for tool in worlds.tools:
        for parameter in schema(tool).get("required", []):
            given = {key: value for key, value in arguments(tool, {}).items() if key != parameter}
            with pytest.raises(Refused, match=f"^{tool.__name__}: {parameter}: is needed"):
                worlds.call(tool.__name__, given)


@EVERY_WORLD
def test_identifiers_that_nothing_returned_are_refused(name: str) -> None:
    worlds = opened(name)
    for tool, parameter in every_parameter(worlds):
        if parameter.endswith("_id"):
            with pytest.raises(Refused, match=f"^{tool.__name__}: {parameter}: there is no 'made-up-1'"):
                worlds.call(tool.__name__, {**arguments(tool, {}), parameter: "made-up-1"})


@EVERY_WORLD
def test_days_that_are_over_are_refused_where_something_is_to_happen(name: str) -> None:
    worlds = opened(name)
    play(worlds)
    for tool, parameter in every_parameter(worlds):
        if parameter in ("day", "due") and tool.__name__ != "list_events":
            found = {"restaurant_id": "some-city-1"}
            with pytest.raises(Refused, match="is over; today is 2026-05-04"):
                worlds.call(tool.__name__, {**arguments(tool, found), parameter: "2026-05-03"})


@EVERY_WORLD
def test_models_read_a_description_of_every_tool_and_every_parameter(name: str) -> None:
    for tool in opened(name).tools:
        described = Tool[object](tool, require_parameter_descriptions=True)
        assert described.description
        assert len(described.description) < 80


def test_no_two_worlds_have_a_tool_of_the_same_name() -> None:
    names = Counter(tool.__name__ for name in WORLDS for tool in opened(name).tools)
    assert set(names.values()) == {1}
    assert len(opened(*WORLDS).tools) == len(names)


def test_no_two_worlds_keep_a_collection_of_the_same_name() -> None:
    collections = Counter(collection for name in WORLDS for collection in opened(name).state)
    assert {collection for collection, count in collections.items() if count > 1} == {"lookups"}


def asked_of_tools() -> dict[tuple[str, str], set[Asked]]:
    """What scenes fill each parameter of a tool with."""
    asked: dict[tuple[str, str], set[Asked]] = {}
    for scene in SCENES:
        tools = opened(scene.world)
        for one in scene.asked:
            [tool] = [name for name in scene.tools if one.parameter in schema(tools.tool(name))["properties"]]
            asked.setdefault((tool, one.parameter), set()).add(one)
    return asked


def test_a_parameter_says_which_field_fills_it_where_all_scenes_agree_and_none_where_they_do_not() -> None:
    worlds = opened(*WORLDS)
    declared = {
        (tool.__name__, parameter): spec.get(KEY)
        for tool in worlds.tools
        for parameter, spec in schema(tool)["properties"].items()
    }
    disagreeing: set[tuple[str, str]] = set()
    for place, ways in asked_of_tools().items():
        if len(ways) > 1:
            disagreeing.add(place)
            assert declared[place] is None
        else:
            [one] = ways
            assert declared[place] == {"paths": list(one.paths), "where": dict(one.where), "column": one.column}
    assert disagreeing == {("send_message", "to"), ("find_products", "max_price")}
    assert {place for place, field in declared.items() if field} == asked_of_tools().keys() - disagreeing


def test_a_parameter_is_needed_in_the_schema_where_a_scene_cannot_do_without_it() -> None:
    worlds = opened(*WORLDS)
    for (tool, parameter), ways in asked_of_tools().items():
        needed = parameter in schema(worlds.tool(tool))["required"]
        # A size is needed for shoes and not for a lamp, which a schema cannot say; the shop does.
        assert needed == any(one.required for one in ways) or parameter == "size"


def test_a_chat_fills_no_parameter_that_declares_nothing() -> None:
    for tool in opened(*WORLDS).tools:
        described = schema(tool)
        declared = {parameter for parameter, spec in described["properties"].items() if KEY in spec}
        assert sources(described, builtin_schema()).keys() == declared
