"""What of a persona a text touches: the claims whose words, or whose field's words, come up in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date

from aipersona.grounding import words_of
from aipersona.persona.claims import Claim
from aipersona.persona.model import Persona
from aipersona.schema.fields import Schema
from aipersona.sessions.model import Session

VALUE_WEIGHT = 3
"""How much more a word of the value itself says than one of its field's name, description or cues."""

MOST_TOUCHED = 8
"""How many claims new sessions are shown beside at most: the prompt must not grow with the user's past."""


def relevant_claims(persona: Persona, schema: Schema, words: Collection[str], day: date) -> list[tuple[int, Claim]]:
    """The claims that hold on `day` and share words with a text, with their scores, best first, the latest said first.

    Claims of fields that the schema does not have are left out: they may be such as are not to be shown.
    Takes time by what matches, not by what is known.
    """
    by_value = Counter(claim.id for word in words for claim in persona.claims_by_word.get(word, ()))
    by_field = Counter(path for word in words for path in schema.paths_by_word.get(word, ()))
    paths = {claim.path for word in words for claim in persona.claims_by_word.get(word, ())} | by_field.keys()
    scored = [
        (VALUE_WEIGHT * by_value[claim.id] + by_field[path], claim)
        for path in paths & schema.by_path.keys()
        for claim in persona.holding(path, day)
        if by_value[claim.id] or by_field[path]
    ]
    scored.sort(key=lambda pair: (-pair[0], -pair[1].said_at.timestamp(), pair[1].path, pair[1].id))
    return scored


def touched_claims(persona: Persona, schema: Schema, sessions: Sequence[Session], day: date) -> list[Claim]:
    """The claims that what the user says in new sessions may change: the most relevant ones, at most `MOST_TOUCHED`."""
    said = {word for session in sessions for turn in session.user_turns for word in words_of(turn.content)}
    return [claim for _, claim in relevant_claims(persona, schema, said, day)[:MOST_TOUCHED]]
