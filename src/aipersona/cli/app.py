"""The application: the options before the command, the commands, and how failures are told."""

from __future__ import annotations

import errno
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from aipersona.cli import (
    accounts,
    chat,
    consolidating,
    correcting,
    keys,
    learn,
    mcp,
    migrating,
    models,
    moving,
    reading,
    serving,
    tools,
    working,
)
from aipersona.cli.options import BaseUrl, ModelName, Options, text
from aipersona.errors import AIPersonaError


class Commands(TyperGroup):
    """The commands; what they fail with is told in one place: one line on stderr, exit code 1, no traceback."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except AIPersonaError as error:
            notes = "".join(f"\n{note}" for note in getattr(error, "__notes__", ()))
            _fail(f"error: {error}{notes}")
        except OSError as error:
            if error.errno == errno.EPIPE:
                raise
            where = f"{error.filename}: " if error.filename else ""
            _fail(f"error: {where}{error.strerror or type(error).__name__}")


def _fail(message: str) -> None:
    from aipersona.cli.wording import clean

    typer.echo(clean(message, lines=True), err=True)
    raise typer.Exit(1)


app = typer.Typer(
    name="aipersona",
    cls=Commands,
    help="Living profiles of the users of an LLM application: learned from their sessions, dated, evidenced, undoable.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,  # Rich would double the time that --help takes
    pretty_exceptions_enable=False,  # they would print what users said
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        from aipersona import __version__

        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def options(
    ctx: typer.Context,
    database: Annotated[
        str | None,
        typer.Option(metavar="PATH-OR-URL", callback=text, help="A file or an SQLAlchemy URL [AIPERSONA_DATABASE]."),
    ] = None,
    model: ModelName = None,
    base_url: BaseUrl = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Living profiles of users: learned from their sessions, dated, evidenced, theirs to correct."""
    del version
    ctx.obj = Options(database=database, model=model, base_url=base_url)


app.command("learn")(learn.learn)
app.command("consolidate")(consolidating.consolidate)
app.command("show")(reading.show)
app.command("why")(reading.why)
app.command("log")(reading.log)
app.command("diff")(reading.diff)
app.command("query")(reading.query)
app.command("context")(reading.context)
app.command("chat")(chat.chat)
app.command("tools")(tools.tools)
app.command("set")(correcting.set_)
app.command("forget")(correcting.forget)
app.command("revert")(correcting.revert)
app.command("questions")(correcting.questions)
app.command("usage")(accounts.usage)
app.command("users")(reading.users)
app.command("fields")(reading.fields)
app.command("export")(moving.export)
app.command("import")(moving.import_)
app.command("erase")(moving.erase)
app.command("serve")(serving.serve)
app.command("mcp")(mcp.mcp)
app.add_typer(keys.app, name="keys")
app.command("migrate")(migrating.migrate)
app.command("worker")(working.worker)
app.add_typer(working.app, name="work")
app.add_typer(models.app, name="models")
