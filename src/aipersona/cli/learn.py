"""`aipersona learn`: sessions from a file into the store, then what is pending into the persona.

Both halves can be cut off anywhere and are taken up by the same command: a session is stored once, a batch is
learned once.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from aipersona.cli.learning_many import Many, counts_of, learn_from_everybody
from aipersona.cli.options import (
    AsJson,
    BaseUrl,
    ModelName,
    Options,
    choose_model,
    missing_database,
    options_of,
    run,
    settings_of,
    text,
)
from aipersona.cli.taking import Form, Taken, kept, take_in
from aipersona.errors import AIPersonaError

if TYPE_CHECKING:
    from aipersona.engine import AIPersona
    from aipersona.learning import LearnReport, Progress
    from aipersona.store.memory import MemoryStore


def learn(
    ctx: typer.Context,
    path: Annotated[Path, typer.Argument(metavar="PATH", help="A file or folder of sessions.", show_default=False)],
    user: Annotated[
        str | None,
        typer.Option(
            "--user", "-u", metavar="USER", callback=text, help="Whose sessions to learn; by default everybody's."
        ),
    ] = None,
    every: Annotated[
        int | None, typer.Option(min=1, metavar="K", help="Sessions per update [AIPERSONA_EVERY, else 3].")
    ] = None,
    format: Annotated[Form, typer.Option(help="How the sessions are written.")] = "auto",
    strategy: Annotated[
        Literal["auto", "edits", "slots"] | None,
        typer.Option(help="One structured call, or forms for small models [AIPERSONA_STRATEGY, else auto]."),
    ] = None,
    model: ModelName = None,
    base_url: BaseUrl = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be learned; store nothing.")] = False,
    engine: Annotated[
        Literal["local", "ray"], typer.Option(help="Where everybody is learned from: this process, or workers of Ray.")
    ] = "local",
    jobs: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="Users at once [local: 1; ray: one for each processor]."),
    ] = None,
    ray_address: Annotated[
        str | None, typer.Option(metavar="HOST:PORT", callback=text, help="A Ray cluster, not one of this machine's.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Read sessions and learn from those that are new. Run again, it goes on where it stopped."""
    from aipersona.cli import printing

    choose_model(ctx, model, base_url)
    if ray_address is not None and engine != "ray":
        raise typer.BadParameter("--ray-address is for --engine ray")
    if user is None:
        if dry_run:
            raise typer.BadParameter("--dry-run shows what would be learned of one user: name them with --user")
        many = Many(format=format, every=every, strategy=strategy, engine=engine, jobs=jobs, ray_address=ray_address)
        learn_from_everybody(ctx, path, many, as_json=as_json)
        return
    if jobs is not None or engine != "local":
        raise typer.BadParameter("--engine and --jobs are for many users: leave out --user")
    taken = Taken(path=path)
    try:
        if dry_run:
            report = _dry_run(ctx, taken, user, format, every, strategy)
        else:
            report = run(ctx, lambda ai: _learn(ai, taken, user, format, every), create=True, strategy=strategy)
    except KeyboardInterrupt:
        if dry_run:
            printing.note("interrupted; nothing was stored")
        else:
            printing.note(f"interrupted; {kept(taken)} and the same command goes on from there")
        raise typer.Exit(130) from None
    except AIPersonaError as error:
        if not dry_run and (taken.new or taken.seen):
            error.add_note(f"{kept(taken)} and the same command goes on from there")
        raise
    if as_json:
        printing.print_json(_json(report))
    else:
        _tell(report, taken, options_of(ctx))


async def _learn(ai: AIPersona, taken: Taken, user: str, format: Form, every: int | None) -> LearnReport:
    from aipersona.learning import LearnReport

    await take_in(ai, taken, user, format)
    taken.pending = await _pending(ai, user)
    if not taken.pending:
        return LearnReport(user=user)
    return await _with_progress(ai, taken, user, every, dry_run=False)


def _dry_run(
    ctx: typer.Context, taken: Taken, user: str, format: Form, every: int | None, strategy: str | None
) -> LearnReport:
    """Learn on a copy in memory of what the store has of the user, which then is dropped."""
    import asyncio

    from aipersona.engine import AIPersona
    from aipersona.learning import LearnReport

    settings = settings_of(options_of(ctx), strategy=strategy)
    there = missing_database(settings) is None

    async def learned() -> LearnReport:
        twin = await _twin(AIPersona(settings=settings) if there else None, settings.tenant, user)
        async with AIPersona(store=twin, settings=settings) as ai:
            await take_in(ai, taken, user, format)
            taken.pending = await _pending(ai, user)
            if not taken.pending:
                return LearnReport(user=user, dry_run=True)
            return await _with_progress(ai, taken, user, every, dry_run=True)

    return asyncio.run(learned())


async def _twin(real: AIPersona | None, tenant: str, user: str) -> MemoryStore:
    from aipersona.portable import copy_user
    from aipersona.store.memory import MemoryStore
    from aipersona.store.protocol import UserKey

    twin = MemoryStore()
    if real is not None:
        async with real:
            await copy_user(await real.store(), twin, UserKey(tenant, user))
    return twin


async def _pending(ai: AIPersona, user: str) -> int:
    from aipersona.store.protocol import UserKey

    return len(await (await ai.store()).sessions(UserKey(ai.tenant, user), pending=True))


async def _with_progress(ai: AIPersona, taken: Taken, user: str, every: int | None, *, dry_run: bool) -> LearnReport:
    """Learn with a bar on a terminal; elsewhere a line for each batch."""
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    from aipersona.cli import printing, wording

    console = printing.console(stderr=True)
    columns = (TextColumn("learning"), BarColumn(), MofNCompleteColumn(), TextColumn("sessions"), TimeElapsedColumn())
    with Bar(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=taken.pending)

        def on_batch(progress: Progress) -> None:
            taken.learned, taken.revisions = progress.done, taken.revisions + 1
            bar.update(task, completed=progress.done, total=progress.total)
            made = progress.revision
            accepted, rejected = wording.counted(len(made.edits), "edit"), len(made.rejected)
            bar.console.print(
                f"{progress.done} of {progress.total} sessions: revision {made.number}, {accepted} accepted, "
                f"{rejected} rejected"
            )

        return await ai.learn(user, every=every, dry_run=dry_run, progress=on_batch)


def _json(report: LearnReport) -> dict[str, object]:
    found = counts_of(report)
    if report.dry_run:
        found |= {"dry_run": True, "proposed": [revision.model_dump(mode="json") for revision in report.proposed]}
    return found


def _tell(report: LearnReport, taken: Taken, options: Options) -> None:
    from aipersona.cli import printing, telling
    from aipersona.cli.wording import counted

    page = printing.Page()
    for revision in report.proposed:
        telling.tell_revision(page, revision, {}, rejected=True, options=options, user_id=report.user)
        page.line()
    if report.sessions:
        what = "would be learned" if report.dry_run else "learned"
        made = f"{counted(len(report.proposed) or report.revisions, 'revision')}"
        page.title(f"{report.user}: {counted(report.sessions, 'session')} {what} in {made}")
    else:
        page.title(f"{report.user}: nothing is pending, every session of theirs has been learned")
    new = f"{taken.new} new, {taken.seen} seen before"
    page.pair("sessions", new + (f", {taken.others.total()} of other users skipped" if taken.others else ""))
    if report.sessions:
        page.pair("accepted", counted(report.accepted, "edit"))
        reasons = ", ".join(f"{reason.replace('_', ' ')} {count}" for reason, count in report.rejected.items())
        page.pair("rejected", f"{sum(report.rejected.values())}{f': {reasons}' if reasons else ''}")
    if report.llm_calls:
        tokens = f"{report.prompt_tokens} + {report.completion_tokens} tokens"
        page.pair("model", f"{counted(report.llm_calls, 'call')}, {tokens}, {report.seconds:.1f} s")
    if report.dry_run:
        page.line("Nothing was stored.")
    else:
        page.pair("see", options.command("show", report.user))
