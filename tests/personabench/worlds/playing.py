"""Calls of a world's tools that can be made from their schemas alone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from types import FunctionType
from typing import Any, cast

from pydantic import JsonValue
from pydantic_ai import Tool

from personabench.worlds.catalogue import Worlds, open_worlds
from personabench.worlds.protocol import Row, Setup, WorldTool

TODAY = date(2026, 5, 4)
DAY = "2026-05-09"
CONTACTS: list[Row] = [{"name": "Ana", "relation": "sister"}, {"name": "Rui Costa"}]
_TEXTS = {"time": "18:30", "to": "Ana", "name": "Ana", "size": "42"}


def opened(*names: str, seed: int = 7, currency: str = "EUR", **rows: list[Row]) -> Worlds:
    return open_worlds(names, Setup(seed=seed, day=TODAY, currency=currency, rows={"contacts": CONTACTS, **rows}))


def schema(tool: WorldTool) -> dict[str, Any]:
    """The JSON schema of a tool's arguments."""
    return _schema(cast("Any", tool).__func__)


@cache
def _schema(function: FunctionType) -> dict[str, Any]:
    return dict(
        Tool[object](function.__get__(object()), require_parameter_descriptions=True).function_schema.json_schema
    )


def play(worlds: Worlds) -> list[tuple[str, dict[str, JsonValue], JsonValue]]:
    """Every tool called once, with every argument; identifiers are those that the tools before returned."""
    made: list[tuple[str, dict[str, JsonValue], JsonValue]] = []
    found: dict[str, JsonValue] = {}
    for tool in worlds.tools:
        given = arguments(tool, found)
        result = worlds.call(tool.__name__, given)
        made.append((tool.__name__, given, result))
        found.update(_identifiers(result))
    return made


def arguments(tool: WorldTool, found: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    properties: dict[str, dict[str, Any]] = schema(tool)["properties"]
    return {name: found.get(name) or _value(name, spec) for name, spec in properties.items()}


def _value(name: str, spec: Mapping[str, Any]) -> JsonValue:
    if "anyOf" in spec:
        return _value(name, spec["anyOf"][0])
    if "enum" in spec:
        return cast("list[str]", spec["enum"])[0]
    if spec.get("format") == "date":
        return DAY
    if spec["type"] in ("integer", "number"):
        return 200 if name == "max_price" else 20
    return _TEXTS.get(name, f"some {name}")


def _identifiers(result: JsonValue) -> dict[str, JsonValue]:
    if isinstance(result, list):
        return _identifiers(result[-1]) if result else {}
    return {key: value for key, value in result.items() if key.endswith("_id")} if isinstance(result, dict) else {}
