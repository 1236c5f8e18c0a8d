"""What of the persona new sessions may touch: the claims whose words come up in what the user said."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from aipersona.grounding import words_of
from aipersona.persona.claims import Claim
from aipersona.persona.model import Persona
from aipersona.schema.fields import FieldSpec, Schema
from aipersona.sessions.model import Session

MOST = 24
"""How many claims are shown at most: the prompt must not grow with the user's past."""


def touched_claims(persona: Persona, schema: Schema, sessions: Sequence[Session], day: date) -> list[Claim]:
    """The claims that hold on `day` and share words with the user's turns, most words first, at most `MOST`.

    The words of a value count more than those of its field's name, description and cues.
    """
    said = {word for session in sessions for turn in session.user_turns for word in words_of(turn.content)}
    scored: list[tuple[int, Claim]] = []
    for claim in persona.all_holding(day):
        spec = schema.get(claim.path)
        score = 3 * len(words_of(_text(claim)) & said) + (len(field_words(spec) & said) if spec else 0)
        if score:
            scored.append((score, claim))
    scored.sort(key=lambda pair: (-pair[0], schema.order.get(pair[1].path, 0), pair[1].id))
    return [claim for _, claim in scored[:MOST]]


def field_words(spec: FieldSpec) -> frozenset[str]:
    """The content words by which a text may call for a field."""
    return words_of(" ".join((spec.path.replace(".", " ").replace("_", " "), spec.description, *spec.cues)))


def _text(claim: Claim) -> str:
    return " ".join(str(value) for value in claim.row.values()) if claim.kind == "records" else str(claim.value)
