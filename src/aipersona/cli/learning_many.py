"""`aipersona learn` without a user: everybody's sessions at once, in this process or on Ray."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import typer

from aipersona.cli.options import Options, options_of, run
from aipersona.cli.taking import NAMED, Form, Taken, take_in
from aipersona.errors import AIPersonaError

if TYPE_CHECKING:
    from aipersona.bulk import BulkEngine, Learned
    from aipersona.cli.printing import Page
    from aipersona.engine import AIPersona
    from aipersona.learning import LearnReport


@dataclass(frozen=True, kw_only=True)
class Many:
    """How everybody's sessions are read and learned."""

    format: Form
    every: int | None
    strategy: str | None
    engine: Literal["local", "ray"]
    jobs: int | None
    ray_address: str | None


def learn_from_everybody(ctx: typer.Context, path: Path, many: Many, *, as_json: bool) -> None:
    """Store every session of a file or folder, then learn from all its users with something pending; tell of each.

    Raises: AIPersonaError; typer.Exit with 1 if some user could not be learned from, with 130 if interrupted.
    """
    from aipersona.cli import printing

    taken, ended = Taken(path=path), list["Learned"]()
    try:
        run(ctx, lambda ai: _learn(ai, taken, ended, many), create=True, strategy=many.strategy)
    except KeyboardInterrupt:
        printing.note(f"interrupted; {_kept(taken, ended)} and the same command goes on from there")
        raise typer.Exit(130) from None
    except AIPersonaError as error:
        if taken.new or taken.seen:
            error.add_note(f"{_kept(taken, ended)} and the same command goes on from there")
        raise
    if as_json:
        printing.print_json(_json(taken, ended))
    else:
        _tell(taken, ended, options_of(ctx))
    if any(learned.error for learned in ended):
        raise typer.Exit(1)


async def _learn(ai: AIPersona, taken: Taken, ended: list[Learned], many: Many) -> None:
    from aipersona.bulk import Learned, learn_users, pending_users

    engine = _engine(many)
    engine.check(ai)
    await take_in(ai, taken, None, many.format)
    users = await pending_users(ai, taken.users - taken.refused.keys())
    taken.pending = len(users)
    ended.extend(Learned(user=user, error=error) for user, error in sorted(taken.refused.items()))
    if users:
        async with aclosing(learn_users(ai, users, engine=engine, every=many.every)) as learning:
            await _with_progress(learning, taken, ended)


def _engine(many: Many) -> BulkEngine:
    from aipersona.bulk import LocalEngine, RayEngine

    return RayEngine(many.ray_address, jobs=many.jobs) if many.engine == "ray" else LocalEngine(many.jobs or 1)


async def _with_progress(learning: AsyncGenerator[Learned], taken: Taken, ended: list[Learned]) -> None:
    """A bar on a terminal, and a line for each user."""
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar
    from rich.text import Text

    from aipersona.cli import printing
    from aipersona.cli.wording import clean

    console = printing.console(stderr=True)
    columns = (TextColumn("learning"), BarColumn(), MofNCompleteColumn(), TextColumn("users"), TimeElapsedColumn())
    with Bar(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=taken.pending)
        async for learned in learning:
            ended.append(learned)
            taken.learned += 1
            bar.update(task, completed=taken.learned)
            line = f"{taken.learned} of {taken.pending} users: {learned.user!r}, {_outcome(learned)}"
            bar.console.print(Text(clean(line)))


def _outcome(learned: Learned) -> str:
    from aipersona.cli.wording import counted

    if learned.report is None:
        return f"failed: {learned.error}"
    report = learned.report
    made = f"{counted(report.sessions, 'session')} in {counted(report.revisions, 'revision')}"
    return f"{made}, {counted(report.accepted, 'edit')} accepted, {sum(report.rejected.values())} rejected"


def _kept(taken: Taken, ended: Sequence[Learned]) -> str:
    from aipersona.cli.wording import counted

    sessions = counted(taken.new + taken.seen, "session")
    if taken.pending:
        done = sum(learned.report is not None for learned in ended)
        return f"{sessions} stored, {done} of {taken.pending} pending users learned: this is kept,"
    return f"{sessions} stored: this is kept,"


def _json(taken: Taken, ended: Sequence[Learned]) -> dict[str, object]:
    return {
        "new": taken.new,
        "seen": taken.seen,
        "learned": [counts_of(one.report) for one in ended if one.report is not None],
        "failed": [
            {"user": one.user, "code": one.error.code, "error": str(one.error)}
            for one in ended
            if one.error is not None
        ],
    }


def _tell(taken: Taken, ended: Sequence[Learned], options: Options) -> None:
    from aipersona.cli import printing
    from aipersona.cli.wording import counted

    page = printing.Page()
    reports = [one.report for one in ended if one.report is not None]
    failed = [(one.user, one.error) for one in ended if one.error is not None]
    if ended:
        learned = f"{counted(sum(report.sessions for report in reports), 'session')} learned"
        made = counted(sum(report.revisions for report in reports), "revision")
        page.title(f"{counted(len(reports), 'user')}: {learned} in {made}")
    else:
        page.title(f"{counted(len(taken.users), 'user')}: nothing is pending, every session of theirs has been learned")
    page.pair("sessions", f"{taken.new} new, {taken.seen} seen before")
    if reports:
        _tell_counts(page, reports)
    for user, error in failed[:NAMED]:
        page.pair("failed", f"{user!r}: {error}")
    if failed:
        kinds = Counter(error.code.replace("_", " ") for _, error in failed)
        page.pair("in all", f"{len(failed)} failed: {', '.join(f'{kind} {n}' for kind, n in kinds.most_common())}")
        page.line("The same command goes on with those who failed.")
    page.pair("see", options.command("users"))


def _tell_counts(page: Page, reports: Sequence[LearnReport]) -> None:
    from aipersona.cli.wording import counted

    page.pair("accepted", counted(sum(report.accepted for report in reports), "edit"))
    rejected = sum((Counter(report.rejected) for report in reports), Counter[str]())
    reasons = ", ".join(f"{reason.replace('_', ' ')} {count}" for reason, count in sorted(rejected.items()))
    page.pair("rejected", f"{rejected.total()}{f': {reasons}' if reasons else ''}")
    calls = sum(report.llm_calls for report in reports)
    if calls:
        tokens = sum(report.prompt_tokens for report in reports), sum(report.completion_tokens for report in reports)
        page.pair("model", f"{counted(calls, 'call')}, {tokens[0]} + {tokens[1]} tokens")


def counts_of(report: LearnReport) -> dict[str, object]:
    """A report as JSON."""
    return {
        "user": report.user,
        "sessions": report.sessions,
        "turns": report.turns,
        "revisions": report.revisions,
        "accepted": report.accepted,
        "rejected": report.rejected,
        "llm_calls": report.llm_calls,
        "prompt_tokens": report.prompt_tokens,
        "completion_tokens": report.completion_tokens,
        "seconds": report.seconds,
    }
