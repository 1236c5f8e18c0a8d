"""Sessions and their turns as rows: storing what is new of them, reading them back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from pydantic import TypeAdapter

from aipersona.errors import SessionChanged
from aipersona.sessions.model import Session, ToolCall, Turn
from aipersona.store import tables as t
from aipersona.store.protocol import Head, Stored, UserKey
from aipersona.store.user_rows import head, lock, move_to, next_position, positions

_TOOL_CALLS = TypeAdapter(tuple[ToolCall, ...])

# Built once: putting a statement together takes longer than the database takes to run it.
_IS_ONE = sa.and_(t.of_user(t.sessions), t.sessions.c.session_id == sa.bindparam("of_session"))
_ONE = sa.select(t.sessions).where(_IS_ONE)
_THESE = sa.select(t.sessions).where(
    t.sessions.c.tenant == sa.bindparam("of_tenant"),
    t.sessions.c.user_id.in_(sa.bindparam("users", expanding=True)),
    t.sessions.c.session_id.in_(sa.bindparam("some", expanding=True)),
)
_MOVE_ONE = (
    sa.update(t.sessions)
    .where(_IS_ONE)
    .values(closed=sa.bindparam("to_closed"), position=sa.bindparam("to"), grown=sa.bindparam("at"))
)
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


def observe(connection: sa.Connection, key: UserKey, session: Session, closed: bool, at: float) -> bool:
    """Store what is new of a session, at a moment in seconds since 1970; whether anything was.

    Raises: SessionChanged.
    """
    lock(connection, key.tenant, [key.user_id])
    row = connection.execute(_ONE, t.asked(key, of_session=session.session_id)).one_or_none()
    step = _step(key, _with_turns(connection, key, [row])[0] if row is not None else None, session, closed)
    if step is None:
        return False
    position = next_position(connection, key)
    if row is None:
        connection.execute(_ADD_ONE, _session_row(key, session, closed, position, at))
    else:
        _move(connection, key, step.to._replace(position=position), at)
    _add_turns(connection, key, session.session_id, step.turns)
    return True


def observe_all(
    connection: sa.Connection, tenant: str, sessions: Sequence[Session], closed: bool, at: float
) -> list[bool]:
    """Store what is new of each session, as if one came after another in this order; in few statements.

    Raises: SessionChanged.
    """
    lock(connection, tenant, [session.user_id for session in sessions])
    there = _known(connection, tenant, sessions)
    before = positions(connection, tenant, {session.user_id for session in sessions})
    after, now, turns = before.copy(), there.copy(), list[dict[str, object]]()
    stored: list[bool] = []
    for session in sessions:
        key, name = UserKey(tenant, session.user_id), (session.user_id, session.session_id)
        step = _step(key, now.get(name), session, closed)
        stored.append(step is not None)
        if step is not None:
            position = after[key.user_id] = after.get(key.user_id, 0) + 1
            now[name] = step.to._replace(position=position)
            turns += (_turn_row(key, session.session_id, turn) for turn in step.turns)
    move_to(connection, tenant, before, {user: to for user, to in after.items() if to != before.get(user)})
    changed = [one for name, one in now.items() if one != there.get(name)]
    new = [one for one in changed if (one.session.user_id, one.session.session_id) not in there]
    if new:
        keys = (UserKey(tenant, one.session.user_id) for one in new)
        rows = [
            _session_row(key, one.session, one.closed, one.position, at) for key, one in zip(keys, new, strict=True)
        ]
        connection.execute(_ADD_ONE, rows)
    for one in changed:
        if (one.session.user_id, one.session.session_id) in there:
            _move(connection, UserKey(tenant, one.session.user_id), one, at)
    if turns:
        connection.execute(_ADD_TURNS, turns)
    return stored


class _Step(NamedTuple):
    """What a session becomes, at a position that is still to be given, and the turns that it gets."""

    to: Stored
    turns: Sequence[Turn]


def _step(key: UserKey, before: Stored | None, session: Session, closed: bool) -> _Step | None:
    """What observing a session changes; None for nothing.

    Raises: SessionChanged.
    """
    if before is None:
        return _Step(Stored(0, session, closed, None), session.turns)
    if not session.goes_on_from(before.session, closed=before.closed):
        raise SessionChanged(key.user_id, session.session_id)
    closed = closed or before.closed
    known = len(before.session.turns)
    if known == len(session.turns) and closed == before.closed:
        return None
    return _Step(Stored(0, session, closed, before.learned), session.turns[known:])


def _known(connection: sa.Connection, tenant: str, sessions: Sequence[Session]) -> dict[tuple[str, str], Stored]:
    """The sessions of these ids that are stored, by user and id; perhaps others of the same users."""
    found: dict[tuple[str, str], Stored] = {}
    for some in t.in_batches(sessions):
        asked = {
            "of_tenant": tenant,
            "users": list({s.user_id for s in some}),
            "some": list({s.session_id for s in some}),
        }
        by_user: dict[str, list[sa.Row[Any]]] = {}
        for row in connection.execute(_THESE, asked):
            by_user.setdefault(row.user_id, []).append(row)
        for user_id, rows in by_user.items():
            for stored in _with_turns(connection, UserKey(tenant, user_id), rows):
                found[user_id, stored.session.session_id] = stored
    return found


def sessions(connection: sa.Connection, key: UserKey, after: int, pending: bool, limit: int | None) -> list[Stored]:
    """The sessions behind a position, by position, or the pending ones by their start."""
    query = (_PENDING if pending else _BY_POSITION).limit(limit)
    return _with_turns(connection, key, connection.execute(query, t.asked(key, after=after)).all())


def news(connection: sa.Connection, key: UserKey, after: int) -> tuple[Head, list[Stored]]:
    """How far a user's rows go, and their sessions behind a position."""
    there = head(connection, key)
    return there, sessions(connection, key, after, False, None) if there.position > after else []


def session(connection: sa.Connection, key: UserKey, session_id: str) -> Stored | None:
    """One session, if it is there."""
    rows = connection.execute(_ONE, t.asked(key, of_session=session_id)).all()
    return next(iter(_with_turns(connection, key, rows)), None)


def _move(connection: sa.Connection, key: UserKey, to: Stored, at: float) -> None:
    one = t.asked(key, of_session=to.session.session_id)
    connection.execute(_MOVE_ONE, {**one, "to_closed": to.closed, "to": to.position, "at": at})


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


def _session_row(key: UserKey, session: Session, closed: bool, position: int, at: float) -> dict[str, object]:
    return t.owned(
        key,
        session_id=session.session_id,
        position=position,
        started_at=session.started_at.isoformat(),
        sort_key=session.started_at.timestamp(),
        speaker=session.speaker,
        closed=closed,
        learned=None,
        grown=at,
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
