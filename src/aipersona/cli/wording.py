"""Words for what there is to show: values, days, how something is known, edits. Plain text in, plain text out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime

from pydantic import JsonValue

from aipersona.persona.claims import Authority, Claim, Evidence, LearnedField, Question
from aipersona.persona.edits import (
    AddEdit,
    AskEdit,
    ConfirmEdit,
    Edit,
    EndEdit,
    LearnEdit,
    MergeEdit,
    RemoveEdit,
    RestoreEdit,
    SetEdit,
    SettleEdit,
    UpdateEdit,
)
from aipersona.persona.revisions import Revision

KNOWN: Mapping[Authority, str] = {
    "user_edit": "set by hand, by the user",
    "told": "told by the user",
    "imported": "imported by the application",
    "inferred": "inferred",
    "tool": "from a tool",
}

_CAUSES: Mapping[str, str] = {
    "set": "set by hand,",
    "patch": "patched,",
    "forget": "forgotten,",
    "answer": "a question settled",
    "consolidation": "consolidated",
}

_ESCAPES = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)")
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff]")
_UNSEEN_BUT_LINES = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff]")


def clean(text: str, *, lines: bool = False) -> str:
    """The text without what could steer a terminal or turn the reading direction; on one line unless `lines`."""
    text = _ESCAPES.sub("", text)
    return _UNSEEN_BUT_LINES.sub("", text) if lines else _UNSEEN.sub("", " ".join(text.split()))


def value_text(value: JsonValue) -> str:
    """A value as people write it: 4.5 EUR, "what coffee, date 2026-03-06", "padel, chess"."""
    if isinstance(value, dict):
        if "amount" in value and not set(value) - {"amount", "currency", "unit", "period"}:
            unit = value.get("currency") or value.get("unit")
            period = f"per {value['period']}" if value.get("period") else None
            return " ".join(clean(str(part)) for part in (value["amount"], unit, period) if part is not None)
        return ", ".join(f"{clean(name)} {value_text(inner)}" for name, inner in value.items() if inner is not None)
    if isinstance(value, list):
        return ", ".join(value_text(inner) for inner in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "none" if value is None else clean(str(value))


def minute(moment: datetime) -> str:
    """A moment to the minute, in its own time zone."""
    offset = moment.strftime("%z")
    return f"{moment:%Y-%m-%d %H:%M} {'UTC' if offset in ('', '+0000') else offset}"


def days(start: date | None, end: date | None) -> str:
    """The days [start, end) in words; empty where both are open."""
    if start is not None and end is not None:
        return f"from {start} until {end}"
    if end is not None:
        return f"until {end}"
    return f"since {start}" if start is not None else ""


def quoted(quote: str) -> str:
    return f"“{clean(quote)}”"


def place(evidence: Evidence) -> str:
    """Where words were said."""
    by = f", by {clean(evidence.speaker)}" if evidence.speaker else ""
    return f"{minute(evidence.at)}, session {clean(evidence.session_id)}, turn {evidence.turn}{by}"


def counted(number: int, noun: str) -> str:
    """1 edit, 2 edits."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def claim_text(claim: Claim) -> str:
    """A claim as a statement: path and value."""
    row = f" (row {claim.record_id})" if claim.record_id else ""
    return f"{claim.path} = {value_text(claim.value)}{row}"


def authorship(revision: Revision) -> str:
    """Who made a revision and why."""
    match revision.author, revision.cause:
        case "optimizer", "learn":
            names = ", ".join(clean(name) for name in revision.session_ids)
            return f"learned from {counted(len(revision.session_ids), 'session')}: {names}"
        case _ if revision.reverts is not None:
            return f"undid revision {revision.reverts}"
        case author, cause:
            return f"{_CAUSES.get(cause, clean(cause))} by the {author}"


def cost(revision: Revision) -> str:
    """What a revision's model calls took; empty where there were none."""
    if not revision.calls:
        return ""
    models = ", ".join(dict.fromkeys(clean(call.model) for call in revision.calls))
    asked = sum(call.prompt_tokens for call in revision.calls)
    answered = sum(call.completion_tokens for call in revision.calls)
    seconds = sum(call.seconds for call in revision.calls)
    return f"{counted(len(revision.calls), 'call')} of {models}, {asked} + {answered} tokens, {seconds:.1f} s"


def edit_text(edit: Edit) -> str:
    """An edit of one field as a statement."""
    match edit:
        case SetEdit():
            return _dated(f"{edit.path} = {value_text(edit.value)}", edit.valid_from, edit.valid_to)
        case AddEdit():
            return _dated(f"{edit.path} + {value_text(edit.value)}", edit.valid_from, edit.valid_to)
        case UpdateEdit():
            text = f"{edit.path} row {clean(edit.record_id)}: {value_text(edit.changes)}"
            return _dated(text, edit.valid_from, edit.valid_to)
        case RemoveEdit():
            return f"{_target(edit)} {'taken back' if edit.entirely else f'no longer, from {edit.on}'}"
        case EndEdit():
            why = f" ({clean(edit.reason)})" if edit.claim is not None and edit.reason else ""
            return f"{_target(edit)} until {edit.on}{why}"
        case ConfirmEdit():
            return f"{edit.path} = {value_text(edit.value)}, said again"
        case LearnEdit():
            return f"new field {edit.spec.path}: {clean(edit.spec.description)}"
        case MergeEdit():
            return f"{edit.path} is {edit.into}"
        case AskEdit():
            return f"{edit.path}: is it {value_text(edit.proposed)}? ({KNOWN[edit.authority]})"
        case SettleEdit():
            return f"question {edit.question_id}: {'accepted' if edit.accepted else 'kept what stands'}"
        case RestoreEdit():
            return f"{len(edit.put)} put back, {len(edit.drop)} taken out"


def edit_lines(edit: Edit, before: Mapping[str, Edit]) -> list[tuple[str, str, str]]:
    """A verb, a statement and the words behind it for each line that an edit takes.

    `before` are the edits of earlier revisions by the ids of the claims that they made.
    """
    if isinstance(edit, RestoreEdit):
        lines = [("out", edit_text(before[gone]) if gone in before else gone, "") for gone in edit.drop]
        for entry in edit.put:
            match entry:
                case Claim():
                    state = "taken back" if entry.retracted else days(entry.valid_from, entry.valid_to)
                    lines.append(("back", f"{claim_text(entry)}{f' ({state})' if state else ''}", ""))
                case Question():
                    lines.append(("back", f"the question about {entry.path}", ""))
                case LearnedField():
                    lines.append(("back", f"the field {entry.spec.path}", ""))
        return lines
    evidence = edit.evidence if not isinstance(edit, LearnEdit | MergeEdit | SettleEdit) else ()
    return [(edit.op, edit_text(edit), quoted(evidence[0].quote) if evidence else "")]


def _target(edit: RemoveEdit | EndEdit) -> str:
    if edit.record_id is not None:
        return f"{edit.path} row {clean(edit.record_id)}"
    return edit.path if edit.item is None else f"{edit.path}: {value_text(edit.item)}"


def _dated(text: str, start: date | None, end: date | None) -> str:
    return f"{text} ({days(start, end)})" if start or end else text
