"""The tools of one server for one message, as pydantic-ai takes them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

from mcp_types import Tool
from pydantic_ai.exceptions import ModelRetry
from pydantic_ai.tools import RunContext, ToolDefinition
from pydantic_ai.toolsets.abstract import AbstractToolset, ToolsetTool
from pydantic_core import SchemaValidator, core_schema

from aipersona.tools.filling import KEY, Wanted
from aipersona.tools.servers.connection import Unreachable
from aipersona.tools.servers.results import readable, refusal
from aipersona.tools.servers.server import Server

DESCRIPTION = 2_000
"""How many characters of a tool's description a model is shown."""

_ANY = SchemaValidator(core_schema.dict_schema(core_schema.str_schema(), core_schema.any_schema()))
"""The server looks at the types of its arguments itself, and says what is wrong with them."""


class ServerToolset(AbstractToolset[object]):
    """Tools by the name that they have here; `lost` hears why, when the server ends in the middle of a message."""

    def __init__(self, server: Server, tools: Mapping[str, Tool], *, lost: Callable[[str], None]) -> None:
        self.server = server
        self._tools, self._lost = dict(tools), lost

    @property
    def id(self) -> str | None:
        return self.server.spec.name

    @property
    def definitions(self) -> Mapping[str, ToolDefinition]:
        """The tools as a model is told of them, their parameters with the fields that the file fills them from."""
        fill = self.server.spec.fill
        return {
            name: ToolDefinition(
                name=name,
                description=(tool.description or tool.title or "")[:DESCRIPTION],
                parameters_json_schema=_parameters(tool.input_schema, fill.get(tool.name, {})),
            )
            for name, tool in self._tools.items()
        }

    async def get_tools(self, ctx: RunContext[object]) -> dict[str, ToolsetTool[object]]:
        return {
            name: ToolsetTool(toolset=self, tool_def=definition, max_retries=ctx.max_retries, args_validator=_ANY)
            for name, definition in self.definitions.items()
        }

    async def call_tool(
        self, name: str, tool_args: dict[str, Any], ctx: RunContext[object], tool: ToolsetTool[object]
    ) -> Any:
        del ctx, tool
        try:
            result = await self.server.call(self._tools[name].name, tool_args)
        except Unreachable as error:
            self._lost(str(error))
            raise
        if result.is_error:
            raise ModelRetry(refusal(result))
        return readable(result)


def _parameters(told: Mapping[str, Any], fill: Mapping[str, Wanted | None]) -> dict[str, Any]:
    """The schema of a tool's arguments, in the form in which it is read here, whatever a server wrote."""
    named: Any = told.get("properties")
    named = cast("dict[str, Any]", named) if isinstance(named, dict) else {}
    properties = {name: _parameter(spec) for name, spec in named.items()}
    for name, wanted in fill.items():
        if name in properties:
            properties[name][KEY] = wanted.model_dump(mode="json") if wanted is not None else {"paths": []}
    required: Any = told.get("required")
    needed = [name for name in properties if isinstance(required, list) and name in required]
    return {**told, "type": "object", "properties": properties, "required": needed}


def _parameter(told: Any) -> dict[str, Any]:
    spec = dict(cast("dict[str, Any]", told)) if isinstance(told, dict) else {}
    if not isinstance(spec.get("description", ""), str):
        del spec["description"]
    return spec
