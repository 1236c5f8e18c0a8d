"""`aipersona usage`: what was asked of models to learn, with its tokens and its cost."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from aipersona.cli.options import AsJson, day, run, text

if TYPE_CHECKING:
    from aipersona.engine import AIPersona
    from aipersona.usage import Spent

HEADINGS = ("calls", "prompt tokens", "completion tokens", "US dollars")


def usage(
    ctx: typer.Context,
    user: Annotated[
        str | None, typer.Argument(metavar="[USER]", callback=text, help="Whose; by default all.", show_default=False)
    ] = None,
    since: Annotated[date | None, typer.Option(metavar="DAY", parser=day, help="All users: from that day on.")] = None,
    until: Annotated[date | None, typer.Option(metavar="DAY", parser=day, help="All users: up to that day.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show how often models were asked to learn, with how many tokens, and what that costs."""
    from aipersona.cli import printing

    if user is not None and (since is not None or until is not None):
        raise typer.BadParameter("--since and --until are for all users together; a user's usage is by revision")

    async def read(ai: AIPersona) -> None:
        from pydantic import TypeAdapter

        from aipersona.usage import TenantUsage, Usage

        page, rows = printing.Page(), list[list[str]]()
        if user is not None:
            found = await ai.usage(user)
            told = TypeAdapter(Usage).dump_python(found, mode="json")
            rows = [[f"revision {one.revision}", *_figures(one)] for one in found.by_revision]
        else:
            found = await ai.tenant_usage(since=since, until=until)
            told = TypeAdapter(TenantUsage).dump_python(found, mode="json")
            rows = [[one.day.isoformat(), *_figures(one)] for one in found.by_day]
        if as_json:
            printing.print_json(told)
            return
        if not rows:
            printing.note("no model was asked to learn")
            return
        models = [[one.model, *_figures(one)] for one in found.by_model]
        page.table(["", *HEADINGS], [*rows, *models, ["in all", *_figures(found.total)]])
        if found.total.unpriced:
            without = f"{found.total.unpriced} of {found.total.calls} calls"
            printing.note(f"{without} are of models without a known price, and not in the dollars")

    run(ctx, read)


def _figures(spent: Spent) -> list[str]:
    cost = "unknown" if spent.cost is None else f"{spent.cost:.4f}"
    return [str(spent.calls), str(spent.prompt_tokens), str(spent.completion_tokens), cost]
