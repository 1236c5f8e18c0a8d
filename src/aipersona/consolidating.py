"""Consolidation: what the claims of a user show together, committed as one revision that can be reverted.

It reads what is known and no session. Where nothing changes there is no revision; killed at any instant, there is none.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from aipersona.commits import commit_on_head
from aipersona.errors import ModelError
from aipersona.optimizer.consolidation.consolidate import Consolidated, consolidate
from aipersona.optimizer.consolidation.inferring import (
    Inferred,
    InferRequest,
    Inferrer,
    groups_of,
    has_news,
    open_fields,
)
from aipersona.optimizer.consolidation.meaning import Near, learned_fields, named_texts, told_texts
from aipersona.optimizer.consolidation.refusals import CAUSE, refusals
from aipersona.optimizer.consolidation.same_fields import SameField, fields_shown, said_texts
from aipersona.optimizer.policy import Policy
from aipersona.persona.claims import Claim
from aipersona.persona.edits import AddEdit, ConfirmEdit, EndEdit, MergeEdit, SetEdit
from aipersona.persona.model import Persona
from aipersona.persona.revisions import Rejected, Revision
from aipersona.schema.fields import Schema
from aipersona.sessions.model import Json
from aipersona.store.protocol import Store, UserKey

if TYPE_CHECKING:
    from aipersona.embedding import Embedder
    from aipersona.embedding.protocol import Floats


@dataclass(frozen=True, kw_only=True)
class InferredClaim:
    """A value that was inferred, or confirmed by more claims; the ids of the claims that it rests on."""

    path: str
    value: Json
    since: date | None
    claims: tuple[str, ...]
    confirmed: bool = False


@dataclass(frozen=True, kw_only=True)
class EndedClaim:
    """An inferred value that holds no longer, and why: `faded`, or it changed or lost what it rested on."""

    path: str
    value: Json
    reason: str


@dataclass(frozen=True, kw_only=True)
class MergedField:
    """A learned field that is another one from now on."""

    path: str
    into: str


@dataclass(frozen=True, kw_only=True)
class ConsolidationReport:
    """What a consolidation did; `revision` is the one that it made, None where nothing changed or in a dry run.

    Tokens are the model's own count, seconds wall time.
    """

    user: str
    day: date
    revision: int | None = None
    inferred: tuple[InferredClaim, ...] = ()
    merged: tuple[MergedField, ...] = ()
    ended: tuple[EndedClaim, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    llm_calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    seconds: float = 0.0
    dry_run: bool = False
    proposed: Revision | None = None
    """The revision of a dry run, which was not committed."""


class Consolidator:
    """Consolidates one user at a time under one schema and policy.

    `embedder` is asked for what says which learned fields are one, if there are any to compare and it answers.
    """

    def __init__(
        self,
        store: Store,
        schema: Schema,
        policy: Policy,
        clock: Callable[[], datetime],
        embedder: Callable[[], Embedder | None] = lambda: None,
    ) -> None:
        self._store, self._schema, self._policy, self._clock = store, schema, policy, clock
        self._embedder = embedder

    async def consolidate(
        self, key: UserKey, *, day: date, inferrer: Inferrer | None, dry_run: bool = False
    ) -> ConsolidationReport:
        """Consolidate what is known on `day`. Without an inferrer only what can be computed is inferred.

        Raises: ModelError; then nothing is committed.
        """
        started, now = time.perf_counter(), self._clock()
        identity = (await self._store.head(key)).identity
        moment = now if now.date() == day else datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=UTC)
        persona = await self._store.load(key)
        inferred = await self._infer(persona, await self._store.revisions(key), day, inferrer)
        near = await self._near(persona, inferred.same)
        found = Consolidated(edits=(), rejected=())
        before = persona

        async def build(persona: Persona) -> Revision | None:
            nonlocal found, before
            if (await self._store.head(key)).identity != identity:
                return None  # erased meanwhile: what a model read then is of nobody any more
            before = persona
            found = consolidate(
                persona,
                self._schema,
                self._policy,
                day=day,
                now=moment,
                proposals=inferred.proposals,
                same=inferred.same,
                refused=refusals(await self._store.revisions(key)),
                near=near,
            )
            if not found.edits:
                return None
            return Revision(
                number=persona.revision + 1,
                at=now,
                author="optimizer",
                cause=CAUSE,
                edits=found.edits,
                rejected=found.rejected,
                calls=inferred.calls,
            )

        revision = await build(persona) if dry_run else await commit_on_head(self._store, key, build)
        return ConsolidationReport(
            user=key.user_id,
            day=day,
            revision=revision.number if revision is not None and not dry_run else None,
            inferred=tuple(_inferred(found)),
            merged=tuple(MergedField(path=e.path, into=e.into) for e in found.edits if isinstance(e, MergeEdit)),
            ended=tuple(_ended(found, before)),
            rejected=found.rejected,
            llm_calls=len(inferred.calls),
            prompt_tokens=sum(call.prompt_tokens for call in inferred.calls),
            completion_tokens=sum(call.completion_tokens for call in inferred.calls),
            seconds=round(time.perf_counter() - started, 3),
            dry_run=dry_run,
            proposed=revision if dry_run else None,
        )

    async def _near(self, persona: Persona, same: Sequence[SameField]) -> Near | None:
        """How near the names of learned fields and the words that told them are in meaning; None if nothing says."""
        fields = learned_fields(persona, self._schema)
        if len(fields) < 2 or (embedder := self._embedder()) is None:
            return None
        vectors: dict[str, Floats] = {}
        near = nearness_by(vectors)
        try:
            vectors.update(await _embedded(embedder, named_texts(fields)))
            vectors.update(await _embedded(embedder, (*told_texts(fields, near), *said_texts(same, fields))))
        except ModelError:
            return None  # the words have to do until the embedder answers again
        return near

    async def _infer(
        self, persona: Persona, revisions: Sequence[Revision], day: date, inferrer: Inferrer | None
    ) -> Inferred:
        """What a model proposes; it is not asked again about what it was asked before."""
        known = self._policy.kept(self._schema.with_learned(entry.spec for entry in persona.learned))
        groups = groups_of(persona, known, day) if inferrer is not None and open_fields(known) else ()
        learned = fields_shown(learned_fields(persona, self._schema)) if inferrer is not None else ()
        if inferrer is None or not has_news(groups, learned, revisions):
            return Inferred()
        request = InferRequest(persona=persona, schema=known, day=day, groups=groups, learned=learned)
        return await inferrer.infer(request)


async def _embedded(embedder: Embedder, texts: Iterable[str]) -> Mapping[str, Floats]:
    some = list(dict.fromkeys(texts))
    return dict(zip(some, await asyncio.to_thread(embedder.embed, some), strict=True)) if some else {}


def nearness_by(vectors: Mapping[str, Floats]) -> Near:
    """How near two texts are by their vectors; a text without one, or with zeros, is near to none."""

    def near(a: str, b: str) -> float | None:
        one, other = vectors.get(a), vectors.get(b)
        if one is None or other is None or not one.any() or not other.any():
            return None
        return float(one @ other)

    return near


def _inferred(found: Consolidated) -> list[InferredClaim]:
    return [
        InferredClaim(
            path=edit.path,
            value=edit.value,
            since=edit.on if isinstance(edit, ConfirmEdit) else edit.valid_from,
            claims=edit.support.claims,
            confirmed=isinstance(edit, ConfirmEdit),
        )
        for edit in found.edits
        if isinstance(edit, SetEdit | AddEdit | ConfirmEdit) and edit.support is not None
    ]


def _ended(found: Consolidated, before: Persona) -> list[EndedClaim]:
    ended: list[EndedClaim] = []
    for edit in found.edits:
        claim = before.entries.get(edit.claim or "") if isinstance(edit, EndEdit) else None
        if isinstance(edit, EndEdit) and isinstance(claim, Claim):
            ended.append(EndedClaim(path=edit.path, value=claim.value, reason=edit.reason))
    return ended
