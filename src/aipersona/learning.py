"""Learning: pending sessions in batches of k, each drafted, judged and committed as one revision.

Killed at any instant, what was committed stays and the rest is still pending: running it again finishes the job.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from aipersona.commits import commit_on_head
from aipersona.errors import InvalidInput
from aipersona.optimizer.draft import Drafter, DraftRequest, Drafts
from aipersona.optimizer.gate import Verdict, judge_drafts
from aipersona.optimizer.policy import Policy
from aipersona.persona.model import Persona
from aipersona.persona.revisions import ModelCall, Rejected, Revision
from aipersona.schema.fields import Schema
from aipersona.sessions.model import Session
from aipersona.store.protocol import Store, UserKey


@dataclass(frozen=True, kw_only=True)
class LearnReport:
    """What a run of learning did. Tokens are the model's own count, seconds wall time."""

    user: str
    sessions: int = 0
    turns: int = 0
    revisions: int = 0
    accepted: int = 0
    rejected: dict[str, int] = field(default_factory=dict[str, int])
    llm_calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    prompt_characters: int = 0
    seconds: float = 0.0
    dry_run: bool = False
    proposed: tuple[Revision, ...] = ()
    """The revisions of a dry run, none of which was committed."""


@dataclass(frozen=True, kw_only=True)
class Progress:
    """After each batch: sessions done and to do in this run, and the revision that the batch led to."""

    done: int
    total: int
    revision: Revision


class Learner:
    """Learns for one user at a time with one drafter, schema and policy."""

    def __init__(
        self, store: Store, drafter: Drafter, schema: Schema, policy: Policy, clock: Callable[[], datetime]
    ) -> None:
        self._store, self._drafter, self._schema, self._policy = store, drafter, schema, policy
        self._clock = clock

    async def learn(
        self,
        key: UserKey,
        *,
        every: int,
        dry_run: bool = False,
        minimum: int = 1,
        most: int | None = None,
        progress: Callable[[Progress], None] | None = None,
    ) -> LearnReport:
        """Learn from the user's pending sessions, `every` at a time; nothing while fewer than `minimum` are pending.

        With `most`, so many revisions at most are made, and the rest stays pending.

        Raises: ModelError for the batch that failed; those before it are committed.
        """
        started = time.perf_counter()
        identity = (await self._store.head(key)).identity
        waiting = [stored.session for stored in await self._store.sessions(key, pending=True)]
        if len(waiting) < minimum:
            waiting = []
        revisions: list[Revision] = []
        learned: list[Session] = []
        persona = await self._store.load(key)
        while waiting and (most is None or len(revisions) < most):
            batch = waiting[:every]
            if dry_run:
                verdict = judge_drafts(await self._draft(persona, batch), persona, batch, self._schema, self._policy)
                revision = self._revision(persona, batch, verdict)
                persona = replace(verdict.persona, revision=revision.number)
            else:
                revision = await self._commit(key, identity, batch)
                if revision is None:
                    pending = await self._pending(key, identity)
                    waiting = [session for session in waiting if session.session_id in pending]
                    continue
            waiting = waiting[every:]
            revisions.append(revision)
            learned.extend(batch)
            if progress is not None:
                progress(Progress(done=len(learned), total=len(learned) + len(waiting), revision=revision))
        return _report(key, learned, revisions, time.perf_counter() - started, dry_run)

    async def _pending(self, key: UserKey, identity: str | None) -> set[str]:
        """The ids of what is pending; nothing once the user was erased, whoever has the same name since."""
        pending = {stored.session.session_id for stored in await self._store.sessions(key, pending=True)}
        return pending if (await self._store.head(key)).identity == identity else set()

    async def _draft(self, persona: Persona, batch: Sequence[Session]) -> Drafts:
        kept = self._policy.kept(self._schema.with_learned(entry.spec for entry in persona.learned))
        return await self._drafter.draft(DraftRequest(persona=persona, sessions=tuple(batch), schema=kept))

    async def _commit(self, key: UserKey, identity: str | None, batch: Sequence[Session]) -> Revision | None:
        """Draft once, then judge and commit on the newest revision.

        None if another learner had the sessions first, or the user was erased: then nothing may come back.
        """
        head = await self._store.head(key)
        drafts = await self._draft(await self._store.load(key), batch)
        ids = {session.session_id for session in batch}
        refused = False

        async def build(persona: Persona) -> Revision | None:
            nonlocal refused
            moved = refused or await self._store.head(key) != head or head.identity != identity
            if moved and not ids <= await self._pending(key, identity):
                return None
            refused = True  # if this is called again, the store did not take what was built
            return self._revision(persona, batch, judge_drafts(drafts, persona, batch, self._schema, self._policy))

        return await commit_on_head(self._store, key, build)

    def _revision(self, persona: Persona, batch: Sequence[Session], verdict: Verdict) -> Revision:
        return Revision(
            number=persona.revision + 1,
            at=self._clock(),
            author="optimizer",
            cause="learn",
            session_ids=tuple(session.session_id for session in batch),
            edits=verdict.edits,
            rejected=verdict.rejected,
            calls=verdict.calls,
        )


def at_least_one(every: int | None) -> int | None:
    """Raises: InvalidInput."""
    if every is not None and every < 1:
        raise InvalidInput(f"`every` counts sessions and is at least 1, not {every}")
    return every


def _report(
    key: UserKey, sessions: Sequence[Session], revisions: Sequence[Revision], seconds: float, dry_run: bool
) -> LearnReport:
    rejected: list[Rejected] = [r for revision in revisions for r in revision.rejected]
    calls: list[ModelCall] = [call for revision in revisions for call in revision.calls]
    return LearnReport(
        user=key.user_id,
        sessions=len(sessions),
        turns=sum(len(session.turns) for session in sessions),
        revisions=0 if dry_run else len(revisions),
        accepted=sum(len(revision.edits) for revision in revisions),
        rejected=dict(sorted(Counter(r.reason for r in rejected).items())),
        llm_calls=len(calls),
        prompt_tokens=sum(call.prompt_tokens for call in calls),
        completion_tokens=sum(call.completion_tokens for call in calls),
        prompt_characters=sum(call.prompt_characters for call in calls),
        seconds=round(seconds, 3),
        dry_run=dry_run,
        proposed=tuple(revisions) if dry_run else (),
    )
