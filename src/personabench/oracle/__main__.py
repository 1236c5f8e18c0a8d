"""python -m personabench.oracle: replay Memora's gold through the gate, or score a learned persona against it.

    python -m personabench.oracle ../shared/data/memora/weekly
    python -m personabench.oracle ../shared/data/memora/weekly/startup_founder --against personas.db --user founder

The first exits with 1 unless every check is right for all users.
"""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from aipersona import AIPersonaError
from personabench.oracle.changes import judge_changes
from personabench.oracle.compare import Comparison, compare
from personabench.oracle.report import print_changes, print_comparisons, print_score
from personabench.oracle.score import score

WIDTH = 160
"""Columns that the tables take at least: narrower ones would cut figures."""


def run(
    folder: Annotated[Path, typer.Argument(help="A user's folder of Memora, or one that holds several.")],
    every: Annotated[int, typer.Option(min=1, help="Sessions per update.")] = 3,
    against: Annotated[str | None, typer.Option(help="A database with a learned persona to score.")] = None,
    user: Annotated[str | None, typer.Option(help="The user in that database; by default the folder's name.")] = None,
    tenant: Annotated[str | None, typer.Option(help="The tenant in that database.")] = None,
) -> None:
    """Compare gold operations put through the gate with a naive replay, or score a learned persona against them."""
    console = Console()
    console.width = max(console.width, WIDTH)
    try:
        if against is not None:
            name = user or folder.resolve().name
            print_score(console, asyncio.run(score(folder, database=against, user=name, tenant=tenant)))
            print_changes(console, asyncio.run(judge_changes(folder, database=against, user=name, tenant=tenant)))
            return
        comparisons = asyncio.run(_compare_all(users_in(folder), every))
    except (AIPersonaError, OSError, ValueError) as error:
        console.print(f"[red]{error}[/]")
        raise typer.Exit(2) from None
    print_comparisons(console, comparisons, every=every)
    if not all(comparison.passed for comparison in comparisons):
        raise typer.Exit(1)


def users_in(folder: Path) -> list[Path]:
    """The folders of users: the folder itself, or those in it.

    Raises: FileNotFoundError where there are none.
    """
    found = [place for place in (folder, *sorted(folder.glob("*"))) if (place / "conversations").is_dir()]
    if not found:
        raise FileNotFoundError(f"{folder} holds no user's conversations")
    return found


async def _compare_all(folders: list[Path], every: int) -> list[Comparison]:
    with tempfile.TemporaryDirectory() as place:
        return [await compare(f, every=every, database=Path(place) / f"{n}.db") for n, f in enumerate(folders)]


if __name__ == "__main__":
    typer.run(run)
