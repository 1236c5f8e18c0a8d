"""The running session of a chat: found or begun, one turn longer, closed, and as the model's message history."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from pydantic import ValidationError

from aipersona.errors import InvalidInput, first_cause
from aipersona.sessions.model import Role, Session, ToolCall, Turn
from aipersona.store.protocol import Store, UserKey

if TYPE_CHECKING:
    from pydantic_ai.messages import ModelMessage

REMEMBERED = 40
"""Turns of the running session that are sent along; earlier ones come back by recall."""


async def running_session(store: Store, key: UserKey, session_id: str | None, now: datetime) -> Session:
    """The session to continue, or a new one.

    Raises: InvalidInput for a closed one, and for an id that cannot be kept.
    """
    if session_id is not None:
        stored = await store.session(key, session_id)
        if stored is not None:
            if stored.closed:
                raise InvalidInput(f"session {session_id!r} is closed; start another one")
            return stored.session
    name = session_id or f"chat-{now:%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"
    try:
        return Session(user_id=key.user_id, session_id=name, started_at=now, turns=())
    except ValidationError as error:
        raise InvalidInput(f"the session: {first_cause(error)}") from None


def with_turn(
    session: Session,
    role: Role,
    content: str,
    *,
    clock: Callable[[], datetime],
    calls: Sequence[ToolCall] = (),
    speaker: str | None = None,
) -> Session:
    """The session with one more turn, said now; `speaker` as in Turn.

    Raises: InvalidInput for content that cannot be kept.
    """
    last = session.turns[-1] if session.turns else None
    now = max(clock(), last.at) if last is not None and last.at is not None else clock()
    number = last.number + 1 if last else 1
    try:
        turn = Turn(number=number, role=role, content=content, speaker=speaker, at=now, tool_calls=tuple(calls))
    except ValidationError as error:
        raise InvalidInput(f"the {'message' if role == 'user' else 'reply'}: {first_cause(error)}") from None
    return session.model_copy(update={"turns": (*session.turns, turn)})


async def close_session(store: Store, key: UserKey, session_id: str) -> Session:
    """Close a session as it stands, which is given back.

    Raises: InvalidInput for one that is not there.
    """
    stored = await store.session(key, session_id)
    if stored is None:
        raise InvalidInput(f"user {key.user_id!r} has no session {session_id!r}")
    await store.observe(key, stored.session, closed=True)
    return stored.session


def history_of(session: Session) -> list[ModelMessage]:
    """What was said, without the tools that were called for it: their results were of that moment."""
    from pydantic_ai.messages import ModelRequest, ModelResponse, TextPart, UserPromptPart

    messages: list[ModelMessage] = []
    for turn in session.turns[-REMEMBERED:]:
        if turn.role == "user":
            messages.append(ModelRequest(parts=[UserPromptPart(content=turn.content)]))
        elif turn.role == "assistant" and turn.content:
            messages.append(ModelResponse(parts=[TextPart(content=turn.content)]))
    return messages
