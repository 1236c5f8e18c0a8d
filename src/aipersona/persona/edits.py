"""Edits: the typed changes of one field, the only way in which a persona changes.

| op | does |
|---|---|
| set | gives a scalar field a value; the one before it is closed, not overwritten |
| add | puts an item into a set, or a row into a record field |
| update | gives columns of a row new values; the row's earlier version is closed |
| remove | what held holds no longer from a day on, or (`entirely`) is taken back as never true |
| end | what holds will hold until a day |
| confirm | the user said it again: more evidence, a later review date, nothing twice |
| learn | declares a field that the schema lacks, or one anew that became wider or got another name |
| merge | a learned field turns out to be another one: its claims move there, its path becomes an alias |
| ask, settle | opens a question on a conflict, and closes it |
| restore | puts entries back exactly as they were; how a revert is written down |
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter, model_validator

from aipersona.persona.claims import (
    Authority,
    Claim,
    Confidence,
    EntryId,
    Evidence,
    LearnedField,
    Question,
    Row,
    Support,
    is_absent,
    require_row,
)
from aipersona.schema.fields import FieldSpec, Kind, Path
from aipersona.sessions.model import Frozen, Json, Moment, Text


class Statement(Frozen):
    """What every edit about a field carries: who says it, with what words, when; what an inference rests on."""

    path: Path
    authority: Authority
    confidence: Confidence = 1.0
    evidence: tuple[Evidence, ...] = ()
    said_at: Moment
    reason: Text = ""
    support: Support | None = Field(default=None, exclude_if=is_absent)


class SetEdit(Statement):
    op: Literal["set"]
    value: Json
    valid_from: date | None = None
    valid_to: date | None = None
    review_by: date | None = None


class AddEdit(Statement):
    op: Literal["add"]
    kind: Literal["set", "records"]
    value: Json
    valid_from: date | None = None
    valid_to: date | None = None
    review_by: date | None = None

    @model_validator(mode="after")
    def _rows_are_objects(self) -> AddEdit:
        require_row(self.kind, self.value)
        return self


class UpdateEdit(Statement):
    op: Literal["update"]
    record_id: str
    changes: Row
    valid_from: date | None = None
    valid_to: date | None = None
    review_by: date | None = None


class Targeted(Statement):
    """`item` is the target of a set field, `record_id` of a record field; neither means all that the field holds.

    `claim` is the one claim that is meant, whatever else its field holds.
    """

    item: Json = None
    record_id: str | None = None
    claim: EntryId | None = Field(default=None, exclude_if=is_absent)


class RemoveEdit(Targeted):
    op: Literal["remove"]
    on: date
    entirely: bool = False


class EndEdit(Targeted):
    op: Literal["end"]
    on: date


class ConfirmEdit(Targeted):
    """`kind` and `value` say what is confirmed, so that it stands even where its first statement was reverted."""

    op: Literal["confirm"]
    kind: Kind
    value: Json
    on: date
    review_by: date | None = None

    @model_validator(mode="after")
    def _rows_are_objects(self) -> ConfirmEdit:
        require_row(self.kind, self.value)
        return self


class LearnEdit(Frozen):
    op: Literal["learn"]
    spec: FieldSpec


class MergeEdit(Frozen):
    """`path` is the field that is merged `into` the other one, which keeps its kind."""

    op: Literal["merge"]
    path: Path
    into: Path
    reason: Text = ""


class AskEdit(Statement):
    op: Literal["ask"]
    proposed: Json


class SettleEdit(Frozen):
    op: Literal["settle"]
    question_id: str
    accepted: bool


class RestoreEdit(Frozen):
    op: Literal["restore"]
    put: tuple[Claim | Question | LearnedField, ...] = ()
    drop: tuple[str, ...] = ()


Edit = Annotated[
    SetEdit
    | AddEdit
    | UpdateEdit
    | RemoveEdit
    | EndEdit
    | ConfirmEdit
    | LearnEdit
    | MergeEdit
    | AskEdit
    | SettleEdit
    | RestoreEdit,
    Field(discriminator="op"),
]
EDIT: TypeAdapter[Edit] = TypeAdapter(Edit)


def path_of(edit: Edit) -> str | None:
    """The field that an edit changes; None for those that concern no single one."""
    match edit:
        case LearnEdit():
            return edit.spec.path
        case SettleEdit() | RestoreEdit():
            return None
        case _:
            return edit.path
