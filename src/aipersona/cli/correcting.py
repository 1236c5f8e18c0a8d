"""Commands that change what is known by hand: set, forget, revert, and settling questions."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from aipersona.cli.options import AsJson, Field, Options, User, day, options_of, run, text
from aipersona.errors import InvalidInput, UnknownField, UnknownUser

if TYPE_CHECKING:
    from pydantic import JsonValue

    from aipersona.engine import AIPersona
    from aipersona.persona.revisions import Revision
    from aipersona.schema.fields import FieldSpec


def set_(
    ctx: typer.Context,
    user: User,
    field: Field,
    value: Annotated[
        str,
        typer.Argument(metavar="VALUE", callback=text, show_default=False, help="A value; a row is a JSON object."),
    ],
    since: Annotated[
        date | None, typer.Option("--from", metavar="DAY", parser=day, help="The first day on which it holds.")
    ] = None,
    until: Annotated[
        date | None, typer.Option("--until", metavar="DAY", parser=day, help="The day on which it ends.")
    ] = None,
    new: Annotated[bool, typer.Option("--new", help="Make the field if there is none of that name.")] = False,
) -> None:
    """Give a field a value by hand, or add an item or a row."""

    async def change(ai: AIPersona) -> list[Revision]:
        spec = await _known_field(ai, user, field)
        if spec is None and not new:
            error = UnknownField(field, ai.schema.near(field))
            error.add_note("with --new it becomes a field of this user's own")
            raise error
        await ai.set(user, field, _value(value, spec), valid_from=since, valid_to=until)
        return await ai.log(user)

    _tell(user, run(ctx, change, create=True), options_of(ctx))


async def _known_field(ai: AIPersona, user: str, path: str) -> FieldSpec | None:
    try:
        learned = (await ai.persona(user)).persona.learned
    except UnknownUser:
        learned = ()
    return ai.schema.with_learned(field.spec for field in learned).get(path)


def _value(written: str, spec: FieldSpec | None) -> JsonValue:
    """What reads as a JSON object or list is one, and a row has to; anything else is text for the field's type."""
    from aipersona.sessions.reading import json_from

    rows = spec if spec is not None and spec.kind == "records" else None
    if rows is None and not written.lstrip().startswith(("{", "[")):
        return written
    try:
        return json_from(written.encode())
    except ValueError as error:
        if rows is None:
            return written
        columns = ", ".join(rows.columns)
        raise InvalidInput(f"{rows.path} holds rows: VALUE is a JSON object with {columns}; it is {error}") from None


def forget(
    ctx: typer.Context,
    user: User,
    field: Field,
    item: Annotated[
        str | None, typer.Option("--item", metavar="X", callback=text, help="One item, or the id or text of one row.")
    ] = None,
) -> None:
    """Take back what is known at a field and below it. `revert` undoes it; `erase` removes for good."""

    async def change(ai: AIPersona) -> list[Revision]:
        await ai.forget(user, field, item=item)
        return await ai.log(user)

    _tell(user, run(ctx, change), options_of(ctx))


def revert(
    ctx: typer.Context,
    user: User,
    number: Annotated[int, typer.Argument(metavar="N", min=1, help="The revision to undo.", show_default=False)],
) -> None:
    """Undo one revision and keep every other one. Reverting that revision brings it back."""

    async def change(ai: AIPersona) -> list[Revision]:
        await ai.revert(user, number)
        return await ai.log(user)

    _tell(user, run(ctx, change), options_of(ctx))


def questions(
    ctx: typer.Context,
    user: User,
    accept: Annotated[
        str | None, typer.Option("--accept", metavar="ID", callback=text, help="Take the proposed value.")
    ] = None,
    keep: Annotated[str | None, typer.Option("--keep", metavar="ID", callback=text, help="Keep what stands.")] = None,
    as_json: AsJson = False,
) -> None:
    """List the open conflicts that only the user can settle, or settle one."""
    if accept is not None and keep is not None:
        raise typer.BadParameter("a question is either accepted or kept")
    settled = accept if accept is not None else keep

    async def settle(ai: AIPersona) -> list[Revision]:
        await ai.answer(user, settled or "", accept=accept is not None)
        return await ai.log(user)

    if settled is not None:
        _tell(user, run(ctx, settle), options_of(ctx))
    else:
        run(ctx, lambda ai: _list(ai, user, options_of(ctx), as_json))


async def _list(ai: AIPersona, user: str, options: Options, as_json: bool) -> None:
    from aipersona.cli import printing, telling

    view = await ai.persona(user)
    if as_json:
        found = [question.model_dump(mode="json") for question in view.persona.questions]
        printing.print_json({"user_id": user, "questions": found})
        return
    page = printing.Page()
    for number, question in enumerate(view.persona.questions):
        if number:
            page.line()
        telling.tell_question(page, question, user, options, view.claims(question.path))
    if not view.persona.questions:
        page.line("no open questions")


def _tell(user: str, revisions: list[Revision], options: Options) -> None:
    """The revision that a correction made, and the command that undoes it."""
    from aipersona.cli import printing, telling

    *earlier, made = revisions
    before = {f"{one.number}.{index}": edit for one in earlier for index, edit in enumerate(one.edits)}
    page = printing.Page()
    telling.tell_revision(page, made, before, rejected=False, options=options, user_id=user)
    page.pair("undo", options.command("revert", user, made.number), width=8)
