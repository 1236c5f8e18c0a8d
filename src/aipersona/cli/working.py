"""`aipersona worker` learns for whoever is due until it is stopped; `aipersona work` lists who is due, and failures."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from aipersona.cli.options import AsJson, BaseUrl, ModelName, choose_model, options_of, run, text

if TYPE_CHECKING:
    import asyncio

    from aipersona.engine import AIPersona
    from aipersona.work import Counts, Due, Failure

SAY_SECONDS = 10.0
"""How often a worker says what it did since."""

app = typer.Typer(help="The work of the optimizer: what is due, and what failed.", rich_markup_mode=None)


def worker(ctx: typer.Context, model: ModelName = None, base_url: BaseUrl = None) -> None:
    """Learn for the users of all tenants as they become due, until Ctrl-C or SIGTERM. What runs then is ended well."""
    from aipersona.cli import printing

    choose_model(ctx, model, base_url)
    done = run(ctx, _work, create=True)
    printing.note(f"stopped; {_counts(done)}")


async def _work(ai: AIPersona) -> Counts:
    import asyncio

    from aipersona.cli import printing
    from aipersona.work import Worker

    stop = _stopped()
    made = Worker(ai)
    async with made:
        printing.note("at work; Ctrl-C stops")
        said = made.counts
        while not stop.is_set():
            try:
                await asyncio.wait_for(stop.wait(), SAY_SECONDS)
            except TimeoutError:
                if made.counts != said:
                    said = made.counts
                    printing.note(_counts(said))
    return made.counts


def _stopped() -> asyncio.Event:
    """Set by SIGINT and SIGTERM from now on."""
    import asyncio
    import signal

    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(name, stop.set)
        except NotImplementedError:  # Windows: the interrupt ends the command instead
            break
    return stop


def _counts(counts: Counts) -> str:
    from aipersona.cli.wording import counted

    learned = f"{counted(counts.sessions, 'session')} learned in {counted(counts.revisions, 'revision')}"
    failed = f"{counted(counts.failures, 'failure')}, {counts.given_up} given up"
    return f"{learned}, {counted(counts.consolidated, 'user')} consolidated, {failed}"


@app.callback(invoke_without_command=True)
def work(ctx: typer.Context, as_json: AsJson = False) -> None:
    """List who is due to be learned for, of all tenants, and what failed."""
    from aipersona.cli import printing

    if ctx.invoked_subcommand is not None:
        return

    async def look(ai: AIPersona) -> tuple[list[Due], list[Failure]]:
        from aipersona.work import Worker

        made = Worker(ai)
        return await made.pending(), await made.failed()

    due, failures = run(ctx, look)
    if as_json:
        printing.print_json({"due": [_due_json(one) for one in due], "failures": [_failure_json(f) for f in failures]})
    else:
        _tell(due, failures, options_of(ctx).command("work", "retry"))


@app.command("retry")
def retry(
    ctx: typer.Context,
    user: Annotated[
        str | None,
        typer.Argument(metavar="USER", help="A user of the tenant [AIPERSONA_TENANT], else all of all.", callback=text),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Have what failed tried again, by the worker that runs or the next one."""
    from aipersona.cli import printing, wording

    async def again(ai: AIPersona) -> int:
        from aipersona.work import Worker

        return await Worker(ai).retry(ai.tenant if user is not None else None, user)

    count = run(ctx, again)
    if as_json:
        printing.print_json({"retried": count})
    else:
        printing.Page().line(f"{wording.counted(count, 'failure')} will be tried again")


def _due_json(one: Due) -> dict[str, object]:
    return {"tenant": one.key.tenant, "user_id": one.key.user_id, "asked": one.asked, "attempts": one.attempts}


def _failure_json(failure: Failure) -> dict[str, object]:
    return {
        "tenant": failure.tenant,
        "user_id": failure.user_id,
        "kind": failure.kind,
        "error": failure.error,
        "attempts": failure.attempts,
        "at": failure.at.isoformat(),
        "again_at": failure.again_at.isoformat() if failure.again_at is not None else None,
    }


def _tell(due: list[Due], failures: list[Failure], again: str) -> None:
    from aipersona.cli import printing, wording

    page = printing.Page()
    page.title(f"{wording.counted(len(due), 'user')} due" if due else "nobody is due")
    if due:
        rows = [[one.key.tenant, one.key.user_id, "asked for" if one.asked else ""] for one in due]
        page.table(["tenant", "user", ""], rows, indent=2)
    for title, some in (
        ("tried again by itself", [one for one in failures if one.again_at is not None]),
        ("given up", [one for one in failures if one.again_at is None]),
    ):
        if some:
            page.title(title)
            headings = ["tenant", "user", "work", "error", "tries", "last", "next"]
            page.table(headings, [_row(one) for one in some], indent=2)
    if any(one.again_at is None for one in failures):
        page.pair("retry", again)


def _row(one: Failure) -> list[str]:
    def minute(moment: datetime | None) -> str:
        return moment.strftime("%Y-%m-%d %H:%M UTC") if moment is not None else ""

    return [one.tenant, one.user_id, one.kind, one.error, str(one.attempts), minute(one.at), minute(one.again_at)]
