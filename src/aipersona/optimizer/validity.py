"""When a statement holds: from the draft, else from the words, else from the day on which it was said."""

from __future__ import annotations

import re
from datetime import date

from aipersona.grounding.sentences import sentences_around
from aipersona.optimizer.about import value_span
from aipersona.optimizer.draft import DraftEdit
from aipersona.optimizer.ground import Grounded, NotAccepted
from aipersona.schema.fields import FieldSpec
from aipersona.values import read_when

_CHANGE = re.compile(
    r"""\b(?:moved|moving|became|become|becoming|started|began|begin|starting|switched|switching|changed|went|gone|turned|
    quit|stopped|gave\ up|joined|left|got|bought|adopted|retired|graduated|born|married|divorced|been|relocated|
    settled)\b
    |搬|开始|变成|成为|换|改|戒|加入|离开|辞|退休|毕业|结婚|离婚|生|买|养|去年|转""",
    re.IGNORECASE | re.VERBOSE,
)
"""Words of a change: with them, a past day is when it began ("I moved last weekend")."""


def said_validity(draft: DraftEdit, grounded: Grounded | None, spec: FieldSpec, day: date) -> tuple[date, date | None]:
    """The days [from, to) on which the statement holds.

    Rows of record fields hold from the day they were told; their dates are columns. A momentary value without a said
    end holds until its review day.

    Raises: NotAccepted with `invalid_time` where it would end before it begins.
    """
    start, end = draft.valid_from, draft.valid_to
    if grounded is not None and spec.kind != "records" and start is None and end is None:
        start, end = _read(grounded, spec, day)
    start = start or (min(day, end) if end is not None and end <= day else day)
    if end is None and spec.volatility == "momentary" and draft.op not in ("remove", "end"):
        end = spec.review_by(start)
    if end is not None and end <= start and draft.op not in ("remove", "end"):
        if draft.valid_from is not None:
            raise NotAccepted("invalid_time", "it would end before it begins")
        start = end
    return start, end


def _sentence(grounded: Grounded, spec: FieldSpec) -> str:
    """The sentences in which the value stands."""
    span = value_span(grounded, spec)
    found, _ = sentences_around(grounded.text, span)
    return grounded.text[found[0].start : found[-1].end] if found else grounded.text[span.start : span.end]


def _read(grounded: Grounded, spec: FieldSpec, day: date) -> tuple[date | None, date | None]:
    """What the sentence of the quote says: since, until, for how long, or when the change came."""
    sentence = _sentence(grounded, spec)
    start: date | None = None
    end: date | None = None
    for found in read_when(sentence, day):
        interval = found.value.interval
        match found.value.kind:
            case "since" | "for":
                start, end = interval.start or start, interval.end or end
            case "until":
                end = interval.end or end
            case "during" | "point":
                begun = interval.start is not None and interval.start <= day
                if _CHANGE.search(sentence) and (begun or spec.volatility != "momentary"):
                    start = interval.start or start
                elif found.value.kind == "during" and interval.end is not None and interval.end > day:
                    start, end = interval.start or start, interval.end
            case "recurring":
                pass
    if start is not None and end is not None and start >= end:
        return None, None
    return start, end
