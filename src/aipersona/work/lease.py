"""Who is at work: each worker holds a lock that its database lets go when its process ends, however it ends.

On SQLite one worker at a time works on a database. On PostgreSQL any number do, and each can tell which of the others
are dead, to take over what they had begun.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Collection
from pathlib import Path
from typing import Protocol

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from aipersona.errors import WorkUnavailable
from aipersona.store import postgres

_SPACE = 0x61697077
"""The first half of the key of every advisory lock of a worker; the second is the worker's."""


class Lease(Protocol):
    """A worker's lock; `worker` is its name in the queue."""

    worker: str

    def dead(self, workers: Collection[str]) -> list[str]:
        """Those of the other workers whose process has ended."""
        ...

    def close(self) -> None: ...


def take(url: sa.URL) -> Lease:
    """The lock of a worker on a database; blocking.

    Raises: WorkUnavailable if another worker is at work on the same SQLite file, or the lock cannot be made.
    """
    if url.get_backend_name() == "sqlite":
        return OnlyOne(Path(f"{url.database}.worker"))
    return OneOfMany(url)


class OnlyOne:
    """The lock on a file beside an SQLite database: a transaction that lasts as long as the worker."""

    worker = "worker"

    def __init__(self, file: Path) -> None:
        self._held = sqlite3.connect(file, isolation_level=None, timeout=0, check_same_thread=False)
        try:
            self._held.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            self._held.close()
            if "locked" not in str(error):
                raise WorkUnavailable(f"the lock of the worker cannot be made: {error}", passes=True) from None
            raise WorkUnavailable(
                "another worker is at work on this database: an SQLite file takes one, which `aipersona serve` brings "
                "along; several need PostgreSQL",
                passes=True,
            ) from None

    def dead(self, workers: Collection[str]) -> list[str]:
        """Nobody: what an earlier worker left has this one's name and is taken up when the queue opens."""
        del workers
        return []

    def close(self) -> None:
        self._held.close()


class OneOfMany:
    """An advisory lock of a PostgreSQL session of its own; it needs a connection that no pooler shares out."""

    def __init__(self, url: sa.URL) -> None:
        self._number = secrets.randbits(31)
        self.worker = f"worker-{self._number}"
        self._engine = sa.create_engine(
            url,
            poolclass=sa.NullPool,
            isolation_level="AUTOCOMMIT",
            hide_parameters=True,
            connect_args=postgres.connecting(url),
        )
        self._held: sa.Connection | None = None
        try:
            self._hold()
        except SQLAlchemyError as error:
            told = f"the lock of the worker cannot be made: {type(error).__name__}"
            raise WorkUnavailable(told, passes=True) from None

    def _hold(self) -> sa.Connection:
        if self._held is None:
            connection = self._engine.connect()
            try:
                connection.execute(_LOCK, {"space": _SPACE, "number": self._number})
            except BaseException:
                connection.close()
                raise
            self._held = connection
        return self._held

    def dead(self, workers: Collection[str]) -> list[str]:
        """Those whose lock is free; nobody while the database is out of reach."""
        found: list[str] = []
        try:
            held = self._hold()
            for worker in workers:
                number = worker.removeprefix("worker-")
                if worker == self.worker or not number.isdecimal():
                    continue
                one = {"space": _SPACE, "number": int(number)}
                if held.execute(_TRY, one).scalar_one():
                    held.execute(_UNLOCK, one)
                    found.append(worker)
        except SQLAlchemyError:
            self._let_go()
            return []
        return found

    def _let_go(self) -> None:
        if self._held is not None:
            self._held.invalidate()
            self._held.close()
            self._held = None

    def close(self) -> None:
        self._let_go()
        self._engine.dispose()


_LOCK = sa.text("SELECT pg_advisory_lock(:space, :number)")
_TRY = sa.text("SELECT pg_try_advisory_lock(:space, :number)")
_UNLOCK = sa.text("SELECT pg_advisory_unlock(:space, :number)")
