"""What a store knows of work to come: which users are due, of all tenants, and what failed.

This part is an administrator's: it reads across tenants. What is due follows from the tables alone, so that a job that
was lost anywhere is found again; `identity` stands for the user in whatever queue there is, and means nobody once the
user was erased.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol

if TYPE_CHECKING:
    from aipersona.persona.revisions import Revision
    from aipersona.store.protocol import UserKey

Kind = Literal["learn", "consolidate"]


def kind_of(revision: Revision) -> Kind | None:
    """The kind of work that a revision came of; None for what was done by hand."""
    if revision.session_ids:
        return "learn"
    return "consolidate" if revision.author == "optimizer" else None


class LearnRule(NamedTuple):
    """Due: users with `every` closed sessions to learn from, or some and none that came or grew since `idle_since`,
    or some and a request for it."""

    now: datetime
    every: int
    idle_since: datetime
    kind: Kind = "learn"


class ConsolidateRule(NamedTuple):
    """Due: users who changed since they were consolidated, or were last consolidated before `stale`; both not since
    `night`."""

    now: datetime
    night: datetime
    stale: datetime
    kind: Kind = "consolidate"


Rule = LearnRule | ConsolidateRule


class Due(NamedTuple):
    """A user for whom there is something to do."""

    key: UserKey
    identity: str
    attempts: int
    """How often it failed so far."""
    asked: bool
    """Whether somebody asked for it."""


@dataclass(frozen=True, kw_only=True)
class Failure:
    """Work on a user that failed; without `again_at` it is a dead letter, which waits for somebody to retry it."""

    tenant: str
    user_id: str
    kind: Kind
    error: str
    """The error's class, as its `code`; never what it said."""
    attempts: int
    at: datetime
    again_at: datetime | None


class DueStore(Protocol):
    """What is asked across tenants."""

    async def due(self, rule: Rule, *, limit: int, identity: str | None = None) -> list[Due]:
        """The users of all tenants who are due under a rule, those first who have waited longest; or only one of them.

        A user whose work failed is not due before the failure's `again_at`, and with a dead letter not at all.
        """
        ...

    async def whose(self, identity: str) -> UserKey | None:
        """Whom an identity stands for; None if they were erased."""
        ...

    async def close_idle(self, since: datetime, *, limit: int) -> int:
        """Close open sessions of any tenant that have not grown since then, at most `limit`; how many.

        Raises: StoreUnavailable.
        """
        ...

    async def failures(self, *, tenant: str | None = None, limit: int | None = None) -> list[Failure]:
        """What failed and was not done since, the latest first, of one tenant or of all."""
        ...

    async def retry(self, *, tenant: str | None = None, user_id: str | None = None) -> int:
        """Forget failures, so that their users are due again: one user's, a tenant's or all; how many.

        Raises: StoreUnavailable.
        """
        ...


class WorkStore(DueStore, Protocol):
    """What is noted of one user."""

    async def ask(self, key: UserKey, at: datetime) -> bool:
        """Note that a user's closed sessions shall be learned from soon, whatever failed before; False if none waits.

        Raises: StoreUnavailable.
        """
        ...

    async def worked(self, key: UserKey, kind: Kind, *, identity: str, at: datetime, revision: int) -> None:
        """Note that work on a user was done, and led to or found this revision; nothing if they were erased.

        Raises: StoreUnavailable.
        """
        ...

    async def failed(
        self, key: UserKey, kind: Kind, *, identity: str, error: str, at: datetime, again_at: datetime | None
    ) -> None:
        """Note that work on a user failed once more; without `again_at` for good. Nothing if they were erased.

        Raises: StoreUnavailable.
        """
        ...
