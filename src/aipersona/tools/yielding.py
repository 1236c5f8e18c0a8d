"""Tools of ours that give way to others of the same name: what an application brings replaces what we have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic_ai.tools import RunContext
from pydantic_ai.toolsets import AbstractToolset, WrapperToolset
from pydantic_ai.toolsets.abstract import ToolsetTool

from aipersona.tools.heard import Heard


@dataclass
class Yielding(WrapperToolset[object]):
    """A toolset without the tools whose names are taken by the toolsets `to` which it gives way."""

    to: Sequence[AbstractToolset[object]]
    heard: Heard

    async def get_tools(self, ctx: RunContext[object]) -> dict[str, ToolsetTool[object]]:
        tools = await super().get_tools(ctx)
        taken = {name for toolset in self.to for name in await toolset.get_tools(ctx)} & tools.keys()
        self.heard.own = frozenset(self.heard.own) - taken
        return {name: tool for name, tool in tools.items() if name not in taken}
