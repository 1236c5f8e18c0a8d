"""`aipersona mcp`: what is known of one user, over MCP on standard input and output."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from aipersona.cli.options import run, text
from aipersona.errors import ToolsUnavailable

if TYPE_CHECKING:
    from aipersona.engine import AIPersona


def mcp(
    ctx: typer.Context,
    user: Annotated[str, typer.Option("--user", metavar="USER", callback=text, help="The user whom it is all about.")],
    read_only: Annotated[bool, typer.Option("--read-only", help="Offer nothing that changes what is known.")] = False,
) -> None:
    """Serve one user's persona to an MCP client that starts this command. It talks over standard input and output."""
    import signal

    try:
        from aipersona.mcp_door.stdio import serve_stdio
    except ModuleNotFoundError:
        raise ToolsUnavailable("MCP needs the extra `mcp`: pip install 'aipersona[mcp]'") from None

    async def serve(ai: AIPersona) -> None:
        # A thread that waits for input cannot be called off: Ctrl-C ends the process as SIGTERM does, and what was
        # committed stays.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        await serve_stdio(ai, user, read_only=read_only)

    run(ctx, serve, create=not read_only)
