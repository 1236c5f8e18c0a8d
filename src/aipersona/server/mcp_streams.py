"""MCP over streamable HTTP: the requests of the route /mcp, once it is known who makes them and for which user.

A session of the protocol belongs to the credential and the user that began it; to everybody else there is none. Each
credential has room for so many, so that none takes that of the others.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, cast

from mcp.server import Server
from mcp.server.auth.middleware.bearer_auth import AuthenticatedUser, AuthorizationContext
from mcp.server.auth.provider import AccessToken
from mcp.server.streamable_http import StreamableHTTPServerTransport
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from aipersona.mcp_door.door import Context, door
from aipersona.mcp_door.whose import Whose
from aipersona.server.problems import Refused
from aipersona.server.settings import ServerSettings

if TYPE_CHECKING:
    from starlette.requests import Request

WHOSE = "aipersona.whose"
"""Where a request's scope says whose persona it is about."""

IDLE = 300.0
"""Seconds after which a session ends for which no request is being served and no stream is open."""


class McpStreams:
    """The MCP server of an application, as long as that runs."""

    def __init__(self, settings: ServerSettings) -> None:
        self._settings = settings
        self._manager: StreamableHTTPSessionManager | None = None

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Serve until this is left; streams that are open then end."""
        secret = self._settings.token_secret
        server = door(_whose_of, secret=secret.get_secret_value().encode() if secret is not None else None)
        manager = _Sessions(server, self._settings)
        async with manager.run():
            self._manager = manager
            try:
                yield
            finally:
                self._manager = None

    def response(self, whose: Whose) -> Response:
        """What answers a request about that user.

        Raises: Refused while the application does not run.
        """
        if self._manager is None:
            raise Refused(503, "unavailable", "the server is starting or ending", {"retry-after": "1"})
        return _Answer(self._manager, whose)


class _Sessions(StreamableHTTPSessionManager):
    """The sessions of the protocol, counted by credential: the SDK counts all of them together."""

    def __init__(self, server: Server[Any], settings: ServerSettings) -> None:
        super().__init__(
            server, session_idle_timeout=IDLE, max_request_body_size=settings.request_bytes, max_sessions=None
        )
        self._most = settings.mcp_sessions

    def _admit_session(self, requestor: AuthorizationContext | None) -> StreamableHTTPServerTransport | None:
        """Raises: Refused where the credential has as many sessions as it may have."""
        there = sum(_credential(owner) == _credential(requestor) for owner in self._session_owners.values())
        if there >= self._most:
            raise Refused(
                429,
                "too_many_sessions",
                f"this key has {there} sessions of MCP open: end one (DELETE), or wait until one was idle for "
                f"{IDLE / 60:.0f} minutes",
                {"retry-after": f"{IDLE:.0f}"},
            )
        return super()._admit_session(requestor)


def _credential(owner: AuthorizationContext | None) -> tuple[str | None, str] | None:
    """Tenant and principal, whichever user they speak of."""
    return (owner["issuer"], owner["client_id"]) if owner is not None else None


class _Answer(Response):
    """Hands the request to the SDK, which answers it as the protocol says."""

    def __init__(self, manager: StreamableHTTPSessionManager, whose: Whose) -> None:
        super().__init__()
        self._manager, self._whose = manager, whose

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        principal = self._whose.principal
        owner = AccessToken(
            token="",
            client_id=principal.id,
            scopes=sorted(principal.scopes),
            subject=self._whose.user_id,
            claims={"iss": principal.tenant},
        )
        scope = {**scope, WHOSE: self._whose, "user": AuthenticatedUser(owner)}
        await self._manager.handle_request(scope, receive, send)


def _whose_of(ctx: Context) -> Whose:
    return cast("Request", ctx.request).scope[WHOSE]
