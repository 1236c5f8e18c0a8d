"""The SQL store: SQLAlchemy Core, async, on SQLite (WAL, one file) by default."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from pydantic import TypeAdapter, ValidationError
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from aipersona.errors import RevisionConflict, SessionChanged, StoreUnavailable, UnknownRevision
from aipersona.persona.claims import Claim, Entry, LearnedField, Question
from aipersona.persona.edits import RestoreEdit
from aipersona.persona.model import Persona
from aipersona.persona.revisions import Revision
from aipersona.sessions.model import Session, ToolCall, Turn
from aipersona.store import tables as t
from aipersona.store.opening import connect, migrated
from aipersona.store.protocol import Head, Stored, UserKey, UserSummary, require_own
from aipersona.store.undivided import undivided

_TYPES: dict[str, type[Claim | Question | LearnedField]] = {
    "claim": Claim,
    "question": Question,
    "field": LearnedField,
}
_TOOL_CALLS = TypeAdapter(tuple[ToolCall, ...])


class SQLStore:
    """A store in an SQL database; `open_store` makes one."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self.running: set[asyncio.Task[Any]] = set()

    @classmethod
    async def open(cls, url: str) -> SQLStore:
        """The store at an SQLAlchemy URL, its tables brought up to date.

        Raises: StoreUnavailable, StoreTooNew.
        """
        engine = connect(url)
        async with _named("open"):
            await asyncio.to_thread(migrated, url)
        return cls(engine)

    @asynccontextmanager
    async def _read(self) -> AsyncGenerator[AsyncConnection]:
        async with _named("read"), self._engine.begin() as connection:
            yield connection

    @asynccontextmanager
    async def _write(self) -> AsyncGenerator[AsyncConnection]:
        async with _named("write"), self._engine.execution_options(write=True).begin() as connection:
            yield connection

    @undivided
    async def observe(self, key: UserKey, session: Session, *, closed: bool = True) -> bool:
        require_own(key, session)
        async with self._write() as connection:
            before = await _session(connection, key, session.session_id)
            if before is not None:
                if not session.goes_on_from(before.session, closed=before.closed):
                    raise SessionChanged(key.user_id, session.session_id)
                closed = closed or before.closed
                if len(before.session.turns) == len(session.turns) and before.closed == closed:
                    return False
            position = await _next_position(connection, key)
            if before is None:
                await connection.execute(sa.insert(t.sessions).values(_session_row(key, session, closed, position)))
            else:
                changed = sa.update(t.sessions).where(*_is(t.sessions, key, session_id=session.session_id))
                await connection.execute(changed.values(closed=closed, position=position))
            known = len(before.session.turns) if before else 0
            rows = [_turn_row(key, session.session_id, turn) for turn in session.turns[known:]]
            if rows:
                await connection.execute(sa.insert(t.turns), rows)
        return True

    @undivided
    async def sessions(
        self, key: UserKey, *, after: int = 0, pending: bool = False, limit: int | None = None
    ) -> list[Stored]:
        query = sa.select(t.sessions).where(*_is(t.sessions, key), t.sessions.c.position > after)
        if pending:
            query = query.where(t.sessions.c.closed, t.sessions.c.learned.is_(None))
            query = query.order_by(t.sessions.c.sort_key, t.sessions.c.session_id)
        else:
            query = query.order_by(t.sessions.c.position)
        async with self._read() as connection:
            rows = (await connection.execute(query.limit(limit))).all()
            return await _with_turns(connection, key, rows)

    @undivided
    async def head(self, key: UserKey) -> Head:
        async with self._read() as connection:
            return await _head(connection, key)

    @undivided
    async def load(self, key: UserKey, *, revision: int | None = None) -> Persona:
        async with self._read() as connection:
            head = (await _head(connection, key)).revision
            number = head if revision is None else revision
            if not 0 <= number <= head:
                raise UnknownRevision(key.user_id, number, head)
            query = sa.select(t.entries.c.type, t.entries.c.body).where(*_is(t.entries, key))
            if number == head:
                query = query.where(t.entries.c.retired.is_(None))
            else:
                still = sa.or_(t.entries.c.retired.is_(None), t.entries.c.retired > number)
                query = query.where(t.entries.c.recorded <= number, still)
            rows = (await connection.execute(query)).all()
            entries = (_TYPES[row.type].model_validate_json(row.body) for row in rows)
            return Persona(user_id=key.user_id, revision=number, entries={entry.id: entry for entry in entries})

    @undivided
    async def commit(self, key: UserKey, revision: Revision, change: RestoreEdit) -> None:
        expected = revision.number - 1
        async with self._write() as connection:
            if not await self._advance(connection, key, expected):
                raise RevisionConflict(key.user_id, expected, (await _head(connection, key)).revision)
            await _mark_learned(connection, key, revision)
            await connection.execute(
                sa.insert(t.revisions).values(_owned(key, number=revision.number, body=revision.model_dump_json()))
            )
            gone = [*change.drop, *(entry.id for entry in change.put)]
            for some in _in_batches(gone):
                retire = sa.update(t.entries).where(
                    *_is(t.entries, key), t.entries.c.entry_id.in_(some), t.entries.c.retired.is_(None)
                )
                await connection.execute(retire.values(retired=revision.number))
            if change.put:
                rows = [_entry_row(key, entry, revision.number) for entry in change.put]
                await connection.execute(sa.insert(t.entries), rows)

    async def _advance(self, connection: AsyncConnection, key: UserKey, expected: int) -> bool:
        """Move the user's revision on by one if it is the expected one."""
        step = sa.update(t.users).where(*_is(t.users, key), t.users.c.revision == expected)
        if (await connection.execute(step.values(revision=expected + 1))).rowcount == 1:
            return True
        if expected != 0 or await _exists(connection, key):
            return False
        try:
            await connection.execute(sa.insert(t.users).values(_owned(key, revision=1, position=0)))
        except IntegrityError:
            return False
        return True

    @undivided
    async def revisions(self, key: UserKey) -> list[Revision]:
        query = sa.select(t.revisions.c.body).where(*_is(t.revisions, key)).order_by(t.revisions.c.number)
        async with self._read() as connection:
            bodies = (await connection.execute(query)).scalars().all()
            return [Revision.model_validate_json(body) for body in bodies]

    @undivided
    async def users(self, tenant: str) -> list[UserSummary]:
        mine = sa.and_(t.sessions.c.tenant == t.users.c.tenant, t.sessions.c.user_id == t.users.c.user_id)
        waiting = sa.and_(t.sessions.c.closed, t.sessions.c.learned.is_(None))
        query = (
            sa.select(
                t.users.c.user_id,
                t.users.c.revision,
                sa.func.count(t.sessions.c.session_id).label("sessions"),
                sa.func.coalesce(sa.func.sum(sa.case((waiting, 1), else_=0)), 0).label("pending"),
            )
            .select_from(t.users.outerjoin(t.sessions, mine))
            .where(t.users.c.tenant == tenant)
            .group_by(t.users.c.user_id, t.users.c.revision)
            .order_by(t.users.c.user_id)
        )
        async with self._read() as connection:
            rows = (await connection.execute(query)).all()
        return [
            UserSummary(user_id=row.user_id, revision=row.revision, sessions=row.sessions, pending=row.pending)
            for row in rows
        ]

    @undivided
    async def erase(self, key: UserKey) -> dict[str, int]:
        removed: dict[str, int] = {}
        async with self._write() as connection:
            for table in t.ALL:
                result = await connection.execute(sa.delete(table).where(*_is(table, key)))
                removed[table.name] = result.rowcount
        if self._engine.dialect.name == "sqlite":
            async with _named("compact"), self._engine.connect() as connection:
                (busy, *_) = (await connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")).one()
            if busy:
                raise StoreUnavailable(
                    "every row of the user is erased, but a reader still holds the pages they were on: erase again"
                )
        return removed

    async def aclose(self) -> None:
        if self.running:
            await asyncio.wait(self.running)
        await self._engine.dispose()


@asynccontextmanager
async def _named(doing: str) -> AsyncGenerator[None]:
    """Database failures as errors of ours; the driver's text is kept only where it cannot hold a row's content."""
    try:
        yield
    except DBAPIError as error:
        cause = next(iter(str(error.orig).splitlines()), "")
        if isinstance(error, IntegrityError | DataError) or not _is_plain(cause):
            cause = "connection lost" if error.connection_invalidated else "rejected"
        raise StoreUnavailable(f"cannot {doing} the database: {cause}") from None
    except SQLAlchemyError as error:
        raise StoreUnavailable(f"cannot {doing} the database: {type(error).__name__}") from None
    except ValidationError as error:
        raise StoreUnavailable(f"cannot {doing} the database: a stored {error.title} does not parse") from None


_PLAIN = ("disk", "locked", "unable to open", "readonly", "not a database", "malformed", "permission", "no such table")


def _is_plain(text: str) -> bool:
    return any(word in text.lower() for word in _PLAIN)


def _is(table: sa.Table, key: UserKey, **columns: object) -> list[sa.ColumnElement[bool]]:
    return [table.c[name] == value for name, value in _owned(key, **columns).items()]


def _owned(key: UserKey, **columns: object) -> dict[str, object]:
    return {"tenant": key.tenant, "user_id": key.user_id, **columns}


def _in_batches(ids: Sequence[str], size: int = 500) -> Iterable[Sequence[str]]:
    return (ids[start : start + size] for start in range(0, len(ids), size))


async def _head(connection: AsyncConnection, key: UserKey) -> Head:
    query = sa.select(t.users.c.revision, t.users.c.position).where(*_is(t.users, key))
    row = (await connection.execute(query)).one_or_none()
    return Head(row.revision, row.position) if row is not None else Head(0, 0)


async def _exists(connection: AsyncConnection, key: UserKey) -> bool:
    query = sa.select(sa.literal(1)).select_from(t.users).where(*_is(t.users, key))
    return (await connection.execute(query)).scalar_one_or_none() is not None


async def _next_position(connection: AsyncConnection, key: UserKey) -> int:
    step = sa.update(t.users).where(*_is(t.users, key)).values(position=t.users.c.position + 1)
    found = (await connection.execute(step.returning(t.users.c.position))).scalar_one_or_none()
    if found is None:
        await connection.execute(sa.insert(t.users).values(_owned(key, revision=0, position=1)))
        return 1
    return found


async def _mark_learned(connection: AsyncConnection, key: UserKey, revision: Revision) -> None:
    """Give the sessions to this revision; the ones that another revision has are a conflict."""
    for some in _in_batches(revision.session_ids):
        mine = [*_is(t.sessions, key), t.sessions.c.session_id.in_(some)]
        free = sa.update(t.sessions).where(*mine, t.sessions.c.learned.is_(None))
        marked = (await connection.execute(free.values(learned=revision.number))).rowcount
        if marked != len(some):
            there = await connection.execute(sa.select(sa.func.count()).select_from(t.sessions).where(*mine))
            if there.scalar_one() != marked:
                raise RevisionConflict(key.user_id, revision.number - 1, revision.number - 1)


async def _session(connection: AsyncConnection, key: UserKey, session_id: str) -> Stored | None:
    query = sa.select(t.sessions).where(*_is(t.sessions, key, session_id=session_id))
    row = (await connection.execute(query)).one_or_none()
    return (await _with_turns(connection, key, [row]))[0] if row is not None else None


async def _with_turns(connection: AsyncConnection, key: UserKey, rows: Sequence[sa.Row[Any]]) -> list[Stored]:
    turns: dict[str, list[Turn]] = {row.session_id: [] for row in rows}
    for some in _in_batches(list(turns)):
        query = sa.select(t.turns).where(*_is(t.turns, key), t.turns.c.session_id.in_(some))
        found = await connection.execute(query.order_by(t.turns.c.session_id, t.turns.c.number))
        for row in found.all():
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
    return _owned(
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
    return _owned(
        key,
        session_id=session_id,
        number=turn.number,
        role=turn.role,
        speaker=turn.speaker,
        content=turn.content,
        at=turn.at.isoformat() if turn.at else None,
        tool_calls=[call.model_dump(mode="json") for call in turn.tool_calls] or None,
    )


def _entry_row(key: UserKey, entry: Entry, revision: int) -> dict[str, object]:
    if isinstance(entry, Claim):
        type_, path = "claim", entry.path
    elif isinstance(entry, Question):
        type_, path = "question", entry.path
    else:
        type_, path = "field", entry.spec.path
    return _owned(key, entry_id=entry.id, recorded=revision, retired=None, type=type_, path=path,
                  body=entry.model_dump_json())  # fmt: skip
