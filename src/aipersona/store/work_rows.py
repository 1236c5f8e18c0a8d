"""Work as rows: who is due, what failed, what was done. Moments are seconds since 1970."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from aipersona.store import tables as t
from aipersona.store.protocol import UserKey
from aipersona.store.user_rows import next_position
from aipersona.store.work import Due, Failure, Kind, LearnRule, Rule

_GROWN = sa.func.coalesce(t.sessions.c.grown, t.sessions.c.sort_key)
_UNLEARNED = sa.and_(t.sessions.c.closed, t.sessions.c.learned.is_(None))
_WAITING = sa.select(
    t.sessions.c.tenant,
    t.sessions.c.user_id,
    sa.func.count().label("sessions"),
    sa.func.max(_GROWN).label("last"),
    sa.func.min(_GROWN).label("first"),
).where(_UNLEARNED)
_WAITS = sa.select(t.sessions.c.session_id).where(t.of_user(t.sessions), _UNLEARNED).limit(1)
_WHOSE = sa.select(t.users.c.tenant, t.users.c.user_id).where(t.users.c.identity == sa.bindparam("of_identity"))
_THERE = sa.select(t.users.c.identity).where(t.of_user(t.users)).with_for_update()
_SAME = _THERE.where(t.users.c.identity == sa.bindparam("of_identity"))
_IDLE = sa.and_(sa.not_(t.sessions.c.closed), t.sessions.c.learned.is_(None), sa.bindparam("since") > _GROWN)
_OPEN_AND_IDLE = (
    sa.select(t.sessions.c.tenant, t.sessions.c.user_id, t.users.c.identity, t.sessions.c.session_id)
    .join(t.users, sa.and_(t.users.c.tenant == t.sessions.c.tenant, t.users.c.user_id == t.sessions.c.user_id))
    .where(_IDLE)
    .order_by(t.sessions.c.tenant, t.sessions.c.user_id)
    .limit(sa.bindparam("most"))
)
_STILL_IDLE = (
    sa.select(t.sessions.c.session_id)
    .where(t.of_user(t.sessions), t.sessions.c.session_id.in_(sa.bindparam("some", expanding=True)), _IDLE)
    .order_by(t.sessions.c.position)
)
_CLOSE = (
    sa.update(t.sessions)
    .where(t.of_user(t.sessions), t.sessions.c.session_id == sa.bindparam("of_session"))
    .values(closed=True, position=sa.bindparam("to"))
)
_OF_KIND = sa.and_(t.of_user(t.work), t.work.c.kind == sa.bindparam("of_kind"))
_ONE = sa.select(t.work).where(_OF_KIND)
_DROP = sa.delete(t.work).where(_OF_KIND)
_CLEAN: dict[str, Any] = {"attempts": 0, "error": None, "failed_at": None, "again_at": None, "dead": False}
_FORGET = sa.update(t.work).where(_OF_KIND, t.work.c.attempts > 0).values(_CLEAN)


def due(connection: sa.Connection, rule: Rule, limit: int, identity: str | None) -> list[Due]:
    """The users who are due under a rule."""
    key = whose(connection, identity) if identity is not None else None
    if identity is not None and key is None:
        return []
    found = _to_learn(rule, key) if isinstance(rule, LearnRule) else _to_consolidate(rule.night, rule.stale, key)
    free = sa.and_(
        sa.func.coalesce(t.work.c.dead, sa.false()) == sa.false(),
        sa.func.coalesce(t.work.c.again_at, 0.0) <= rule.now.timestamp(),
    )
    rows = connection.execute(found.where(free).limit(limit))
    return [Due(UserKey(row.tenant, row.user_id), row.identity, row.attempts, row.asked) for row in rows]


def _to_learn(rule: LearnRule, key: UserKey | None) -> sa.Select[*tuple[Any, ...]]:
    inner = _WAITING if key is None else _WAITING.where(_is(t.sessions, key))
    waiting = inner.group_by(t.sessions.c.tenant, t.sessions.c.user_id).subquery()
    asked = t.work.c.asked.is_not(None)
    return (
        _with_work(
            sa.select(t.users).join(
                waiting, sa.and_(waiting.c.tenant == t.users.c.tenant, waiting.c.user_id == t.users.c.user_id)
            ),
            rule.kind,
        )
        .where(
            sa.or_(waiting.c.sessions >= rule.every, waiting.c.last <= rule.idle_since.timestamp(), asked),
        )
        .order_by(sa.case((asked, 0), else_=1), waiting.c.first, t.users.c.tenant, t.users.c.user_id)
    )


def _to_consolidate(night: datetime, stale: datetime, key: UserKey | None) -> sa.Select[*tuple[Any, ...]]:
    chosen = _with_work(sa.select(t.users), "consolidate")
    done_at = sa.func.coalesce(t.work.c.done_at, 0.0)
    changed = t.users.c.revision > sa.func.coalesce(t.work.c.done_revision, 0)
    found = chosen.where(
        t.users.c.revision > 0,
        done_at < night.timestamp(),
        sa.or_(changed, done_at < stale.timestamp()),
    ).order_by(done_at, t.users.c.tenant, t.users.c.user_id)
    return found if key is None else found.where(_is(t.users, key))


def _with_work(chosen: sa.Select[*tuple[Any, ...]], kind: Kind) -> sa.Select[*tuple[Any, ...]]:
    """The chosen users with their row of work of a kind, if they have one."""
    same = sa.and_(t.work.c.tenant == t.users.c.tenant, t.work.c.user_id == t.users.c.user_id, t.work.c.kind == kind)
    return chosen.outerjoin(t.work, same).with_only_columns(
        t.users.c.tenant,
        t.users.c.user_id,
        t.users.c.identity,
        sa.func.coalesce(t.work.c.attempts, 0).label("attempts"),
        t.work.c.asked.is_not(None).label("asked"),
    )


def idle(connection: sa.Connection, since: datetime, limit: int) -> list[tuple[UserKey, str, str]]:
    """The open sessions that have not grown since then, by user, each with the identity of its user."""
    rows = connection.execute(_OPEN_AND_IDLE, {"since": since.timestamp(), "most": limit})
    return [(UserKey(row.tenant, row.user_id), row.identity, row.session_id) for row in rows]


def close(connection: sa.Connection, key: UserKey, identity: str, session_ids: Sequence[str], since: datetime) -> int:
    """Close those of a user's sessions that are open and have not grown since then; how many. None of an erased one."""
    if not _is_same(connection, key, identity):
        return 0
    closed = 0
    for some in t.in_batches(session_ids):
        still = connection.execute(_STILL_IDLE, t.asked(key, some=some, since=since.timestamp())).scalars().all()
        for session_id in still:
            connection.execute(_CLOSE, t.asked(key, of_session=session_id, to=next_position(connection, key)))
            closed += 1
    return closed


def ask(connection: sa.Connection, key: UserKey, at: datetime) -> bool:
    """Note that a user's closed sessions shall be learned from soon; False if none waits."""
    there = connection.execute(_THERE, t.asked(key)).first() is not None  # and not erased until the transaction ends
    if not there or connection.execute(_WAITS, t.asked(key)).first() is None:
        return False
    _put(connection, key, "learn", {**_CLEAN, "asked": at.timestamp()})
    return True


def worked(connection: sa.Connection, key: UserKey, kind: Kind, identity: str, at: datetime, revision: int) -> None:
    """Note that work on a user was done."""
    if not _is_same(connection, key, identity):
        return
    if kind == "consolidate":
        _put(connection, key, kind, {**_CLEAN, "done_at": at.timestamp(), "done_revision": revision})
        return
    one = t.asked(key, of_kind=kind)
    row = connection.execute(_ONE, one).one_or_none()
    if row is None:
        return
    if row.asked is not None and connection.execute(_WAITS, t.asked(key)).first() is not None:
        _put(connection, key, kind, _CLEAN)  # the request is for all that waits
    else:
        connection.execute(_DROP, one)


def failed(
    connection: sa.Connection,
    key: UserKey,
    kind: Kind,
    identity: str,
    error: str,
    at: datetime,
    again_at: datetime | None,
) -> None:
    """Note that work on a user failed once more."""
    if not _is_same(connection, key, identity):
        return
    row = connection.execute(_ONE, t.asked(key, of_kind=kind)).one_or_none()
    _put(
        connection,
        key,
        kind,
        {
            "attempts": (row.attempts if row is not None else 0) + 1,
            "error": error,
            "failed_at": at.timestamp(),
            "again_at": again_at.timestamp() if again_at is not None else None,
            "dead": again_at is None,
        },
    )


def forget(connection: sa.Connection, key: UserKey, kind: Kind) -> None:
    """Forget what failed of a kind, now that it was done."""
    connection.execute(_FORGET, t.asked(key, of_kind=kind))


def failures(connection: sa.Connection, tenant: str | None, limit: int | None) -> list[Failure]:
    """What failed and was not done since, the latest first."""
    found = sa.select(t.work).where(t.work.c.attempts > 0, *_of(tenant, None))
    rows = connection.execute(found.order_by(t.work.c.failed_at.desc(), t.work.c.user_id).limit(limit))
    return [
        Failure(
            tenant=row.tenant,
            user_id=row.user_id,
            kind=row.kind,
            error=row.error,
            attempts=row.attempts,
            at=datetime.fromtimestamp(row.failed_at, UTC),
            again_at=datetime.fromtimestamp(row.again_at, UTC) if row.again_at is not None else None,
        )
        for row in rows
    ]


def retry(connection: sa.Connection, tenant: str, user_id: str | None) -> int:
    """Forget failures of a tenant or of one user; how many."""
    forgotten = sa.update(t.work).where(t.work.c.attempts > 0, *_of(tenant, user_id)).values(_CLEAN)
    return connection.execute(forgotten).rowcount


def _of(tenant: str | None, user_id: str | None) -> list[sa.ColumnElement[bool]]:
    named = ((t.work.c.tenant, tenant), (t.work.c.user_id, user_id))
    return [column == name for column, name in named if name is not None]


def _is(table: sa.Table, key: UserKey) -> sa.ColumnElement[bool]:
    return sa.and_(table.c.tenant == key.tenant, table.c.user_id == key.user_id)


def whose(connection: sa.Connection, identity: str) -> UserKey | None:
    """Whom an identity stands for, if anybody still."""
    row = connection.execute(_WHOSE, {"of_identity": identity}).one_or_none()
    return UserKey(row.tenant, row.user_id) if row is not None else None


def _is_same(connection: sa.Connection, key: UserKey, identity: str) -> bool:
    """Whether the user was not erased since they had this identity, and is not until the transaction ends."""
    return connection.execute(_SAME, t.asked(key, of_identity=identity)).first() is not None


def _put(connection: sa.Connection, key: UserKey, kind: Kind, columns: dict[str, Any]) -> None:
    """Change a user's row of a kind, or make it; another writer may make it at the same moment."""
    change = sa.update(t.work).where(_OF_KIND).values(columns)
    if connection.execute(change, t.asked(key, of_kind=kind)).rowcount:
        return
    try:
        with connection.begin_nested():
            connection.execute(sa.insert(t.work), t.owned(key, kind=kind, **{**_CLEAN, **columns}))
    except IntegrityError:
        connection.execute(change, t.asked(key, of_kind=kind))
