"""Learned fields that a model says are one: what it is shown of them, and the check of what it says.

Embeddings do not know that a rating on Lichess is one at chess; a model does. It sees the fields by name, with what was
told of each last. Code merges them only where the user's words tell of a change or the value is the same, nothing tells
the two apart, and either name fits either one's words about as well; a model's word takes the place of names alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence

from pydantic import BaseModel, Field

from aipersona.optimizer.consolidation.meaning import Likeness, Meant, are_told_apart, is_followed, misfit
from aipersona.persona.claims import plain_text
from aipersona.persona.revisions import Rejected
from aipersona.sessions.model import Text

MOST_FIELDS = 40
"""How many learned fields are shown, those told of last."""

MOST_MISFIT = 0.5
"""By how much each name may fit its own words better than the other's: 0 is not at all. Chosen on facts of our own:
of near things that nothing else here tells apart, one has less than 0.55."""

MOST_CHARACTERS = 100
"""Of a value and of the words that told it."""


class SameField(BaseModel):
    """Two learned fields that are said to be one thing under two names."""

    path: Text = Field(description="a learned field")
    other: Text = Field(description="the learned field that means the same")

    @property
    def pair(self) -> frozenset[str]:
        return frozenset((self.path.strip().lower(), self.other.strip().lower()))


def fields_shown(fields: Sequence[Meant]) -> tuple[Meant, ...]:
    """Those that a model is asked about, in the order in which they were told of; none where there are not two."""
    latest = sorted(fields, key=lambda field: field.latest.said_at)[-MOST_FIELDS:]
    return tuple(latest) if len(latest) > 1 else ()


def rendered(fields: Sequence[Meant]) -> str:
    """One line a field: path, value, the words that told it."""
    return "\n".join(
        f"{field.spec.path} = {_shown(plain_text(field.latest.value))}, told as {_shown(' '.join(field.quotes[-1:]))}"
        for field in fields
    )


def _shown(text: str) -> str:
    return json.dumps(text[:MOST_CHARACTERS], ensure_ascii=False)


def why_not(a: Meant, b: Meant, likeness: Likeness | None) -> str | None:
    """Why two fields that a model says to be one may not become one; None if they may."""
    if are_told_apart(a, b):
        return "names, values or words tell the two apart"
    if not is_followed(a, b):
        return "the words tell of no change"
    apart = misfit(a, b, likeness) if likeness is not None else None
    return "each name fits its own words better" if apart is not None and apart > MOST_MISFIT else None


def said_texts(proposals: Iterable[SameField], fields: Sequence[Meant]) -> Iterator[str]:
    """The texts whose vectors say whether either name fits either one's words."""
    wanted = {path for proposal in proposals for path in proposal.pair}
    for field in fields:
        if field.spec.path in wanted:
            yield from (*field.names, *field.quotes)


def check(
    proposals: Iterable[SameField], fields: Sequence[Meant], likeness: Likeness | None
) -> tuple[tuple[frozenset[str], ...], tuple[Rejected, ...]]:
    """The pairs of paths that may become one, and what was refused."""
    known = {field.spec.path: field for field in fields}
    pairs: dict[frozenset[str], None] = {}
    refused: list[Rejected] = []
    for proposal in proposals:
        found = [known[path] for path in sorted(proposal.pair) if path in known]
        # A path that is none of the user's may be any text of the model's, so it is not kept.
        path = found[0].spec.path if found else ""
        if len(found) != 2:
            why = "it takes two learned fields that the user told of"
            refused.append(Rejected(op="merge", path=path, reason="unknown_field", detail=why))
        elif (why := why_not(found[0], found[1], likeness)) is not None:
            detail = f"{found[1].spec.path}: {why}"
            refused.append(Rejected(op="merge", path=path, reason="not_asserted", detail=detail))
        else:
            pairs[proposal.pair] = None
    return tuple(pairs), tuple(refused)
