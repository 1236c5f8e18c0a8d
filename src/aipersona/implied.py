"""What a query calls for without naming it: what is on in the days that it names, and the fields it stands near to.

"Anything on Friday?" names no appointment; "brunch" is about eating, and so about what the user must not eat.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from aipersona.grounding import words_of
from aipersona.persona.claims import Claim
from aipersona.persona.model import Persona
from aipersona.purpose import implied_words
from aipersona.relevance import relevant_claims
from aipersona.schema.fields import FieldSpec, Schema
from aipersona.values import read_when

MOST_ROWS = 8
"""How many rows of one field a query calls for at most without naming them."""


def implied_claims(persona: Persona, schema: Schema, query: str, day: date) -> Iterator[Claim]:
    """The claims that a query calls for without naming them: the rows of its days, fields by their other names and
    by its matters.

    A row of a day is over or to come with that day, such as an appointment. Of a field that the query's matters stand
    for, the claims that they fit best, at most `MOST_ROWS`.
    """
    yield from _on_named_days(persona, schema, query, day)
    yield from _named_otherwise(persona, schema, query, day)
    best: dict[str, float] = {}
    shown: dict[str, int] = {}
    for score, claim in relevant_claims(persona, schema, implied_words(query), day):
        if score >= best.setdefault(claim.path, score) and shown.get(claim.path, 0) < MOST_ROWS:
            shown[claim.path] = shown.get(claim.path, 0) + 1
            if not _is_over(claim, schema.field(claim.path), day):
                yield claim


def _named_otherwise(persona: Persona, schema: Schema, query: str, day: date) -> Iterator[Claim]:
    """The claims of the fields that a query calls by one of their other names, such as salary for the income."""
    words = words_of(query)
    known = (spec for spec in schema.fields if spec.path in persona.by_path)
    for spec in known:
        if spec.kind != "records" and any((named := words_of(name)) and named <= words for name in spec.names):
            yield from persona.holding(spec.path, day)


def _on_named_days(persona: Persona, schema: Schema, query: str, day: date) -> Iterator[Claim]:
    dated = [(spec.path, name) for spec in schema.fields for name, column in spec.columns.items() if column.over_after]
    if not any(persona.holding(path, day) for path, _ in dated):
        return
    spans = [found.value.interval for found in read_when(query, day) if found.value.kind != "recurring"]
    spans = [span for span in spans if span.start is not None and span.end is not None]
    for path, column in dated:
        rows = sorted(persona.holding(path, day), key=lambda claim: str(claim.row.get(column)))
        for claim in rows:
            on = str(claim.row.get(column) or "")[:10]
            if any(str(span.start) <= on <= str((span.end or date.max) - timedelta(days=1)) for span in spans):
                yield claim


def _is_over(claim: Claim, spec: FieldSpec, day: date) -> bool:
    days = [claim.row.get(name) for name, column in spec.columns.items() if column.over_after]
    return any(isinstance(on, str) and on[:10] < day.isoformat() for on in days)
