"""Texts as sets of content words, and how much of one stands in another."""

from __future__ import annotations

import re

_EMPTY = re.compile(
    r"a|an|the|of|to|in|on|at|for|and|or|with|by|from|my|your|his|her|its|our|their|i|you|he|she|it|we|they|is|am|are"
    r"|was|were|be|been|this|that|these|those|some|any|all|as|up|s"
)


def content_words(text: str) -> frozenset[str]:
    """The words that carry meaning, in lower case, without endings of plural; numbers without separators.

    "2,500 steps" gives {"2500", "step"}. A decade is the same with and without its century: "1990s", "90s".
    """
    text = re.sub(r"\b(?:1[89]|20)(?=\d0['’]?s\b)", "", text.casefold())
    found = re.findall(r"\d+(?:[.,]\d+)*|[^\W\d_]+", text)
    return frozenset(_stem(word) for word in found if not _EMPTY.fullmatch(word))


def _stem(word: str) -> str:
    if word[0].isdigit():
        return word.replace(",", "")
    if len(word) > 4 and word.endswith("ies"):
        return f"{word[:-3]}y"
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def sentences(text: str) -> list[str]:
    """The sentences of a text as they stand in it."""
    return [part for part in re.split(r"(?<=[.!?])\s+(?=[\"'*A-Z])", text.strip()) if part]


def overlap(wanted: str, found: str) -> float:
    """The share (0 to 1) of the content words of `wanted` that stand in `found`; 0 where there are none."""
    words = content_words(wanted)
    return len(words & content_words(found)) / len(words) if words else 0.0
