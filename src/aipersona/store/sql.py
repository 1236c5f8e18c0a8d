"""The SQL store: SQLAlchemy Core in threads, on SQLite (WAL, one file) by default, or PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import sqlalchemy as sa

from aipersona.errors import StoreUnavailable
from aipersona.persona.edits import RestoreEdit
from aipersona.persona.model import Persona
from aipersona.persona.revisions import Revision
from aipersona.sessions.model import Session
from aipersona.store import revision_rows, session_rows, user_rows, vector_rows
from aipersona.store.opening import bring_up_to_date, connect
from aipersona.store.postgres import partitions_of
from aipersona.store.protocol import Head, Stored, TurnVector, UserKey, UserSummary, require_finite, require_own
from aipersona.store.threads import Threads, insisting


class SQLStore:
    """A store in an SQL database; `open_store` makes one."""

    def __init__(self, engine: sa.Engine) -> None:
        self._threads = Threads(engine)
        self._run = self._threads.run

    @classmethod
    async def open(cls, url: str) -> SQLStore:
        """The store at an SQLAlchemy URL, its tables brought up to date.

        Raises: StoreUnavailable, StoreTooNew.
        """
        store = cls(connect(url))
        try:
            partitions = partitions_of(sa.make_url(url))
            await store._threads.call("write", partial(bring_up_to_date, store._threads, partitions))
        except BaseException:
            await store.aclose()
            raise
        return store

    async def observe(self, key: UserKey, session: Session, *, closed: bool = True) -> bool:
        require_own(key, session)
        return await self._run("write", key.tenant, session_rows.observe, key, session, closed)

    async def observe_all(self, tenant: str, sessions: Sequence[Session], *, closed: bool = True) -> list[bool]:
        return await self._run("write", tenant, session_rows.observe_all, tenant, sessions, closed)

    async def sessions(
        self, key: UserKey, *, after: int = 0, pending: bool = False, limit: int | None = None
    ) -> list[Stored]:
        return await self._run("read", key.tenant, session_rows.sessions, key, after, pending, limit)

    async def vectors(self, key: UserKey, embedder: str, *, after: int = 0) -> list[TurnVector]:
        return await self._run("look", key.tenant, vector_rows.vectors, key, embedder, after)

    async def put_vectors(self, key: UserKey, embedder: str, rows: Sequence[TurnVector], *, identity: str) -> bool:
        require_finite(rows)
        return await self._run("write", key.tenant, vector_rows.put_vectors, key, embedder, rows, identity)

    async def head(self, key: UserKey) -> Head:
        return await self._run("look", key.tenant, user_rows.head, key)

    async def load(self, key: UserKey, *, revision: int | None = None) -> Persona:
        return await self._run("read", key.tenant, revision_rows.load, key, revision)

    async def commit(
        self, key: UserKey, revision: Revision, change: RestoreEdit, *, identity: str | None = None
    ) -> None:
        await self._run("write", key.tenant, revision_rows.commit, key, revision, change, identity)

    async def revisions(self, key: UserKey) -> list[Revision]:
        return await self._run("look", key.tenant, revision_rows.revisions, key)

    async def users(self, tenant: str) -> list[UserSummary]:
        return await self._run("look", tenant, user_rows.users, tenant)

    async def erase(self, key: UserKey) -> dict[str, int]:
        return await self._threads.call("write", partial(self._erase, key))

    def _erase(self, key: UserKey) -> dict[str, int]:
        removed = insisting(partial(self._remove, key))
        with self._threads.connection("look", "compact") as connection:
            if not user_rows.compact(connection):
                raise StoreUnavailable(
                    "every row of the user is erased, but a reader still holds the pages they were on: erase again"
                )
        return removed

    def _remove(self, key: UserKey) -> dict[str, int]:
        with self._threads.connection("write", tenant=key.tenant) as connection:
            return user_rows.erase(connection, key)

    async def aclose(self) -> None:
        await self._threads.aclose()
