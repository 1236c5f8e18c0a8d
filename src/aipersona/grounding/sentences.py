"""Where sentences begin and end, in English and Chinese chat."""

from __future__ import annotations

import re
from collections.abc import Iterator

from aipersona.grounding.spans import Span, trimmed

HAN = "\u3400-\u4dbf\u4e00-\u9fff"

_END = re.compile(r"""(?:\.{1,8}|[!?…]{1,8})["'”’»)\]*_]{0,3}(?=\s|$)|[。！？!?…]{1,8}["'”’」』)）]{0,3}|\n""")
_ABBREVIATION = re.compile(
    r"(?:\b(?:mr|mrs|ms|dr|prof|st|vs|e\.g|i\.e|etc|approx|no|jr|sr|inc|ltd|a\.m|p\.m|u\.s|u\.k|ph\.d|[A-Z]))\.$", re.I
)
_WINDOW = 1200


def sentences(text: str) -> Iterator[Span]:
    """The sentences of the text in order, with their closing punctuation; linear in the length of the text."""
    start = 0
    for match in _END.finditer(text):
        if not _ends(text, match):
            continue
        sentence = trimmed(text, Span(start, match.end()))
        start = match.end()
        if sentence.start < sentence.end:
            yield sentence
    last = trimmed(text, Span(start, len(text)))
    if last.start < last.end:
        yield last


def sentences_around(text: str, span: Span) -> tuple[list[Span], Span | None]:
    """The sentences that the span touches, and the one after them; looks at most 1200 characters to either side."""
    low, high = max(0, span.start - _WINDOW), min(len(text), span.end + _WINDOW)
    touched: list[Span] = []
    for sentence in sentences(text[low:high]):
        here = sentence.moved(low)
        if here.meets(span) or (span.start == span.end and here.start <= span.start <= here.end):
            touched.append(here)
        elif touched:
            return touched, here
    return touched, None


def _ends(text: str, match: re.Match[str]) -> bool:
    found, after = match.group(), text[match.end() : match.end() + 2].lstrip()
    if found == "\n":
        line = text[text.rfind("\n", max(0, match.start() - 200), match.start()) + 1 : match.start()]
        wrapped = len(line) > 40 and line[-1:].isalpha() and after[:1].islower()
        return not wrapped
    if (found.startswith((".", "…")) and len(found.rstrip("\"'”’»)]*_")) > 1) or found.startswith("…"):
        return not after[:1].islower()
    if found.startswith("."):
        return _ABBREVIATION.search(text[max(0, match.start() - 8) : match.start() + 1]) is None
    return True
