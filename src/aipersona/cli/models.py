"""Commands for the models that run on this machine: list them, bring one here."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from aipersona.cli.options import AsJson

app = typer.Typer(help="The models that run on this machine.", no_args_is_help=True, rich_markup_mode=None)


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """List the models that are here, and those that can be pulled."""
    from aipersona.cli import printing
    from aipersona.llm.local.catalog import catalog
    from aipersona.llm.local.pull import installed

    here = installed()
    names = {model.name for model in here if model.origin == "catalog"}
    absent = [model for model in catalog() if model.name not in names]
    if as_json:
        known = [
            {
                "name": m.name,
                "here": True,
                "origin": m.origin,
                "path": str(m.path),
                "bytes": m.size,
                "licence": m.licence,
            }
            for m in here
        ]
        more = [{"name": m.name, "here": False, "bytes": m.size, "licence": m.licence} for m in absent]
        printing.print_json({"models": [*known, *more]})
        return
    rows = [
        [m.name, _gigabytes(m.size), m.licence or "", "here, used by `local`" if m is here[0] else "here", str(m.path)]
        for m in here
    ]
    rows += [[m.name, _gigabytes(m.size), m.licence, f"aipersona models pull {m.name}", ""] for m in absent]
    printing.Page().table(["model", "size", "licence", "state", "file"], rows)


@app.command("pull")
def pull(
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="A model of the list; without it, the first to be had.")
    ] = None,
    path: Annotated[
        Path | None, typer.Option("--path", metavar="FILE", help="Use this GGUF file of your own instead.")
    ] = None,
) -> None:
    """Bring a model here; run again, it goes on where it stopped."""
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

    from aipersona.cli import printing
    from aipersona.llm.local.pull import pull

    if name is not None and path is not None:
        raise typer.BadParameter("either NAME or --path")
    console = printing.console(stderr=True)
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    said: set[str] = set()
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=None)

        def report(done: int, total: int, what: str) -> None:
            bar.update(task, completed=done, total=total, description=what)
            if not console.is_terminal and what not in said:
                said.add(what)
                printing.note(what)

        try:
            model = pull(name, path=path, progress=report)
        except KeyboardInterrupt:
            bar.stop()
            printing.note("interrupted; the same command goes on from there")
            raise typer.Exit(130) from None
    printing.Page().line(f"{model.name} is here ({_gigabytes(model.size)}): {model.path}; use it with --model local")


def _gigabytes(size: int) -> str:
    return f"{size / 1e9:.1f} GB"
