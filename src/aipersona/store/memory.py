"""The in-memory twin of the SQL store: the same promises for as long as the process lives."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

from aipersona.errors import RevisionConflict, SessionChanged, UnknownRevision
from aipersona.persona.apply import apply
from aipersona.persona.claims import Entry
from aipersona.persona.edits import RestoreEdit
from aipersona.persona.model import Persona
from aipersona.persona.revisions import Revision
from aipersona.sessions.model import Session
from aipersona.store.memory_server import MemoryServer
from aipersona.store.protocol import (
    NEVER_SEEN,
    Answer,
    CallSum,
    Head,
    Prefix,
    Stored,
    TurnVector,
    UserKey,
    UserSummary,
    new_identity,
    require_finite,
    require_own,
)
from aipersona.store.work import Due, Failure, Kind, LearnRule, Rule, kind_of

_NEVER = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True, kw_only=True)
class _Work:
    asked: bool = False
    attempts: int = 0
    error: str = ""
    failed_at: datetime = _NEVER
    again_at: datetime | None = _NEVER
    """None is for good."""
    done_at: datetime = _NEVER
    done_revision: int = 0

    def forgiven(self) -> _Work:
        """Without what failed."""
        return _Work(asked=self.asked, done_at=self.done_at, done_revision=self.done_revision)


@dataclass
class _User:
    identity: str = field(default_factory=new_identity)
    sessions: dict[str, Stored] = field(default_factory=dict[str, Stored])
    vectors: dict[tuple[str, str, int], tuple[int, TurnVector]] = field(
        default_factory=dict[tuple[str, str, int], tuple[int, TurnVector]]
    )
    """By embedder, session and turn, with the position at which each came."""
    position: int = 0
    revisions: list[Revision] = field(default_factory=list[Revision])
    versions: int = 0
    states: list[dict[str, Entry]] = field(default_factory=lambda: [dict[str, Entry]()])
    grown: dict[str, datetime] = field(default_factory=dict[str, datetime])
    work: dict[Kind, _Work] = field(default_factory=dict[Kind, _Work])

    def waiting(self) -> list[datetime]:
        """When those sessions last grew that are to be learned from."""
        return [self.grown[name] for name, s in self.sessions.items() if s.closed and s.learned is None]

    def is_due(self, rule: Rule) -> bool:
        """Whether there is something to do under a rule, whatever failed before."""
        work = self.work.get(rule.kind, _Work())
        if isinstance(rule, LearnRule):
            waiting = self.waiting()
            idle = bool(waiting) and max(waiting) <= rule.idle_since
            return bool(waiting) and (len(waiting) >= rule.every or idle or work.asked)
        old = work.done_at < rule.stale or len(self.revisions) > work.done_revision
        return bool(self.revisions) and work.done_at < rule.night and old


class MemoryStore(MemoryServer):
    """A store in dictionaries."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        super().__init__()
        self._users: dict[UserKey, _User] = {}
        self._clock = clock

    async def observe(self, key: UserKey, session: Session, *, closed: bool = True) -> bool:
        require_own(key, session)
        return self._observe(key, session, closed)

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
        if unless is not None and any(row.at >= since for row in await self.prefixes(key, [unless])):
            return False
        await self.observe(key, session, closed=False)
        self.put_prefixes(key, rows, older)
        return True

    async def end_answer(self, key: UserKey, answer: Answer) -> None:
        await super().end_answer(key, answer if key in self._users else answer._replace(status=None))

    async def observe_all(self, tenant: str, sessions: Sequence[Session], *, closed: bool = True) -> list[bool]:
        keys = [UserKey(tenant, session.user_id) for session in sessions]
        before = {key: user.sessions.copy() for key in keys if (user := self._users.get(key))}
        positions = {key: self._users[key].position for key in before}
        try:
            return [self._observe(key, session, closed) for key, session in zip(keys, sessions, strict=True)]
        except SessionChanged:
            for key in keys:
                if key in before:
                    self._users[key].sessions, self._users[key].position = before[key], positions[key]
                else:
                    self._users.pop(key, None)
            raise

    def _observe(self, key: UserKey, session: Session, closed: bool) -> bool:
        user = self._users.setdefault(key, _User())
        before = user.sessions.get(session.session_id)
        if before is not None:
            if not session.goes_on_from(before.session, closed=before.closed):
                raise SessionChanged(key.user_id, session.session_id)
            closed = closed or before.closed
            if before.session.turns == session.turns and before.closed == closed:
                return False
        user.position += 1
        user.grown[session.session_id] = datetime.fromtimestamp(self._clock(), UTC)
        user.sessions[session.session_id] = Stored(user.position, session, closed, before.learned if before else None)
        return True

    async def sessions(
        self, key: UserKey, *, after: int = 0, pending: bool = False, limit: int | None = None
    ) -> list[Stored]:
        user = self._users.get(key)
        if user is None:
            return []
        found = [s for s in user.sessions.values() if s.position > after]
        if pending:
            found = [s for s in found if s.closed and s.learned is None]
            found.sort(key=lambda s: (s.session.started_at, s.session.session_id))
        else:
            found.sort(key=lambda s: s.position)
        return found[:limit]

    async def news(self, key: UserKey, *, after: int) -> tuple[Head, list[Stored]]:
        return await self.head(key), await self.sessions(key, after=after)

    async def session(self, key: UserKey, session_id: str) -> Stored | None:
        return self._users[key].sessions.get(session_id) if key in self._users else None

    async def vectors(self, key: UserKey, embedder: str, *, after: int = 0) -> list[TurnVector]:
        kept = self._users[key].vectors if key in self._users else {}
        return [row for (name, _, _), (position, row) in sorted(kept.items()) if name == embedder and position > after]

    async def put_vectors(self, key: UserKey, embedder: str, rows: Sequence[TurnVector], *, identity: str) -> bool:
        require_finite(rows)
        user = self._users.get(key)
        if user is None or user.identity != identity:
            return not rows
        user.position += bool(rows)
        user.vectors.update({(embedder, row.session_id, row.turn): (user.position, row) for row in rows})
        return True

    async def head(self, key: UserKey) -> Head:
        user = self._users.get(key)
        return Head(len(user.revisions), user.position, user.identity) if user is not None else NEVER_SEEN

    async def load(self, key: UserKey, *, revision: int | None = None) -> Persona:
        user = self._users.get(key, _User())
        head = len(user.revisions)
        number = head if revision is None else revision
        if not 0 <= number <= head:
            raise UnknownRevision(key.user_id, number, head)
        return Persona(user_id=key.user_id, revision=number, entries=user.states[number])

    async def commit(
        self, key: UserKey, revision: Revision, change: RestoreEdit, *, identity: str | None = None
    ) -> None:
        user = self._users.get(key, _User())
        head = len(user.revisions)
        taken = [user.sessions[s].learned for s in revision.session_ids if s in user.sessions]
        other = identity is not None and identity != user.identity
        if other or revision.number != head + 1 or any(learned is not None for learned in taken):
            raise RevisionConflict(key.user_id, revision.number - 1, head)
        before = Persona(user_id=key.user_id, revision=head, entries=user.states[-1])
        self._users[key] = user
        user.versions += len(change.put)
        user.states.append(dict(apply(before, [change], revision=revision.number).entries))
        user.revisions.append(revision)
        for session_id in revision.session_ids:
            if session_id in user.sessions:
                user.sessions[session_id] = user.sessions[session_id]._replace(learned=revision.number)
        kind = kind_of(revision)
        if kind is not None and kind in user.work:
            user.work[kind] = user.work[kind].forgiven()

    async def revisions(self, key: UserKey, *, after: int = 0, limit: int | None = None) -> list[Revision]:
        return self._users[key].revisions[after:][:limit] if key in self._users else []

    async def calls(self, tenant: str, *, since: date | None = None, until: date | None = None) -> list[CallSum]:
        sums: dict[tuple[date, str], CallSum] = {}
        for key, user in self._users.items():
            for revision in user.revisions if key.tenant == tenant else ():
                day = revision.at.date()
                for call in revision.calls if (since or day) <= day <= (until or day) else ():
                    *_, calls, given, made = sums.get((day, call.model), (0, 0, 0))
                    added = calls + 1, given + call.prompt_tokens, made + call.completion_tokens
                    sums[day, call.model] = CallSum(day, call.model, *added)
        return sorted(sums.values())

    async def users(self, tenant: str, *, after: str = "", limit: int | None = None) -> list[UserSummary]:
        found = sorted(key for key in self._users if key.tenant == tenant and key.user_id > after)
        return [_summary(key, self._users[key]) for key in found[:limit]]

    async def user(self, key: UserKey) -> UserSummary | None:
        return _summary(key, self._users[key]) if key in self._users else None

    async def erase(self, key: UserKey) -> dict[str, int]:
        user, served = self._users.pop(key, None), self.erase_served(key)
        counts = {"work": 0, "users": 0, "sessions": 0, "turns": 0, "vectors": 0, "revisions": 0, "entries": 0}
        if user is not None:
            counts = {
                "work": len(user.work),
                "users": 1,
                "sessions": len(user.sessions),
                "turns": sum(len(s.session.turns) for s in user.sessions.values()),
                "vectors": len(user.vectors),
                "revisions": len(user.revisions),
                "entries": user.versions,
            }
        return counts | served

    async def due(self, rule: Rule, *, limit: int, identity: str | None = None) -> list[Due]:
        found: list[tuple[tuple[object, ...], Due]] = []
        for key, user in self._users.items():
            work = user.work.get(rule.kind, _Work())
            free = work.again_at is not None and work.again_at <= rule.now
            if free and user.is_due(rule) and identity in (None, user.identity):
                first = min(user.waiting()) if isinstance(rule, LearnRule) else work.done_at
                found.append(((not work.asked, first, key), Due(key, user.identity, work.attempts, work.asked)))
        return [one for _, one in sorted(found)[:limit]]

    async def whose(self, identity: str) -> UserKey | None:
        return next((key for key, user in self._users.items() if user.identity == identity), None)

    async def close_idle(self, since: datetime, *, limit: int) -> int:
        closed = 0
        for user in self._users.values():
            for name, stored in user.sessions.items():
                if not stored.closed and user.grown[name] < since and closed < limit:
                    user.position += 1
                    user.sessions[name] = stored._replace(closed=True, position=user.position)
                    closed += 1
        return closed

    async def ask(self, key: UserKey, at: datetime) -> bool:
        user = self._users.get(key)
        if user is None or not user.waiting():
            return False
        user.work["learn"] = _Work(asked=True)
        return True

    async def worked(self, key: UserKey, kind: Kind, *, identity: str, at: datetime, revision: int) -> None:
        for user in self._of(key, identity):
            before = user.work.pop(kind, _Work())
            if kind == "consolidate":
                user.work[kind] = _Work(done_at=at, done_revision=revision)
            elif before.asked and user.waiting():
                user.work[kind] = _Work(asked=True)

    async def failed(
        self, key: UserKey, kind: Kind, *, identity: str, error: str, at: datetime, again_at: datetime | None
    ) -> None:
        for user in self._of(key, identity):
            before = user.work.get(kind, _Work())
            attempts = before.attempts + 1
            user.work[kind] = replace(before, attempts=attempts, error=error, failed_at=at, again_at=again_at)

    def _of(self, key: UserKey, identity: str) -> list[_User]:
        user = self._users.get(key)
        return [user] if user is not None and user.identity == identity else []

    async def failures(self, *, tenant: str | None = None, limit: int | None = None) -> list[Failure]:
        found = [
            Failure(
                tenant=key.tenant,
                user_id=key.user_id,
                kind=kind,
                error=work.error,
                attempts=work.attempts,
                at=work.failed_at,
                again_at=work.again_at,
            )
            for key, user in self._users.items()
            for kind, work in user.work.items()
            if work.attempts and tenant in (None, key.tenant)
        ]
        found.sort(key=lambda failure: failure.user_id)
        return sorted(found, key=lambda failure: failure.at, reverse=True)[:limit]

    async def retry(self, *, tenant: str | None = None, user_id: str | None = None) -> int:
        forgotten = 0
        for key, user in self._users.items():
            if tenant in (None, key.tenant) and user_id in (None, key.user_id):
                for kind, work in user.work.items():
                    user.work[kind] = work.forgiven()
                    forgotten += bool(work.attempts)
        return forgotten

    async def aclose(self) -> None:
        super().__init__()
        self._users.clear()


def _summary(key: UserKey, user: _User) -> UserSummary:
    return UserSummary(
        user_id=key.user_id,
        revision=len(user.revisions),
        sessions=len(user.sessions),
        pending=sum(s.closed and s.learned is None for s in user.sessions.values()),
    )
