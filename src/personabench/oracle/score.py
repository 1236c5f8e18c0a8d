"""The score of a learned persona against the gold: what is right, false and omitted, field by field.

How it counts:

- Compared are the gold operations of the sessions and the rows of the seven fields that these concern. Rows of other
  fields are not judged, and neither are rows whose whole evidence lies in sessions about a long document: both are
  counted apart.
- `ever` compares each value that the gold adds or changes with each version of a row that was ever learned, `end` the
  rows that hold on the last day of the sessions.
- A learned row is right if its field is the same, at least 0.6 of the content words of the gold's name stand in its
  own name, and the amounts are equal where the field has one; at the `end`, a taste must have the same stance, too.
  Each gold value and each learned row counts for one pair at most: rows of the same session first, then those of the
  same stance, then the nearest in words. Days and categories do not count.
- precision = right / learned, recall = right / gold; false = learned - right, omitted = gold - right.
- To go off a thing and to dislike it are often said in the same words. Where the gold takes a liked thing away and the
  persona holds a dislike of it, this counts neither way; where the gold turns a like into a dislike in words that do
  not say so, a persona that holds neither has not omitted it.
- A value is dead where the gold removed or replaced it and it does not hold at the end. It is gone if no row that
  holds at the end is right for it, stance included.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import JsonValue

from aipersona import AIPersona, Claim
from personabench.oracle.gold import Gold, Operation, Taste, read_gold
from personabench.oracle.naive import Row, replay, row_of
from personabench.oracle.words import overlap

ENOUGH = 0.6
"""The share of the content words of a gold name that a learned name must have."""


@dataclass(frozen=True, kw_only=True)
class Field:
    """How rows of a field are compared: the column that names one, and where its amount stands."""

    label: str
    path: str
    name: str | None = None
    amount: str | None = None


FIELDS = (
    Field(label="preferences", path="preferences.tastes", name="item"),
    Field(label="goals", path="agenda.goals", name="what", amount="target"),
    Field(label="budgets", path="finances.budgets", name="category", amount="limit"),
    Field(label="to-dos", path="agenda.todos", name="task"),
    Field(label="calendar", path="agenda.calendar", name="event"),
    Field(label="expenses", path="finances.expenses", name="what", amount="amount"),
    Field(label="steps", path="activity.steps", amount="count"),
)


@dataclass(frozen=True, kw_only=True)
class Value:
    """A gold or learned row, reduced to what is compared. `excused`: not omitted, or not false, if it has no pair."""

    name: str = ""
    amount: float | None = None
    stance: str | None = None
    sessions: frozenset[str] = frozenset()
    excused: bool = False


@dataclass(frozen=True, kw_only=True)
class Count:
    """Gold values, learned rows, and how many of them are pairs."""

    gold: int
    learned: int
    right: int

    @property
    def precision(self) -> float | None:
        """None where nothing was learned."""
        return self.right / self.learned if self.learned else None

    @property
    def recall(self) -> float | None:
        """None where there is nothing to learn."""
        return self.right / self.gold if self.gold else None

    @property
    def f1(self) -> float | None:
        """The harmonic mean of precision and recall; None where there is neither a gold value nor a learned row."""
        return 2 * self.right / (self.gold + self.learned) if self.gold + self.learned else None

    def __add__(self, other: Count) -> Count:
        return Count(gold=self.gold + other.gold, learned=self.learned + other.learned, right=self.right + other.right)


@dataclass(frozen=True, kw_only=True)
class FieldScore:
    field: Field
    ever: Count
    end: Count


@dataclass(frozen=True, kw_only=True)
class Score:
    """A learned persona against the gold; see the head of the module for how each figure is counted."""

    user: str
    sessions: int
    learned_from: int
    fields: tuple[FieldScore, ...]
    dead: int
    gone: int
    without_memory: int
    written_without_memory: tuple[str, ...]
    documents: int
    rows_of_documents: int
    rows_of_other_fields: int


async def score(
    folder: Path,
    *,
    database: str | Path,
    user: str,
    tenant: str | None = None,
    sessions: Collection[str] | None = None,
) -> Score:
    """Score what a database holds of a user who lived through a folder's sessions, or its first `sessions`.

    Raises: UnknownUser; FileNotFoundError and ValueError for a folder without gold.
    """
    gold = read_gold(folder)
    if sessions is not None:
        gold = gold.within(sessions)
    async with AIPersona(database, tenant=tenant) as ai:
        view = await ai.persona(user, as_of=gold.days[-1])
        log = await ai.log(user)
    claims = [claim for claim in view.persona.claims if not claim.retracted]
    judged = [claim for claim in claims if not _sessions_of(claim) or not _sessions_of(claim) <= gold.documents]
    holding = {claim.id for claim in view.persona.all_holding(view.as_of)}
    wrote = {evidence.session_id for claim in claims for evidence in claim.evidence} & gold.without_memory
    known = {field.path for field in FIELDS}
    last = {field.path: [c for c in judged if c.path == field.path and c.id in holding] for field in FIELDS}
    dead = list(dead_values(gold))
    return Score(
        user=user,
        sessions=len(gold.operations) + len(gold.without_memory) + len(gold.documents),
        learned_from=len({session_id for revision in log for session_id in revision.session_ids}),
        fields=tuple(
            FieldScore(
                field=field,
                ever=_count(gold_ever(gold, field), _learned(gold, field, [c for c in judged if c.path == field.path])),
                end=_count(gold_at_end(gold, field), _learned(gold, field, last[field.path]), stance=True),
            )
            for field in FIELDS
        ),
        dead=len(dead),
        gone=sum(not _is_held(value, [value_of(_field(path), c.row) for c in last[path]]) for path, value in dead),
        without_memory=len(gold.without_memory),
        written_without_memory=tuple(sorted(wrote)),
        documents=len(gold.documents),
        rows_of_documents=len(claims) - len(judged),
        rows_of_other_fields=sum(claim.path not in known for claim in judged),
    )


def _sessions_of(claim: Claim) -> frozenset[str]:
    return frozenset(evidence.session_id for evidence in claim.evidence)


def _field(path: str) -> Field:
    return next(field for field in FIELDS if field.path == path)


def value_of(field: Field, row: Row) -> Value:
    name = row.get(field.name) if field.name else None
    stance = row.get("stance")
    return Value(
        # The gold gives a goal no words but these.
        name="steps" if name == "daily steps" else str(name or ""),
        amount=_amount(row.get(field.amount)) if field.amount else None,
        stance=stance if isinstance(stance, str) else None,
    )


def _amount(value: JsonValue) -> float | None:
    if isinstance(value, dict):
        value = value.get("amount")
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def gold_ever(gold: Gold, field: Field) -> list[Value]:
    """The values that the gold adds or changes in a field, in order."""
    told = [(o, row_of(o)) for o in gold.operations if o.action != "delete"]
    return [
        replace(value_of(field, row), sessions=frozenset({o.session_id}), excused=unsaid_dislike(o))
        for o, (path, _, row) in told
        if path == field.path
    ]


def gold_at_end(gold: Gold, field: Field) -> list[Value]:
    """The values that the gold leaves in a field."""
    last = {row_of(o)[:2]: o for o in gold.operations}
    return [
        replace(value_of(field, row), excused=unsaid_dislike(last[field.path, name]))
        for name, row in replay(gold.operations)[field.path].items()
    ]


_SAYS_DISLIKE = re.compile(
    r"\bdislik|\bhat(?:e|ing)\b|\b(?:don't|do not|can't) (?:\w+ )?(?:like|enjoy|care for|stand)\b"
    r"|\bnot (?:\w+ )?a fan\b"
)


def unsaid_dislike(operation: Operation) -> bool:
    """Whether a like turns into a dislike in words that may as well mean that it is simply over."""
    thing = operation.thing
    turned = isinstance(thing, Taste) and thing.stance == "dislike" and operation.action == "update"
    return turned and not any(_SAYS_DISLIKE.search(w.casefold().replace("’", "'")) for w in operation.turns.values())


def _learned(gold: Gold, field: Field, claims: Sequence[Claim]) -> list[Value]:
    """Learned rows of a field; a dislike of a thing that the gold has taken away is excused."""
    over = [o.thing.item for o in gold.operations if isinstance(o.thing, Taste) and o.action == "delete"]
    over += [o.thing.replaces for o in gold.operations if isinstance(o.thing, Taste) and o.thing.replaces]
    values = [replace(value_of(field, claim.row), sessions=_sessions_of(claim)) for claim in claims]
    return [
        replace(v, excused=v.stance == "dislike" and any(overlap(name, v.name) >= ENOUGH for name in over))
        for v in values
    ]


def dead_values(gold: Gold) -> Iterable[tuple[str, Value]]:
    """What the gold had at some time and has not at the end."""
    alive = {field.path: [replace(v, excused=False) for v in gold_at_end(gold, field)] for field in FIELDS}
    seen: set[tuple[str, Value]] = set()
    for operation in gold.operations:
        path, _, row = row_of(operation)
        value = value_of(_field(path), row)
        if (path, value) not in seen and value not in alive[path]:
            seen.add((path, value))
            yield path, value


def _count(gold: Sequence[Value], learned: Sequence[Value], *, stance: bool = False) -> Count:
    """Pairs gold values with learned rows, the surest pairs first; what is excused and without a pair is left out."""
    pairs = [
        (
            (bool(wanted.sessions & found.sessions), wanted.stance == found.stance, overlap(wanted.name, found.name)),
            (i, j),
        )
        for i, wanted in enumerate(gold)
        for j, found in enumerate(learned)
        if is_right(wanted, found) and (not stance or wanted.stance == found.stance)
    ]
    of_gold: set[int] = set()
    of_learned: set[int] = set()
    for _, (i, j) in sorted(pairs, key=lambda pair: pair[0], reverse=True):
        if i not in of_gold and j not in of_learned:
            of_gold.add(i)
            of_learned.add(j)
    return Count(
        gold=sum(i in of_gold or not value.excused for i, value in enumerate(gold)),
        learned=sum(j in of_learned or not value.excused for j, value in enumerate(learned)),
        right=len(of_gold),
    )


def is_right(gold: Value, learned: Value) -> bool:
    named = not gold.name or overlap(gold.name, learned.name) >= ENOUGH
    return named and (gold.amount is None or gold.amount == learned.amount)


def _is_held(gold: Value, learned: Iterable[Value]) -> bool:
    return any(is_right(gold, value) and gold.stance == value.stance for value in learned)
