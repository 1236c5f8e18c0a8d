"""Whole database operations in threads: the event loop waits for an operation once, not for each of its statements.

An operation is a function of a connection. Some threads write and others read, so that no reader waits for a writer of
this process; writers of other processes are queued for by the database. SQLite has one writer at a time, and so one
thread that writes; on PostgreSQL writers of different users do not wait for each other.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Any, Concatenate, Literal, NamedTuple, ParamSpec, TypeVar

import sqlalchemy as sa

from aipersona.errors import StoreUnavailable
from aipersona.store import postgres
from aipersona.store.failures import Contended, named

P = ParamSpec("P")
R = TypeVar("R")

READERS = 4
TRIES = 5
"""How often an operation is begun that the database gave up for the sake of others, such as in a deadlock."""

Mode = Literal["read", "look", "write"]
"""What an operation does: read, all of it at one moment; look once, in a single statement; write, all or nothing."""

SQLITE_BEGIN: dict[Mode, str] = {"read": "BEGIN", "write": "BEGIN IMMEDIATE"}
"""A writer takes its lock first: upgrading a read lock later could only fail. A look needs no transaction."""


class _Sizes(NamedTuple):
    writing: int
    reading: int


_SIZES = {"sqlite": _Sizes(1, READERS), "postgresql": _Sizes(postgres.CONNECTIONS, postgres.CONNECTIONS)}


class _Pools(NamedTuple):
    writing: ThreadPoolExecutor
    reading: ThreadPoolExecutor


class Threads:
    """Runs operations on the database of an engine; after `aclose`, the next one starts its threads again."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine
        self._dialect = engine.dialect.name
        self._pools: _Pools | None = None

    @contextmanager
    def connection(
        self, mode: Mode, doing: str | None = None, *, tenant: str | None = None
    ) -> Generator[sa.Connection]:
        """A connection for one operation of this thread on the rows of a tenant, committed at the end.

        On PostgreSQL the rows of other tenants are not there, and without a tenant there are none.

        Raises: StoreUnavailable, which names what was being done.
        """
        doing = doing or ("write" if mode == "write" else "read")
        with named(doing, self.engine.url), self.engine.begin() as connection:
            self._begin(connection, mode, tenant)
            yield connection

    def _begin(self, connection: sa.Connection, mode: Mode, tenant: str | None) -> None:
        if self._dialect == "postgresql":
            postgres.begin(connection, mode, tenant)
        elif mode in SQLITE_BEGIN:
            connection.exec_driver_sql(SQLITE_BEGIN[mode])

    async def run(
        self,
        mode: Mode,
        tenant: str,
        work: Callable[Concatenate[sa.Connection, P], R],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> R:
        """What an operation on a tenant's rows gives.

        It is done as a whole: a caller that is cancelled waits, or leaves it to finish.

        Raises: what the operation raises; StoreUnavailable.
        """

        def whole() -> R:
            with self.connection(mode, tenant=tenant) as connection:
                return work(connection, *args, **kwargs)

        return await self.call(mode, lambda: insisting(whole))

    async def call(self, mode: Mode, work: Callable[[], R]) -> R:
        """What a function gives that runs in a thread for this mode, with connections of its own; whole, like `run`."""
        if self._pools is None:
            sizes = _SIZES.get(self._dialect, _Sizes(1, READERS))
            self._pools = _Pools(
                ThreadPoolExecutor(sizes.writing, "aipersona-write"),
                ThreadPoolExecutor(sizes.reading, "aipersona-read"),
            )
        pool = self._pools.writing if mode == "write" else self._pools.reading
        begun = asyncio.wrap_future(pool.submit(work))
        begun.add_done_callback(_seen)
        try:
            await asyncio.wait({begun})
        except asyncio.CancelledError:
            if not begun.done():
                await asyncio.wait({begun})
            raise
        return begun.result()

    async def aclose(self) -> None:
        """Wait for what was begun, then close the connections."""
        pools, self._pools = self._pools, None
        await asyncio.shield(asyncio.to_thread(self._end, pools))

    def _end(self, pools: _Pools | None) -> None:
        for pool in pools or ():
            pool.shutdown(wait=True)
        self.engine.dispose()


def insisting(work: Callable[[], R]) -> R:
    """What a whole transaction gives, begun again where the database undid it for the sake of another one.

    Raises: what the work raises; StoreUnavailable in the end.
    """
    for _ in range(TRIES - 1):
        with suppress(Contended):
            return work()
    try:
        return work()
    except Contended as error:
        raise StoreUnavailable(str(error)) from None


def _seen(begun: asyncio.Future[Any]) -> None:
    """Nobody is left to hear of the failure of work whose caller was cancelled."""
    begun.exception()
