"""The SQL store: SQLAlchemy Core in threads, on SQLite (WAL, one file) by default, or PostgreSQL."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import partial
from itertools import groupby
from operator import itemgetter
from typing import Concatenate, ParamSpec, TypeVar

import sqlalchemy as sa

from aipersona.access.keys import ApiKey
from aipersona.errors import StoreUnavailable
from aipersona.persona.edits import RestoreEdit
from aipersona.persona.model import Persona
from aipersona.persona.revisions import Revision
from aipersona.sessions.model import Session
from aipersona.store import (
    call_rows,
    postgres,
    revision_rows,
    server_rows,
    session_rows,
    user_rows,
    vector_rows,
    work_rows,
)
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
    require_finite,
    require_own,
)
from aipersona.store.threads import Mode, Threads, insisting
from aipersona.store.work import Due, Failure, Kind, Rule

P = ParamSpec("P")
R = TypeVar("R")


class SQLStore:
    """A store in an SQL database; `open_store` makes one."""

    def __init__(self, engine: sa.Engine, clock: Callable[[], float] = time.time) -> None:
        self.url = engine.url
        self._threads = Threads(engine)
        self._run = self._threads.run
        self._clock = clock

    @classmethod
    async def open(cls, url: str) -> SQLStore:
        """The store at an SQLAlchemy URL, its tables brought up to date.

        Raises: StoreUnavailable, StoreTooNew.
        """
        store = cls(connect(url))
        try:
            partitions = postgres.partitions_of(sa.make_url(url))
            await store._threads.call("write", partial(bring_up_to_date, store._threads, partitions))
        except BaseException:
            await store.aclose()
            raise
        return store

    async def observe(self, key: UserKey, session: Session, *, closed: bool = True) -> bool:
        require_own(key, session)
        return await self._run("write", key.tenant, session_rows.observe, key, session, closed, self._clock())

    async def observe_all(self, tenant: str, sessions: Sequence[Session], *, closed: bool = True) -> list[bool]:
        return await self._run("write", tenant, session_rows.observe_all, tenant, sessions, closed, self._clock())

    async def sessions(
        self, key: UserKey, *, after: int = 0, pending: bool = False, limit: int | None = None
    ) -> list[Stored]:
        return await self._run("read", key.tenant, session_rows.sessions, key, after, pending, limit)

    async def news(self, key: UserKey, *, after: int) -> tuple[Head, list[Stored]]:
        return await self._run("read", key.tenant, session_rows.news, key, after)

    async def session(self, key: UserKey, session_id: str) -> Stored | None:
        return await self._run("read", key.tenant, session_rows.session, key, session_id)

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

    async def revisions(self, key: UserKey, *, after: int = 0, limit: int | None = None) -> list[Revision]:
        return await self._run("look", key.tenant, revision_rows.revisions, key, after, limit)

    async def calls(self, tenant: str, *, since: date | None = None, until: date | None = None) -> list[CallSum]:
        return await self._run("look", tenant, call_rows.calls, tenant, since, until)

    async def users(self, tenant: str, *, after: str = "", limit: int | None = None) -> list[UserSummary]:
        return await self._run("look", tenant, user_rows.users, tenant, after, limit)

    async def user(self, key: UserKey) -> UserSummary | None:
        return await self._run("look", key.tenant, user_rows.user, key)

    async def due(self, rule: Rule, *, limit: int, identity: str | None = None) -> list[Due]:
        return await self._across("read", work_rows.due, rule, limit, identity)

    async def whose(self, identity: str) -> UserKey | None:
        return await self._across("look", work_rows.whose, identity)

    async def close_idle(self, since: datetime, *, limit: int) -> int:
        closed = 0
        idle = await self._across("look", work_rows.idle, since, limit)
        for (key, identity), some in groupby(idle, itemgetter(0, 1)):
            names = [name for *_, name in some]
            closed += await self._run("write", key.tenant, work_rows.close, key, identity, names, since)
        return closed

    async def failures(self, *, tenant: str | None = None, limit: int | None = None) -> list[Failure]:
        return await self._across("look", work_rows.failures, tenant, limit)

    async def retry(self, *, tenant: str | None = None, user_id: str | None = None) -> int:
        tenants = {failure.tenant for failure in await self.failures(tenant=tenant)}
        return sum([await self._run("write", one, work_rows.retry, one, user_id) for one in sorted(tenants)])

    async def ask(self, key: UserKey, at: datetime) -> bool:
        return await self._run("write", key.tenant, work_rows.ask, key, at)

    async def worked(self, key: UserKey, kind: Kind, *, identity: str, at: datetime, revision: int) -> None:
        await self._run("write", key.tenant, work_rows.worked, key, kind, identity, at, revision)

    async def failed(
        self, key: UserKey, kind: Kind, *, identity: str, error: str, at: datetime, again_at: datetime | None
    ) -> None:
        await self._run("write", key.tenant, work_rows.failed, key, kind, identity, error, at, again_at)

    async def keys(self, tenant: str | None = None) -> list[ApiKey]:
        return await self._run("look", tenant or "", server_rows.keys, tenant)

    async def key(self, key_id: str) -> ApiKey | None:
        return await self._run("look", "", server_rows.key, key_id)

    async def put_keys(self, *keys: ApiKey) -> None:
        await self._run("write", "", server_rows.put_keys, keys)

    async def prefixes(self, key: UserKey, digests: Sequence[str]) -> list[Prefix]:
        return await self._run("look", key.tenant, server_rows.prefixes, key, digests)

    async def record(
        self,
        key: UserKey,
        session: Session,
        rows: Sequence[Prefix],
        *,
        older: float,
        unless: str | None = None,
        since: float = 0.0,
    ) -> bool:
        require_own(key, session)
        again, at = (unless, since), self._clock()
        return await self._run("write", key.tenant, server_rows.record, key, session, rows, older, again, at)

    async def begin_answer(self, key: UserKey, answer: Answer, *, older: float, stuck: float) -> Answer | None:
        return await self._run("write", key.tenant, server_rows.begin_answer, key, answer, older, stuck)

    async def renew_answer(self, key: UserKey, answer: Answer, *, at: float) -> None:
        await self._run("write", key.tenant, server_rows.renew_answer, key, answer, at)

    async def end_answer(self, key: UserKey, answer: Answer) -> None:
        await self._run("write", key.tenant, server_rows.end_answer, key, answer)

    async def drop_answers(self, *, older: float) -> int:
        tenants = await self._across("look", server_rows.with_old_answers, older)
        return sum([await self._run("write", one, server_rows.drop_answers, one, older) for one in tenants])

    async def _across(
        self, mode: Mode, work: Callable[Concatenate[sa.Connection, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """What an operation gives that reads the rows of every tenant."""

        def whole() -> R:
            with self._threads.connection(mode) as connection:
                if connection.dialect.name == "postgresql":
                    postgres.see_every_tenant(connection)
                return work(connection, *args, **kwargs)

        return await self._threads.call(mode, lambda: insisting(whole))

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
