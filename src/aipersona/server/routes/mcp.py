"""MCP: point a client here, show a key or token, and, where that is bound to no user, name the user in a header."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from aipersona.mcp_door.whose import Whose
from aipersona.server.guarding import GuardedRoute
from aipersona.server.mcp_streams import McpStreams
from aipersona.server.problems import Refused
from aipersona.server.serving import USER_HEADER, Calling

router = APIRouter(prefix="/mcp", tags=["mcp"], route_class=GuardedRoute)


@router.post("", response_class=Response)
async def post_message(calling: Calling, request: Request) -> Response:
    """One message of the Model Context Protocol, about the user of the key, or of `X-AIPersona-User`."""
    return _answer(calling, request)


@router.get("", response_class=Response)
async def open_stream(calling: Calling, request: Request) -> Response:
    """The stream of messages of a session of the protocol (2025-11-25 and before)."""
    return _answer(calling, request)


@router.delete("", response_class=Response)
async def end_session(calling: Calling, request: Request) -> Response:
    """The end of a session of the protocol (2025-11-25 and before)."""
    return _answer(calling, request)


def _answer(calling: Calling, request: Request) -> Response:
    """Raises: Refused where nothing says which user it is about."""
    user_id = calling.user(request.headers.get(USER_HEADER))
    if user_id is None:
        detail = f"this key is bound to no user: name one in the header {USER_HEADER}, or use a key or token of theirs"
        raise Refused(403, "no_user", detail)
    streams: McpStreams = request.app.state.mcp
    return streams.response(Whose(ai=calling.ai, user_id=user_id, principal=calling.principal))
