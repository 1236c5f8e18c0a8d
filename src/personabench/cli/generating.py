"""personabench generate: people whose lives change, and what they say and wish for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from personabench.cli.printing import bar, ending_well

if TYPE_CHECKING:
    from collections.abc import Generator
    from contextlib import AbstractContextManager

    from personabench.generation.writing import SessionWriter


def generate_command(
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where the benchmark goes.")],
    people: Annotated[int, typer.Option(min=1, metavar="N", help="How many people.")] = 5,
    sessions: Annotated[int, typer.Option(min=1, metavar="N", help="Sessions of each.")] = 30,
    scenes: Annotated[int, typer.Option(min=1, metavar="N", help="Scenes that each comes back to, at most.")] = 20,
    seed: Annotated[int, typer.Option(help="The same seed makes the same files.")] = 0,
    writer: Annotated[
        str, typer.Option(metavar="WRITER", help="Who writes what they say: scripted (no model), or model.")
    ] = "scripted",
    model: Annotated[
        str | None, typer.Option(metavar="MODEL", help="The writer's model: local, or the name of a server's.")
    ] = None,
    base_url: Annotated[
        str | None, typer.Option(metavar="URL", help="The server of the model; by default OpenAI's.")
    ] = None,
) -> None:
    """Generate a benchmark: seeds, dated lives, scenes, wishes, and what is left after filtering.

    The same command again makes what is missing, and what is made from a file that was edited.
    """
    import asyncio

    from pydantic import ValidationError

    from personabench.errors import BenchError
    from personabench.generation.generating import generate
    from personabench.generation.plan import Plan

    with ending_well(out, "what is written so far is"):
        if writer not in ("scripted", "model"):
            raise BenchError(f"there is no writer {writer!r}; there are: scripted, model")
        if writer == "model" and model is None:
            raise BenchError("the writer 'model' needs one: --model local")
        named = f"model {model}" if writer == "model" else writer
        try:
            plan = Plan(people=people, sessions=sessions, scenes=scenes, seed=seed, writer=named)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            raise BenchError(f"--{first['loc'][0]} {first['input']}: {first['msg']}") from None
        with _writer(writer, model, base_url, out) as made, bar() as progress:
            generated = asyncio.run(generate(plan, out, made, progress=progress))
    typer.echo(f"{plan.people} people, {generated.sessions} sessions, {generated.wishes} of them with a wish: {out}")
    if generated.rejected:
        reasons = ", ".join(f"{reason} {number}" for reason, number in sorted(generated.rejected.items()))
        typer.echo(f"taken out: {reasons}")
    if (worded := generated.worded) is not None:
        typer.echo(
            f"in the model's own words: {worded.own} of {worded.texts} texts; nearly as they were {worded.nearly},"
            f" as they were {worded.same}, of no use {worded.kept + worded.lost}; asked for again {worded.again}"
        )


def _writer(name: str, model: str | None, base_url: str | None, out: Path) -> AbstractContextManager[SessionWriter]:
    from contextlib import contextmanager

    from personabench.generation.writers.scripted import ScriptedWriter
    from personabench.generation.writing import Scripted

    @contextmanager
    def scripted() -> Generator[SessionWriter]:
        yield Scripted(ScriptedWriter())

    if name == "scripted" or model is None:
        return scripted()
    from personabench.generation.writers.model import open_model_writer

    return open_model_writer(model, base_url=base_url, folder=out)
