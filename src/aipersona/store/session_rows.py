"""Sessions and their turns as rows: storing what is new of them, reading them back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from pydantic import TypeAdapter

from aipersona.errors import SessionChanged
from aipersona.sessions.model import Session, ToolCall, Turn
from aipersona.store import tables as t
from aipersona.store.protocol import Stored, UserKey
from aipersona.store.user_rows import lock, next_position

_TOOL_CALLS = TypeAdapter(tuple[ToolCall, ...])

# Built once: putting a statement together takes longer than the database takes to run it.
_IS_ONE = sa.and_(t.of_user(t.sessions), t.sessions.c.session_id == sa.bindparam("of_session"))
_ONE = sa.select(t.sessions).where(_IS_ONE)
_MOVE_ONE = sa.update(t.sessions).where(_IS_ONE).values(closed=sa.bindparam("to_closed"), position=sa.bindparam("to"))
_ADD_ONE = sa.insert(t.sessions)
_ADD_TURNS = sa.insert(t.turns)
_BEHIND = sa.select(t.sessions).where(t.of_user(t.sessions), t.sessions.c.position > sa.bindparam("after"))
_BY_POSITION = _BEHIND.order_by(t.sessions.c.position)
_PENDING = _BEHIND.where(t.sessions.c.closed, t.sessions.c.learned.is_(None)).order_by(
    t.sessions.c.sort_key, t.sessions.c.session_id
)
_TURNS = (
    sa.select(t.turns)
    .where(t.of_user(t.turns), t.turns.c.session_id.in_(sa.bindparam("some", expanding=True)))
    .order_by(t.turns.c.session_id, t.turns.c.number)
)


def observe(connection: sa.Connection, key: UserKey, session: Session, closed: bool) -> bool:
    """Store what is new of a session; whether anything was.

    Raises: SessionChanged.
    """
    lock(connection, key.tenant, [key.user_id])
    return _observe(connection, key, session, closed)


def _observe(connection: sa.Connection, key: UserKey, session: Session, closed: bool) -> bool:
    one = t.asked(key, of_session=session.session_id)
    row = connection.execute(_ONE, one).one_or_none()
    if row is None:
        position = next_position(connection, key)
        connection.execute(_ADD_ONE, _session_row(key, session, closed, position))
        _add_turns(connection, key, session.session_id, session.turns)
        return True
    (before,) = _with_turns(connection, key, [row])
    if not session.goes_on_from(before.session, closed=before.closed):
        raise SessionChanged(key.user_id, session.session_id)
    closed = closed or before.closed
    known = len(before.session.turns)
    if known == len(session.turns) and closed == before.closed:
        return False
    connection.execute(_MOVE_ONE, {**one, "to_closed": closed, "to": next_position(connection, key)})
    _add_turns(connection, key, session.session_id, session.turns[known:])
    return True


def observe_all(connection: sa.Connection, tenant: str, sessions: Sequence[Session], closed: bool) -> list[bool]:
    """Store what is new of each session, in this order.

    Raises: SessionChanged.
    """
    lock(connection, tenant, [session.user_id for session in sessions])
    return [_observe(connection, UserKey(tenant, session.user_id), session, closed) for session in sessions]


def sessions(connection: sa.Connection, key: UserKey, after: int, pending: bool, limit: int | None) -> list[Stored]:
    """The sessions behind a position, by position, or the pending ones by their start."""
    query = (_PENDING if pending else _BY_POSITION).limit(limit)
    return _with_turns(connection, key, connection.execute(query, t.asked(key, after=after)).all())


def _add_turns(connection: sa.Connection, key: UserKey, session_id: str, turns: Sequence[Turn]) -> None:
    if turns:
        connection.execute(_ADD_TURNS, [_turn_row(key, session_id, turn) for turn in turns])


def _with_turns(connection: sa.Connection, key: UserKey, rows: Sequence[sa.Row[Any]]) -> list[Stored]:
    turns: dict[str, list[Turn]] = {row.session_id: [] for row in rows}
    for some in t.in_batches(list(turns)):
        for row in connection.execute(_TURNS, t.asked(key, some=some)):
            turns[row.session_id].append(_turn(row))
    return [
        Stored(
            row.position,
            Session(
                user_id=key.user_id,
                session_id=row.session_id,
                started_at=datetime.fromisoformat(row.started_at),
                speaker=row.speaker,
                turns=tuple(turns[row.session_id]),
            ),
            row.closed,
            row.learned,
        )
        for row in rows
    ]


def _turn(row: sa.Row[Any]) -> Turn:
    return Turn(
        number=row.number,
        role=row.role,
        speaker=row.speaker,
        content=row.content,
        at=datetime.fromisoformat(row.at) if row.at else None,
        tool_calls=_TOOL_CALLS.validate_python(row.tool_calls or (), strict=False),
    )


def _session_row(key: UserKey, session: Session, closed: bool, position: int) -> dict[str, object]:
    return t.owned(
        key,
        session_id=session.session_id,
        position=position,
        started_at=session.started_at.isoformat(),
        sort_key=session.started_at.timestamp(),
        speaker=session.speaker,
        closed=closed,
        learned=None,
    )


def _turn_row(key: UserKey, session_id: str, turn: Turn) -> dict[str, object]:
    return t.owned(
        key,
        session_id=session_id,
        number=turn.number,
        role=turn.role,
        speaker=turn.speaker,
        content=turn.content,
        at=turn.at.isoformat() if turn.at else None,
        tool_calls=[call.model_dump(mode="json") for call in turn.tool_calls] or None,
    )
