"""Answering a message: what is known, what the model says and does with it, and the session that comes of it.

What the user says is stored before the model is asked, so that no failure loses it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
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

    from aipersona.tools.acting import CallMade, Limits
    from aipersona.tools.filling import Trust
    from aipersona.tools.given import ToolLike
    from aipersona.tools.servers import Offer, Servers, Unavailable

    Given = tuple[AbstractToolset[object], Trust]


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
    """What the user had remembered, corrected or forgotten."""
    unavailable: tuple[Unavailable, ...] = ()
    """The servers without whose tools, in part at least, the message was answered."""


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
        servers: Servers | None = None,
        clock: Callable[[], datetime],
    ) -> None:
        self._store, self._model, self._schema = store, model, schema
        self._context, self._persona, self._clock = context, persona, clock
        self._steered, self._servers = steered, servers

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
        steering = self._steered(session) if self._steered is not None else None
        given = self._given(asked, steering)
        await self._store.observe(key, session, closed=False)
        offer = await self._servers.offer(_names(given)) if self._servers is not None else None
        acting, calls = await self._acting(key, session, asked, steering, given, offer)
        question = Question(
            instructions=prompt("chat").render(context=context.text or "(nothing yet)"),
            history=history,
            message=message,
        )
        text = await ask(self._model, question, acting, on_text=asked.on_text)
        if steering is not None and steering.failures and not steering.changes:
            # A model may say that it was done all the same.
            undone = f"\n\n(Nothing was changed: {'; '.join(dict.fromkeys(steering.failures))}.)"
            text += undone
            if asked.on_text is not None:
                asked.on_text(undone)
        session = with_turn(session, "assistant", text, clock=self._clock, calls=[_noted(call) for call in calls])
        await self._store.observe(key, session, closed=False)
        return Reply(
            text=text,
            session_id=session.session_id,
            context=context,
            calls=tuple(calls),
            changes=tuple(steering.changes) if steering is not None else (),
            unavailable=tuple(offer.unavailable) if offer is not None else (),
        )

    def _given(self, asked: Asked, steering: Steering | None) -> list[Given]:
        """The tools of the application and those that steer.

        Raises: InvalidInput for what is no tool, and for two functions of one name.
        """
        if not asked.tools and steering is None:
            return []
        from aipersona.tools.given import toolsets_of

        return toolsets_of((*asked.tools, *(steering.tools if steering is not None else ())))

    async def _acting(
        self,
        key: UserKey,
        session: Session,
        asked: Asked,
        steering: Steering | None,
        given: Sequence[Given],
        offer: Offer | None,
    ) -> tuple[AbstractToolset[object] | None, list[CallMade]]:
        """The tools with the persona in their arguments, and the list into which their calls come."""
        from pydantic_ai.toolsets import CombinedToolset

        from aipersona.tools.acting import Acting, Limits
        from aipersona.tools.filling import Known
        from aipersona.tools.here import just_said

        calls: list[CallMade] = []
        limits = asked.limits or Limits()
        toolsets: list[tuple[AbstractToolset[object], Trust, Limits]] = [(one, trust, limits) for one, trust in given]
        for toolset in offer.toolsets if offer is not None else ():
            spec = toolset.server.spec
            toolsets.append((toolset, spec.trust, replace(limits, seconds=spec.seconds or limits.seconds)))
        if not toolsets:
            return None, calls
        persona = await self._persona(key)
        known = Known(
            persona=persona,
            schema=self._schema.with_learned(entry.spec for entry in persona.learned),
            day=session.day_of(session.turns[-1]),
            just_said=just_said([turn.content for turn in session.user_turns], self._schema),
        )
        orders = frozenset(order.__name__ for order in steering.tools) if steering is not None else frozenset[str]()
        acting = [
            Acting(
                toolset,
                known=known,
                trust=trust,
                unprompted=orders,
                limits=within,
                calls=calls,
                on_call=asked.on_call,
            )
            for toolset, trust, within in toolsets
        ]
        return CombinedToolset(acting), calls


def _names(given: Sequence[Given]) -> set[str]:
    """What the tools are called that are made of functions here."""
    from pydantic_ai.toolsets import FunctionToolset

    return {name for toolset, _ in given if isinstance(toolset, FunctionToolset) for name in toolset.tools}


def _noted(call: CallMade) -> ToolCall:
    if call.error is not None:
        return ToolCall(name=call.name, arguments=dict(call.arguments), result={"error": call.error})
    return ToolCall(name=call.name, arguments=dict(call.arguments), result=call.result)
