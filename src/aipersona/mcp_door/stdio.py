"""MCP over standard input and output: one process for one user, whom the command line names."""

from __future__ import annotations

from mcp.server.stdio import stdio_server

from aipersona.access.principals import Principal, Scope
from aipersona.engine import AIPersona
from aipersona.mcp_door.door import Context, door
from aipersona.mcp_door.whose import Whose
from aipersona.store.protocol import user_key


async def serve_stdio(ai: AIPersona, user_id: str, *, read_only: bool) -> None:
    """Serve until the input ends. Nothing but the protocol goes to standard output.

    Raises: InvalidInput for a user_id that cannot be one.
    """
    user_key(ai.tenant, user_id)
    scopes: frozenset[Scope] = frozenset({"read"} if read_only else {"read", "write"})
    principal = Principal(id="stdio", tenant=ai.tenant, scopes=scopes, user_id=user_id)
    whose = Whose(ai=ai, user_id=user_id, principal=principal)

    def always(_: Context) -> Whose:
        return whose

    server = door(always)
    async with stdio_server() as (incoming, outgoing):
        await server.run(incoming, outgoing, server.create_initialization_options())
