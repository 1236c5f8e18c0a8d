"""What a server serves with: one engine for all tenants, and who asks."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request
from limits import parse
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter

from aipersona.access.keys import ApiKey, id_of, is_key
from aipersona.access.principals import SCOPES, Principal
from aipersona.access.tokens import Tokens
from aipersona.deadline import answer_within
from aipersona.engine import AIPersona
from aipersona.errors import StoreError, StoreUnavailable
from aipersona.server.problems import Refused
from aipersona.server.settings import ServerSettings
from aipersona.work import Worker

REMEMBERED = 5.0
"""Seconds for which a key is not looked up again: a key that was taken back may count for that long."""

WITHOUT_STORE = 3600.0
"""Seconds for which a key that was known counts on while the database fails: calls go on without it."""

LONGEST_LOOK = 1.0
"""Seconds for which the database is waited for where a key was known before."""

LONGEST_FIRST_LOOK = 10.0
"""Seconds for which it is waited for otherwise."""

MOST_REMEMBERED = 10_000

USER_HEADER = "x-aipersona-user"
"""Names the user where a key is bound to none."""


class Serving:
    """The engine, the settings, and whom they serve. Without `auth` everybody may do everything in one tenant.

    `worker` is the one that runs beside it, if one does; what is due and what failed can be read without.
    """

    def __init__(
        self,
        ai: AIPersona,
        settings: ServerSettings,
        *,
        auth: bool,
        clock: Callable[[], datetime],
        worker: Worker | None = None,
    ) -> None:
        self.ai, self.settings, self.auth, self.clock = ai, settings, auth, clock
        self.worker = worker or Worker(ai)
        secret = settings.token_secret
        self.tokens = Tokens(secret.get_secret_value()) if secret is not None else None
        self._rate = parse(settings.rate_limit)
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._keys: dict[str, tuple[float, ApiKey]] = {}

    async def who(self, shown: str | None) -> Principal:
        """Who shows this key or token.

        Raises: Refused, StoreUnavailable.
        """
        if not self.auth:
            return Principal(id="anybody", tenant=self.ai.tenant, scopes=frozenset(SCOPES))
        if shown is None:
            raise _unknown("no key: send `Authorization: Bearer ...`")
        key_id = id_of(shown)
        if key_id is not None:
            key = await self._key(key_id)
            if key is not None and is_key(shown, key) and key.holds(self.clock()):
                return key.principal
        elif self.tokens is not None:
            principal = self.tokens.read(shown, now=self.clock())
            if principal is not None:
                return principal
        raise _unknown("the key is unknown or has ended")

    def is_own(self, shown: str) -> bool:
        """Whether this is a key or a token of this server, whether or not it still counts."""
        return id_of(shown) is not None or (self.tokens is not None and self.tokens.is_one(shown))

    async def admit(self, principal: Principal) -> None:
        """Count a request of a principal.

        Raises: Refused for one too many.
        """
        who = (principal.tenant, principal.id)
        if not await self._limiter.hit(self._rate, *who):
            reset = (await self._limiter.get_window_stats(self._rate, *who)).reset_time
            wait = max(1, round(reset - time.time()))
            raise Refused(429, "too_many_requests", f"at most {self._rate} for one key", {"retry-after": str(wait)})

    async def _key(self, key_id: str) -> ApiKey | None:
        now = time.monotonic()
        found = self._keys.get(key_id)
        if found is not None and now - found[0] <= REMEMBERED:
            return found[1]
        known = found is not None and now - found[0] <= WITHOUT_STORE
        try:
            return await answer_within(LONGEST_LOOK if known else LONGEST_FIRST_LOOK, self._look(key_id))
        except (StoreError, TimeoutError) as error:
            if found is not None and known:
                return found[1]
            raise StoreUnavailable("the database does not answer") from error

    async def _look(self, key_id: str) -> ApiKey | None:
        now = time.monotonic()
        key = await (await self.ai.store()).key(key_id)
        self._keys.pop(key_id, None)
        if key is not None:
            while len(self._keys) >= MOST_REMEMBERED:
                del self._keys[next(iter(self._keys))]
            self._keys[key_id] = (now, key)
        return key


@dataclass(frozen=True, kw_only=True)
class Caller:
    """A request's principal, and the engine for their tenant."""

    serving: Serving
    principal: Principal

    @property
    def ai(self) -> AIPersona:
        return self.serving.ai.for_tenant(self.principal.tenant)

    @property
    def may_read(self) -> bool:
        """Whether they may be told what is known."""
        return "read" in self.principal.scopes

    def user(self, named: object) -> str | None:
        """Whom a call is about: the user that the key is bound to, or the one that the call names, if it does.

        Raises: Refused where it names another one than its key is bound to.
        """
        bound = self.principal.user_id
        if bound is None:
            return named if isinstance(named, str) and named else None
        if named not in (None, bound):
            raise Refused(403, "not_allowed", "this key is bound to one user")
        return bound


def text_of_header(value: str | None) -> str | None:
    """A header's text, which clients write as UTF-8, although it is read as Latin-1."""
    if value is None:
        return None
    try:
        return value.encode("latin-1").decode()
    except UnicodeError:
        return value


def _unknown(detail: str) -> Refused:
    return Refused(401, "unauthorized", detail, {"www-authenticate": "Bearer"})


def _caller(request: Request) -> Caller:
    return request.scope["aipersona.caller"]


Calling = Annotated[Caller, Depends(_caller)]
"""A parameter of a route: who calls."""
