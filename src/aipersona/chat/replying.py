"""Answering a message: what is known, what the model says and does with it, and the session that comes of it.

What the user says is stored before the model is asked, so that no failure loses it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from aipersona.chat.talk import history_of, running_session, with_turn
from aipersona.clarifying import Doubt, asks, doubt_of, has_asked
from aipersona.context import UNCLEAR, Context, count_tokens
from aipersona.errors import InvalidInput
from aipersona.persona.model import Persona
from aipersona.prompts import prompt
from aipersona.schema.fields import Schema
from aipersona.sessions.model import ToolCall
from aipersona.steering import Changed
from aipersona.store.protocol import Store, UserKey

if TYPE_CHECKING:
    from pydantic_ai.models import Model

    from aipersona.optimizer.draft import Drafter
    from aipersona.optimizer.policy import Policy
    from aipersona.recalling import Recalling
    from aipersona.tools.acting import CallMade, Limits
    from aipersona.tools.given import ToolLike
    from aipersona.tools.servers import Servers, Unavailable


class ContextSource(Protocol):
    async def __call__(self, user_id: str, query: str, *, budget: int, running: str) -> Context: ...


class PersonaSource(Protocol):
    async def __call__(self, key: UserKey) -> Persona: ...


@dataclass(frozen=True, kw_only=True)
class Reply:
    """An answer, the session it belongs to, the context that the model was given, and the calls that it made.

    `prompt_tokens` and `completion_tokens` are those of all that the model was asked for it, by its own count.
    """

    text: str
    session_id: str
    context: Context
    calls: tuple[CallMade, ...] = ()
    changes: tuple[Changed, ...] = ()
    """What the user had remembered, corrected or forgotten, and what was written on the desk."""
    unavailable: tuple[Unavailable, ...] = ()
    """The servers without whose tools, in part at least, the message was answered."""
    prompt_tokens: int = 0
    completion_tokens: int = 0


@dataclass(frozen=True, kw_only=True)
class Asked:
    """How a message is to be answered: see AIPersona.chat."""

    session_id: str | None = None
    budget: int = 1000
    tools: Sequence[ToolLike] = ()
    steering: bool = True
    desk: bool = True
    context: str | None = None
    instructions: str | None = None
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
        policy: Policy,
        drafter: Callable[[], Drafter],
        servers: Servers | None = None,
        recalling: Callable[[], Awaitable[Recalling]],
        clock: Callable[[], datetime],
    ) -> None:
        self._store, self._model, self._schema, self._policy = store, model, schema, policy
        self._context, self._persona, self._clock = context, persona, clock
        self._drafter, self._servers, self._recalling = drafter, servers, recalling

    async def reply(self, key: UserKey, message: str, asked: Asked) -> Reply:
        """Answer a message.

        Raises: ModelError; InvalidInput for an empty message, a closed session or what is no tool.
        """
        from aipersona.chat.at_hand import Keeping, Shortlist, at_hand, known_of, matter_of
        from aipersona.chat.rounds import Question, ask
        from aipersona.llm.models import most_tools
        from aipersona.tools.acting import Limits

        if not message.strip():
            raise InvalidInput("the message is empty")
        session = await running_session(self._store, key, asked.session_id, self._clock())
        if asked.context is not None:
            context = Context(text=asked.context, tokens=count_tokens(asked.context))
        else:
            context = await self._context(key.user_id, message, budget=asked.budget, running=session.session_id)
        history = history_of(session)
        session = with_turn(session, "user", message, clock=self._clock)
        keeping = Keeping(
            store=self._store, schema=self._schema, policy=self._policy, clock=self._clock, drafter=self._drafter
        )
        hand = at_hand(asked.tools, keeping, key, session, steering=asked.steering, desk=asked.desk)
        await self._store.observe(key, session, closed=False)
        if hand.desk is not None:
            await hand.desk.pad.begin()
        offer = await self._servers.offer(hand.names) if self._servers is not None else None
        persona = await self._persona(key)
        known = known_of(persona, self._schema, session)
        doubt = None
        if asked.steering and not has_asked(session):
            doubt = doubt_of(persona, self._schema, message, known.day, shown=context.fields)
        limits = asked.limits or Limits()
        shortlist = None
        most = limits.most_tools if limits.most_tools is not None else most_tools(self._model)
        if most is not None:
            near = (await self._recalling()).near
            shortlist = Shortlist(most=most, matter=matter_of(session, context.text), near=near)
        toolset = hand.toolset(known, offer, limits=limits, shortlist=shortlist, on_call=asked.on_call)
        question = Question(
            instructions=_instructions(asked.instructions, context, doubt, has_asked=has_asked(session)),
            history=history,
            message=message,
        )
        answered = await ask(self._model, question, toolset, on_text=asked.on_text)
        text = answered.text
        if hand.failures and not hand.changes:
            # A model may say that it was done all the same.
            undone = f"\n\n(Nothing was changed: {'; '.join(dict.fromkeys(hand.failures))}.)"
            text += undone
            if asked.on_text is not None:
                asked.on_text(undone)
        calls = [_noted(call) for call in hand.calls]
        if doubt is not None and asks(text):
            calls.append(doubt.call)
        session = with_turn(session, "assistant", text, clock=self._clock, calls=calls)
        await self._store.observe(key, session, closed=False)
        return Reply(
            text=text,
            session_id=session.session_id,
            context=context,
            calls=tuple(hand.calls),
            changes=hand.changes,
            unavailable=tuple(offer.unavailable) if offer is not None else (),
            prompt_tokens=answered.prompt_tokens,
            completion_tokens=answered.completion_tokens,
        )


def _instructions(own: str | None, context: Context, doubt: Doubt | None, *, has_asked: bool) -> str:
    """What the model is told: the application's own instructions, what is known, and what it may ask the user about,
    once in a session."""
    text = context.text or "(nothing yet)"
    if doubt is not None:
        text += f"\n\n{prompt('doubt').render(doubt=doubt.text)}"
    elif has_asked:
        text = text.replace(UNCLEAR, "Unclear:")
        text += f"\n\n{prompt('no_doubt').text}"
    ours = prompt("chat").render(context=text)
    return f"{own.strip()}\n\n{ours}" if own and own.strip() else ours


def _noted(call: CallMade) -> ToolCall:
    if call.error is not None:
        return ToolCall(name=call.name, arguments=dict(call.arguments), result={"error": call.error})
    return ToolCall(name=call.name, arguments=dict(call.arguments), result=call.result)
