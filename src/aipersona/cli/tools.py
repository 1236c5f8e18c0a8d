"""The tools that a chat has."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import typer

from aipersona.cli.options import AsJson, options_of, settings_of

if TYPE_CHECKING:
    from aipersona.chat.listing import Filling, ToolList


def tools(ctx: typer.Context, as_json: AsJson = False) -> None:
    """List the tools that a chat has: their servers, whom these are trusted as, which fields fill their parameters."""
    import asyncio

    from aipersona.cli import printing
    from aipersona.engine import AIPersona

    async def read() -> ToolList:
        ai = AIPersona(settings=settings_of(options_of(ctx)))
        try:
            return await ai.tools()
        finally:
            await ai.aclose()

    found = asyncio.run(read())
    if as_json:
        printing.print_json(asdict(found))
        return
    rows = [
        [tool.name, tool.server or "", tool.trust if tool.server else "", "; ".join(map(_filling, tool.filled))]
        for tool in found.tools
    ]
    printing.Page().table(["tool", "server", "trust", "filled from"], rows)
    for one in found.unavailable:
        printing.note(f"not reached: {one.server}: {one.reason}")
    for line in found.notes:
        printing.note(f"note: {line}")


def _filling(filling: Filling) -> str:
    withheld = (f"{path} ({reason})" for path, reason in filling.withheld.items())
    return f"{filling.parameter}: {', '.join((*filling.paths, *withheld))}"
