"""A server as chats use it: started on first use and kept, started again when it was lost, left alone for a while when
it does not come."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from mcp_types import CallToolResult, Tool

from aipersona.tools.acting import within
from aipersona.tools.servers.connection import GONE, Connection, Unreachable
from aipersona.tools.servers.file import STARTING, ServerSpec

LISTING = 5.0
"""How many seconds a server that runs may take to list its tools."""

PATIENCE = 2.0
"""How many seconds a message waits for a server that did not come before; its start goes on meanwhile."""

LONGEST = 300.0
"""How many seconds a server is left alone at most before it is tried again: 2 at first, then twice as many."""


class Server:
    """One server of the file; the same for every user, message and task of an event loop."""

    def __init__(self, spec: ServerSpec, clock: Callable[[], float]) -> None:
        self.spec, self._clock = spec, clock
        self._seconds = spec.seconds or STARTING
        self._connection: Connection | None = None
        self._ending: list[Connection] = []
        self._listed: Sequence[Tool] = ()
        self._failures, self._not_before, self._why = 0, 0.0, ""

    async def tools(self) -> Sequence[Tool]:
        """The tools that it has now; asked anew each time, which also shows whether it is still there.

        Raises: Unreachable.
        """
        known = self._here()
        if known is not None and not known.is_starting and not known.has_failed:
            try:
                return await self._asked(known, min(LISTING, self._seconds))
            except TimeoutError:
                if known.calls:
                    return self._listed  # it is busy
                raise self._failed(known, f"it did not answer within {min(LISTING, self._seconds):g} seconds") from None
            except Unreachable:
                self._leave(known)  # it was there before, so it is started again at once
        return await self._started()

    async def call(self, name: str, arguments: Mapping[str, Any]) -> CallToolResult:
        """What it answers to a call.

        Raises: Unreachable; what Connection.call raises.
        """
        here = self._here()
        if here is None:
            raise Unreachable(self._why or GONE)
        try:
            return await here.call(name, arguments)
        except Unreachable:
            self._leave(here)
            raise

    async def aclose(self) -> None:
        """End it, and wait until it has."""
        if self._connection is not None:
            self._leave(self._connection)
        ending, self._ending = self._ending, []
        await asyncio.gather(*(connection.ended() for connection in ending))
        self._failures, self._not_before = 0, 0.0

    async def _started(self) -> Sequence[Tool]:
        here = self._here()
        if here is None:
            if self._clock() < self._not_before:
                raise Unreachable(self._why)
            here = self._connection = Connection(self.spec)
        patience = min(PATIENCE, self._seconds) if self._failures else self._seconds
        try:
            return await self._asked(here, patience)
        except TimeoutError:
            if self._failures and here.is_starting:
                raise Unreachable(self._why) from None
            raise self._failed(here, f"it did not answer within {patience:g} seconds") from None
        except Unreachable as error:
            raise self._failed(here, str(error)) from None

    async def _asked(self, connection: Connection, seconds: float) -> Sequence[Tool]:
        self._listed = await within(seconds, connection.tools())
        self._failures, self._not_before = 0, 0.0
        return self._listed

    def _here(self) -> Connection | None:
        """The connection, if it is one of this event loop."""
        if self._connection is not None and self._connection.loop is not asyncio.get_running_loop():
            self._leave(self._connection)
        return self._connection

    def _failed(self, connection: Connection, why: str) -> Unreachable:
        """Take note of a failure, once for all who waited for it."""
        if self._connection is connection:
            self._leave(connection)
            self._failures += 1
            self._not_before = self._clock() + min(LONGEST, 2.0**self._failures)
            self._why = why
        return Unreachable(why)

    def _leave(self, connection: Connection) -> None:
        if self._connection is connection:
            self._connection = None
            connection.stop()
            self._ending = [one for one in self._ending if not one.is_over] + [connection]
