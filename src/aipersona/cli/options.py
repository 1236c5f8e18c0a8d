"""What commands share: the options before the command, the types of arguments, and the engine that they lead to.

Nothing here imports the engine before a command runs: `aipersona --help` must not wait for it.
"""

from __future__ import annotations

import shlex
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from aipersona.errors import InvalidInput, StoreUnavailable

if TYPE_CHECKING:
    from aipersona.engine import AIPersona
    from aipersona.settings import Settings

ResultT = TypeVar("ResultT")


@dataclass(frozen=True, kw_only=True)
class Options:
    """The options that stand before the command; None leaves the choice to the environment."""

    database: str | None = None
    model: str | None = None
    base_url: str | None = None

    def command(self, *words: object) -> str:
        """A command as the user would type it to reach the same database; a URL may hold a password and stays out."""
        line = " ".join(["aipersona", *(shlex.quote(str(word)) for word in words)])
        if self.database is None or "://" in self.database:
            return line
        return f"AIPERSONA_DATABASE={shlex.quote(self.database)} {line}"


def options_of(ctx: typer.Context) -> Options:
    """The options given before the command."""
    return ctx.obj if isinstance(ctx.obj, Options) else Options()


def choose_model(ctx: typer.Context, model: str | None, base_url: str | None) -> None:
    """Take a model named after the command over one named before it."""
    options = options_of(ctx)
    ctx.obj = replace(options, model=model or options.model, base_url=base_url or options.base_url)


def text(value: str | None) -> str | None:
    """The argument, if it is Unicode text.

    Raises: typer.BadParameter.
    """
    try:
        (value or "").encode()
    except UnicodeEncodeError:
        raise typer.BadParameter("it is not UTF-8 text") from None
    return value


def day(value: str | date) -> date:
    """The day that an argument names.

    Raises: typer.BadParameter.
    """
    if isinstance(value, date):
        return value
    today = datetime.now(UTC).date()
    named = {"today": today, "yesterday": today - timedelta(days=1), "tomorrow": today + timedelta(days=1)}
    try:
        return named.get(value.casefold()) or date.fromisoformat(value)
    except ValueError:
        raise typer.BadParameter("a day is written 2026-03-01, or today, yesterday, tomorrow") from None


User = Annotated[str, typer.Argument(metavar="USER", help="The user's id.", callback=text, show_default=False)]
Field = Annotated[
    str, typer.Argument(metavar="FIELD", help="A path, such as preferences.diet.", callback=text, show_default=False)
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
AsOf = Annotated[date | None, typer.Option("--as-of", metavar="DAY", parser=day, help="What held on that day.")]
ModelName = Annotated[
    str | None,
    typer.Option(
        "--model", metavar="NAME", help="local, or a provider's, such as openai:gpt-5-mini [AIPERSONA_MODEL]."
    ),
]
BaseUrl = Annotated[
    str | None,
    typer.Option(
        "--base-url", metavar="URL", callback=text, help="An OpenAI-compatible server to ask [AIPERSONA_BASE_URL]."
    ),
]
Budget = Annotated[int, typer.Option("--budget", min=0, metavar="TOKENS", help="Tokens that the context may take.")]


def settings_of(options: Options, **more: object) -> Settings:
    """The settings: from the environment, and what the command line says over them.

    Raises: InvalidInput for one that cannot be read.
    """
    from pydantic import ValidationError

    from aipersona.errors import first_cause
    from aipersona.settings import Settings

    given = {"database": options.database, "model": options.model, "base_url": options.base_url, **more}
    try:
        return Settings.model_validate({name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        raise InvalidInput(f"the settings (AIPERSONA_...) cannot be used: {first_cause(error)}") from None


def missing_database(settings: Settings) -> Path | None:
    """The file of the database where it is not there yet; None where it is, or where the database is no file."""
    from aipersona.store.opening import default_file

    if settings.database is not None and ("://" in settings.database or settings.database == ":memory:"):
        return None
    file = Path(settings.database).expanduser() if settings.database else default_file()
    return None if file.exists() else file


def run(
    ctx: typer.Context, work: Callable[[AIPersona], Awaitable[ResultT]], *, create: bool = False, **settings: object
) -> ResultT:
    """Do some work with the engine and close it. Only with `create` a database that is not there is made.

    Raises: what the work raises; StoreUnavailable for a database that is not there.
    """
    import asyncio

    from aipersona.engine import AIPersona

    found = settings_of(options_of(ctx), **settings)
    missing = None if create else missing_database(found)
    if missing is not None:
        raise StoreUnavailable(f"there is no database {str(missing)!r} yet; `aipersona learn` makes it")

    async def opened() -> ResultT:
        async with AIPersona(settings=found) as ai:
            return await work(ai)

    return asyncio.run(opened())
