"""What the user is asked, in plain words: what would be kept, and what is kept so far.

The words are made of the very edits that a yes commits; where very much would go they name some of it, and count the
rest. A value stands on a line of its own, with what cannot be seen
in it spelled out, so that no value can pass for a part of the question.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Sequence

from pydantic import JsonValue

from aipersona.mcp_door.asking import Form
from aipersona.optimizer.matching import match_row
from aipersona.persona.claims import RANK, Claim, Question, plain_text
from aipersona.persona.edits import (
    AddEdit,
    ConfirmEdit,
    Edit,
    EndEdit,
    LearnEdit,
    RemoveEdit,
    SetEdit,
    SettleEdit,
    UpdateEdit,
)
from aipersona.persona.revisions import Revision
from aipersona.persona.view import PersonaView
from aipersona.schema.fields import Schema

YES, NO = "yes", "no"
KEEP, TAKE = "keep what stands", "take the other value"

MOST_LINES = 20
"""How many values that would go are named, and how many questions that would close; new values are all named."""

GOES, CLOSES = "goes", "no longer asked"
_GOING = {GOES: "go", CLOSES: "are no longer asked"}

_Line = tuple[str, str, str]
"""What is said of a value, the heading that it stands below, and the value; the last may be empty."""

_SEEN = frozenset("\u200c\u200d")
"""Joiners: they shape letters and emoji."""


def consent_form(shown: Revision, view: PersonaView, *, purpose: str) -> Form:
    """The form that asks whether a revision may be made of what `view` shows."""
    lines = [line for edit in shown.edits for line in _lines(edit, view)]
    words = "\n".join((purpose, *_told(lines), "Say yes only if you want it so."))
    edits = [edit.model_dump(mode="json", exclude={"said_at"}) for edit in shown.edits]
    whole = json.dumps([edits, lines], sort_keys=True)
    return Form(words=words, choices=(YES, NO), revision=view.revision, whole=whole)


def settling_form(question: Question, view: PersonaView, schema: Schema) -> Form:
    """The form that asks which of two values, or which of two versions of a row, is right."""
    held = view.claims(question.path)
    spec = schema.with_learned(entry.spec for entry in view.persona.learned).get(question.path)
    if spec is not None and spec.kind == "records":
        row = match_row(view.persona, spec, question.proposed, view.as_of)
        held = (row,) if row is not None else ()
    lines = [f"{_name(question.path)}: what is right?", *(f"  so far: {text}" for text in _so_far(held))]
    lines.append(f"  something else says: {visible(question.proposed)}")
    return Form(words="\n".join(lines), choices=(KEEP, TAKE), revision=view.revision)


def visible(value: JsonValue) -> str:
    """A value as people write it, on one line, with what cannot be seen in it spelled out."""
    return "".join(
        f"\\u{ord(c):04x}" if unicodedata.category(c)[0] == "C" and c not in _SEEN else c for c in plain_text(value)
    )


def _told(lines: Iterable[_Line]) -> list[str]:
    """The lines below their headings, and how many of those that would go are left out."""
    told: list[str] = []
    named: str | None = None
    counts = dict.fromkeys(_GOING, 0)
    for kind, heading, value in lines:
        if kind in counts:
            counts[kind] += 1
            if counts[kind] > MOST_LINES:
                continue
        if heading != named:
            told.append(heading)
            named = heading
        if value:
            told.append(f"  {kind}: {value}")
    for kind, count in counts.items():
        if count > MOST_LINES:
            told.append(f"and {count - MOST_LINES} more {_GOING[kind]}: {count} in all")
    return told


def _lines(edit: Edit, view: PersonaView) -> Iterable[_Line]:
    match edit:
        case SetEdit():
            return _new(edit.path, edit.value, edit, view.claims(edit.path))
        case AddEdit():
            return [("one more", _name(edit.path), f"{visible(edit.value)}{_days(edit)}")]
        case UpdateEdit():
            rows = [claim for claim in view.claims(edit.path) if claim.record_id == edit.record_id]
            return _new(edit.path, dict(edit.changes), edit, rows)
        case ConfirmEdit():
            return [("still so", _name(edit.path), visible(edit.value))]
        case RemoveEdit() | EndEdit():
            return dict.fromkeys((GOES, _name(edit.path), visible(claim.value)) for claim in _meant(edit, view))
        case LearnEdit():
            return [("", f"a new field: {edit.spec.path}", "")]
        case SettleEdit():
            question = view.persona.question(edit.question_id)
            return [(CLOSES, _name(question.path), visible(question.proposed))] if question is not None else ()
        case _:
            return ()


def _new(path: str, value: JsonValue, edit: SetEdit | UpdateEdit, held: Sequence[Claim]) -> list[_Line]:
    new = ("new", _name(path), f"{visible(value)}{_days(edit)}")
    return [new, *(("so far", _name(path), text) for text in _so_far(held))]


def _meant(edit: RemoveEdit | EndEdit, view: PersonaView) -> Iterable[Claim]:
    claims = view.persona.history(edit.path) if isinstance(edit, RemoveEdit) and edit.entirely else ()
    for claim in claims or view.claims(edit.path):
        if claim.retracted or claim.path != edit.path:
            continue
        if edit.record_id is not None and claim.record_id != edit.record_id:
            continue
        if edit.item is not None and claim.value != edit.item:
            continue
        yield claim


def _so_far(held: Sequence[Claim]) -> list[str]:
    return [f"{visible(claim.value)} ({_known(claim)})" for claim in held] or ["nothing"]


def _known(claim: Claim) -> str:
    if RANK[claim.authority] >= RANK["told"]:
        return f"you said so on {claim.said_at:%Y-%m-%d}"
    return f"{claim.authority}, {claim.said_at:%Y-%m-%d}"


def _days(edit: SetEdit | AddEdit | UpdateEdit) -> str:
    since = f", from {edit.valid_from}" if edit.valid_from is not None else ""
    return f"{since}, until {edit.valid_to}" if edit.valid_to is not None else since


def _name(path: str) -> str:
    """ "diet (preferences.diet)" """
    return f"{path.rpartition('.')[2].replace('_', ' ')} ({path})"
