"""Judging: from a grounded draft to edits, or a reason why not.

The checks, in order: the path is known or may be learned; policy allows to keep it; the value fits the type; the
words are about the user and meant; the value stands in them; the time makes sense; the user did not take it back;
nobody with more authority said otherwise. A conflict with a stronger claim opens a question. What is known already is
confirmed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from pydantic import JsonValue

from aipersona.errors import InvalidValue
from aipersona.optimizer.about import check_about_user, check_stated_by
from aipersona.optimizer.by_hand import check_whole
from aipersona.optimizer.draft import DraftEdit, texts_of
from aipersona.optimizer.events import known_event
from aipersona.optimizer.fields import Resolved, resolve_field
from aipersona.optimizer.ground import Grounded, NotAccepted
from aipersona.optimizer.matching import match_row, row_spoken_of
from aipersona.optimizer.policy import Policy, is_special
from aipersona.optimizer.support import check_spoken_of, check_supported, is_said, unsupported_columns
from aipersona.optimizer.taken_back import (
    check_change_not_taken_back,
    check_not_taken_back,
    check_row_not_taken_back,
)
from aipersona.optimizer.validity import said_validity
from aipersona.persona.claims import RANK, Authority, Claim, Evidence, Row, value_key
from aipersona.persona.edits import (
    AddEdit,
    AskEdit,
    ConfirmEdit,
    Edit,
    EndEdit,
    LearnEdit,
    RemoveEdit,
    SetEdit,
    SettleEdit,
    UpdateEdit,
)
from aipersona.persona.model import Persona
from aipersona.persona.stated import Held, Said
from aipersona.schema.fields import FieldSpec, Schema
from aipersona.schema.typed import typed_columns, typed_value

CONFIDENCE: Mapping[Authority, float] = {
    "user_edit": 1.0,
    "told": 0.9,
    "imported": 0.8,
    "inferred": 0.5,
    "tool": 0.4,
}
"""How sure a claim starts; each confirmation halves what is missing to 1."""


@dataclass(frozen=True, kw_only=True)
class Statement:
    """A proposal with its source, after grounding (the user's words) or without words.

    What is written `by_hand` must read as a value as a whole; a model's value may have words around it.
    """

    draft: DraftEdit
    authority: Authority
    evidence: tuple[Evidence, ...]
    said_at: datetime
    day: date
    grounded: Grounded | None = None
    strict: bool = False
    by_hand: bool = False


def told(grounded: Grounded, *, strict: bool) -> Statement:
    """The statement that a grounded draft makes: in the user's own words."""
    return Statement(
        draft=grounded.draft,
        authority="told",
        evidence=(grounded.evidence,),
        said_at=grounded.evidence.at,
        day=grounded.day,
        grounded=grounded,
        strict=strict,
    )


def judge(statement: Statement, persona: Persona, schema: Schema, policy: Policy) -> list[Edit]:
    """The edits that a statement leads to, at least one.

    A value that has no word in common with what the user said ("vegetarian" for "I stopped eating meat") is the
    model's inference, and has its authority.

    Raises: NotAccepted.
    """
    fillable = schema if statement.grounded is None else schema.drafted
    resolved = resolve_field(statement.draft, persona, fillable, day=statement.day)
    statement = replace(statement, draft=resolved.draft)
    if not policy.keeps(resolved.spec):
        raise NotAccepted("sensitive", "the policy does not keep special categories of personal data")
    if not policy.allows(resolved.spec.path) and _tells_something_special(statement, resolved.spec, schema):
        raise NotAccepted("sensitive", "the words are of a special category, which the policy does not keep")
    if statement.grounded is not None:
        check_about_user(statement.grounded, resolved.spec)
        if statement.strict:
            check_stated_by(statement.grounded, resolved.spec)
        going = statement.draft.op in ("remove", "end")
        if not going and not is_said(statement.draft.value, resolved.spec, statement.grounded):
            statement = replace(statement, authority="inferred")
    edits = _Verdict(statement, persona, resolved).edits()
    edits = [*edits, *_answered(edits, statement, persona, resolved.spec)]
    return [LearnEdit(op="learn", spec=resolved.spec), *edits] if resolved.new else edits


def _tells_something_special(statement: Statement, spec: FieldSpec, schema: Schema) -> bool:
    """Whether a value in an open text field is of a special category, under whatever name the field has.

    A proper name tells nothing of the kind: somebody called Christian, or who works for a health centre.
    """
    if spec.section not in schema.open_sections or spec.kind == "records" or spec.type != "str" or spec.identity:
        return False
    if spec.stated_by and not spec.learned:
        return False
    return any(is_special(text) for text in texts_of(statement.draft.value))


def _answered(edits: Sequence[Edit], statement: Statement, persona: Persona, spec: FieldSpec) -> list[Edit]:
    """The questions that these edits settle: the user's own later word on a value or a row leaves nothing to ask."""
    settled: list[Edit] = []
    if RANK[statement.authority] < RANK["told"]:
        return settled
    for question in persona.questions:
        if question.path != spec.path or question.said_at > statement.said_at:
            continue
        row = match_row(persona, spec, question.proposed, statement.day) if spec.kind == "records" else None
        for edit in edits:
            if isinstance(edit, SetEdit | ConfirmEdit | UpdateEdit | RemoveEdit) and _row_of(edit) == _row_of(row):
                accepted = _gives(edit, question.proposed)
                settled.append(SettleEdit(op="settle", question_id=question.id, accepted=accepted))
    return settled


def _row_of(about: SetEdit | ConfirmEdit | UpdateEdit | RemoveEdit | Claim | None) -> str | None:
    return None if about is None or isinstance(about, SetEdit) else about.record_id


def _gives(edit: SetEdit | ConfirmEdit | UpdateEdit | RemoveEdit, proposed: JsonValue) -> bool:
    """Whether an edit says what a question proposes."""
    match edit:
        case SetEdit() | ConfirmEdit():
            return value_key(edit.value) == value_key(proposed)
        case UpdateEdit():
            row = proposed if isinstance(proposed, dict) else {}
            return all(value_key(row.get(name)) == value_key(new) for name, new in edit.changes.items())
        case RemoveEdit():
            return False


class _Verdict:
    """The edits for one statement about one field."""

    def __init__(self, statement: Statement, persona: Persona, resolved: Resolved) -> None:
        self.statement, self.persona, self.spec = statement, persona, resolved.spec
        self.draft = statement.draft
        self.valid_from, self.valid_to = said_validity(statement.draft, statement.grounded, self.spec, statement.day)
        self.said = Said(
            path=self.spec.path,
            authority=statement.authority,
            evidence=statement.evidence,
            said_at=statement.said_at,
            reason=self.draft.reason,
        )
        self.held = Held(
            confidence=CONFIDENCE[statement.authority],
            valid_from=self.valid_from,
            valid_to=self.valid_to,
            review_by=self.spec.review_by(statement.day),
        )

    def edits(self) -> list[Edit]:
        if self.draft.op in ("remove", "end"):
            return [self._gone()]
        if self.spec.kind == "scalar":
            return [self._scalar()]
        values = self.draft.value if isinstance(self.draft.value, list) else [self.draft.value]
        if not values:
            raise NotAccepted("wrong_type", "no value")
        return [self._item(value) if self.spec.kind == "set" else self._row(value) for value in values]

    def _scalar(self) -> Edit:
        value = self._typed(self.draft.value)
        self._check_support(value)
        current = self.persona.current(self.spec.path, self.valid_from)
        if current is not None and value_key(current.value) == value_key(value):
            return self._confirmed(current)
        self._check_not_taken_back(value)
        standing = self._strongest_met()
        if standing is not None and RANK[standing.authority] > RANK[self.statement.authority]:
            return self._asked(value)
        return SetEdit(op="set", value=value, **self.said, **self.held)

    def _item(self, value: JsonValue) -> Edit:
        if self.draft.op == "update":
            raise NotAccepted("wrong_operation", "an item of a set is added or removed, not updated")
        item = self._typed(value)
        self._check_support(item)
        for claim in self.persona.holding(self.spec.path, self.valid_from):
            if value_key(claim.value) == value_key(item):
                return self._confirmed(claim)
        self._check_not_taken_back(item)
        return AddEdit(op="add", kind="set", value=item, **self.said, **self.held)

    def _row(self, value: JsonValue) -> Edit:
        columns = self._columns(value)
        named = isinstance(value, dict) and "id" in value
        if not self.spec.key and not named and self.draft.op != "update":
            self._typed(columns)
            claim = known_event(self.persona, self.spec, columns, self.statement.day, grounded=self.statement.grounded)
            return self._confirmed(claim) if claim is not None else self._new_row(columns)
        claim = match_row(self.persona, self.spec, value if named else columns, self.statement.day)
        if claim is None:
            if self.draft.op == "update":
                raise NotAccepted("nothing_to_change", "no row like it holds")
            self._typed(columns)
            return self._new_row(columns)
        changes = {name: new for name, new in columns.items() if self._changes(claim, name, new, named=named)}
        if not changes:
            return self._confirmed(claim)
        changes = self._supported_columns(changes)
        if RANK[claim.authority] > RANK[self.statement.authority]:
            check_change_not_taken_back(self.persona, self.spec, claim.row, changes)
            return self._asked({**claim.row, **changes})
        return UpdateEdit(op="update", record_id=claim.record_id or "", changes=changes, **self.said, **self.held)

    def _new_row(self, row: Row) -> Edit:
        row = self._supported_columns(row)
        check_row_not_taken_back(self.persona, self.spec, row, self.statement.authority, self.statement.day)
        return AddEdit(op="add", kind="records", value=row, **self.said, **self.held)

    def _gone(self) -> Edit:
        claims = self._named()
        if not claims:
            raise NotAccepted("nothing_to_change", "nothing like it holds")
        strongest = max(claims, key=lambda claim: RANK[claim.authority])
        if RANK[strongest.authority] > RANK[self.statement.authority]:
            raise NotAccepted("weaker_authority")
        one = claims[0] if len(claims) == 1 and self.spec.kind != "scalar" else None
        if self.statement.grounded is not None:
            for claim in claims:
                check_spoken_of(claim, self.spec, self.statement.grounded)
        item = one.value if one is not None and self.spec.kind == "set" else None
        record_id = one.record_id if one is not None else None
        if self.draft.op == "end":
            on = self.valid_to or self.valid_from
            return EndEdit(op="end", item=item, record_id=record_id, on=on, **self.said)
        return RemoveEdit(op="remove", item=item, record_id=record_id, on=self.valid_from, **self.said)

    def _named(self) -> list[Claim]:
        """The claims that a removal means. A model must name what goes; only the user may clear a whole field."""
        day, value = self.statement.day, self.draft.value
        held = list(self.persona.holding(self.spec.path, day))
        if value is None:
            if self.spec.kind != "scalar" and self.statement.authority != "user_edit":
                raise NotAccepted("wrong_operation", "which one of them is not named")
            return held
        if self.spec.kind == "records":
            row = match_row(self.persona, self.spec, value, day, leaving=True)
            if row is None and self.spec.intent and self.statement.grounded is not None:
                row = row_spoken_of(self.persona, self.spec, self.draft.quote, day)
            return [row] if row is not None else []
        typed = self._typed(value)
        return [claim for claim in held if value_key(claim.value) == value_key(typed)]

    def _strongest_met(self) -> Claim | None:
        """The strongest of the claims that the new value would take days from, those that begin later included."""
        there = self.persona.by_path.get(self.spec.path, ())
        met = [claim for claim in there if claim.overlaps(self.valid_from, self.valid_to)]
        return max(met, key=lambda claim: RANK[claim.authority], default=None)

    def _confirmed(self, claim: Claim) -> Edit:
        """The same said again. A weaker source adds nothing to a stronger one, however often it repeats, and the same
        turn proposed twice is said once."""
        if RANK[claim.authority] > RANK[self.statement.authority]:
            raise NotAccepted("already_known")
        counted = {(evidence.session_id, evidence.turn) for evidence in claim.evidence}
        if self.statement.evidence and counted.issuperset((e.session_id, e.turn) for e in self.statement.evidence):
            raise NotAccepted("already_known", "these words were counted before")
        return ConfirmEdit(
            op="confirm",
            item=claim.value if claim.kind == "set" else None,
            record_id=claim.record_id,
            kind=claim.kind,
            value=claim.value,
            on=self.valid_from,
            confidence=max(claim.confidence, 1 - (1 - claim.confidence) / 2),
            review_by=self.held["review_by"],
            **self.said,
        )

    def _asked(self, value: JsonValue) -> Edit:
        for question in self.persona.questions:
            if question.path == self.spec.path and value_key(question.proposed) == value_key(value):
                raise NotAccepted("weaker_authority", "the question is open already")
        return AskEdit(op="ask", proposed=value, **self.said)

    def _check_not_taken_back(self, value: JsonValue) -> None:
        check_not_taken_back(self.persona, self.spec, value, self.statement.authority)

    def _typed(self, value: JsonValue) -> JsonValue:
        try:
            if self.statement.by_hand and self.spec.kind != "records":
                check_whole(value, self.spec, today=self.statement.day)
            return typed_value(value, self.spec, today=self.statement.day)
        except InvalidValue as error:
            raise NotAccepted("wrong_type", str(error)) from None

    def _columns(self, value: JsonValue) -> dict[str, JsonValue]:
        without_id = {k: v for k, v in value.items() if k != "id"} if isinstance(value, dict) else value
        try:
            if self.statement.by_hand:
                check_whole(without_id, self.spec, today=self.statement.day)
            columns = typed_columns(without_id, self.spec, today=self.statement.day)
        except InvalidValue as error:
            raise NotAccepted("wrong_type", str(error)) from None
        if self.draft.op in ("add", "set"):
            for name, column in self.spec.columns.items():
                if column.default_today:
                    columns.setdefault(name, self.statement.day.isoformat())
        return columns

    def _changes(self, claim: Claim, name: str, new: JsonValue, *, named: bool) -> bool:
        """Whether a column of a row gets a new value.

        The columns that name a row change only where it is given by id; another wording of a free classification
        ("song", "music") is no change unless the draft says update.
        """
        if value_key(claim.row.get(name)) == value_key(new) or (name in self.spec.key and not named):
            return False
        column = self.spec.columns[name]
        free = column.type == "str" and not column.said
        return self.draft.op == "update" or not free or name not in claim.row

    def _check_support(self, value: JsonValue) -> None:
        if self.statement.grounded is not None:
            check_supported(value, self.spec, self.statement.grounded, strict=self.statement.strict)

    def _supported_columns(self, columns: Row) -> Row:
        """The columns of a row whose values the words hold; the edit's reason names those that were left out."""
        if self.statement.grounded is None:
            return columns
        out = unsupported_columns(columns, self.spec, self.statement.grounded, strict=self.statement.strict)
        kept = {name: value for name, value in columns.items() if name not in out}
        if not kept:
            raise NotAccepted("value_not_in_quote", f"{self.spec.path}.{out[0]}")
        note = f"left out, not in the words: {', '.join(out)}" if out else ""
        self.said["reason"] = "; ".join(part for part in (self.draft.reason, note) if part)
        return kept
