"""What a store promises. Every backend passes the same contract suite.

- A session, once observed, never changes; an open one only grows. Observing it again stores nothing.
- A revision is committed whole or not at all, and only on the revision that its author read.
- A session is learned once: committing a revision over a session that another one covers is a conflict.
- Reading at a revision gives what was believed then, whatever came later.
- Vectors can be computed again at any time: they are kept for speed, under the name of the embedder that made them.
- Erasing a user leaves no row of theirs.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple, Protocol

from aipersona.access.keys import ApiKey
from aipersona.errors import InvalidInput, InvalidSession
from aipersona.persona.edits import RestoreEdit
from aipersona.persona.model import Persona
from aipersona.persona.revisions import Revision
from aipersona.sessions.model import MAX_NAME_CHARACTERS, Session, is_storable
from aipersona.store.work import WorkStore


class UserKey(NamedTuple):
    """Who a persona describes: no row is read or written without both."""

    tenant: str
    user_id: str


def user_key(tenant: str, user_id: str) -> UserKey:
    """Raises: InvalidInput for a user_id that cannot be one."""
    if not 1 <= len(user_id) <= MAX_NAME_CHARACTERS:
        raise InvalidInput(f"a user_id has 1 to {MAX_NAME_CHARACTERS} characters, this one {len(user_id)}")
    if not is_storable(user_id):
        raise InvalidInput("a user_id has no NUL characters and no lone surrogates")
    return UserKey(tenant, user_id)


def require_own(key: UserKey, session: Session) -> None:
    """Raises: InvalidSession if the session is not of this user."""
    if session.user_id != key.user_id:
        raise InvalidSession(f"session {session.session_id!r} is of user {session.user_id!r}, not of {key.user_id!r}")


class Stored(NamedTuple):
    """A session as stored. `position` grows with every change of any of the user's sessions."""

    position: int
    session: Session
    closed: bool
    learned: int | None
    """The revision that learned from it."""


class TurnVector(NamedTuple):
    """What an embedder made of a turn: finite float32 numbers, little-endian; no bytes where it cannot read it."""

    session_id: str
    turn: int
    vector: bytes


class CallSum(NamedTuple):
    """Calls of one model in the revisions of one day, added up; the day is that on which the revision was made."""

    day: date
    model: str
    calls: int
    prompt_tokens: int
    completion_tokens: int


def require_finite(rows: Sequence[TurnVector]) -> None:
    """Raises: InvalidInput for a vector that is not made of finite float32 numbers."""
    import numpy as np

    for row in rows:
        if len(row.vector) % 4 or not np.isfinite(np.frombuffer(row.vector, "<f4")).all():
            raise InvalidInput(
                f"the vector of turn {row.turn} of session {row.session_id!r} holds other than finite float32"
            )


class Head(NamedTuple):
    """How far a user's rows go: the latest revision, and the position of the last change of sessions or vectors."""

    revision: int
    position: int
    identity: str | None
    """Made up with the user's first row: a user erased and made again has another. None for a user never seen."""


NEVER_SEEN = Head(0, 0, None)


def new_identity() -> str:
    """32 random hexadecimal digits."""
    return secrets.token_hex(16)


@dataclass(frozen=True, kw_only=True)
class UserSummary:
    user_id: str
    revision: int
    sessions: int
    pending: int
    """Closed sessions that no revision has learned from."""


class SessionStore(Protocol):
    async def observe(self, key: UserKey, session: Session, *, closed: bool = True) -> bool:
        """Store a session, or what is new of an open one; False if all of it was there.

        Raises: SessionChanged if it is stored with other content; InvalidSession if it is another user's;
        StoreUnavailable.
        """
        ...

    async def observe_all(self, tenant: str, sessions: Sequence[Session], *, closed: bool = True) -> list[bool]:
        """Store sessions of any users of a tenant, in this order, all of them or none; for each what `observe` gives.

        Raises: SessionChanged at the first that is stored, or stands before it here, with other content;
        StoreUnavailable.
        """
        ...

    async def sessions(
        self, key: UserKey, *, after: int = 0, pending: bool = False, limit: int | None = None
    ) -> list[Stored]:
        """The user's sessions behind position `after`: by position, or, `pending`, those to learn from by start."""
        ...

    async def news(self, key: UserKey, *, after: int) -> tuple[Head, list[Stored]]:
        """What `head` and `sessions` give, at one moment."""
        ...

    async def session(self, key: UserKey, session_id: str) -> Stored | None:
        """One session, or None if there is none of that id."""
        ...


class VectorStore(Protocol):
    async def vectors(self, key: UserKey, embedder: str, *, after: int = 0) -> list[TurnVector]:
        """The embedder's vectors that came behind position `after`, by session and turn."""
        ...

    async def put_vectors(self, key: UserKey, embedder: str, rows: Sequence[TurnVector], *, identity: str) -> bool:
        """Store vectors, in place of earlier ones of the same turns; moves the user's position on if there are any.

        False, and nothing is stored, if the user is not of this identity any more, or erased.

        Raises: InvalidInput for a vector of other than finite float32 numbers; StoreUnavailable.
        """
        ...


class RevisionStore(Protocol):
    async def head(self, key: UserKey) -> Head:
        """The user's latest revision and position, and who that is; NEVER_SEEN for a user without rows."""
        ...

    async def load(self, key: UserKey, *, revision: int | None = None) -> Persona:
        """What is believed at a revision (None: the latest). A user never seen has an empty persona at revision 0.

        Raises: UnknownRevision.
        """
        ...

    async def commit(
        self, key: UserKey, revision: Revision, change: RestoreEdit, *, identity: str | None = None
    ) -> None:
        """Write revision `number`, on the user's revision `number - 1`, with what it changes in the entries.

        With the `identity` of the head that the revision is built on, a user erased since does not come back. Work of
        the kind that the revision came of is done by it: what failed of it before is forgotten.

        Raises: RevisionConflict if another writer was first, or learned one of its sessions, or erased the user;
        StoreUnavailable.
        """
        ...

    async def revisions(self, key: UserKey, *, after: int = 0, limit: int | None = None) -> list[Revision]:
        """The user's revisions, oldest first; those with numbers above `after`, at most `limit`."""
        ...

    async def calls(self, tenant: str, *, since: date | None = None, until: date | None = None) -> list[CallSum]:
        """The calls of models of all revisions of a tenant, from `since` up to and with `until`, by day and model."""
        ...


class Prefix(NamedTuple):
    """A message list that was recorded, by its digest: in which session it ended, and when that was (Unix time)."""

    digest: str
    session_id: str
    replied: bool
    """Whether its last message is a reply, or one of the user's."""
    at: float


class Answer(NamedTuple):
    """What a request was answered with, for when it comes again; not yet, as long as there is no status.

    `at` is, in Unix time, when the request came, was last known to be worked on, or was answered. `owner` is made up by
    whoever answers it: nobody else renews or ends what they reserved.
    """

    request_id: str
    fingerprint: str
    at: float
    status: int | None = None
    headers: dict[str, str] | None = None
    body: bytes | None = None
    owner: str = ""


ANSWERS_KEPT = 24 * 3600.0
"""For how many seconds a request may come again."""


class AnswerStore(Protocol):
    """Answers to requests that may come again; they are a user's, and are erased with them."""

    async def begin_answer(self, key: UserKey, answer: Answer, *, older: float, stuck: float) -> Answer | None:
        """Reserve a request's id, if it is free: None then, or the answer that is there.

        What is there from before `older` is dropped first, and what has had no status since before `stuck`.

        Raises: StoreUnavailable.
        """
        ...

    async def renew_answer(self, key: UserKey, answer: Answer, *, at: float) -> None:
        """Note that the request that this owner reserved was still being answered then; nothing if it is not theirs.

        Raises: StoreUnavailable.
        """
        ...

    async def end_answer(self, key: UserKey, answer: Answer) -> None:
        """Keep the answer to the request that this owner reserved; without a status, free its id again.

        Nothing is done to what another owner reserved, or to what was erased meanwhile; of who is not there as a user
        nothing is kept.

        Raises: StoreUnavailable.
        """
        ...

    async def drop_answers(self, *, older: float) -> int:
        """Drop what is there from before `older` of all users of all tenants; how many.

        Raises: StoreUnavailable.
        """
        ...


class ServerStore(AnswerStore, Protocol):
    """What a server keeps beside personas. All of it but the API keys is a user's, and is erased with them."""

    async def keys(self, tenant: str | None = None) -> list[ApiKey]:
        """The API keys of a tenant, or of all, by tenant and id."""
        ...

    async def key(self, key_id: str) -> ApiKey | None: ...

    async def put_keys(self, *keys: ApiKey) -> None:
        """Keep API keys, in place of those with the same ids; all or none.

        Raises: StoreUnavailable.
        """
        ...

    async def prefixes(self, key: UserKey, digests: Sequence[str]) -> list[Prefix]:
        """Those of these message lists that were recorded for the user."""
        ...

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
        """Store what is new of an open session, and the message lists that it was told in; both or none.

        The lists take the place of the same ones, and the user's from before `older` are dropped. False, and nothing
        is stored, where the list with the digest `unless` was recorded at `since` or later.

        Raises: what `observe` raises.
        """
        ...


class Store(SessionStore, VectorStore, RevisionStore, ServerStore, WorkStore, Protocol):
    async def users(self, tenant: str, *, after: str = "", limit: int | None = None) -> list[UserSummary]:
        """The users of a tenant, by id in the order of code points; those behind `after`, at most `limit`."""
        ...

    async def user(self, key: UserKey) -> UserSummary | None:
        """One user's line of that list; None for one never seen."""
        ...

    async def erase(self, key: UserKey) -> dict[str, int]:
        """Remove every row of a user; the number of rows removed by table.

        Raises: StoreUnavailable, also where the rows are gone but a reader keeps their bytes on disk: erase again.
        """
        ...

    async def aclose(self) -> None: ...


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """Proof of an erasure: what was removed, when."""

    user_id: str
    at: datetime
    removed: dict[str, int]
