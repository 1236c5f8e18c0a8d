"""The SQL store: SQLAlchemy Core in threads, on SQLite (WAL, one file) by default."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial

import sqlalchemy as sa

from aipersona.access.keys import ApiKey
from aipersona.errors import StoreUnavailable
from aipersona.persona.edits import RestoreEdit
from aipersona.persona.model import Persona
from aipersona.persona.revisions import Revision
from aipersona.sessions.model import Session
from aipersona.store import call_rows, revision_rows, server_rows, session_rows, user_rows, vector_rows
from aipersona.store.opening import bring_up_to_date, connect
from aipersona.store.protocol import (
    Answer,
    CallSum,
    Head,
    Prefix,
    Stored,
    TurnVector,
    UserKey,
    UserSummary,
    require_own,
)
from aipersona.store.threads import Threads


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
            await store._threads.call("write", partial(bring_up_to_date, store._threads))
        except BaseException:
            await store.aclose()
            raise
        return store

    async def observe(self, key: UserKey, session: Session, *, closed: bool = True) -> bool:
        require_own(key, session)
        return await self._run("write", session_rows.observe, key, session, closed)

    async def observe_all(self, tenant: str, sessions: Sequence[Session], *, closed: bool = True) -> list[bool]:
        return await self._run("write", session_rows.observe_all, tenant, sessions, closed)

    async def sessions(
        self, key: UserKey, *, after: int = 0, pending: bool = False, limit: int | None = None
    ) -> list[Stored]:
        return await self._run("read", session_rows.sessions, key, after, pending, limit)

    async def session(self, key: UserKey, session_id: str) -> Stored | None:
        return await self._run("read", session_rows.session, key, session_id)

    async def vectors(self, key: UserKey, embedder: str, *, after: int = 0) -> list[TurnVector]:
        return await self._run("look", vector_rows.vectors, key, embedder, after)

    async def put_vectors(self, key: UserKey, embedder: str, rows: Sequence[TurnVector], *, identity: str) -> bool:
        return await self._run("write", vector_rows.put_vectors, key, embedder, rows, identity)

    async def head(self, key: UserKey) -> Head:
        return await self._run("look", user_rows.head, key)

    async def load(self, key: UserKey, *, revision: int | None = None) -> Persona:
        return await self._run("read", revision_rows.load, key, revision)

    async def commit(
        self, key: UserKey, revision: Revision, change: RestoreEdit, *, identity: str | None = None
    ) -> None:
        await self._run("write", revision_rows.commit, key, revision, change, identity)

    async def revisions(self, key: UserKey, *, after: int = 0, limit: int | None = None) -> list[Revision]:
        return await self._run("look", revision_rows.revisions, key, after, limit)

    async def calls(self, tenant: str, *, since: date | None = None, until: date | None = None) -> list[CallSum]:
        return await self._run("look", call_rows.calls, tenant, since, until)

    async def users(self, tenant: str, *, after: str = "", limit: int | None = None) -> list[UserSummary]:
        return await self._run("look", user_rows.users, tenant, after, limit)

    async def user(self, key: UserKey) -> UserSummary | None:
        return await self._run("look", user_rows.user, key)

    async def keys(self, tenant: str | None = None) -> list[ApiKey]:
        return await self._run("look", server_rows.keys, tenant)

    async def key(self, key_id: str) -> ApiKey | None:
        return await self._run("look", server_rows.key, key_id)

    async def put_keys(self, *keys: ApiKey) -> None:
        await self._run("write", server_rows.put_keys, keys)

    async def prefixes(self, key: UserKey, digests: Sequence[str]) -> list[Prefix]:
        return await self._run("look", server_rows.prefixes, key, digests)

    async def put_prefixes(self, key: UserKey, rows: Sequence[Prefix], *, older: float) -> None:
        await self._run("write", server_rows.put_prefixes, key, rows, older)

    async def begin_answer(self, key: UserKey, answer: Answer, *, older: float, stuck: float) -> Answer | None:
        return await self._run("write", server_rows.begin_answer, key, answer, older, stuck)

    async def end_answer(self, key: UserKey, answer: Answer) -> None:
        await self._run("write", server_rows.end_answer, key, answer)

    async def erase(self, key: UserKey) -> dict[str, int]:
        return await self._threads.call("write", partial(self._erase, key))

    def _erase(self, key: UserKey) -> dict[str, int]:
        with self._threads.connection("write") as connection:
            removed = user_rows.erase(connection, key)
        with self._threads.connection("look", "compact") as connection:
            if not user_rows.compact(connection):
                raise StoreUnavailable(
                    "every row of the user is erased, but a reader still holds the pages they were on: erase again"
                )
        return removed

    async def aclose(self) -> None:
        await self._threads.aclose()
