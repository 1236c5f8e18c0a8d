"""personabench run: measures systems on a published data set."""

from __future__ import annotations

import os
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from personabench.cli.printing import FAILED, bar, ending_well, names, say

if TYPE_CHECKING:
    from personabench.datasets import ProbeKind
    from personabench.runs.plan import ReaderName


def run_command(
    dataset: Annotated[str, typer.Argument(metavar="DATASET", help="The data set: memora, realmem, locomo, ...")],
    data: Annotated[Path, typer.Option(metavar="DIR", help="Where its published files are.")],
    system: Annotated[str, typer.Option(metavar="A,B,C", help="The systems to measure: none, bm25, aipersona, ...")],
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where the results go; one folder for each run.")],
    model: Annotated[
        str | None, typer.Option(metavar="MODEL", help="The model of all systems: local, or the name of a server's.")
    ] = None,
    base_url: Annotated[
        str | None, typer.Option(metavar="URL", help="The server of the model; by default OpenAI's.")
    ] = None,
    embedder: Annotated[
        str | None, typer.Option(metavar="EMBEDDER", help="The embedder of all systems: local, or openai:MODEL.")
    ] = None,
    users: Annotated[int | None, typer.Option(min=1, metavar="N", help="The first N users only.")] = None,
    only: Annotated[str | None, typer.Option(metavar="A,B", help="Only these users, by their ids.")] = None,
    sessions: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="The first N sessions of each user only, with the probes within them."),
    ] = None,
    groups: Annotated[
        str | None, typer.Option(metavar="A,B", help="Only these groups of probes, by their names in the data set.")
    ] = None,
    kinds: Annotated[
        str | None, typer.Option(metavar="A,B", help="Only these of context, recall, choice, answer, calls, gate.")
    ] = None,
    budget: Annotated[int, typer.Option(min=1, metavar="TOKENS", help="Tokens of a context.")] = 1000,
    seed: Annotated[int, typer.Option(help="The seed of intervals and of the model.")] = 0,
    reader: Annotated[
        str, typer.Option(metavar="READER", help="Who makes tool calls: plain (one prompt), or chat (aipersona's).")
    ] = "plain",
    most_tools: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Tools shown in a chat; by default as its model needs.")
    ] = None,
) -> None:
    """Measure systems on a data set. The same command again goes on where it was stopped."""
    import asyncio

    from personabench.datasets import load
    from personabench.runs import Plan, open_embedder, open_upstream, run

    for name in ("NO_PROXY", "no_proxy"):  # the endpoint is on this machine, whatever stands between it and others
        os.environ[name] = ",".join(filter(None, (os.environ.get(name), "127.0.0.1")))
    with ending_well(out):
        plan = Plan(
            dataset=dataset,
            data=data,
            systems=names(system),
            model=model,
            embedder=embedder,
            users=users,
            only=names(only),
            sessions_each=sessions,
            groups=names(groups),
            kinds=_kinds(kinds),
            budget=budget,
            seed=seed,
            reader=_reader(reader),
            most_tools=most_tools,
        )
        plan.check()
        with ExitStack() as stack:
            people = load(dataset, data)
            upstream = stack.enter_context(open_upstream(model, base_url=base_url)) if model else None
            embed = open_embedder(embedder, base_url=base_url) if embedder else None
            progress = stack.enter_context(bar())
            ended = asyncio.run(
                run(
                    plan,
                    people,
                    out,
                    upstream=upstream,
                    embed=embed,
                    clock=lambda: datetime.now(UTC),
                    progress=progress,
                )
            )
    already = f", {ended.done_before} done before" if ended.done_before else ""
    typer.echo(f"{ended.measured} units measured{already}; personabench report {out}")
    if ended.failures:
        say(f"{ended.failures} steps or probes failed: the report says which")
        raise typer.Exit(FAILED)


def _reader(given: str) -> ReaderName:
    """Raises: BenchError for what is no reader."""
    from personabench.errors import BenchError
    from personabench.runs.plan import READERS

    for name in READERS:
        if name == given:
            return name
    raise BenchError(f"unknown reader {given!r}; known: {', '.join(READERS)}")


def _kinds(given: str | None) -> tuple[ProbeKind, ...]:
    """The kinds of probes that are named, in their usual order; all where none is.

    Raises: BenchError.
    """
    from personabench.errors import BenchError
    from personabench.runs.plan import KINDS

    named = names(given)
    if unknown := [kind for kind in named if kind not in KINDS]:
        raise BenchError(f"unknown kind of probe {unknown[0]!r}; known: {', '.join(KINDS)}")
    return tuple(kind for kind in KINDS if not named or kind in named)
