"""The rows of users: how far each one's data goes, who there is, and erasing one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from aipersona.store import tables as t
from aipersona.store.protocol import NEVER_SEEN, Head, UserKey, UserSummary, new_identity

_HEAD = sa.select(t.users.c.revision, t.users.c.position, t.users.c.identity).where(t.of_user(t.users))
_ADD = sa.insert(t.users)
_NEXT = sa.update(t.users).where(t.of_user(t.users)).values(position=t.users.c.position + 1)
_NEXT_POSITION = _NEXT.returning(t.users.c.position)
_NEXT_OF_SAME = _NEXT.where(t.users.c.identity == sa.bindparam("same")).returning(t.users.c.position)
_ADVANCE = (
    sa.update(t.users)
    .where(t.of_user(t.users), t.users.c.revision == sa.bindparam("expected"))
    .values(revision=t.users.c.revision + 1)
)
_ADVANCE_SAME = _ADVANCE.where(t.users.c.identity == sa.bindparam("same"))
_WAITING = sa.and_(t.sessions.c.closed, t.sessions.c.learned.is_(None))
_SUMMARIES = (
    sa.select(
        t.users.c.user_id,
        t.users.c.revision,
        sa.func.count(t.sessions.c.session_id).label("sessions"),
        sa.func.coalesce(sa.func.sum(sa.case((_WAITING, 1), else_=0)), 0).label("pending"),
    )
    .select_from(
        t.users.outerjoin(
            t.sessions,
            sa.and_(t.sessions.c.tenant == t.users.c.tenant, t.sessions.c.user_id == t.users.c.user_id),
        )
    )
    .group_by(t.users.c.user_id, t.users.c.revision)
)
_OF_TENANT = _SUMMARIES.where(
    t.users.c.tenant == sa.bindparam("of_tenant"), t.users.c.user_id > sa.bindparam("after")
).order_by(t.users.c.user_id)
_ONE = _SUMMARIES.where(t.of_user(t.users))
_MOVE = sa.update(t.users).where(t.of_user(t.users)).values(position=sa.bindparam("to"))
_SOME = sa.and_(
    t.users.c.tenant == sa.bindparam("of_tenant"), t.users.c.user_id.in_(sa.bindparam("some", expanding=True))
)
_POSITIONS = sa.select(t.users.c.user_id, t.users.c.position).where(_SOME)
_LOCK = sa.select(t.users.c.user_id).where(_SOME).order_by(t.users.c.user_id).with_for_update()
_ERASE = {table.name: sa.delete(table).where(t.of_user(table)) for table in t.ALL}


def head(connection: sa.Connection, key: UserKey) -> Head:
    """How far a user's rows go."""
    row = connection.execute(_HEAD, t.asked(key)).one_or_none()
    return Head(*row) if row is not None else NEVER_SEEN


def lock(connection: sa.Connection, tenant: str, user_ids: Iterable[str]) -> None:
    """Let no other transaction write rows of these users until this one ends; one without a row gets it.

    Rows are locked in one order, so that transactions over several users do not wait in a circle. On SQLite there is
    only one writer.
    """
    if connection.dialect.name != "postgresql":
        return
    wanted = set(user_ids)
    while wanted:
        for some in t.in_batches(sorted(wanted)):
            wanted.difference_update(connection.execute(_LOCK, {"of_tenant": tenant, "some": some}).scalars())
        if wanted:
            rows = [t.owned(UserKey(tenant, user_id), **_new()) for user_id in sorted(wanted)]
            connection.execute(t.adding(connection, t.users), rows)


def _new() -> dict[str, object]:
    return {"identity": new_identity(), "revision": 0, "position": 0}


def next_position(connection: sa.Connection, key: UserKey) -> int:
    """Move the user's position on by one; their first row is made here."""
    found = connection.execute(_NEXT_POSITION, t.asked(key)).scalar_one_or_none()
    if found is None:
        connection.execute(_ADD, t.owned(key, identity=new_identity(), revision=0, position=1))
        return 1
    return found


def positions(connection: sa.Connection, tenant: str, user_ids: Iterable[str]) -> dict[str, int]:
    """The positions of the users who have a row."""
    found: dict[str, int] = {}
    for some in t.in_batches(sorted(set(user_ids))):
        rows = connection.execute(_POSITIONS, {"of_tenant": tenant, "some": some})
        found.update((row.user_id, row.position) for row in rows)
    return found


def move_to(connection: sa.Connection, tenant: str, before: Mapping[str, int], after: Mapping[str, int]) -> None:
    """Set the positions of users; those who had none before get their row."""
    known = [t.asked(UserKey(tenant, user), to=to) for user, to in after.items() if user in before]
    if known:
        connection.execute(_MOVE, known)
    new = [
        t.owned(UserKey(tenant, user), **{**_new(), "position": to}) for user, to in after.items() if user not in before
    ]
    if new:
        connection.execute(_ADD, new)


def next_position_of(connection: sa.Connection, key: UserKey, identity: str) -> int | None:
    """Move the position on by one of the user who is the same still; None if there is no such user any more."""
    return connection.execute(_NEXT_OF_SAME, t.asked(key, same=identity)).scalar_one_or_none()


def advance(connection: sa.Connection, key: UserKey, expected: int, identity: str | None) -> bool:
    """Move the user's revision on by one if it is the expected one, and the user the same if an identity is given."""
    step, same = (_ADVANCE, {}) if identity is None else (_ADVANCE_SAME, {"same": identity})
    if connection.execute(step, t.asked(key, expected=expected, **same)).rowcount == 1:
        return True
    if expected != 0 or identity is not None or head(connection, key) != NEVER_SEEN:
        return False
    if connection.dialect.name == "postgresql":
        lock(connection, key.tenant, [key.user_id])
        return connection.execute(step, t.asked(key, expected=expected)).rowcount == 1
    try:
        connection.execute(_ADD, t.owned(key, identity=new_identity(), revision=1, position=0))
    except IntegrityError:
        return False
    return True


def users(connection: sa.Connection, tenant: str, after: str, limit: int | None) -> list[UserSummary]:
    """The users of a tenant behind `after`, by id."""
    found = connection.execute(_OF_TENANT.limit(limit), {"of_tenant": tenant, "after": after})
    return [UserSummary(**row) for row in found.mappings()]


def user(connection: sa.Connection, key: UserKey) -> UserSummary | None:
    """What there is of one user."""
    row = connection.execute(_ONE, t.asked(key)).mappings().one_or_none()
    return UserSummary(**row) if row is not None else None


def erase(connection: sa.Connection, key: UserKey) -> dict[str, int]:
    """Remove every row of a user; how many by table."""
    there = connection.execute(_LOCK, {"of_tenant": key.tenant, "some": [key.user_id]}).scalars().all()
    # Without a user there may be a writer who makes one now, whose rows are not to be halved; but requests may be kept.
    gone = _ERASE if there else {name: _ERASE[name] for name in (t.answers.name, t.prefixes.name)}
    removed = {name: connection.execute(delete, t.asked(key)).rowcount for name, delete in gone.items()}
    return {name: removed.get(name, 0) for name in _ERASE}


def compact(connection: sa.Connection) -> bool:
    """Leave no bytes of what was erased in the log beside an SQLite file; whether no reader was in the way."""
    if connection.dialect.name != "sqlite":
        return True
    (busy, *_) = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
    return not busy
