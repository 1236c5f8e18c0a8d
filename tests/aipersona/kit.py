"""Shared pieces of the tests: sessions in one line, drafters that propose what they are told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import cast

from pydantic import JsonValue

from aipersona import AIPersona, DraftEdit, DraftRequest, Session, Turn
from aipersona.optimizer.draft import Op
from aipersona.sessions.model import Role

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def said(
    *turns: str | tuple[Role, str] | tuple[Role, str, str],
    day: str = "2026-03-05",
    sid: str = "s1",
    user: str = "alice",
) -> Session:
    """A session: plain strings are the user's turns, tuples are (role, content) or (role, content, speaker)."""
    made: list[Turn] = []
    for number, turn in enumerate(turns, start=1):
        if isinstance(turn, str):
            made.append(Turn(number=number, role="user", content=turn))
        else:
            speaker = turn[2] if len(turn) == 3 else None
            made.append(Turn(number=number, role=turn[0], content=turn[1], speaker=speaker))
    started = datetime.fromisoformat(f"{day}T10:00:00+00:00")
    return Session(user_id=user, session_id=sid, started_at=started, turns=tuple(made))


def propose(
    path: str, value: JsonValue, quote: str, *, op: Op = "set", turn: int = 1, sid: str = "s1", **more: object
) -> DraftEdit:
    """A proposed edit with its quote."""
    return DraftEdit.model_validate(
        {"op": op, "path": path, "value": value, "session_id": sid, "turns": (turn,), "quote": quote, **more}
    )


def always(*edits: DraftEdit) -> Callable[[DraftRequest], Sequence[DraftEdit]]:
    """A drafter that proposes these edits for the sessions that they name."""

    def draft(request: DraftRequest) -> Sequence[DraftEdit]:
        ids = {session.session_id for session in request.sessions}
        return [edit for edit in edits if edit.session_id in ids]

    return draft


def engine(*edits: DraftEdit, **settings: object) -> AIPersona:
    """An engine in memory whose optimizer proposes these edits, at a fixed time."""
    return AIPersona(":memory:", drafter=always(*edits), clock=lambda: NOON, **settings)  # pyright: ignore[reportArgumentType]


def note(number: int, *, user: str = "alice") -> Session:
    """The session in which the user tells of hobby `number`; they are a day apart."""
    day = f"2026-{number // 28 + 1:02}-{number % 28 + 1:02}"
    return said(f"I love hobby{number}.", sid=f"n{number}", day=day, user=user)


def hobbies(request: DraftRequest) -> list[DraftEdit]:
    """Proposes the hobby that each session tells of."""
    told = [(session.session_id, session.turns[0].content) for session in request.sessions]
    return [
        propose("personality.interests", text.removeprefix("I love ").rstrip("."), text, op="add", sid=sid)
        for sid, text in told
    ]


async def observed(ai: AIPersona, count: int) -> AIPersona:
    """The engine, after so many sessions about hobbies."""
    for number in range(count):
        await ai.observe(note(number))
    return ai


async def interests(ai: AIPersona) -> list[JsonValue]:
    """The hobbies that are known."""
    return cast("list[JsonValue]", (await ai.persona("alice")).value("personality.interests") or [])
