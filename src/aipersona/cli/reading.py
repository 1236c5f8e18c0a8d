"""Commands that read: what is known, since when, why, and how it came about."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from aipersona.cli.options import AsJson, AsOf, Budget, Field, User, day, options_of, run, text

if TYPE_CHECKING:
    from aipersona.engine import AIPersona
    from aipersona.persona.query import Condition, Measure

_CONDITION = re.compile(r"\s*(\w+)\s*(>=|<=|!=|=|<|>|\bcontains\b)\s*(.*?)\s*", re.DOTALL)


def show(
    ctx: typer.Context,
    user: User,
    as_of: AsOf = None,
    revision: Annotated[
        int | None, typer.Option("--revision", min=0, metavar="N", help="What was believed at that revision.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show the persona: what holds today or on a day, with since when."""
    from aipersona.cli import printing, telling

    async def read(ai: AIPersona) -> None:
        view = await ai.persona(user, as_of=as_of, revision=revision)
        if as_json:
            printing.print_json(
                {
                    "user_id": view.user_id,
                    "revision": view.revision,
                    "as_of": view.as_of.isoformat(),
                    "persona": view.nested,
                }
            )
        else:
            telling.tell_persona(view, ai.schema, options_of(ctx))

    run(ctx, read)


def why(ctx: typer.Context, user: User, field: Field, as_of: AsOf = None, as_json: AsJson = False) -> None:
    """Say why a field is what it is: the words, the day, what it replaced, how to undo it."""
    from aipersona.cli import printing, telling

    async def read(ai: AIPersona) -> None:
        explanation = await ai.why(user, field, as_of=as_of)
        if as_json:
            printing.print_json(telling.explanation_json(explanation, options_of(ctx)))
        else:
            telling.tell_why(explanation, await ai.log(user), options_of(ctx))

    run(ctx, read)


def log(
    ctx: typer.Context,
    user: User,
    rejected: Annotated[bool, typer.Option("--rejected", help="Show what was not accepted, and why.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show every revision: what was learned from which words, or changed by hand."""
    from aipersona.cli import printing, telling

    async def read(ai: AIPersona) -> None:
        revisions = await ai.log(user)
        if as_json:
            made = [revision.model_dump(mode="json") for revision in revisions]
            printing.print_json({"user_id": user, "revisions": made})
        else:
            telling.tell_log(user, revisions, rejected=rejected, options=options_of(ctx))

    run(ctx, read)


def diff(
    ctx: typer.Context,
    user: User,
    before: Annotated[int, typer.Argument(metavar="A", min=0, help="A revision.", show_default=False)],
    after: Annotated[int, typer.Argument(metavar="B", min=0, help="Another one.", show_default=False)],
    as_json: AsJson = False,
) -> None:
    """Show what changed between two revisions."""
    from aipersona.cli import printing, telling

    async def read(ai: AIPersona) -> None:
        if as_json:
            patch = await ai.diff(user, before, after)
            printing.print_json({"user_id": user, "from": before, "to": after, "patch": [dict(step) for step in patch]})
            return
        old = await ai.persona(user, revision=before)
        telling.tell_diff(old, await ai.persona(user, revision=after, as_of=old.as_of))

    run(ctx, read)


def query(
    ctx: typer.Context,
    user: User,
    field: Field,
    where: Annotated[
        list[str] | None,
        typer.Option(
            "--where",
            metavar="CONDITION",
            help='Such as "amount>10" or "what contains coffee"; may be repeated.',
        ),
    ] = None,
    since: Annotated[date | None, typer.Option(metavar="DAY", parser=day, help="Rows from that day on.")] = None,
    until: Annotated[date | None, typer.Option(metavar="DAY", parser=day, help="Rows up to that day.")] = None,
    count: Annotated[bool, typer.Option("--count", help="How many rows.")] = False,
    sum_: Annotated[str | None, typer.Option("--sum", metavar="COLUMN", help="The sum of a column.")] = None,
    average: Annotated[str | None, typer.Option(metavar="COLUMN", help="The average of a column.")] = None,
    minimum: Annotated[str | None, typer.Option("--min", metavar="COLUMN", help="The least of a column.")] = None,
    maximum: Annotated[str | None, typer.Option("--max", metavar="COLUMN", help="The most of a column.")] = None,
    group_by: Annotated[str | None, typer.Option(metavar="COLUMN", help="A figure for each value of a column.")] = None,
    as_of: AsOf = None,
    as_json: AsJson = False,
) -> None:
    """Filter, count and sum the rows of a field, exactly."""
    from aipersona.cli import printing, telling
    from aipersona.persona.query import Query

    columns: dict[Measure, str | None] = {"sum": sum_, "average": average, "min": minimum, "max": maximum}
    asked: dict[Measure, str | None] = {"count": None} if count else {}
    asked |= {measure: column for measure, column in columns.items() if column is not None}
    if len(asked) > 1:
        raise typer.BadParameter("only one of --count, --sum, --average, --min and --max can be asked for at once")
    if group_by is not None and not asked:
        raise typer.BadParameter("--group-by needs a figure: --count, --sum, --average, --min or --max")
    measure, column = next(iter(asked.items()), ("rows", None))
    wanted = Query(
        path=field,
        where=tuple(_condition(one) for one in where or ()),
        since=since,
        until=until,
        measure=measure,
        column=column,
        group_by=group_by,
    )

    async def read(ai: AIPersona) -> None:
        answer = await ai.query(user, wanted, as_of=as_of)
        if as_json:
            printing.print_json({"user_id": user, **answer.model_dump(mode="json")})
        else:
            telling.tell_answer(answer)

    run(ctx, read)


def _condition(written: str) -> Condition:
    from aipersona.persona.query import Condition

    found = _CONDITION.fullmatch(written)
    if found is None:
        raise typer.BadParameter(
            'a condition is a column, one of = != < <= > >= contains, and a value: "amount>10"', param_hint="--where"
        )
    return Condition.model_validate({"column": found[1], "operator": found[2], "value": found[3]})


def context(
    ctx: typer.Context,
    user: User,
    query: Annotated[
        str, typer.Argument(metavar="TEXT", callback=text, help="What the model is asked.", show_default=False)
    ],
    budget: Budget = 1000,
    as_of: AsOf = None,
    as_json: AsJson = False,
) -> None:
    """Show what a model would be told about the user for a query; no model is called."""
    from aipersona.cli import printing, wording

    async def read(ai: AIPersona) -> None:
        made = await ai.context(user, query, budget=budget, as_of=as_of)
        if as_json:
            printing.print_json(
                {
                    "user_id": user,
                    "query": query,
                    "budget": budget,
                    "tokens": made.tokens,
                    "text": made.text,
                    "claims": list(made.claims),
                    "fields": list(made.fields),
                    "turns": [{"session_id": session, "turn": turn} for session, turn in made.turns],
                }
            )
        elif made.text:
            print(wording.clean(made.text, lines=True))
            printing.note(f"about {made.tokens} of {budget} tokens")
        else:
            printing.note(f"nothing that is known about {user!r} fits this query and {budget} tokens")

    run(ctx, read)


def users(ctx: typer.Context, as_json: AsJson = False) -> None:
    """List the users: their sessions, how many wait to be learned, their revisions."""
    from aipersona.cli import printing

    async def read(ai: AIPersona) -> None:
        found = await ai.users()
        if as_json:
            names = ("user_id", "revision", "sessions", "pending")
            printing.print_json({"users": [{name: getattr(user, name) for name in names} for user in found]})
        elif not found:
            printing.note("no users yet; `aipersona learn FILE --user USER` brings the first one")
        else:
            rows = [[u.user_id, str(u.sessions), str(u.pending), str(u.revision)] for u in found]
            printing.Page().table(["user", "sessions", "pending", "revision"], rows)

    run(ctx, read)


def fields(
    ctx: typer.Context,
    user: Annotated[
        str | None,
        typer.Argument(metavar="[USER]", callback=text, help="Whose learned fields.", show_default=False),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List the fields that a persona can have, as the schema declares them, or those that a user's has learned."""
    from aipersona.cli import consolidating, printing, telling
    from aipersona.cli.options import settings_of
    from aipersona.engine import AIPersona

    if user is not None:
        run(ctx, lambda ai: consolidating.fields_of(ai, user, as_json=as_json))
        return
    schema = AIPersona(settings=settings_of(options_of(ctx))).schema
    if as_json:
        specs = [spec.model_dump(mode="json", exclude_defaults=True) for spec in schema.fields]
        sections = list(schema.open_sections)
        printing.print_json({"schema": schema.name, "version": schema.version, "open": sections, "fields": specs})
    else:
        telling.tell_fields(schema)
