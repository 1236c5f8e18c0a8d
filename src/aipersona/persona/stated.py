"""The parts that edits have in common, by name: who says it and with what words, and how long a claim of it holds."""

from __future__ import annotations

from datetime import date, datetime
from typing import NotRequired, TypedDict

from aipersona.persona.claims import Authority, Claim, Evidence, Support
from aipersona.persona.edits import AddEdit, SetEdit, Statement, UpdateEdit
from aipersona.schema.fields import Kind
from aipersona.sessions.model import Json


class Said(TypedDict):
    """What every edit about a field carries, but for its confidence."""

    path: str
    authority: Authority
    evidence: tuple[Evidence, ...]
    said_at: datetime
    reason: str
    support: NotRequired[Support | None]


class Held(TypedDict):
    """What an edit that makes a claim carries besides: how sure it is, and on which days it holds."""

    confidence: float
    valid_from: date | None
    valid_to: date | None
    review_by: date | None


def said_of(edit: Statement) -> Said:
    """Who said what an edit states, and how."""
    return Said(
        path=edit.path,
        authority=edit.authority,
        evidence=edit.evidence,
        said_at=edit.said_at,
        reason=edit.reason,
        support=edit.support,
    )


def claim_of(
    edit: SetEdit | AddEdit | UpdateEdit,
    edit_id: str,
    *,
    kind: Kind,
    value: Json,
    start: date | None,
    end: date | None,
    recorded: int,
    record_id: str | None = None,
    replaces: tuple[str, ...] = (),
) -> Claim:
    """The claim that an edit makes: this value, on the days from `start` to before `end`."""
    return Claim(
        id=edit_id,
        path=edit.path,
        kind=kind,
        value=value,
        record_id=record_id,
        authority=edit.authority,
        confidence=edit.confidence,
        evidence=edit.evidence,
        said_at=edit.said_at,
        valid_from=start,
        valid_to=end,
        review_by=edit.review_by,
        replaces=replaces,
        recorded=recorded,
        support=edit.support,
    )
