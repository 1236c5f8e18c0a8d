"""What PostgreSQL needs beside the tables: sessions of the driver, partitions, and the wall between tenants.

Every transaction says for which tenant it is; the policies of the tables show and take no rows of another one, even to
a statement that forgets its filter. A superuser and a role with BYPASSRLS stand above policies: the application's role
should be neither. A transaction that says nothing sees nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from aipersona.errors import InvalidInput, StoreUnavailable
from aipersona.sessions.model import is_storable

PARTITIONS = 16
"""Of each table, where the database's URL does not say `?partitions=N`; they are made with the tables."""
CONNECTIONS = 8
"""How many threads write, and how many read; together they are the connections of a process."""
DRIVERS = ("postgres", "postgresql", "postgresql+asyncpg", "postgresql+psycopg2")
"""The names under which applications know this database; all of them are reached by psycopg 3."""

_NOTICING = {
    "connect_timeout": 10,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
"""libpq's parameters, in seconds and the last in milliseconds, by which it is noticed within some ten seconds that a
server vanished without a word: TCP alone would wait a quarter of an hour, and for an answer for good."""

_BEGIN = {
    "read": "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    "look": "BEGIN READ ONLY",
    "write": "BEGIN",
}
_OPENING = 7_237_128
"""The advisory lock under which tables are made or changed."""


def connecting(url: sa.URL) -> dict[str, int]:
    """What the driver is told so that nothing waits for a server that is gone, but for what the URL says itself."""
    return {name: value for name, value in _NOTICING.items() if name not in url.query}


def prepare(connection: Any, _record: object) -> None:
    """Statements are not prepared, so that poolers between transactions work; `begin` starts the transactions."""
    connection.autocommit = True
    connection.prepare_threshold = None


def begin(connection: sa.Connection, mode: Literal["read", "look", "write"], tenant: str | None) -> None:
    """Start a transaction that sees one tenant, in one round trip; with None it sees no tenant's rows.

    Raises: InvalidInput for a tenant whose name is no text.
    """
    sql = _BEGIN[mode]
    if tenant is not None:
        from psycopg.sql import Literal as Quoted

        if not is_storable(tenant):
            raise InvalidInput("a tenant's name has no NUL characters and no lone surrogates")
        name = Quoted(f"={tenant}").as_string(None)
        sql = f"{sql}; SET LOCAL aipersona.tenant = {name}"
    connection.exec_driver_sql(sql.replace("%", "%%"))


def see_every_tenant(connection: sa.Connection) -> None:
    """Show this transaction, and only it, the rows of every tenant; it changes none of them."""
    connection.exec_driver_sql("SET LOCAL aipersona.every_tenant = 'on'")


def hold_others(connection: sa.Connection) -> None:
    """Let one process at a time make or change tables, until the transaction ends."""
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_OPENING})")


def require_able(connection: sa.Connection) -> None:
    """Raises: StoreUnavailable for a database that cannot hold any text, or has no pgvector and may not get it."""
    encoding = connection.exec_driver_sql("SHOW server_encoding").scalar_one()
    if encoding != "UTF8":
        raise StoreUnavailable(f"the database is encoded in {encoding}: make one with ENCODING 'UTF8'")
    if connection.exec_driver_sql("SELECT 1 FROM pg_extension WHERE extname = 'vector'").first() is not None:
        return
    try:
        with connection.begin_nested():
            connection.exec_driver_sql("CREATE EXTENSION vector")
    except DBAPIError as error:
        if error.connection_invalidated:
            raise
        raise StoreUnavailable(
            "the database has no extension pgvector, and this role cannot make it: install pgvector on the server, "
            "and let an administrator run CREATE EXTENSION vector"
        ) from None


def partitions_of(url: sa.URL) -> int:
    """How many partitions the URL asks for; 0 is plain tables.

    Raises: StoreUnavailable.
    """
    asked = url.query.get("partitions", str(PARTITIONS))
    if not isinstance(asked, str) or not asked.isdecimal() or int(asked) > 1024:
        raise StoreUnavailable("the database URL cannot be used: partitions is a number from 0 to 1024")
    return int(asked)


def partitioned(table: str, count: int) -> Iterator[str]:
    """The statements that make the partitions of a table that is `PARTITION BY HASH (tenant, user_id)`, and its wall.

    Who asks a partition itself sees nothing. Rows that are gone leave the disk sooner than by PostgreSQL's defaults.
    """
    for rest in range(count):
        name = f"{table}_p{rest:04}"
        yield (
            f"CREATE TABLE {name} PARTITION OF {table} FOR VALUES WITH (MODULUS {count}, REMAINDER {rest}) "
            "WITH (autovacuum_vacuum_scale_factor = 0.02)"
        )
        yield from _walled(name)
    yield from _walled(table)
    tenant = "substr(nullif(current_setting('aipersona.tenant', true), ''), 2)"
    yield f"CREATE POLICY own_tenant ON {table} USING (tenant = {tenant})"
    yield (
        f"CREATE POLICY every_tenant ON {table} FOR SELECT "
        "USING (current_setting('aipersona.every_tenant', true) = 'on')"
    )


def users_table(table: str, columns: str, count: int) -> Iterator[str]:
    """The statements that make a table of what is kept of users: these columns behind its owner, partitions, wall."""
    owner = 'tenant TEXT COLLATE "C" NOT NULL, user_id TEXT COLLATE "C" NOT NULL'
    yield f"CREATE TABLE {table} ({owner}, {columns}) {'PARTITION BY HASH (tenant, user_id)' if count else ''}"
    yield from partitioned(table, count)


def _walled(table: str) -> Iterator[str]:
    yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
    yield f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY"
