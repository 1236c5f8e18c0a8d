"""What the servers of the tools file offer for one message, and which of them could not be reached."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aipersona.errors import ToolsUnavailable
from aipersona.tools.servers.file import ServerSpec
from aipersona.tools.servers.naming import public_name

if TYPE_CHECKING:
    from mcp_types import Tool

    from aipersona.tools.servers.server import Server
    from aipersona.tools.servers.toolset import ServerToolset

MOST = 100
"""How many tools of one server a model is told of."""

SCHEMA = 20_000
"""How many characters the schema of a tool's arguments may have: it is a part of every prompt."""


@dataclass(frozen=True, kw_only=True)
class Unavailable:
    """A server without whose tools a message was answered, in part at least, and why."""

    server: str
    reason: str


@dataclass(kw_only=True)
class Offer:
    """The tools for a message. While it is answered, servers may be lost, and then join the unavailable ones."""

    toolsets: list[ServerToolset] = field(default_factory=list["ServerToolset"])
    unavailable: list[Unavailable] = field(default_factory=list[Unavailable])
    notes: list[str] = field(default_factory=list[str])
    """What is not offered, and what the file says of tools and parameters that a server does not have."""

    def lose(self, server: str, reason: str) -> None:
        if all(one.server != server for one in self.unavailable):
            self.unavailable.append(Unavailable(server=server, reason=reason))


class Servers:
    """The servers of a file; none is started before its tools are asked for."""

    def __init__(self, specs: Sequence[ServerSpec], *, clock: Callable[[], float] = time.monotonic) -> None:
        """Raises: ToolsUnavailable without the extra `mcp`."""
        self._servers: list[Server] = []
        if not specs:
            return
        try:
            from aipersona.tools.servers.server import Server
        except ImportError as error:
            message = "the tools file names MCP servers, which need the extra `mcp`: pip install 'aipersona[mcp]'"
            raise ToolsUnavailable(message) from error
        self._servers = [Server(spec, clock) for spec in specs]

    async def offer(self, taken: Collection[str] = ()) -> Offer:
        """The tools that there are now, none of them under a name that is `taken`; all servers are asked at once."""
        offer, names = Offer(), set(taken)
        if not self._servers:
            return offer
        from aipersona.tools.servers.connection import Unreachable
        from aipersona.tools.servers.toolset import ServerToolset

        answers = await asyncio.gather(*(server.tools() for server in self._servers), return_exceptions=True)
        for server, found in zip(self._servers, answers, strict=True):
            name = server.spec.name
            if isinstance(found, Unreachable):
                offer.lose(name, str(found))
            elif isinstance(found, BaseException):
                raise found
            else:
                tools: dict[str, Tool] = {}
                chosen, left_out = _chosen(found, server.spec)
                for tool in chosen:
                    called = public_name(name, tool.name, names)
                    names.add(called)
                    tools[called] = tool
                offer.toolsets.append(ServerToolset(server, tools, lost=lambda why, of=name: offer.lose(of, why)))
                offer.notes += [f"server {name!r} {line}" for line in (*left_out, *_not_there(found, server.spec))]
        return offer

    async def aclose(self) -> None:
        """End every server that was started, and wait for it."""
        await asyncio.gather(*(server.aclose() for server in self._servers))


def _chosen(found: Sequence[Tool], spec: ServerSpec) -> tuple[list[Tool], list[str]]:
    """The tools that are offered: those that the file allows, each name once; and what was left out for its size."""
    first = {tool.name: tool for tool in reversed(found)}
    allowed = [tool for tool in found if first[tool.name] is tool and (spec.tools is None or tool.name in spec.tools)]
    small = [tool for tool in allowed if len(json.dumps(tool.input_schema)) <= SCHEMA]
    left_out = [
        f"has a tool {tool.name!r} whose parameters take more than {SCHEMA:,} characters: it is left out"
        for tool in allowed
        if tool not in small
    ]
    if len(small) > MOST:
        left_out.append(f"has {len(small)} tools: only the first {MOST} are offered; `tools` can name others")
    return small[:MOST], left_out


def _not_there(found: Sequence[Tool], spec: ServerSpec) -> list[str]:
    """What the file says of tools and parameters that the server does not have."""
    there = {tool.name: tool for tool in found}
    missing = [
        f"has no tool {name!r}" for name in dict.fromkeys((*(spec.tools or ()), *spec.fill)) if name not in there
    ]
    for name, fill in spec.fill.items():
        known: Any = there[name].input_schema.get("properties") if name in there else fill
        missing += [f"has no parameter {one!r} of its tool {name!r}" for one in fill if one not in (known or {})]
    return missing
