"""Copying every user of every tenant from one database to another, in either direction, checked by counts and digests.

A batch of users is read at one moment, written in one transaction, read back before it ends, and undone where it does
not read as it was written. A user who is in the target as in the source is left alone, so that a copy that was
interrupted goes on where it stopped. A user of whom the target has other rows is refused, and the others are copied.

API keys are no user's: they come last, all in one transaction, each copied, there already, or refused like a user.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from aipersona.errors import InvalidInput, StoreUnavailable
from aipersona.store import postgres
from aipersona.store import tables as t
from aipersona.store.opening import bring_up_to_date, connect, database_url, is_in_memory
from aipersona.store.postgres import partitions_of
from aipersona.store.protocol import UserKey
from aipersona.store.threads import Threads, insisting

AT_ONCE = 100
"""How many users are read and written together."""

Row = dict[str, Any]

Rows = dict[str, list[Row]]
"""A user's rows by table, in the order of their keys."""

_SOME = {
    table.name: sa.select(table)
    .where(table.c.tenant == sa.bindparam("of_tenant"), table.c.user_id.in_(sa.bindparam("some", expanding=True)))
    .order_by(*table.primary_key.columns)
    for table in t.ALL
}
_KEY = (t.users.c.tenant, t.users.c.user_id)
_FIRST = sa.select(*_KEY).order_by(*_KEY).limit(AT_ONCE)
_API_KEYS = sa.select(t.api_keys).order_by(t.api_keys.c.key_id)
_NEXT = _FIRST.where(sa.tuple_(*_KEY) > sa.tuple_(sa.bindparam("of_tenant"), sa.bindparam("of_user")))


@dataclass(frozen=True, kw_only=True)
class TableCopied:
    """What both databases hold in a table of the users, or of the API keys, that were not refused."""

    table: str
    source: int
    """Rows."""
    target: int
    source_digest: str
    """SHA-256 over the users' digests in the order of (tenant, user_id); a user's is over the rows by their keys.

    Of API keys it is over the keys' digests in the order of their ids.
    """
    target_digest: str

    @property
    def same(self) -> bool:
        return (self.source, self.source_digest) == (self.target, self.target_digest)


@dataclass(frozen=True, kw_only=True)
class Copied:
    """What a copy did. Each user of the source was copied, there already, or refused."""

    copied: int
    there: int
    refused: tuple[UserKey, ...]
    """Who has other rows in the target."""
    keys_refused: tuple[str, ...]
    """The ids of API keys that are others in the target."""
    tables: tuple[TableCopied, ...]


@dataclass
class _Total:
    rows: int = 0
    digest: Any = field(default_factory=hashlib.sha256)

    def take(self, rows: list[Row], digest: bytes) -> None:
        self.rows += len(rows)
        self.digest.update(digest)


@dataclass
class _Compared:
    """A table on both sides."""

    source: _Total = field(default_factory=_Total)
    target: _Total = field(default_factory=_Total)

    def told(self, table: str) -> TableCopied:
        return TableCopied(
            table=table,
            source=self.source.rows,
            target=self.target.rows,
            source_digest=self.source.digest.hexdigest(),
            target_digest=self.target.digest.hexdigest(),
        )


def copy_database(source: str, target: str, *, progress: Callable[[int], None] | None = None) -> Copied:
    """Copy all users and API keys from one database to another; blocking. Each is a file's path or an SQLAlchemy URL.

    `progress` is told how many users are done. What writes into the source meanwhile may be missed: copy again.

    Raises: InvalidInput for a database that is kept in memory or, as the source, is not there; StoreUnavailable,
    StoreTooNew.
    """
    with _opened(source, create=False) as here, _opened(target, create=True) as there:
        copied, same, refused = 0, 0, list[UserKey]()
        totals = {table.name: _Compared() for table in (*reversed(t.ALL), t.api_keys)}
        for batch in _batches(here):
            for tenant, keys in groupby(batch, key=lambda key: key.tenant):
                ids = [key.user_id for key in keys]
                wanted = insisting(lambda tenant=tenant, ids=ids: _read(here, tenant, ids))
                found, new = insisting(lambda tenant=tenant, wanted=wanted: _write(there, tenant, wanted))
                copied += len(new)
                for user_id, rows in wanted.items():
                    read, kept = _digests(rows), _digests(found[user_id])
                    if read != kept:
                        refused.append(UserKey(tenant, user_id))
                        continue
                    same += user_id not in new
                    for name in read:
                        totals[name].source.take(rows[name], read[name])
                        totals[name].target.take(found[user_id][name], kept[name])
                if progress is not None:
                    progress(copied + same + len(refused))
        keys_refused = _copy_keys(here, there, totals[t.api_keys.name])
        return Copied(
            copied=copied,
            there=same,
            refused=tuple(refused),
            keys_refused=keys_refused,
            tables=tuple(compared.told(name) for name, compared in totals.items()),
        )


@contextmanager
def _opened(database: str, *, create: bool) -> Generator[Threads]:
    """Connections to a database whose tables are up to date."""
    if is_in_memory(database):
        raise InvalidInput("a database in memory lasts no longer than the process: there is nothing to copy")
    address = sa.make_url(database_url(database))
    if not create and address.get_backend_name() == "sqlite" and not Path(address.database or "").is_file():
        raise InvalidInput(f"there is no database {address.database!r} to copy from")
    threads = Threads(connect(address.render_as_string(hide_password=False)))
    try:
        bring_up_to_date(threads, partitions_of(address))
        yield threads
    finally:
        threads.engine.dispose()


def _batches(threads: Threads) -> Iterator[Sequence[UserKey]]:
    """The users of all tenants by (tenant, user_id), some at a time."""
    last: UserKey | None = None
    while True:
        with threads.connection("look") as connection:
            if connection.dialect.name == "postgresql":
                postgres.see_every_tenant(connection)
            found = connection.execute(_FIRST) if last is None else connection.execute(_NEXT, t.asked(last))
            batch = [UserKey(*row) for row in found]
        if not batch:
            return
        last = batch[-1]
        yield batch


def _read(threads: Threads, tenant: str, ids: Sequence[str]) -> dict[str, Rows]:
    """All rows of some users as they are at one moment."""
    with threads.connection("read", tenant=tenant) as connection:
        return _rows(connection, tenant, ids)


def _write(threads: Threads, tenant: str, wanted: dict[str, Rows]) -> tuple[dict[str, Rows], set[str]]:
    """Write the users who have no rows yet. All rows of all users as they stand then, and who was written.

    Raises: StoreUnavailable, and nothing is written.
    """
    with threads.connection("write", tenant=tenant) as connection:
        found = _rows(connection, tenant, list(wanted))
        new = [user_id for user_id in wanted if not any(found[user_id].values())]
        if not new:
            return found, set()
        for table in reversed(t.ALL):
            rows = [row for user_id in new for row in wanted[user_id][table.name]]
            if rows:
                connection.execute(sa.insert(table), rows)
        found.update(_rows(connection, tenant, new))
        for user_id in new:
            if _digests(found[user_id]) != _digests(wanted[user_id]):
                raise StoreUnavailable(f"user {user_id!r} does not read back as written; nothing of the batch is kept")
        return found, set(new)


def _rows(connection: sa.Connection, tenant: str, ids: Iterable[str]) -> dict[str, Rows]:
    found: dict[str, Rows] = {user_id: {table.name: [] for table in t.ALL} for user_id in ids}
    for name, asked in _SOME.items():
        for some in t.in_batches(list(found)):
            for row in connection.execute(asked, {"of_tenant": tenant, "some": some}).mappings():
                found[row["user_id"]][name].append(dict(row))
    return found


def _copy_keys(here: Threads, there: Threads, compared: _Compared) -> tuple[str, ...]:
    """Copy the API keys whose ids the target does not have; the ids of those that are others there.

    Raises: StoreUnavailable, and no key is written.
    """
    wanted = insisting(lambda: _read_keys(here))
    found = insisting(lambda: _write_keys(there, wanted))
    refused: list[str] = []
    for key_id, row in wanted.items():
        read, kept = _digest([row]), _digest([found[key_id]])
        if read != kept:
            refused.append(key_id)
            continue
        compared.source.take([row], read)
        compared.target.take([found[key_id]], kept)
    return tuple(refused)


def _read_keys(threads: Threads) -> dict[str, Row]:
    with threads.connection("read") as connection:
        return _keys(connection)


def _write_keys(threads: Threads, wanted: dict[str, Row]) -> dict[str, Row]:
    """Write the API keys whose ids are not there yet. All keys as they stand then."""
    with threads.connection("write") as connection:
        found = _keys(connection)
        new = [row for key_id, row in wanted.items() if key_id not in found]
        if not new:
            return found
        connection.execute(sa.insert(t.api_keys), new)
        found = _keys(connection)
        if any(found.get(row["key_id"]) != row for row in new):
            raise StoreUnavailable("API keys do not read back as written; none of them is kept")
        return found


def _keys(connection: sa.Connection) -> dict[str, Row]:
    """All API keys by their ids, in the order of these."""
    return {row["key_id"]: dict(row) for row in connection.execute(_API_KEYS).mappings()}


def _digests(rows: Rows) -> dict[str, bytes]:
    """By table, the digest of a user's rows."""
    return {name: _digest(of_table) for name, of_table in rows.items()}


def _digest(rows: list[Row]) -> bytes:
    """SHA-256 of rows in the order of their keys, as JSON with sorted names and bytes in hex."""
    return hashlib.sha256(json.dumps(rows, sort_keys=True, default=bytes.hex).encode()).digest()
