"""Tenant: the users of one tenant in one database, and all that an AIPersona needs to serve them."""

from __future__ import annotations

import asyncio
import copy
import os
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import cached_property, partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self
from weakref import WeakValueDictionary

from pydantic import BaseModel

from aipersona.corrections import Corrections
from aipersona.errors import UnknownUser
from aipersona.learning import at_least_one
from aipersona.opened import Opened
from aipersona.optimizer.draft import Drafter, ScriptedFunction
from aipersona.optimizer.policy import Policy
from aipersona.persona.view import Day, as_day
from aipersona.schema.fields import Schema
from aipersona.settings import Settings
from aipersona.store.protocol import Store, UserKey, user_key

if TYPE_CHECKING:
    from pydantic_ai.models import Model

    from aipersona.embedding import Embedder
    from aipersona.sessions.model import Session
    from aipersona.steering import Steering
    from aipersona.sync import SyncAIPersona


class Tenant:
    """What was given or set, opened on first use; a context manager that closes it. AIPersona adds what it is for."""

    def __init__(
        self,
        database: str | os.PathLike[str] | None = None,
        *,
        model: str | Model | None = None,
        drafter: Drafter | ScriptedFunction | None = None,
        embedder: str | Embedder | None = None,
        schema: Schema | type[BaseModel] | Path | None = None,
        policy: Policy | None = None,
        every: int | None = None,
        tenant: str | None = None,
        store: Store | None = None,
        settings: Settings | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.settings = settings or Settings()
        self._opened = Opened(
            self.settings, database=database, store=store, model=model, drafter=drafter, embedder=embedder
        )
        self._schema = schema
        self._policy = policy or Policy(special=self.settings.special)
        self._every = at_least_one(every) or self.settings.every
        self.tenant = tenant or self.settings.tenant
        self._clock = clock
        self._drafter, self._embedder = drafter, embedder
        self._model = model if model is not None else self.settings.model
        self._learning: WeakValueDictionary[UserKey, asyncio.Lock] = WeakValueDictionary()

    async def __aenter__(self) -> Self:
        await self.store()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the database and the connections to the model; they open again if the object is used again."""
        await self._opened.aclose()

    def for_tenant(self, tenant: str) -> Self:
        """The same for the users of another tenant: one database, one model, one schema, and closed with this one."""
        other = copy.copy(self)
        other.tenant = tenant
        other.__dict__.pop("sync", None)
        return other

    @property
    def database(self) -> str | os.PathLike[str] | None:
        """What names the database: given, or from the settings; None is the default file."""
        return self._opened.database

    @property
    def is_in_memory(self) -> bool:
        """Whether no other process can open the database: it is in memory, or a store that was given."""
        from aipersona.store.opening import is_in_memory

        return self._opened.given is not None or is_in_memory(self.database)

    def anew(self, *, database: str | os.PathLike[str] | None = None) -> Callable[[], Self]:
        """What makes the same object in another process: all that was given or set, and perhaps the database's name."""
        return partial(
            type(self),
            database if database is not None else self.database,
            model=self._model,
            drafter=self._drafter,
            embedder=self._embedder,
            schema=self.schema,
            policy=self._policy,
            every=self._every,
            tenant=self.tenant,
            settings=self.settings,
            clock=self._clock,
        )

    def check_drafter(self) -> None:
        """Find out now what learning would find out later.

        Raises: ModelUnavailable where no model is named, or its extra or key is missing.
        """
        self._opened.drafter()

    @cached_property
    def sync(self) -> SyncAIPersona:
        """The same methods without await, for scripts and notebooks."""
        from aipersona.sync import SyncAIPersona

        return SyncAIPersona(self)

    async def store(self) -> Store:
        """The open store.

        Raises: StoreUnavailable, StoreTooNew.
        """
        return await self._opened.store()

    @property
    def schema(self) -> Schema:
        """The declared fields: given, from the settings' file, or the built-in ones."""
        if not isinstance(self._schema, Schema):
            from aipersona.schema.sources import as_schema

            self._schema = as_schema(self._schema or self.settings.schema_file)
        return self._schema

    def require_model(self) -> None:
        """Set up what learning asks, without asking it.

        Raises: ModelUnavailable.
        """
        self._opened.drafter()

    @property
    def every(self) -> int:
        """Sessions per update."""
        return self._every

    @property
    def model_name(self) -> str:
        """The name of the model that learning asks, without asking it; `none` where nothing is named."""
        return self._opened.model_name

    def now(self) -> datetime:
        """The time by this object's clock."""
        return self._clock()

    async def steering(self, session: Session) -> Steering:
        """What carries out the orders in the last turn of a user's running session, as the tools of a chat do.

        Raises: StoreUnavailable, StoreTooNew.
        """
        from aipersona.steering import Steering

        return Steering(
            store=await self.store(),
            key=self._key(session.user_id),
            schema=self.schema,
            policy=self._policy,
            clock=self._clock,
            drafter=self._opened.drafter,
            session=session,
        )

    def _key(self, user_id: str) -> UserKey:
        return user_key(self.tenant, user_id)

    def _days(self, as_of: Day | None) -> tuple[date, date | None]:
        day = as_day(as_of, today=self._clock().date())
        return day, None if as_of is None else day

    def _one_learner(self, key: UserKey) -> asyncio.Lock:
        """What lets one optimizer at a time work on a user, of those in this process."""
        lock = self._learning.get(key)
        if lock is None:
            lock = self._learning[key] = asyncio.Lock()
        return lock

    async def _known(self, user_id: str) -> UserKey:
        key = self._key(user_id)
        if (await (await self.store()).head(key)).identity is None:
            raise UnknownUser(user_id)
        return key

    async def _corrections(self, expected: int | None = None, *, dry_run: bool = False) -> Corrections:
        return Corrections(
            await self.store(), self.schema, self._policy, self._clock, expected=expected, dry_run=dry_run
        )
