"""Answering a message: what is known, what the model says and does with it, and the session that comes of it.

What the user says is stored before the model is asked, so that no failure loses it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from aipersona.chat.talk import history_of, running_session, with_turn
from aipersona.context import Context
from aipersona.errors import InvalidInput
from aipersona.persona.model import Persona
from aipersona.prompts import prompt
from aipersona.schema.fields import Schema
from aipersona.sessions.model import Session, ToolCall
from aipersona.steering import Changed, Steering
from aipersona.store.protocol import Store, UserKey

if TYPE_CHECKING:
    from pydantic_ai.models import Model
    from pydantic_ai.toolsets import AbstractToolset

    from aipersona.desk.desk import Desk
    from aipersona.tools.acting import CallMade, Limits
    from aipersona.tools.filling import Trust
    from aipersona.tools.given import ToolLike
    from aipersona.tools.heard import Heard


class ContextSource(Protocol):
    async def __call__(self, user_id: str, query: str, *, budget: int, running: str) -> Context: ...


class PersonaSource(Protocol):
    async def __call__(self, key: UserKey) -> Persona: ...


@dataclass(frozen=True, kw_only=True)
class Reply:
    """An answer, the session it belongs to, the context that the model was given, and the calls that it made."""

    text: str
    session_id: str
    context: Context
    calls: tuple[CallMade, ...] = ()
    changes: tuple[Changed, ...] = ()
    """What the user had remembered, corrected or forgotten, and what was written on the desk."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """How a message is to be answered: see AIPersona.chat."""

    session_id: str | None = None
    budget: int = 1000
    tools: Sequence[ToolLike] = ()
    limits: Limits | None = None
    on_text: Callable[[str], None] | None = None
    on_call: Callable[[CallMade], None] | None = None


class Chat:
    """Answers messages of users with one model."""

    def __init__(
        self,
        store: Store,
        model: Model,
        *,
        schema: Schema,
        context: ContextSource,
        persona: PersonaSource,
        steered: Callable[[Session], Steering] | None = None,
        desked: Callable[[Session, Heard], Desk] | None = None,
        clock: Callable[[], datetime],
    ) -> None:
        self._store, self._model, self._schema = store, model, schema
        self._context, self._persona, self._clock = context, persona, clock
        self._steered, self._desked = steered, desked

    async def reply(self, key: UserKey, message: str, asked: Asked) -> Reply:
        """Answer a message.

        Raises: ModelError; InvalidInput for an empty message, a closed session or what is no tool.
        """
        from aipersona.chat.rounds import Question, ask

        if not message.strip():
            raise InvalidInput("the message is empty")
        session = await running_session(self._store, key, asked.session_id, self._clock())
        context = await self._context(key.user_id, message, budget=asked.budget, running=session.session_id)
        history = history_of(session)
        session = with_turn(session, "user", message, clock=self._clock)
        acting = await self._acting(key, session, asked)
        await self._store.observe(key, session, closed=False)
        if acting.desk is not None:
            await acting.desk.pad.begin()
        question = Question(
            instructions=prompt("chat").render(context=context.text or "(nothing yet)"),
            history=history,
            message=message,
        )
        text = await ask(self._model, question, acting.toolset, on_text=asked.on_text)
        if acting.failures and not acting.changes:
            # A model may say that it was done all the same.
            undone = f"\n\n(Nothing was changed: {'; '.join(dict.fromkeys(acting.failures))}.)"
            text += undone
            if asked.on_text is not None:
                asked.on_text(undone)
        session = with_turn(
            session, "assistant", text, clock=self._clock, calls=[_noted(call) for call in acting.calls]
        )
        await self._store.observe(key, session, closed=False)
        return Reply(
            text=text,
            session_id=session.session_id,
            context=context,
            calls=tuple(acting.calls),
            changes=acting.changes,
        )

    async def _acting(self, key: UserKey, session: Session, asked: Asked) -> _Acting:
        """The tools with the persona in their arguments, and what comes of their calls."""
        from pydantic_ai.toolsets import CombinedToolset

        from aipersona.tools.acting import Acting, Limits
        from aipersona.tools.filling import Known
        from aipersona.tools.given import toolsets_of
        from aipersona.tools.heard import Heard
        from aipersona.tools.here import just_said
        from aipersona.tools.yielding import Yielding

        heard = Heard()
        steering = self._steered(session) if self._steered is not None else None
        desk = self._desked(session, heard) if self._desked is not None else None
        acting = _Acting(steering=steering, desk=desk)
        orders = steering.tools if steering is not None else ()
        at_hand = desk.tools if desk is not None else ()
        given, ours = toolsets_of((*asked.tools, *orders)), toolsets_of(at_hand)
        if not given and not ours:
            return acting
        heard.own = frozenset(tool.__name__ for tool in (*orders, *at_hand))
        persona = await self._persona(key)
        known = Known(
            persona=persona,
            schema=self._schema.with_learned(entry.spec for entry in persona.learned),
            day=session.day_of(session.turns[-1]),
            just_said=just_said([turn.content for turn in session.user_turns], self._schema),
        )
        unprompted = {order.__name__ for order in orders} | (desk.unprompted if desk is not None else set[str]())

        def around(toolset: AbstractToolset[object], trust: Trust) -> Acting:
            return Acting(
                toolset,
                known=known,
                trust=trust,
                unprompted=frozenset(unprompted),
                heard=heard,
                limits=asked.limits or Limits(),
                calls=acting.calls,
                on_call=asked.on_call,
            )

        theirs = [around(toolset, trust) for toolset, trust in given]
        desks = [Yielding(around(toolset, trust), to=theirs, heard=heard) for toolset, trust in ours]
        acting.toolset = CombinedToolset([*theirs, *desks])
        return acting


@dataclass(kw_only=True)
class _Acting:
    """The tools for one message, the calls of them in their order, and what they changed or failed to change."""

    steering: Steering | None
    desk: Desk | None
    toolset: AbstractToolset[object] | None = None
    calls: list[CallMade] = field(default_factory=list["CallMade"])

    @property
    def changes(self) -> tuple[Changed, ...]:
        steered = self.steering.changes if self.steering is not None else []
        written = self.desk.pad.changes if self.desk is not None else []
        return tuple(sorted((*steered, *written), key=lambda changed: changed.revision))

    @property
    def failures(self) -> list[str]:
        steered = self.steering.failures if self.steering is not None else []
        return [*steered, *(self.desk.pad.failures if self.desk is not None else [])]


def _noted(call: CallMade) -> ToolCall:
    if call.error is not None:
        return ToolCall(name=call.name, arguments=dict(call.arguments), result={"error": call.error})
    return ToolCall(name=call.name, arguments=dict(call.arguments), result=call.result)
