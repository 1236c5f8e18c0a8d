"""Whether what was said, or is known, is what a question about somebody or about a particular asks of."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from aipersona.persona.model import Persona
from aipersona.purpose.kinds import Purpose
from aipersona.purpose.matters import implied_words
from aipersona.recall import RecalledTurn, best_passage
from aipersona.relevance import relevant_claims
from aipersona.schema.fields import Schema

SOMEBODY, SPOKEN_OF, PARTICULAR = 0.3, 0.55, 0.75
"""The share of what a question tells that a turn holds at least to be what somebody, what was spoken of, or any
particular is asked about."""

NAMED = 0.45
"""The same of what is called by a name that stands in the turn."""

PARTICULAR_IN_PAIRS = 0.6
"""The same of any particular in Chinese, where some pairs of characters are of two words."""

MANY = 4
"""So many words of a question in one turn are no chance."""

MANY_PAIRS = 6
"""So many pairs of characters of a question in one turn are no chance."""

HALF = 0.5
"""The share of a question's words that what is known has to be about to be what somebody is asked about."""

SENTENCE = 200
"""Characters within which fewer words have to stand together, all of them, in what a person said."""


def tells(turn: RecalledTurn, purpose: Purpose, gist: Collection[str]) -> bool:
    """Whether a turn tells what a question asks of the past; `gist` holds the question's telling words.

    What is any particular may be known to all the world: then the turn has to say nearly all that the question says.
    """
    if purpose.asks == "somebody":
        return turn.covered >= SOMEBODY
    if turn.held < 2:
        return False
    if purpose.asks == "spoken_of":
        if purpose.named is not None:
            return turn.covered >= NAMED and purpose.named in turn.content and turn.who != "assistant"
        return turn.covered >= SPOKEN_OF and (turn.who != "assistant" or not purpose.happened)
    in_pairs = not all(word.isascii() for word in gist)
    if purpose.asks != "particular" or turn.covered < (PARTICULAR_IN_PAIRS if in_pairs else PARTICULAR):
        return False
    if turn.held >= (MANY_PAIRS if in_pairs else MANY):
        return True
    few = (turn.held == len(gist) and (purpose.happened or turn.held > 2)) or (in_pairs and turn.held > 2)
    return few and turn.who != "assistant" and best_passage(turn.content, gist, SENTENCE).words >= turn.held


def is_told(persona: Persona, schema: Schema, words: Collection[str], day: date) -> bool:
    """Whether claims that hold on `day` are about most of a question's words: by their values, or by their fields,
    which a word may also stand for."""
    meant = {word: {word, *implied_words(word)} for word in words}
    held = {claim.path for _, claim in relevant_claims(persona, schema, set[str]().union(*meant.values()), day)}

    def touches(word: str) -> bool:
        paths = {claim.path for claim in persona.claims_by_word.get(word, ())} | {*schema.paths_by_word.get(word, ())}
        return not held.isdisjoint(paths)

    return bool(words) and sum(any(map(touches, one)) for one in meant.values()) >= HALF * len(words)
