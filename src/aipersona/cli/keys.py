"""Commands for API keys: `aipersona keys create`, `list`, `rotate`, `revoke`. A key's text is shown once."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from aipersona.cli.options import AsJson, run, text
from aipersona.errors import InvalidInput, NotFound

if TYPE_CHECKING:
    from aipersona.access.keys import ApiKey
    from aipersona.engine import AIPersona

app = typer.Typer(no_args_is_help=True, help="API keys of the server: made, listed, replaced, taken back.")

_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def _lasting(value: str | timedelta) -> timedelta:
    """The time that an argument names.

    Raises: typer.BadParameter.
    """
    if isinstance(value, timedelta):
        return value
    found = re.fullmatch(r"(\d{1,5})([mhd])", value.strip())
    if found is None:
        raise typer.BadParameter("a time is written 30m, 12h or 90d")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


KeyId = Annotated[str, typer.Argument(metavar="KEY-ID", help="The key's id, as `keys list` shows it.", callback=text)]


@app.command("create")
def create(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What the key is for.", callback=text)],
    scope: Annotated[
        list[str] | None,
        typer.Option(
            "--scope", metavar="SCOPE", help="read, write, call, admin, operate; several times. [the first three]"
        ),
    ] = None,
    tenant: Annotated[
        str | None, typer.Option(metavar="TENANT", callback=text, help="Whose users; by default AIPERSONA_TENANT.")
    ] = None,
    user: Annotated[
        str | None, typer.Option("--user", metavar="USER", callback=text, help="Bind the key to this one user.")
    ] = None,
    lasts: Annotated[
        timedelta | None,
        typer.Option("--for", metavar="TIME", parser=_lasting, help="How long it counts: 90d, 12h."),
    ] = None,
) -> None:
    """Make a key and print it: it cannot be shown again."""
    from pydantic import ValidationError

    from aipersona.access.keys import new_key
    from aipersona.access.principals import scopes_of
    from aipersona.errors import first_cause

    scopes, now = scopes_of(scope or ["read", "write", "call"]), datetime.now(UTC)

    async def work(ai: AIPersona) -> None:
        try:
            key, shown = new_key(
                tenant=tenant or ai.tenant,
                name=name,
                scopes=scopes,
                now=now,
                user_id=user,
                ends_at=now + lasts if lasts is not None else None,
            )
        except ValidationError as error:
            raise InvalidInput(f"the key: {first_cause(error)}") from None
        await (await ai.store()).put_keys(key)
        _tell_new(key, shown)

    run(ctx, work, create=True)


@app.command("list")
def list_(ctx: typer.Context, as_json: AsJson = False) -> None:
    """List the keys of all tenants, without their secrets."""
    from aipersona.cli import printing, wording

    async def work(ai: AIPersona) -> list[ApiKey]:
        return await (await ai.store()).keys()

    found, now = run(ctx, work), datetime.now(UTC)
    if as_json:
        shown = [key.model_dump(mode="json", exclude={"digest"}) for key in found]
        printing.print_json({"keys": shown})
        return
    page = printing.Page()
    if not found:
        page.line("no keys; `aipersona keys create NAME` makes one")
        return
    ends = ["for good" if key.ends_at is None else wording.minute(key.ends_at) for key in found]
    rows = [
        (key.key_id, key.tenant, key.name, _rights(key), end if key.holds(now) else "ended")
        for key, end in zip(found, ends, strict=True)
    ]
    page.table(("key", "tenant", "name", "rights", "until"), rows)


@app.command("rotate")
def rotate(
    ctx: typer.Context,
    key_id: KeyId,
    overlap: Annotated[
        timedelta, typer.Option(metavar="TIME", parser=_lasting, help="How long the old one still counts.")
    ] = timedelta(days=1),
) -> None:
    """Make a key with the same rights, and let the old one end after a while."""
    from aipersona.access.keys import replacement

    async def work(ai: AIPersona) -> None:
        store = await ai.store()
        old, new, shown = replacement(await _key(ai, key_id), now=datetime.now(UTC), overlap=overlap)
        await store.put_keys(old, new)
        _tell_new(new, shown)

    run(ctx, work)


@app.command("revoke")
def revoke(ctx: typer.Context, key_id: KeyId) -> None:
    """Let a key end now; a running server notices within seconds."""

    async def work(ai: AIPersona) -> None:
        key = await _key(ai, key_id)
        now = datetime.now(UTC)
        await (await ai.store()).put_keys(key.model_copy(update={"ends_at": min(key.ends_at or now, now)}))
        typer.echo(f"{key_id} has ended")

    run(ctx, work)


async def _key(ai: AIPersona, key_id: str) -> ApiKey:
    """Raises: NotFound."""
    found = await (await ai.store()).key(key_id)
    if found is None:
        raise NotFound(f"no key {key_id!r}; `aipersona keys list` lists them")
    return found


def _tell_new(key: ApiKey, shown: str) -> None:
    from aipersona.cli import printing

    typer.echo(shown)
    printing.note(f"{key.key_id}: {_rights(key)}, tenant {key.tenant}; it is not shown again")


def _rights(key: ApiKey) -> str:
    from aipersona.access.principals import SCOPES

    scopes = " ".join(scope for scope in SCOPES if scope in key.scopes)
    return scopes if key.user_id is None else f"{scopes} of {key.user_id}"
