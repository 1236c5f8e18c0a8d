"""The comparison: gold through aipersona, session by session, against the naive replay.

Each check counts what it looked at, so that a check that saw nothing cannot pass for one that saw everything.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path

from pydantic import JsonValue

from aipersona import AIPersona, DraftEdit, PersonaView, Revision, read_sessions
from personabench.oracle.drafts import OracleDrafter, drafts_of
from personabench.oracle.gold import Gold, Operation, Taste, read_gold
from personabench.oracle.naive import State, replay, row_of


@dataclass(frozen=True, kw_only=True)
class Check:
    """How many of `of` things a check found right; `misses` describe the others, and `of` is never 0 in a pass."""

    name: str
    right: int
    of: int
    misses: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        return self.of > 0 and self.right == self.of


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """One user's checks, and the counts of what was left out or read differently than the gold says."""

    user: str
    checks: tuple[Check, ...]
    documents: int
    contradicted: tuple[str, ...]
    """Days of the gold that the user's words contradict; the words were taken."""

    @property
    def passed(self) -> bool:
        return all(check.passed for check in self.checks)


async def compare(folder: Path, *, every: int, database: str | Path = ":memory:") -> Comparison:
    """Replay one user's folder through aipersona, `every` sessions per update, and compare.

    Raises: FileNotFoundError, ValueError for files that hold no gold; InvalidSession for ones that cannot be observed.
    """
    gold = read_gold(folder)
    sessions = list(read_sessions(folder, format="memora", user_id=gold.user))
    end = datetime.combine(gold.days[-1], time(23), UTC)
    drafter = OracleDrafter(gold)
    async with AIPersona(database, drafter=drafter, clock=lambda: end) as ai:
        for session in sessions:
            await ai.observe(session)
        report = await ai.learn(gold.user, every=every)
        log = await ai.log(gold.user)
        views = {day: await ai.persona(gold.user, as_of=day) for day in gold.days}
        learned_by = {n: revision for revision in log for n in revision.session_ids}
        gone = [
            (operation, name, await ai.persona(gold.user, as_of=operation.day, revision=revision.number))
            for operation in gold.operations
            for name in _removed(operation)
            if (revision := learned_by.get(operation.session_id)) is not None
        ]
    observed = {session.session_id for session in sessions}
    files = {*gold.without_memory, *gold.documents, *(operation.session_id for operation in gold.operations)}
    return Comparison(
        user=gold.user,
        checks=(
            Check(name="sessions learned from", right=report.sessions if observed == files else 0, of=len(files)),
            _accepted(gold, log),
            _same("persona equal at the end", [(gold.days[-1], views[gold.days[-1]])], gold),
            _same("persona equal as of every day", views.items(), gold),
            _evidence(gold, log, views[gold.days[-1]]),
            _removals(gold, log, gone),
            _untouched("nothing from sessions without a memory", gold.without_memory, log),
            _decoys(drafter.decoys, log),
        ),
        documents=len(gold.documents),
        contradicted=tuple(
            f"{o.session_id}: gold {o.file_day}, said {o.said.phrase!r} on {o.day}: {o.said.day}"
            for o in gold.operations
            if o.contradicted and o.said is not None
        ),
    )


def _accepted(gold: Gold, log: Sequence[Revision]) -> Check:
    """Operations of which every draft became an edit of its session and field; else why it was rejected."""
    wanted = [(o, Counter(draft.path for draft in drafts_of(o))) for o in gold.operations]
    made: dict[str, Counter[str]] = {}
    for session_id, path, _, _ in _edits(log):
        made.setdefault(session_id, Counter())[path] += 1
    reasons = {
        (r.session_id, r.path, r.quote): f"{r.reason} {r.detail}".strip() for revision in log for r in revision.rejected
    }
    missed = [o for o, paths in wanted if made.get(o.session_id, Counter()) != paths]
    misses = tuple(
        f"{o.session_id} {o.action} {draft.path}: {reasons[key]}: {draft.quote}"
        for o in missed
        for draft in drafts_of(o)
        if (key := (o.session_id, draft.path, draft.quote)) in reasons
    )
    return Check(name="operations accepted by the gate", right=len(wanted) - len(missed), of=len(wanted), misses=misses)


def _edits(log: Sequence[Revision]) -> Iterable[tuple[str, str, int, str]]:
    """Session, path, turn and quote of each piece of evidence of each accepted edit."""
    for revision in log:
        for edit in revision.edits:
            if edit.op == "learn" or edit.op == "merge" or edit.op == "settle" or edit.op == "restore":
                continue
            for evidence in edit.evidence:
                yield evidence.session_id, edit.path, evidence.turn, evidence.quote


def _same(name: str, views: Iterable[tuple[date, PersonaView]], gold: Gold) -> Check:
    """The rows that both hold, of all rows that either holds, on each day."""
    right, of = 0, 0
    misses: list[str] = []
    for day, view in views:
        wanted = _rows_of_state(replay(o for o in gold.operations if o.day <= day))
        found = _rows_of_view(view)
        right += (wanted & found).total()
        of += (wanted | found).total()
        misses += [f"{day} missing {row}" for row in wanted - found] + [
            f"{day} too many {row}" for row in found - wanted
        ]
    return Check(name=name, right=right, of=of, misses=tuple(misses))


def _rows_of_state(state: State) -> Counter[str]:
    return Counter(_row_key(path, row) for path, rows in state.items() for row in rows.values())


def _rows_of_view(view: PersonaView) -> Counter[str]:
    """Every claim that holds, whatever its field: one that the gold does not know of is a difference."""
    return Counter(_row_key(claim.path, claim.value) for claim in view.persona.all_holding(view.as_of))


def _row_key(path: str, value: JsonValue) -> str:
    return f"{path} {json.dumps(_plain(value), sort_keys=True, ensure_ascii=False)}"


def _plain(value: JsonValue) -> JsonValue:
    """With one form for equal numbers: 5 and 5.0."""
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _evidence(gold: Gold, log: Sequence[Revision], view: PersonaView) -> Check:
    """Pieces of evidence, of edits and of the claims that hold, that are the stating turn's own words."""
    stating = {operation.session_id: operation for operation in gold.operations}
    pieces = [(s, turn, quote) for s, _, turn, quote in _edits(log)]
    bare = 0
    for claim in view.persona.all_holding(view.as_of):
        pieces += [(e.session_id, e.turn, e.quote) for e in claim.evidence]
        bare += not claim.evidence
    wrong = [
        f"{session_id} turn {turn}"
        for session_id, turn, quote in pieces
        if (o := stating.get(session_id)) is None or turn != o.turn or not quote or quote not in o.words
    ]
    of = len(pieces) + bare
    return Check(name="evidence is the stating turn", right=of - len(wrong) - bare, of=of, misses=tuple(wrong))


def _removed(operation: Operation) -> list[str]:
    """The names of the rows that an operation takes away."""
    if operation.action == "delete":
        return [row_of(operation)[1]]
    thing = operation.thing
    return [thing.replaces] if isinstance(thing, Taste) and thing.replaces is not None else []


def _removals(gold: Gold, log: Sequence[Revision], gone: Sequence[tuple[Operation, str, PersonaView]]) -> Check:
    """Rows that are gone right after the revision, as of that day, unless the user brought them back in it."""
    of = sum(len(_removed(operation)) for operation in gold.operations)
    order = {n: index for index, n in enumerate(n for revision in log for n in revision.session_ids)}
    misses: list[str] = []
    for operation, name, view in gone:
        last = max(order[n] for n in log[view.revision - 1].session_ids)
        state = replay(o for o in gold.operations if order.get(o.session_id, last + 1) <= last)
        path = row_of(operation)[0]
        named = {str(value) for claim in view.claims(path) for value in claim.row.values()}
        if name in named and name not in state[path]:
            misses.append(f"{operation.session_id} {path}: {name} still holds")
    return Check(name="removals honoured", right=len(gone) - len(misses), of=of, misses=tuple(misses))


def _untouched(name: str, sessions: frozenset[str], log: Sequence[Revision]) -> Check:
    wrote = {session_id for session_id, _, _, _ in _edits(log)} & sessions
    return Check(name=name, right=len(sessions) - len(wrote), of=len(sessions), misses=tuple(sorted(wrote)))


def _decoys(offered: Sequence[DraftEdit], log: Sequence[Revision]) -> Check:
    """Decoys, put among the drafts of every session, that the gate rejected."""
    rejected = Counter((r.session_id, r.op, r.path, r.quote) for revision in log for r in revision.rejected)
    accepted: list[str] = []
    for decoy in offered:
        key = (decoy.session_id, decoy.op, decoy.path, decoy.quote)
        if rejected[key] == 0:
            accepted.append(f"{decoy.session_id} {decoy.op} {decoy.path}")
        rejected[key] -= 1
    return Check(
        name="decoys refused",
        right=len(offered) - len(accepted),
        of=len(offered),
        misses=tuple(accepted),
    )
