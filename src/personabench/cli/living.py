"""personabench live: people of a generated benchmark live their sessions with what is measured."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer

from personabench.cli.printing import FAILED, bar, ending_well, names, say


def live_command(
    benchmark: Annotated[Path, typer.Argument(metavar="DIR", help="What `personabench generate` made.")],
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where the results go; one folder for each run.")],
    settings: Annotated[
        str, typer.Option(metavar="A,B,C", help="none, golden, rag, full-history, aipersona-k3, gold-drafts-k3, ...")
    ] = "none,golden,rag,full-history",
    assistant: Annotated[
        str, typer.Option(metavar="NAME", help="policy (fixed rules, no model), or model.")
    ] = "policy",
    simulator: Annotated[str, typer.Option(metavar="NAME", help="scripted (as planned), or model.")] = "scripted",
    model: Annotated[
        str | None, typer.Option(metavar="MODEL", help="The model of all that needs one: local, or a server's.")
    ] = None,
    base_url: Annotated[
        str | None, typer.Option(metavar="URL", help="The server of the model; by default OpenAI's.")
    ] = None,
    embedder: Annotated[
        str | None, typer.Option(metavar="EMBEDDER", help="The embedder of all settings: local, or openai:MODEL.")
    ] = None,
    people: Annotated[int | None, typer.Option(min=1, metavar="N", help="The first N people only.")] = None,
    sessions: Annotated[int | None, typer.Option(min=1, metavar="N", help="The first N sessions of each only.")] = None,
    budget: Annotated[int, typer.Option(min=1, metavar="TOKENS", help="Tokens of a context.")] = 1000,
    judged: Annotated[
        bool, typer.Option("--judge", help="Have the model judge first replies and profiles, as the paper does.")
    ] = False,
    engine: Annotated[str, typer.Option(metavar="ENGINE", help="local, or ray.")] = "local",
    ray_address: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS", help="Of a Ray cluster, if no model is needed; by default this machine is one."
        ),
    ] = None,
) -> None:
    """Live through sessions under several settings. The same command again goes on where it was stopped."""
    import asyncio
    import os

    from personabench.live.engines import engine_of
    from personabench.live.plan import LivePlan, digest_of
    from personabench.live.running import live
    from personabench.runs import open_embedder, open_upstream

    for name in ("NO_PROXY", "no_proxy"):  # the endpoint is on this machine, whatever stands between it and others
        os.environ[name] = ",".join(filter(None, (os.environ.get(name), "127.0.0.1")))
    with ending_well(out):
        plan = LivePlan(
            digest=digest_of(benchmark),
            settings=names(settings),
            assistant=assistant,
            simulator=simulator,
            people=people,
            sessions=sessions,
            budget=budget,
            model=model,
            embedder=embedder,
            judged=judged,
        )
        plan.check()
        lived_by = engine_of(engine, ray_address)
        lived_by.check(plan)
        with ExitStack() as stack:
            upstream = stack.enter_context(open_upstream(model, base_url=base_url)) if model else None
            embed = open_embedder(embedder, base_url=base_url) if embedder else None
            progress = stack.enter_context(bar())
            ended = asyncio.run(
                live(
                    plan,
                    benchmark,
                    out,
                    lived_by,
                    upstream=upstream,
                    embed=embed,
                    progress=progress,
                )
            )
    before = f", {ended.lived_before} lived before" if ended.lived_before else ""
    typer.echo(f"{ended.lived} lives lived{before}; personabench report {out}")
    if ended.failures:
        say(f"learning failed {ended.failures} times: the report says under which settings")
        raise typer.Exit(FAILED)
