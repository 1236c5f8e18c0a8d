"""Opening a database: from what the user names to an engine whose tables are up to date."""

from __future__ import annotations

import os
import re
import sqlite3
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import platformdirs
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import ArgumentError, InvalidRequestError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from aipersona.errors import StoreTooNew, StoreUnavailable

if TYPE_CHECKING:
    from aipersona.store.protocol import Store

NEWEST = "0001"
"""The migration that this version of the code was written for."""

_one_at_a_time = threading.Lock()
"""Alembic keeps the migration that runs in module globals."""


async def open_store(database: str | os.PathLike[str] | None = None) -> Store:
    """The store that `database` names: a file's path, an SQLAlchemy URL, `:memory:`, or None for the default file.

    Raises: StoreUnavailable, StoreTooNew.
    """
    from aipersona.store.sql import SQLStore

    if _is_in_memory(database):
        from aipersona.store.memory import MemoryStore

        return MemoryStore()
    return await SQLStore.open(database_url(database))


def _is_in_memory(database: str | os.PathLike[str] | None) -> bool:
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
            url = url.set(drivername="sqlite+aiosqlite")
        return url.render_as_string(hide_password=False)
    file = (Path(database) if database else default_file()).expanduser()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreUnavailable(f"cannot make the folder of the database: {error.strerror}") from None
    return sa.URL.create("sqlite+aiosqlite", database=str(file)).render_as_string()


def default_file() -> Path:
    """Where the data lies if nobody says otherwise."""
    return Path(platformdirs.user_data_dir("aipersona")) / "aipersona.db"


def connect(url: str) -> AsyncEngine:
    """An engine for the URL. Parameters stay out of every error and log, since they hold what users said."""
    try:
        engine = create_async_engine(url, hide_parameters=True)
    except (ArgumentError, InvalidRequestError, ModuleNotFoundError) as error:
        raise StoreUnavailable(f"the database URL cannot be used: {type(error).__name__}") from None
    _listen(engine.sync_engine)
    return engine


def migrated(url: str) -> None:
    """Bring the database at this URL up to date; blocking, to be called in a thread of its own.

    Raises: StoreTooNew, and what the driver raises.
    """
    found = sa.make_url(url)
    if found.get_backend_name() == "sqlite":
        found = found.set(drivername="sqlite")
    engine = sa.create_engine(found, hide_parameters=True, poolclass=sa.NullPool)
    _listen(engine)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _write_ahead)
    with engine.execution_options(write=True).begin() as connection:
        migrate(connection)


def _listen(engine: sa.Engine) -> None:
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)


def _prepare_sqlite(connection: Any, _record: object) -> None:
    """The driver's own transaction handling is switched off, since it would start them late; ours begin them."""
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


def _write_ahead(connection: sqlite3.Connection, _record: object) -> None:
    """Let readers go on while one writes, a setting of the file; who changes it while another does is not queued."""
    for wait in (*[0.02] * 50, *[0.2] * 100, None):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.DatabaseError as error:
            if wait is None or "locked" not in str(error):
                connection.close()
                raise
            time.sleep(wait)


def _begin_sqlite(connection: sa.Connection) -> None:
    """A writer takes its lock first: upgrading a read lock later could only fail."""
    write = connection.get_execution_options().get("write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def migrate(connection: sa.Connection) -> None:
    """Bring the tables to the newest version; a database from a newer aipersona is left alone."""
    found = _version(connection)
    if found == NEWEST:
        return
    if found is not None and found > NEWEST:
        raise StoreTooNew(
            f"the database was written by a newer version of aipersona (tables {found}, this one knows {NEWEST}); "
            "upgrade aipersona to open it"
        )
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "aipersona.store:migrations")
    config.attributes["connection"] = connection
    with _one_at_a_time:
        command.upgrade(config, "head")


def _version(connection: sa.Connection) -> str | None:
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    return connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one_or_none()
