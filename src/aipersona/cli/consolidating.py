"""`aipersona consolidate`: what the claims of a user show together; and which fields their persona has learned."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from aipersona.cli.options import AsJson, BaseUrl, ModelName, User, choose_model, day, options_of, run

if TYPE_CHECKING:
    from aipersona.cli.options import Options
    from aipersona.consolidating import ConsolidationReport
    from aipersona.engine import AIPersona
    from aipersona.persona.lives import FieldLife
    from aipersona.persona.view import PersonaView
    from aipersona.schema.fields import Schema


def consolidate(
    ctx: typer.Context,
    user: User,
    as_of: Annotated[
        date | None, typer.Option("--as-of", metavar="DAY", parser=day, help="As on that day, else today.")
    ] = None,
    model: ModelName = None,
    base_url: BaseUrl = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change; store nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Infer habits from what is known, merge learned fields that are one, let stale inferences end."""
    from aipersona.cli import printing

    choose_model(ctx, model, base_url)

    async def work(ai: AIPersona) -> ConsolidationReport:
        return await ai.consolidate(user, as_of=as_of, dry_run=dry_run)

    report = run(ctx, work)
    if as_json:
        printing.print_json(_json(report))
    else:
        _tell(report, options_of(ctx))


def _json(report: ConsolidationReport) -> dict[str, object]:
    found: dict[str, object] = {
        "user": report.user,
        "as_of": report.day.isoformat(),
        "revision": report.revision,
        "inferred": [
            {
                "path": one.path,
                "value": one.value,
                "since": one.since.isoformat() if one.since is not None else None,
                "claims": list(one.claims),
                "confirmed": one.confirmed,
            }
            for one in report.inferred
        ],
        "merged": [{"path": one.path, "into": one.into} for one in report.merged],
        "ended": [{"path": one.path, "value": one.value, "reason": one.reason} for one in report.ended],
        "rejected": [refused.model_dump(mode="json") for refused in report.rejected],
        "llm_calls": report.llm_calls,
        "prompt_tokens": report.prompt_tokens,
        "completion_tokens": report.completion_tokens,
        "seconds": report.seconds,
    }
    if report.dry_run:
        proposed = report.proposed.model_dump(mode="json") if report.proposed is not None else None
        found |= {"dry_run": True, "proposed": proposed}
    return found


def _tell(report: ConsolidationReport, options: Options) -> None:
    from aipersona.cli import printing, telling, wording

    page = printing.Page()
    changes = len(report.inferred) + len(report.merged) + len(report.ended)
    if not changes:
        page.title(f"{report.user}: nothing to consolidate as of {report.day}")
    else:
        what = f"would change as of {report.day}" if report.dry_run else f"changed in revision {report.revision}"
        page.title(f"{report.user}: {what}")
    for one in report.inferred:
        verb = "confirmed" if one.confirmed else "inferred"
        since = wording.days(one.since, None)
        note = ", ".join(part for part in (since, f"from {wording.counted(len(one.claims), 'claim')}") if part)
        page.pair(verb, f"{one.path} = {wording.value_text(one.value)}", note=f"({note})")
    for merged in report.merged:
        page.pair("merged", f"{merged.path} is {merged.into}")
    for gone in report.ended:
        page.pair("ended", f"{gone.path} = {wording.value_text(gone.value)}", note=f"({gone.reason})")
    for refused in report.rejected:
        telling.tell_rejected(page, refused)
    if report.llm_calls:
        tokens = f"{report.prompt_tokens} + {report.completion_tokens} tokens"
        page.pair("model", f"{wording.counted(report.llm_calls, 'call')}, {tokens}, {report.seconds:.1f} s")
    if report.revision is not None:
        page.pair("undo", options.command("revert", report.user, report.revision))
    if report.dry_run:
        page.line("Nothing was stored.")


async def fields_of(ai: AIPersona, user: str, *, as_json: bool) -> None:
    """Print the fields that a user's persona has learned, and how each one lives.

    Raises: UnknownUser.
    """
    from aipersona.cli import printing
    from aipersona.persona.lives import field_lives

    view = await ai.persona(user)
    lives = field_lives(view.persona, view.as_of)
    if as_json:
        learned = [_life_json(life, view, ai.schema) for life in lives]
        aliases = [{"path": path, "into": into} for path, into in sorted(view.persona.aliases.items())]
        printing.print_json({"user_id": user, "as_of": view.as_of.isoformat(), "learned": learned, "merged": aliases})
        return
    page = printing.Page()
    page.title(f"fields that the persona of {user} has learned, as of {view.as_of}")
    rows = [
        [life.path, str(life.sessions), str(life.first or ""), str(life.last or ""), _state(life)] for life in lives
    ]
    rows += [[path, "", "", "", f"merged into {into}"] for path, into in sorted(view.persona.aliases.items())]
    if rows:
        page.table(["field", "sessions", "first", "last", "state"], rows)
    else:
        page.line("none")
    if any(life.faded for life in lives):
        page.line("What is faded is shown as ever, but no model is offered it until it comes up again.")


def _life_json(life: FieldLife, view: PersonaView, schema: Schema) -> dict[str, object]:
    known = schema.with_learned(entry.spec for entry in view.persona.learned)
    spec = known.field(life.path)
    return {
        "path": life.path,
        "kind": spec.kind,
        "type": spec.type,
        "names": list(spec.names),
        "sessions": life.sessions,
        "days": life.days,
        "first": life.first.isoformat() if life.first is not None else None,
        "last": life.last.isoformat() if life.last is not None else None,
        "state": _state(life),
        "offered": life.offered,
    }


def _state(life: FieldLife) -> str:
    return "faded" if life.faded else "promoted" if life.promoted else "new"
