"""The command that moves a whole database: migrate."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from aipersona.cli.options import AsJson, text
from aipersona.errors import Conflict

if TYPE_CHECKING:
    from aipersona.store.copying import Copied

OFTEN = 1000
"""After how many users the person at the terminal hears how far it is."""
SHOWN = 5
"""How many of the users, or of the API keys, that were refused an error names."""


def migrate(
    source: Annotated[
        str,
        typer.Option("--from", metavar="PATH-OR-URL", callback=text, help="A file or an SQLAlchemy URL.",
                     show_default=False),
    ],
    target: Annotated[
        str, typer.Option("--to", metavar="PATH-OR-URL", callback=text, help="Where to copy to.", show_default=False)
    ],
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Copy all users of all tenants, and all API keys, from one database to another; verify it by counts and digests.

    What was copied before is skipped, so that the command can be given again; users and API keys of which the other
    database has other content are left as they are there, and named.
    """
    from aipersona.cli import printing, wording
    from aipersona.store.copying import copy_database

    def told(users: int) -> None:
        if users // OFTEN > told_at[0]:
            told_at[0] = users // OFTEN
            printing.note(f"{users} users")

    told_at = [0]
    done = copy_database(_address(source), _address(target), progress=told)
    if as_json:
        printing.print_json(_json(done))
    else:
        page = printing.Page()
        there = f", {done.there} there already" if done.there else ""
        page.line(f"{wording.counted(done.copied, 'user')} copied{there}")
        rows = [
            (one.table, str(one.source), str(one.target), one.target_digest[:12], "same" if one.same else "DIFFERENT")
            for one in done.tables
        ]
        page.table(["table", "rows", "in the target", "sha-256", ""], rows)
    refused: list[str] = []
    if done.refused:
        refused.append(
            f"{wording.counted(len(done.refused), 'user')} with other content in the target left as they are there: "
            f"{_some([key.user_id for key in done.refused])}; erase them there, and migrate again"
        )
    if done.keys_refused:
        left = "it is" if len(done.keys_refused) == 1 else "they are"
        refused.append(
            f"{wording.counted(len(done.keys_refused), 'API key')} with other content in the target left as {left} "
            f"there: {_some(done.keys_refused)}; what was revoked here counts there until `aipersona keys revoke` "
            "there, too"
        )
    if refused:
        raise Conflict("; ".join(refused))


def _some(names: Sequence[str]) -> str:
    """The first of them, and how many more there are."""
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(map(repr, names[:SHOWN])) + more


def _address(given: str) -> str:
    """`sqlite:FILE` is that file, as people write it; any other address stays."""
    scheme, _, file = given.partition(":")
    return file if scheme == "sqlite" and file and not file.startswith("//") else given


def _json(done: Copied) -> dict[str, object]:
    return {
        "copied": done.copied,
        "there": done.there,
        "refused": [{"tenant": key.tenant, "user_id": key.user_id} for key in done.refused],
        "keys_refused": list(done.keys_refused),
        "tables": {
            one.table: {
                "source": one.source,
                "target": one.target,
                "source_digest": one.source_digest,
                "target_digest": one.target_digest,
            }
            for one in done.tables
        },
    }
