"""A query read: its request, then the signs in it, English or Chinese."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

from aipersona.grounding import words_of
from aipersona.purpose import chinese, english
from aipersona.purpose.kinds import Purpose, circumstances, nothing, own
from aipersona.purpose.material import request_of
from aipersona.purpose.matters import implied_words, shown_words
from aipersona.purpose.particulars import WORLD, asked_of_somebody, names_one_of
from aipersona.schema.fields import Schema

MOST_READ = 2000
"""How many characters of a request are read; nobody asks at greater length."""

_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")
_LETTERS = re.compile(r"[^\W\d_]")


def read_purpose(query: str, schema: Schema, names: Callable[[], Collection[str]] = tuple) -> Purpose:
    """What a query asks for: see the rules of this package. Takes any string; linear in its length.

    `names` tells, if the words alone do not decide, what the user and those in their life are called.
    """
    if not query.strip():
        return circumstances("nothing is asked yet")
    request = request_of(query)
    text = request.text[:MOST_READ]
    if not _LETTERS.search(text):
        return nothing("only material, or only numbers")
    if len(_HAN.findall(text)) * 3 >= len(_LETTERS.findall(text)):
        found = chinese.read(text, material=request.material, matters=bool(implied_words(text)) or _cued(text, schema))
    else:
        found = english.read(text, material=request.material, touches=_Known(schema).touches)
    if found.by != WORLD:
        return found
    if names_one_of(text, names()):
        return own("somebody in the user's life")
    return asked_of_somebody(text) or found


class _Known:
    """The words that show a field of life: those of `matters`, and the schema's cues."""

    def __init__(self, schema: Schema) -> None:
        self._cues = schema.paths_by_cue

    def touches(self, text: str) -> bool:
        return any(word in self._cues or word in shown_words() for word in words_of(text))


def _cued(text: str, schema: Schema) -> bool:
    return any(cue in text for spec in schema.fields for cue in _han(spec.cues))


def _han(cues: Collection[str]) -> Collection[str]:
    return [cue for cue in cues if cue >= "\u3400" and len(cue) > 1]
