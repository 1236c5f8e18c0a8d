"""Which fields a drafter is shown: all declared ones and a few of the learned, which grow with the user's past."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

from aipersona.grounding import words_of
from aipersona.persona.lives import field_life
from aipersona.persona.model import Persona
from aipersona.schema.fields import FieldSpec, Schema
from aipersona.sessions.model import Session

MOST_LEARNED = 12
"""How many fields that the user's persona has learned are shown at most."""


def offered(schema: Schema, persona: Persona, sessions: Sequence[Session], day: date) -> Schema:
    """The schema with at most `MOST_LEARNED` learned fields, none that has faded.

    Those that the sessions' words touch come first: by name, by a value of theirs or by the words that told it. Then
    the promoted ones, then those met last.
    """
    learned = [(field_life(persona, spec, day), spec) for spec in schema.fields if spec.learned]
    if not learned:
        return schema
    said = {word for session in sessions for turn in session.user_turns for word in words_of(turn.content)}
    touched = Counter(path for word in said for path in schema.paths_by_word.get(word, ()))
    touched.update(claim.path for word in said for claim in persona.claims_by_word.get(word, ()))
    if len(learned) > MOST_LEARNED:
        touched.update({spec.path: len(said & _told_in(persona, spec)) for _, spec in learned})
    living = [(life, spec) for life, spec in reversed(learned) if life.offered]
    living.sort(key=lambda pair: (touched[pair[1].path], pair[0].promoted, pair[0].last or date.min), reverse=True)
    shown = {spec.path for _, spec in living[:MOST_LEARNED]}
    return schema.of(spec for spec in schema.fields if not spec.learned or spec.path in shown)


def _told_in(persona: Persona, spec: FieldSpec) -> frozenset[str]:
    """The words in which the values of a field were told."""
    evidence = (one.quote for claim in persona.by_path.get(spec.path, ()) for one in claim.evidence)
    return words_of(" ".join(evidence))
