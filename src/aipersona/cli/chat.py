"""Chatting with what is known: one message, or a conversation at the terminal."""

from __future__ import annotations

import secrets
import sys
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from aipersona.cli.options import BaseUrl, Budget, ModelName, Options, User, choose_model, options_of, settings_of, text
from aipersona.errors import InvalidInput, ModelError

if TYPE_CHECKING:
    import asyncio

    from aipersona.engine import AIPersona
    from aipersona.learning import LearnReport
    from aipersona.tools.acting import CallMade
    from aipersona.tools.servers import Unavailable


def chat(
    ctx: typer.Context,
    user: User,
    message: Annotated[
        str | None, typer.Argument(metavar="[MESSAGE]", callback=text, help="Without it, a conversation begins.")
    ] = None,
    budget: Budget = 1000,
    model: ModelName = None,
    base_url: BaseUrl = None,
    desk: Annotated[
        bool, typer.Option("--desk/--no-desk", help="Calendar, to-dos, notes, clock, calculator and units at hand.")
    ] = True,
    show_context: Annotated[
        bool,
        typer.Option("--show-context", help="Show what the model was told about the user, and which fields were used."),
    ] = False,
) -> None:
    """Chat with a model that knows the user; what is said becomes a session to learn from."""
    import asyncio

    from aipersona.engine import AIPersona

    choose_model(ctx, model, base_url)
    settings = settings_of(options_of(ctx))
    with asyncio.Runner() as runner:
        ai = AIPersona(settings=settings)
        conversation = _Conversation(
            ai, runner, user, budget=budget, desk=desk, show_context=show_context, options=options_of(ctx)
        )
        done = False
        try:
            if message is not None:
                conversation.say(message)
            else:
                conversation.hold()
            done = True
        finally:
            try:
                conversation.end(learn=done)
            finally:
                runner.run(ai.aclose())


class _Conversation:
    """One session between a user and the model. The event loop rests while the user types, so that Ctrl-C works."""

    def __init__(
        self,
        ai: AIPersona,
        runner: asyncio.Runner,
        user: str,
        *,
        budget: int,
        desk: bool,
        show_context: bool,
        options: Options,
    ) -> None:
        self._ai, self._runner, self._user, self._budget = ai, runner, user, budget
        self._desk, self._show_context, self._options = desk, show_context, options
        self._told: tuple[Unavailable, ...] = ()
        self._session = f"chat-{datetime.now(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"

    def say(self, message: str) -> None:
        """Send a message and print the reply as it comes."""
        from aipersona.cli import printing
        from aipersona.cli.used import used_fields

        talk = self._ai.chat(
            self._user,
            message,
            session_id=self._session,
            budget=self._budget,
            desk=self._desk,
            on_text=printing.stream_text,
            on_call=_tell_call,
        )
        reply = self._runner.run(talk)
        print(flush=True)
        for one in reply.unavailable:
            if one not in self._told:
                printing.note(f"without the tools of {one.server}: {one.reason}")
        self._told = reply.unavailable
        for changed in reply.changes:
            undo = self._options.command("revert", self._user, changed.revision)
            printing.note(f"changed: {'; '.join(changed.lines)} (undo: {undo})")
        if self._show_context:
            printing.note(f"--- told to the model, about {reply.context.tokens} tokens ---")
            printing.note(reply.context.text or "(nothing)")
            printing.note("--- fields used ---")
            view = self._runner.run(self._ai.persona(self._user))
            printing.note("\n".join(used_fields(reply, view.persona.claims)) or "(none)")
            printing.note("---")

    def hold(self) -> None:
        """Talk until the user ends it with Ctrl-D or /quit, or with Ctrl-C at the prompt."""
        from aipersona.cli import printing

        typed = sys.stdin.isatty()
        if typed:
            printing.note("Ctrl-D or /quit ends the conversation.")
            with suppress(ImportError):  # without it a line cannot be edited with the arrow keys
                import readline  # noqa: F401  # pyright: ignore[reportUnusedImport]
        while (line := _line(typed)) is not None:
            try:
                if line:
                    self.say(line)
            except KeyboardInterrupt:
                printing.note("\n(stopped)")
            except ModelError as error:
                if not typed:
                    raise
                printing.note(f"error: {error}")

    def end(self, *, learn: bool) -> None:
        """Close the session, and learn if enough are pending."""
        from aipersona.cli import printing, wording

        report = self._runner.run(self._ended(learn=learn))
        if report is not None:
            sessions, edits = wording.counted(report.sessions, "session"), wording.counted(report.accepted, "edit")
            printing.note(f"learned from {sessions}: {edits} accepted")

    async def _ended(self, *, learn: bool) -> LearnReport | None:
        """The session is not there if nothing was said in it."""
        from aipersona.store.protocol import UserKey

        key = UserKey(self._ai.tenant, self._user)
        stored = await (await self._ai.store()).sessions(key)
        if all(one.session.session_id != self._session for one in stored):
            return None
        return await self._ai.end_session(self._user, self._session, learn=learn)


def _tell_call(call: CallMade) -> None:
    """One call of a tool, and which of its arguments came from the persona."""
    from aipersona.cli import printing, wording

    filled = {one.parameter: one.path for one in call.filled}
    arguments = ", ".join(
        f"{name}: {wording.value_text(value)}{f' (from {filled[name]})' if name in filled else ''}"
        for name, value in call.arguments.items()
    )
    outcome = f" failed: {call.error}" if call.error is not None else ""
    printing.note(f"--- {call.name}({arguments}){outcome}")


def _line(typed: bool) -> str | None:
    """The next line that the user types; None at the end."""
    try:
        line = input("> " if typed else "").strip()
        line.encode()
    except (EOFError, KeyboardInterrupt):
        if typed:
            print()
        return None
    except UnicodeError:
        raise InvalidInput("what was typed is not UTF-8 text") from None
    return None if line in ("/quit", "/exit") else line
