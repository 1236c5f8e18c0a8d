"""Commands that move or remove all there is about a user: export, import, erase."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aipersona.cli.options import AsJson, User, run, text

if TYPE_CHECKING:
    from aipersona.engine import AIPersona
    from aipersona.store.protocol import Receipt, UserSummary


def export(
    ctx: typer.Context,
    user: User,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="A file; without it, stdout.")] = None,
) -> None:
    """Write everything kept about a user as lines of JSON; `import` takes it in again."""
    run(ctx, lambda ai: _export(ai, user, out))


async def _export(ai: AIPersona, user: str, out: Path | None) -> None:
    from aipersona.cli import printing

    if out is None:
        async for line in ai.export(user):
            print(line)
        return
    draft = out.with_name(f"{out.name}.part")
    lines = 0
    try:
        # A file appears whole or not at all, and only its owner can read what somebody said.
        draft.touch(mode=0o600)
        with draft.open("w", encoding="utf-8", newline="\n") as file:
            async for line in ai.export(user):
                file.write(f"{line}\n")
                lines += 1
        draft.replace(out)
    finally:
        draft.unlink(missing_ok=True)
    printing.note(f"{lines} lines written to {out}")


def import_(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `export` wrote.", show_default=False)],
    user: Annotated[
        str | None, typer.Option("--user", metavar="USER", callback=text, help="Take it in as this user.")
    ] = None,
) -> None:
    """Take in an exported user. The file is checked as a whole before anything is written."""
    from aipersona.cli import printing, wording

    async def take(ai: AIPersona) -> UserSummary:
        return await ai.import_(file, user_id=user)

    found = run(ctx, take, create=True)
    sessions, revisions = wording.counted(found.sessions, "session"), wording.counted(found.revision, "revision")
    printing.Page().line(f"{found.user_id}: {sessions}, {revisions}, {found.pending} pending")


def erase(
    ctx: typer.Context,
    user: User,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Remove everything about a user for good, and print the receipt."""
    from aipersona.cli import printing, wording

    if not yes:
        run(ctx, lambda ai: _announce(ai, user))
        if not typer.confirm("Erase all of it? This cannot be undone.", err=True):
            printing.note("nothing was erased")
            raise typer.Exit(1)

    async def remove(ai: AIPersona) -> Receipt:
        return await ai.erase(user)

    receipt = run(ctx, remove)
    if as_json:
        printing.print_json({"user_id": receipt.user_id, "at": receipt.at.isoformat(), "removed": receipt.removed})
        return
    page = printing.Page()
    page.title(f"{receipt.user_id} was erased at {wording.minute(receipt.at)}")
    for table, rows in receipt.removed.items():
        page.pair(table, str(rows))


async def _announce(ai: AIPersona, user: str) -> None:
    from aipersona.cli import printing, wording

    found = await ai.user(user)
    sessions, revisions = wording.counted(found.sessions, "session"), wording.counted(found.revision, "revision")
    printing.note(f"{user}: {sessions}, {revisions}")
