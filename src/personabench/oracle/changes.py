"""What became of each change that the gold makes: correct, wrong or omitted, the way HaluMem counts updates.

A change is a gold operation that takes something away: a removal, or an update, which puts a new value in the place of
an old one (another taste, the other stance, another amount, another day of an appointment). Each is judged twice:

- `then`, by the persona as of its session's day, as believed right after the revision that learned from the session
  (the last one, where none did);
- `end`, by the persona as of the last day of the sessions, at the last revision.

Rows are the same as in `score`: 0.6 of the content words of the gold's name, the amount, and here the stance and the
day of an appointment, too. A row that shares more words with another name of the gold in its field is that one's. A row
is *put* by a session that its first evidence is from. The old value of a taste is its thing with the old stance; of
anything else, whatever is held under the name and is not the new value.

- An update is `correct` if the new value is held and the old one is not, whether or not the old one was ever learned;
  those whose old value never was are counted as `unlearned`, too. It is `wrong` if both are held; or if the new value
  is not, and the session put another one, or the old one was closed on that day or later. It is `omitted` if nothing
  changed: the new value is not held, nothing was put, and the old one is held as before or was never there.
- A removal is `correct` if the old value was learned and is held no more, `wrong` if what is held under its name was
  put by the session, and `omitted` if it is held as before. If it was never learned there is `nothing to remove`.
- A like that turns into a dislike in words that may as well mean that it is over is judged as a removal where the
  persona holds no such dislike.
- What a later operation of the gold concerns again by the moment of judging (at `then`: one of the same day that had
  been learned from) is `overtaken`. Neither this nor `nothing to remove` counts among the three.

A change that is wrong or omitted has a trace if the user's log names its session and its field: a rejected proposal
with its reason, or a question. One that is omitted without any trace was lost silently.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from aipersona import AIPersona, Claim, PersonaView, Revision
from personabench.oracle.gold import Event, Gold, Operation, Taste, read_gold
from personabench.oracle.naive import row_of
from personabench.oracle.score import ENOUGH, FIELDS, Field, Value, is_right, unsaid_dislike, value_of
from personabench.oracle.words import content_words, overlap

Verdict = Literal["correct", "wrong", "omitted", "nothing to remove", "overtaken"]
Moment = Literal["then", "end"]
What = Literal["update", "removal"]


@dataclass(frozen=True, kw_only=True)
class Change:
    """A gold operation that takes `old` away; `new` is None for a removal. `day` is that of an appointment.

    `keys` are the rows of the gold that it concerns.
    """

    operation: Operation
    field: Field
    old: Value
    new: Value | None
    day: date | None
    keys: frozenset[tuple[str, str]]
    excused: bool

    @property
    def what(self) -> What:
        return "removal" if self.new is None else "update"


@dataclass(frozen=True, kw_only=True)
class Judged:
    """What became of one change of a field, named by its label; `traces` are the reasons that the log names, each once.

    `learned_before`: whether the old value was learned, and not only from the words that take it away.
    """

    session_id: str
    field: str
    what: What
    learned_before: bool
    then: Verdict
    end: Verdict
    traces: tuple[str, ...]

    def at(self, moment: Moment) -> Verdict:
        return self.then if moment == "then" else self.end

    @property
    def missed(self) -> bool:
        """Whether it is wrong or omitted at either moment."""
        return not {"wrong", "omitted"}.isdisjoint((self.then, self.end))


@dataclass(frozen=True, kw_only=True)
class ChangeCount:
    """How many changes came to what; `silent` are the omitted ones without a trace, `unlearned` of the correct ones."""

    correct: int = 0
    wrong: int = 0
    omitted: int = 0
    silent: int = 0
    unlearned: int = 0
    nothing_to_remove: int = 0
    overtaken: int = 0

    @property
    def judged(self) -> int:
        return self.correct + self.wrong + self.omitted

    @property
    def share(self) -> float | None:
        """The share of correct ones; None where none was judged."""
        return self.correct / self.judged if self.judged else None


async def judge_changes(
    folder: Path,
    *,
    database: str | Path,
    user: str,
    tenant: str | None = None,
    sessions: Collection[str] | None = None,
) -> tuple[Judged, ...]:
    """Judge the changes of a folder's gold, or of its first `sessions`, in order.

    Raises: UnknownUser; FileNotFoundError and ValueError for a folder without gold.
    """
    gold = read_gold(folder)
    if sessions is not None:
        gold = gold.within(sessions)
    changes = changes_of(gold)
    names = _names_of(gold)
    last = gold.days[-1]
    async with AIPersona(database, tenant=tenant) as ai:
        log = await ai.log(user)
        learned_by = {session_id: revision.number for revision in reversed(log) for session_id in revision.session_ids}
        head = log[-1].number if log else 0
        numbers = {learned_by.get(change.operation.session_id, head) for change in changes} | {head}
        views = {number: await ai.persona(user, as_of=last, revision=number) for number in sorted(numbers)}
    later = _Later(gold)
    judged: list[Judged] = []
    for change in changes:
        session_id, day = change.operation.session_id, change.operation.day
        number = learned_by.get(session_id, head)
        known = {o.session_id for o in gold.operations if o.day <= day and learned_by.get(o.session_id, head) <= number}
        then = _Held(views[number], change, names, day)
        at_end = _Held(views[head], change, names, last)
        judged.append(
            Judged(
                session_id=session_id,
                field=change.field.label,
                what=change.what,
                learned_before=then.was_learned,
                then="overtaken" if later.concerns(change, known) else then.verdict,
                end="overtaken" if later.concerns(change, None) else at_end.verdict,
                traces=traces(log, session_id, change.field.path),
            )
        )
    return tuple(judged)


def count_changes(judged: Iterable[Judged], moment: Moment) -> ChangeCount:
    """How many came to what at a moment."""
    found = list(judged)
    verdicts = Counter(one.at(moment) for one in found)
    return ChangeCount(
        correct=verdicts["correct"],
        wrong=verdicts["wrong"],
        omitted=verdicts["omitted"],
        silent=sum(one.at(moment) == "omitted" and not one.traces for one in found),
        unlearned=sum(one.at(moment) == "correct" and not one.learned_before for one in found),
        nothing_to_remove=verdicts["nothing to remove"],
        overtaken=verdicts["overtaken"],
    )


def changes_of(gold: Gold) -> tuple[Change, ...]:
    """The changes that the gold makes, in order."""
    return tuple(_change(operation) for operation in gold.operations if operation.action != "add")


def traces(log: Sequence[Revision], session_id: str, path: str) -> tuple[str, ...]:
    """Why a log has it that nothing of a session came into a field: reasons of rejections, and "question"."""
    found: dict[str, None] = {}
    for revision in log:
        found.update((r.reason, None) for r in revision.rejected if r.session_id == session_id and r.path == path)
        for edit in revision.edits:
            if edit.op == "ask" and edit.path == path and session_id in {e.session_id for e in edit.evidence}:
                found["question"] = None
    return tuple(found)


def _change(operation: Operation) -> Change:
    path, _, row = row_of(operation)
    field = next(field for field in FIELDS if field.path == path)
    value, thing = value_of(field, row), operation.thing
    old = Value(name=value.name, stance=value.stance)
    if isinstance(thing, Taste) and thing.replaces is not None:
        old = Value(name=thing.replaces, stance="like")
    elif isinstance(thing, Taste) and operation.action == "update":
        old = Value(name=value.name, stance="dislike" if thing.stance == "like" else "like")
    removal = operation.action == "delete"
    return Change(
        operation=operation,
        field=field,
        old=old,
        new=None if removal else value,
        day=thing.day if isinstance(thing, Event) and not removal else None,
        keys=frozenset(_keys(operation)),
        excused=unsaid_dislike(operation),
    )


def _names_of(gold: Gold) -> Mapping[str, frozenset[str]]:
    """Every name that the gold has for a row, by path."""
    names: dict[str, set[str]] = {field.path: set() for field in FIELDS}
    by_path = {field.path: field for field in FIELDS}
    for operation in gold.operations:
        path, _, row = row_of(operation)
        names[path].add(value_of(by_path[path], row).name)
        if isinstance(operation.thing, Taste) and operation.thing.replaces is not None:
            names[path].add(operation.thing.replaces)
    return {path: frozenset(found) for path, found in names.items()}


class _Later:
    """Which operations of the gold concern the same rows again."""

    def __init__(self, gold: Gold) -> None:
        self._operations = gold.operations
        self._place = {id(operation): place for place, operation in enumerate(gold.operations)}

    def concerns(self, change: Change, sessions: Collection[str] | None) -> bool:
        """Whether a later operation, of these sessions or of any, concerns a row of the change."""
        after = self._operations[self._place[id(change.operation)] + 1 :]
        return any(
            not change.keys.isdisjoint(_keys(operation))
            for operation in after
            if sessions is None or operation.session_id in sessions
        )


def _keys(operation: Operation) -> set[tuple[str, str]]:
    path, name, _ = row_of(operation)
    keys, thing = {(path, name)}, operation.thing
    if isinstance(thing, Taste) and thing.replaces is not None:
        keys.add((path, thing.replaces))
    return keys


class _Held:
    """What a persona holds of a change on a day."""

    def __init__(self, view: PersonaView, change: Change, names: Mapping[str, frozenset[str]], day: date) -> None:
        self._change = change
        self._names = names[change.field.path]
        held = view.persona.holding(change.field.path, day)
        ever = view.persona.by_path.get(change.field.path, ())
        self._new = [claim for claim in held if self._is_new(claim)]
        self._old = [claim for claim in held if self._is_old(claim)]
        self._put = [claim for claim in held if self._is_put(claim) and claim not in self._new]
        self._ever_old = [claim for claim in ever if self._is_old(claim)]

    @property
    def was_learned(self) -> bool:
        """Whether the old value was ever learned, and not only from the words that take it away."""
        return any(not self._is_put(claim) for claim in self._ever_old)

    @property
    def verdict(self) -> Verdict:
        if self._change.new is None:
            return self._removal
        if self._new:
            return "wrong" if self._old else "correct"
        if self._change.excused and not self._old:
            return self._removal
        if self._put:
            return "wrong"
        if self._old:
            return "omitted"
        return "wrong" if any(map(self._is_closed_since, self._ever_old)) else "omitted"

    @property
    def _removal(self) -> Verdict:
        if self._old:
            return "wrong" if any(map(self._is_put, self._old)) else "omitted"
        return "correct" if self.was_learned else "nothing to remove"

    def _is_new(self, claim: Claim) -> bool:
        new = self._change.new
        if new is None or not self._is_named(new.name, claim) or not is_right(new, self._value(claim)):
            return False
        of_day = self._change.day is None or str(claim.row.get("date"))[:10] == self._change.day.isoformat()
        return of_day and new.stance == self._value(claim).stance

    def _is_old(self, claim: Claim) -> bool:
        old = self._change.old
        of_stance = old.stance == self._value(claim).stance
        return of_stance and self._is_named(old.name, claim) and not self._is_new(claim)

    def _is_put(self, claim: Claim) -> bool:
        return bool(claim.evidence) and claim.evidence[0].session_id == self._change.operation.session_id

    def _is_closed_since(self, claim: Claim) -> bool:
        """Whether the change, or something after it, took the value away."""
        return claim.retracted or (claim.valid_to is not None and claim.valid_to >= self._change.operation.day)

    def _value(self, claim: Claim) -> Value:
        return value_of(self._change.field, claim.row)

    def _is_named(self, name: str, claim: Claim) -> bool:
        """Whether a row has this name, and no other name of the gold with more of its words."""
        own = self._value(claim).name
        if overlap(name, own) < ENOUGH:
            return False
        others = (other for other in self._names if overlap(other, own) >= ENOUGH)
        return _shared(name, own) == max(_shared(other, own) for other in (name, *others))


def _shared(one: str, other: str) -> int:
    return len(content_words(one) & content_words(other))
