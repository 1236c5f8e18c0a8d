"""All worlds by name, and several of them opened together: one set of tools over one state."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from functools import cache
from types import FunctionType
from typing import Any, cast

from pydantic import JsonValue, ValidationError
from pydantic_ai import Tool
from pydantic_core import SchemaValidator

from personabench.errors import UnknownTool, UnknownWorld
from personabench.worlds.calendar import Calendar
from personabench.worlds.keeping import LOOKUPS, Keeping
from personabench.worlds.messages import Messages
from personabench.worlds.music import Music
from personabench.worlds.protocol import Refused, Row, Setup, State, World, WorldTool
from personabench.worlds.restaurants import Restaurants
from personabench.worlds.search import Search
from personabench.worlds.shopping import Shopping
from personabench.worlds.smart_home import SmartHome
from personabench.worlds.todos import Todos
from personabench.worlds.travel import Travel
from personabench.worlds.weather import Weather

_ALL: tuple[type[World], ...] = (
    Restaurants, Travel, Calendar, Todos, Messages, Music, Shopping, Weather, SmartHome, Search,
)  # fmt: skip
WORLDS: Mapping[str, type[World]] = {world.name: world for world in _ALL}


class Worlds:
    """Worlds that are open together. A tool's own name is its name here; no two tools share one."""

    def __init__(self, opened: Sequence[World], tools: Iterable[str] | None = None) -> None:
        """`tools` are the only ones to be had; None: all.

        Raises: UnknownTool.
        """
        self._opened = opened
        self._lookups: list[Row] = []
        for world in opened:
            if isinstance(world, Keeping):
                world.note_in(self._lookups)
        found = {tool.__name__: tool for world in opened for tool in world.tools}
        wanted = list(found) if tools is None else list(tools)
        for name in wanted:
            if name not in found:
                raise UnknownTool(name, found)
        self._tools = {name: tool for name, tool in found.items() if name in wanted}

    @property
    def tools(self) -> tuple[WorldTool, ...]:
        return tuple(self._tools.values())

    @property
    def state(self) -> State:
        """A copy of the rows of all worlds; lookups stand in the order in which they were made, in whichever world."""
        merged: State = {}
        for world in self._opened:
            for collection, rows in world.state.items():
                if collection != LOOKUPS or not isinstance(world, Keeping):
                    merged.setdefault(collection, []).extend(rows)
        merged.setdefault(LOOKUPS, []).extend(deepcopy(self._lookups))
        return merged

    def tool(self, name: str) -> WorldTool:
        """The tool of that name.

        Raises: Refused where there is none.
        """
        if name not in self._tools:
            near = difflib.get_close_matches(name, self._tools, n=1)
            hint = f"did you mean {near[0]!r}? " if near else ""
            raise Refused(f"there is no tool {name!r}; {hint}there are: {', '.join(sorted(self._tools))}")
        return self._tools[name]

    def parameters(self, name: str) -> tuple[str, ...]:
        """The names of what a tool takes.

        Raises: Refused where there is none.
        """
        return _signature(_function(self.tool(name)))[1]

    def call(self, name: str, arguments: Mapping[str, JsonValue]) -> JsonValue:
        """What a tool returns for arguments as they stand in JSON: days as YYYY-MM-DD.

        Raises: Refused for an unknown tool or parameter, a value of another type, and what the tool cannot do.
        """
        tool = self.tool(name)
        validator, parameters = _signature(_function(tool))
        try:
            given = validator.validate_json(json.dumps(dict(arguments), allow_nan=False), strict=True)
        except ValidationError as error:
            raise Refused(f"{name}: {_cause(error, parameters)}") from None
        except (TypeError, ValueError):
            raise Refused(f"{name}: the arguments are no JSON values") from None
        try:
            return tool(**given)
        except Refused as refused:
            raise Refused(f"{name}: {refused}") from None


def open_worlds(names: Sequence[str], setup: Setup, *, tools: Iterable[str] | None = None) -> Worlds:
    """The worlds of these names, as the setup has them; `tools` are the only ones to be had, where it is given.

    Raises: UnknownWorld, UnknownTool.
    """
    for name in names:
        if name not in WORLDS:
            raise UnknownWorld(name, WORLDS)
    return Worlds([WORLDS[name](setup) for name in dict.fromkeys(names)], tools)


@cache
def _signature(function: FunctionType) -> tuple[SchemaValidator, tuple[str, ...]]:
    """What checks the arguments of a tool, as chats with it do, and the names of its parameters."""
    schema = Tool[object](function.__get__(object()), require_parameter_descriptions=True).function_schema
    return schema.validator, tuple(schema.json_schema.get("properties", {}))


def _function(tool: WorldTool) -> FunctionType:
    return cast("Any", tool).__func__


def _cause(error: ValidationError, parameters: Sequence[str]) -> str:
    """What is wrong with the first argument that is; without its value."""
    first = error.errors(include_url=False, include_input=False)[0]
    parameter = ".".join(map(str, first["loc"][:1]))
    match first["type"]:
        case "extra_forbidden" | "unexpected_keyword_argument":
            return f"there is no parameter {parameter!r}; there are: {', '.join(parameters) or 'none'}"
        case "missing" | "missing_keyword_only_argument" | "missing_argument":
            return f"{parameter}: is needed"
        case _:
            return f"{parameter}: {first['msg']}"
