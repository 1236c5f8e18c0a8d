"""The passage of a turn that says most about a question, found by the beginnings of its words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

MOST_WORDS = 40
"""How many words of a question are looked for at most: the longest ones."""

_HAN = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]")


@dataclass(frozen=True, kw_only=True, slots=True)
class Passage:
    """A part of a text, and how many of the words that were looked for begin a word in it."""

    start: int
    end: int
    words: int


def best_passage(text: str, words: Collection[str], length: int) -> Passage:
    """The first part of at most `length` characters of a text that holds most of some folded words.

    Where none is, the beginning. Linear in the text's length.
    """
    wanted = sorted({word for word in words if len(word) > 1}, key=lambda word: (-len(word), word))[:MOST_WORDS]
    if not wanted:
        return Passage(start=0, end=min(length, len(text)), words=0)
    forms = (re.escape(word) if _HAN.match(word) else rf"\b{re.escape(word)}" for word in wanted)
    found = re.finditer(rf"(?=({'|'.join(forms)}))", text, re.I)  # looked ahead to: pairs of characters overlap
    places = [(one.start(1), one.end(1), one[1].casefold()) for one in found]
    best, first, inside = Passage(start=0, end=min(length, len(text)), words=0), 0, Counter[str]()
    for start, end, word in places:
        inside[word] += 1
        while end - places[first][0] > length and first < len(places):
            gone = places[first][2]
            inside[gone] -= 1
            if not inside[gone]:
                del inside[gone]
            first += 1
        if len(inside) > best.words:
            best = Passage(start=places[first][0] if first < len(places) else start, end=end, words=len(inside))
    return best
