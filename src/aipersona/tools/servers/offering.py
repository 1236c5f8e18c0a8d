"""What the servers of the tools file offer for one message, and which of them could not be reached."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aipersona.errors import ToolsUnavailable
from aipersona.tools.servers.file import ServerSpec
from aipersona.tools.servers.naming import public_name

if TYPE_CHECKING:
    from mcp_types import Tool

    from aipersona.tools.servers.server import Server
    from aipersona.tools.servers.toolset import ServerToolset

MOST = 100
"""How many tools of one server a model is told of."""


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
                for tool in _allowed(found, server.spec)[:MOST]:
                    called = public_name(name, tool.name, names)
                    names.add(called)
                    tools[called] = tool
                offer.toolsets.append(ServerToolset(server, tools, lost=lambda why, of=name: offer.lose(of, why)))
        return offer

    async def aclose(self) -> None:
        """End every server that was started, and wait for it."""
        await asyncio.gather(*(server.aclose() for server in self._servers))


def _allowed(tools: Sequence[Tool], spec: ServerSpec) -> list[Tool]:
    """The tools that the file allows, each name once."""
    first = {tool.name: tool for tool in reversed(tools)}
    return [tool for tool in tools if first[tool.name] is tool and (spec.tools is None or tool.name in spec.tools)]
