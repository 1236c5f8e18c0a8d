"""What of a message can be evidence: the speaker's own words, a quote's place in them, whose fact they state."""

from __future__ import annotations

from aipersona.grounding.own_words import own_spans
from aipersona.grounding.quotes import find_quote, stands_in_own_words
from aipersona.grounding.readings import Mood, Stance, Subject
from aipersona.grounding.spans import Span
from aipersona.grounding.stance import read_stance
from aipersona.grounding.words import supported, words_of

__all__ = [
    "Mood",
    "Span",
    "Stance",
    "Subject",
    "find_quote",
    "own_spans",
    "read_stance",
    "stands_in_own_words",
    "supported",
    "words_of",
]
