"""What a persona is made of: claims with their evidence and validity, learned fields, open questions."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, JsonValue, model_validator

from aipersona.schema.fields import FieldSpec, Kind, Path
from aipersona.sessions.model import Frozen, Json, Moment, Text

Authority = Literal["user_edit", "told", "imported", "inferred", "tool"]

RANK: dict[Authority, int] = {"user_edit": 3, "told": 3, "imported": 2, "inferred": 1, "tool": 0}
"""Who may correct whom: a claim gives way only to one of its own rank or a higher one."""

EVIDENCE_KEPT = 8
"""A claim carries its first evidence and the latest; all of it stays in the revisions."""

EntryId = Annotated[str, Field(pattern=r"^[0-9]+\.[0-9]+$")]
"""The edit that made an entry: its revision, and its place in it."""

Confidence = Annotated[float, Field(ge=0, le=1)]
Row = dict[str, Json]


def require_row(kind: Kind, value: JsonValue) -> None:
    """Raises: ValueError if the value is meant for a record field and is no row."""
    if kind == "records" and not isinstance(value, dict):
        raise ValueError("a row is an object with a value for each column")


class Evidence(Frozen):
    """A quoted span of one turn."""

    session_id: str
    turn: int
    quote: Text
    speaker: str | None = None
    at: Moment


class Support(Frozen):
    """What an inferred claim rests on: the ids of the claims.

    `pattern` names what code computed it of, by field and content words; it is empty where a model proposed it.
    """

    claims: tuple[EntryId, ...]
    pattern: Text = ""


def is_absent(value: object) -> bool:
    """Whether an optional part is not there; then it is not written either, and what was written before it came
    reads the same."""
    return value is None


class Claim(Frozen):
    """One value of a field: how it is known, from which words, and when it held.

    It held on the days of [valid_from, valid_to); None is open. `said_at` orders claims: among those that cover a
    day, the one said last holds. `id` names the edit that made it ("7.0": revision 7, its first edit) and stays when
    the claim is closed or confirmed; `recorded` is the revision that wrote this version of it. `record_id` is shared
    by the claims that are versions of one row. A `retracted` claim never held at all. A claim that consolidation
    inferred names its `support`.
    """

    id: EntryId
    path: Path
    kind: Kind
    value: Json
    record_id: str | None = None
    authority: Authority
    confidence: Confidence
    evidence: tuple[Evidence, ...] = ()
    said_at: Moment
    valid_from: date | None = None
    valid_to: date | None = None
    review_by: date | None = None
    confirmations: int = 0
    replaces: tuple[str, ...] = ()
    retracted: bool = False
    recorded: int
    support: Support | None = Field(default=None, exclude_if=is_absent)

    @model_validator(mode="after")
    def _rows_have_ids(self) -> Claim:
        require_row(self.kind, self.value)
        if (self.kind == "records") != (self.record_id is not None):
            raise ValueError("a record claim, and no other, has a record_id")
        return self

    @property
    def revision(self) -> int:
        """The revision in which the claim was first made."""
        return int(self.id.partition(".")[0])

    def covers(self, day: date) -> bool:
        """Whether the claim held on that day."""
        if self.retracted or (self.valid_from is not None and day < self.valid_from):
            return False
        return self.valid_to is None or day < self.valid_to

    def overlaps(self, start: date | None, end: date | None) -> bool:
        """Whether the claim held on any day of [start, end)."""
        if self.retracted or (self.valid_from and self.valid_to and self.valid_from >= self.valid_to):
            return False
        begins_before = end is None or self.valid_from is None or self.valid_from < end
        ends_after = start is None or self.valid_to is None or self.valid_to > start
        return begins_before and ends_after

    def is_stale(self, day: date) -> bool:
        """Whether the day by which to ask again has passed."""
        return self.review_by is not None and day >= self.review_by

    def with_evidence(self, more: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
        """The evidence kept when more of it arrives: the first, and the latest."""
        new = tuple(item for item in more if item not in self.evidence)
        together = self.evidence + new
        if len(together) <= EVIDENCE_KEPT:
            return together
        return together[:1] + together[-(EVIDENCE_KEPT - 1) :]

    @property
    def words(self) -> str:
        """The value as plain text; of a row what stands in its columns, without their names."""
        if self.kind == "records":
            return ", ".join(plain_text(value) for value in self.row.values() if value is not None)
        return plain_text(self.value)

    @property
    def row(self) -> Row:
        """The value of a record claim, by column."""
        assert isinstance(self.value, dict)
        return self.value


class Question(Frozen):
    """An open conflict that only the user can settle: a weaker source contradicts what stands at `path`."""

    id: EntryId
    path: Path
    proposed: Json
    authority: Authority
    evidence: tuple[Evidence, ...] = ()
    said_at: Moment
    recorded: int


class LearnedField(Frozen):
    """A field that this persona has and its schema does not.

    Once it is `merged_into` another one, its path is no more than an alias of that one's.
    """

    id: str
    spec: FieldSpec
    recorded: int
    merged_into: Path | None = Field(default=None, exclude_if=is_absent)


Entry = Claim | Question | LearnedField


_AMOUNT = frozenset({"amount", "currency", "unit", "period"})


def plain_text(value: JsonValue) -> str:
    """A value as people write it: "30 EUR per week", the columns of a row named, on one line."""
    if isinstance(value, dict):
        if "amount" in value and value.keys() <= _AMOUNT:
            unit = value.get("currency") or value.get("unit") or ""
            period = f" per {value['period']}" if value.get("period") else ""
            return " ".join(f"{value['amount']} {unit}{period}".split())
        pairs = (f"{name} {plain_text(inner)}" for name, inner in value.items() if inner is not None)
        return " ".join(", ".join(pairs).split())
    if isinstance(value, list):
        return ", ".join(plain_text(inner) for inner in value)
    return " ".join(str(value).split())


def value_key(value: JsonValue) -> str:
    """A form of a value in which equal values are equal: case, white space and key order do not count."""
    if isinstance(value, str):
        return " ".join(value.casefold().split())
    if isinstance(value, bool) or value is None:
        return str(value)
    if isinstance(value, int | float):
        return str(int(value)) if value == int(value) else repr(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{key}:{value_key(value[key])}" for key in sorted(value)) + "}"
    return "[" + ",".join(value_key(item) for item in value) + "]"
