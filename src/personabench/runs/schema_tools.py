"""Tools made of a data set's JSON schemas: each takes what its schema allows, does nothing and says that it is done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from pydantic import JsonValue
from pydantic_ai import ModelRetry, Tool

DONE = "done"

_UNFILLED: Mapping[str, JsonValue] = {"x-aipersona-field": {"paths": []}}
"""What is said here of every parameter: nothing of a persona goes into it."""

_TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
    "null": (type(None),),
}


def tools_of(schemas: Sequence[Mapping[str, object]]) -> list[Tool[object]]:
    """A tool for each schema: its name, its description, and the JSON schema of its `parameters`."""
    return [_tool(schema) for schema in schemas]


def _tool(schema: Mapping[str, object]) -> Tool[object]:
    parameters = cast("Mapping[str, Any]", schema["parameters"])

    async def call(**arguments: JsonValue) -> str:
        problem = problem_with(arguments, parameters)
        if problem is not None:
            raise ModelRetry(problem)
        return DONE

    properties = {name: {**spec, **_UNFILLED} for name, spec in parameters.get("properties", {}).items()}
    return Tool[object].from_schema(
        call,
        name=str(schema["name"]),
        description=str(schema.get("description") or ""),
        json_schema={"type": "object", **parameters, "properties": properties},
    )


def problem_with(arguments: Mapping[str, JsonValue], parameters: Mapping[str, Any]) -> str | None:
    """Why arguments do not fit the JSON schema of a tool's parameters; None where they do."""
    properties: Mapping[str, Mapping[str, Any]] = parameters.get("properties", {})
    for name in parameters.get("required", ()):
        if name not in arguments:
            return f"{name}: is needed"
    for name, value in arguments.items():
        if name not in properties:
            return f"there is no parameter {name!r}; there are: {', '.join(properties) or 'none'}"
        spec = properties[name]
        if "enum" in spec and value not in spec["enum"]:
            return f"{name}: is one of {', '.join(map(str, spec['enum']))}"
        kinds = spec.get("type", ())
        kinds = [kinds] if isinstance(kinds, str) else list(kinds)
        if kinds and not any(_is(value, kind) for kind in kinds):
            return f"{name}: is of type {' or '.join(kinds)}"
    return None


def _is(value: JsonValue, kind: str) -> bool:
    if isinstance(value, bool):  # which Python takes for a number
        return kind == "boolean"
    whole = kind == "integer" and isinstance(value, float) and value.is_integer()
    return whole or isinstance(value, _TYPES.get(kind, (object,)))
