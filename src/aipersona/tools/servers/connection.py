"""One connection to an MCP server, from its start to its end.

It lives in a task of its own: what anyio opens in a task must be closed in it, while messages come and go in others.
"""

from __future__ import annotations

import asyncio
import contextvars
import os
from collections.abc import Awaitable, Mapping, Sequence
from contextlib import AsyncExitStack
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import httpx2
from mcp import MCPError, StdioServerParameters, stdio_client
from mcp.client.client import Client
from mcp.client.streamable_http import streamable_http_client
from mcp_types import CONNECTION_CLOSED, METHOD_NOT_FOUND, CallToolResult, Implementation, Tool

from aipersona.tools.servers.file import STARTING, ServerSpec
from aipersona.tools.servers.quiet import quietly

if TYPE_CHECKING:
    from mcp.client import Transport

PAGES = 20
"""How many pages of tools are read of a server at most: one that never ends must not hold up a chat."""

EVENT = 32 * 1024 * 1024
"""How many bytes an event of an HTTP server may have; what a model is shown of it is cut later."""

SILENCE = 300.0
"""How many seconds an HTTP server may keep a response open without a byte; calls have limits of their own."""

ENDING = 10.0
"""How many seconds the end of a connection is waited for: a process is first asked to end, and then made to."""

GONE = "it ended, or the connection to it did"


class Unreachable(Exception):
    """A server that cannot be used; the text says why, in words of ours."""


class Connection:
    """A server that is being started, that runs, or that has ended; made on the event loop that it lives on."""

    def __init__(self, spec: ServerSpec) -> None:
        self._spec = spec
        self._seconds = spec.seconds or STARTING
        self._status: int | None = None
        self._stopped = asyncio.Event()
        self.loop = asyncio.get_running_loop()
        self.calls = 0
        """How many calls are being made."""
        self._client: asyncio.Future[Client] = self.loop.create_future()
        self._client.add_done_callback(_unheard)
        # A context of its own: it outlives the message that it is started for.
        self._task = self.loop.create_task(self._live(), name=f"MCP {spec.name}", context=contextvars.Context())

    @property
    def is_over(self) -> bool:
        return self._task.done()

    @property
    def is_starting(self) -> bool:
        return not self._client.done()

    @property
    def has_failed(self) -> bool:
        """Whether it never came to run."""
        return self._client.done() and (self._client.cancelled() or self._client.exception() is not None)

    async def tools(self) -> Sequence[Tool]:
        """The tools that the server has now.

        Raises: Unreachable.
        """
        return await self._said(self._listed())

    async def call(self, name: str, arguments: Mapping[str, Any]) -> CallToolResult:
        """What the server answers to a call.

        Raises: Unreachable where the connection is lost; MCPError for the server's own refusal; RuntimeError for an
        answer that is not of the tool's type.
        """
        self.calls += 1
        try:
            with quietly():
                client = await asyncio.shield(self._client)
                return await client.call_tool(name, dict(arguments))
        except (MCPError, RuntimeError) as error:
            if self.is_over or (isinstance(error, MCPError) and error.code == CONNECTION_CLOSED):
                raise Unreachable(GONE) from None
            raise
        finally:
            self.calls -= 1

    def stop(self) -> None:
        """Have it end; `ended` waits for it."""
        if self.loop is not asyncio.get_running_loop():
            if not self.loop.is_closed():
                self.loop.call_soon_threadsafe(self._stop)
            return
        self._stop()

    async def ended(self) -> None:
        """Wait until nothing of it runs any more."""
        if self.loop is asyncio.get_running_loop():
            _, running = await asyncio.wait({self._task}, timeout=ENDING)
            for task in running:
                task.cancel()

    def _stop(self) -> None:
        self._stopped.set()
        if self.is_starting:
            self._task.cancel()
            self._fail("it was stopped")

    async def _live(self) -> None:
        with quietly():
            try:
                async with AsyncExitStack() as opened:
                    async with asyncio.timeout(self._seconds):
                        client = await opened.enter_async_context(self._dialled(opened))
                    self._client.set_result(client)
                    await self._stopped.wait()
            except asyncio.CancelledError:
                self._fail("it was stopped")
                raise
            except Exception as error:
                self._fail(self._reason(error))

    def _fail(self, reason: str) -> None:
        if not self._client.done():
            self._client.set_exception(Unreachable(reason))

    def _dialled(self, opened: AsyncExitStack) -> Client:
        return Client(
            self._transport(opened),
            client_info=Implementation(name="aipersona", version=version("aipersona")),
            cache=None,
        )

    def _transport(self, opened: AsyncExitStack) -> Transport:
        spec = self._spec
        if spec.command is not None:
            # What a server writes beside its answers may hold what it was told, and would stand amid a reply.
            errors = Path(spec.log or os.devnull).expanduser().open("a")
            parameters = StdioServerParameters(
                command=spec.command, args=list(spec.args), env=dict(spec.env), cwd=spec.cwd
            )
            return stdio_client(parameters, errlog=opened.enter_context(errors))
        http = httpx2.AsyncClient(
            headers=dict(spec.headers),
            timeout=httpx2.Timeout(self._seconds, read=max(SILENCE, self._seconds)),
            event_hooks={"response": [self._note_status]},
        )
        opened.push_async_callback(http.aclose)
        return streamable_http_client(str(spec.url), http_client=http, max_sse_event_size=EVENT)

    async def _note_status(self, response: httpx2.Response) -> None:
        self._status = response.status_code

    async def _listed(self) -> Sequence[Tool]:
        client = await asyncio.shield(self._client)
        found: list[Tool] = []
        cursor: str | None = None
        for _ in range(PAGES):
            try:
                page = await client.list_tools(cursor=cursor)
            except MCPError as error:
                if error.code == METHOD_NOT_FOUND and client.server_capabilities.tools is None:
                    return []
                raise
            found.extend(page.tools)
            cursor = page.next_cursor
            if cursor is None:
                break
        return found

    async def _said(self, answer: Awaitable[Sequence[Tool]]) -> Sequence[Tool]:
        try:
            with quietly():
                return await answer
        except Exception as error:
            raise Unreachable(self._reason(error)) from None

    def _reason(self, error: BaseException) -> str:
        """Why, without the text of a library or of the server: it may hold an address, a key, or what was asked."""
        match _first(error):
            case Unreachable() as known:
                return str(known)
            case TimeoutError():
                return f"it did not answer within {self._seconds:g} seconds"
            case OSError() as failure:
                return f"it cannot be started: {failure.strerror or type(failure).__name__}"
            case MCPError() if self._status is not None and self._status >= 400:
                return f"it answered with HTTP status {self._status}"
            case MCPError(code=code) if code != CONNECTION_CLOSED:
                return f"it refused (code {code})"
            case MCPError() | httpx2.HTTPError():
                return GONE if self._spec.command is not None else "it cannot be reached"
            case other:
                return f"it failed: {type(other).__name__}"


def _first(error: BaseException) -> BaseException:
    """The first failure in a group of them, however deep."""
    while isinstance(error, BaseExceptionGroup):
        error = cast("BaseExceptionGroup[BaseException]", error).exceptions[0]
    return error


def _unheard(client: asyncio.Future[Client]) -> None:
    """Take note of a failure that nobody may be waiting for: asyncio would log it."""
    if not client.cancelled():
        client.exception()
