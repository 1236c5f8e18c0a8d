"""What the commands share: exit codes, what goes to people beside the results, a bar with the time left."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

import typer

FAILED, REFUSED, DOWN, STOPPED = 1, 2, 3, 130
"""Exit codes: all measured, and something failed on the way; it cannot be measured as asked; the model is down; stopped
by the user. After the last two the same command goes on where it was."""


def names(given: str | None) -> tuple[str, ...]:
    """The names in a list with commas, each once."""
    return tuple(dict.fromkeys(name.strip() for name in (given or "").split(",") if name.strip()))


@contextmanager
def bar() -> Generator[Callable[[int, int, str], None]]:
    """A bar with the time left, on a terminal; nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda done, total, what: None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn())
    with Progress(
        TextColumn("{task.description}", markup=False), *columns, console=Console(stderr=True), transient=True
    ) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, total, what: bar.update(task, completed=done, total=total, description=what)


@contextmanager
def ending_well(out: Path, what: str = "the results so far are") -> Generator[None]:
    """End with the exit code, and a word for people, for whatever stops a command that can be taken up again."""
    from personabench.errors import BenchError, ModelDown

    try:
        yield
    except ModelDown as error:
        say(f"error: {error}; {what} in {out}, the same command goes on from there")
        raise typer.Exit(DOWN) from None
    except (BenchError, OSError) as error:
        say(f"error: {error}")
        raise typer.Exit(REFUSED) from None
    except KeyboardInterrupt:
        say(f"stopped; {what} in {out}, the same command goes on from there")
        raise typer.Exit(STOPPED) from None


def say(message: str) -> None:
    """Tell people, beside the results."""
    typer.echo(message, err=True)
