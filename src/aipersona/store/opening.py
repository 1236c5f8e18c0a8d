"""Opening a database: from what the user names to an engine whose tables are up to date."""

from __future__ import annotations

import os
import re
import threading
import time
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import platformdirs
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import ArgumentError, InvalidRequestError, OperationalError

from aipersona.errors import StoreTooNew, StoreUnavailable
from aipersona.store import postgres

if TYPE_CHECKING:
    from aipersona.store.protocol import Store
    from aipersona.store.threads import Threads

NEWEST = "0007"
"""The migration that this version of the code was written for."""

_one_at_a_time = threading.Lock()
"""Alembic keeps the migration that runs in module globals."""


async def open_store(database: str | os.PathLike[str] | None = None) -> Store:
    """The store that `database` names: a file's path, an SQLAlchemy URL, `:memory:`, or None for the default file.

    Raises: StoreUnavailable, StoreTooNew.
    """
    from aipersona.store.sql import SQLStore

    if is_in_memory(database):
        from aipersona.store.memory import MemoryStore

        return MemoryStore()
    return await SQLStore.open(database_url(database))


def is_in_memory(database: str | os.PathLike[str] | None) -> bool:
    """Whether nothing is to be kept; SQLite's own memory databases last no longer than one connection."""
    if not isinstance(database, str):
        return False
    return database == ":memory:" or re.fullmatch(r"sqlite(\+\w+)?://(/:memory:)?", database) is not None


def database_url(database: str | os.PathLike[str] | None) -> str:
    """The SQLAlchemy URL of what the user names; the folders of an SQLite file are made."""
    if isinstance(database, str) and "://" in database:
        try:
            url = sa.make_url(database)
        except (ArgumentError, ValueError):
            raise StoreUnavailable("the database URL cannot be used: it is not of the form driver://...") from None
        if url.get_backend_name() == "sqlite":
            url = url.set(drivername="sqlite")
        elif url.drivername in postgres.DRIVERS:
            url = url.set(drivername="postgresql+psycopg")
        return url.render_as_string(hide_password=False)
    file = (Path(database) if database else default_file()).expanduser()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreUnavailable(f"cannot make the folder of the database: {error.strerror}") from None
    return sa.URL.create("sqlite", database=str(file)).render_as_string()


def sqlite_file(database: str | os.PathLike[str] | None) -> Path | None:
    """The file of an SQLite database, as it is named; None where the name means a server or no file.

    Raises: StoreUnavailable for a URL that is none.
    """
    if is_in_memory(database):
        return None
    if not (isinstance(database, str) and "://" in database):
        return (Path(database) if database else default_file()).expanduser()
    url = sa.make_url(database_url(database))
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


def default_file() -> Path:
    """Where the data lies if nobody says otherwise."""
    return Path(platformdirs.user_data_dir("aipersona")) / "aipersona.db"


def connect(url: str) -> sa.Engine:
    """An engine for the URL. Parameters stay out of every error and log, since they hold what users said.

    Raises: StoreUnavailable.
    """
    try:
        address = sa.make_url(url)
        if address.get_backend_name() == "postgresql":
            return _connect_postgres(address)
        engine = sa.create_engine(address, hide_parameters=True)
    except (ArgumentError, InvalidRequestError, ModuleNotFoundError) as error:
        raise StoreUnavailable(f"the database URL cannot be used: {type(error).__name__}") from None
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _connect_postgres(url: sa.URL) -> sa.Engine:
    """A connection that died in the pool is noticed before it is used, and replaced."""
    if find_spec("psycopg") is None or find_spec("pgvector") is None:
        raise StoreUnavailable("PostgreSQL needs an extra: pip install 'aipersona[postgres]'")
    url = url.difference_update_query(["partitions"])
    engine = sa.create_engine(
        url,
        hide_parameters=True,
        pool_pre_ping=True,
        pool_size=2 * postgres.CONNECTIONS,
        max_overflow=0,
        connect_args=postgres.connecting(url),
    )
    engine.dialect.use_insertmanyvalues_wo_returning = True  # many rows in one statement, instead of one by one
    event.listen(engine, "connect", postgres.prepare)
    return engine


def bring_up_to_date(threads: Threads, partitions: int = postgres.PARTITIONS) -> None:
    """Make or change the tables as this version needs them; blocking. A database that has them is only looked at.

    `partitions` are those of each table that is made on PostgreSQL.

    Raises: StoreTooNew, StoreUnavailable.
    """
    with threads.connection("look", "open") as connection:
        if connection.dialect.name == "sqlite":
            _write_ahead(connection)
    with threads.connection("read", "open") as connection:
        if _is_newest(connection):
            return
    with threads.connection("write", "open") as connection:
        migrate(connection, partitions)


def _prepare_sqlite(connection: Any, _record: object) -> None:
    """The driver's own transaction handling is switched off, since it would start them late; `Threads` begins them."""
    try:
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA busy_timeout = 30000")  # writers queue for one another instead of failing
        cursor.execute("PRAGMA synchronous = FULL")  # what was reported as stored survives a power cut
        cursor.execute("PRAGMA secure_delete = ON")  # erased users leave no bytes in the file
        cursor.close()
    except BaseException:
        connection.close()
        raise


def _write_ahead(connection: sa.Connection) -> None:
    """Let readers go on while one writes, a setting of the file; who changes it while another does is not queued."""
    for wait in (*[0.02] * 50, *[0.2] * 100, None):
        try:
            connection.exec_driver_sql("PRAGMA journal_mode = WAL")
            return
        except OperationalError as error:
            if wait is None or "locked" not in str(error.orig):
                raise
            time.sleep(wait)


def migrate(connection: sa.Connection, partitions: int = postgres.PARTITIONS) -> None:
    """Bring the tables to the newest version; a database from a newer aipersona is left alone.

    Raises: StoreTooNew, StoreUnavailable.
    """
    if connection.dialect.name == "postgresql":
        postgres.hold_others(connection)
    if _is_newest(connection):
        return
    if connection.dialect.name == "postgresql":
        postgres.require_able(connection)
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "aipersona.store:migrations")
    config.attributes.update(connection=connection, partitions=partitions)
    with _one_at_a_time:
        command.upgrade(config, "head")


def _is_newest(connection: sa.Connection) -> bool:
    """Whether the tables are those of this version.

    Raises: StoreTooNew.
    """
    if not sa.inspect(connection).has_table("alembic_version"):
        return False
    found = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one_or_none()
    if found is not None and found > NEWEST:
        raise StoreTooNew(
            f"the database was written by a newer version of aipersona (tables {found}, this one knows {NEWEST}); "
            "upgrade aipersona to open it"
        )
    return found == NEWEST
