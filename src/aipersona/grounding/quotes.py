"""Where a quote stands in a text: exact, but for how it is typeset."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from aipersona.grounding.own_words import own_spans
from aipersona.grounding.spans import Span
from aipersona.grounding.stop_words import STOP_WORDS
from aipersona.grounding.words import CJK

_INVISIBLE = frozenset("\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f\ufe0e\ufe0f*_`~")
_MARKS = dict.fromkeys("\"'“”„‟‘’‚‛«»‹›「」『』＂＇′″`´", "'")
_ELISION = re.compile(r"[\[(]?(?:\.{3,}|…+)[\])]?")
_WORDS = re.compile(rf"[{CJK}]|[^\W_{CJK}]+(?:'[^\W_{CJK}]+)?")
_IS_CJK = re.compile(f"[{CJK}]")
_EDGE = " \t\n.,;:!?。，、；：！？…·'-–—()[]（）"


def find_quote(text: str, quote: str) -> Span | None:
    """The first place in the text where the quote stands word for word, or None.

    Differences that do not count: white space, case, the style of quote marks, Markdown emphasis, Unicode form
    (NFKC, zero-width characters), punctuation at the ends. An elision ("...") stands for any gap, if every part has two
    words and they follow in order. A quote must begin and end at word boundaries and say something: one without a
    letter or digit, or of stop words only, stands nowhere. Takes any string; linear in the length of the text.
    """
    wanted = _Folded(quote).text.strip(_EDGE)
    if not _says_something(wanted):
        return None
    folded = _Folded(text)
    start = folded.find(wanted)
    if start is not None:
        return folded.original(start, start + len(wanted))
    return _find_parts(folded, [part.strip(_EDGE) for part in _ELISION.split(wanted)])


def stands_in_own_words(text: str, quote: str) -> Span | None:
    """The first place where the quote stands wholly within one stretch of the speaker's own words, or None."""
    for own in own_spans(text):
        found = find_quote(text[own.start : own.end], quote)
        if found is not None:
            return found.moved(own.start)
    return None


def _says_something(folded: str) -> bool:
    words = _WORDS.findall(folded)
    return any(word not in STOP_WORDS for word in words)


def _find_parts(folded: _Folded, parts: list[str]) -> Span | None:
    if len(parts) < 2 or any(len(_WORDS.findall(part)) < 2 for part in parts):
        return None
    at, places = 0, list[Span]()
    for part in parts:
        start = folded.find(part, at)
        if start is None:
            return None
        at = start + len(part)
        places.append(Span(start, at))
    start = folded.find_last(parts[0], places[1].start)
    return folded.original(places[0].start if start is None else start, at)


class _Folded:
    """A text in its folded form, with the way back: `offsets[i]` is where the folded character i came from."""

    def __init__(self, text: str) -> None:
        characters: list[str] = []
        offsets: list[int] = []
        space = True
        for offset, folded in _folded_characters(text):
            for character in folded:
                if character == " ":
                    space = True
                    continue
                if space and characters and not (_is_cjk(characters[-1]) or _is_cjk(character)):
                    characters.append(" ")
                    offsets.append(offset)
                space = False
                characters.append(character)
                offsets.append(offset)
        self.text = "".join(characters)
        self._offsets = offsets

    def find(self, part: str, start: int = 0) -> int | None:
        """The first occurrence at or after `start` that begins and ends at word boundaries."""
        at = self.text.find(part, start)
        while at >= 0 and not self._bounded(at, at + len(part)):
            at = self.text.find(part, at + 1)
        return at if at >= 0 else None

    def find_last(self, part: str, before: int) -> int | None:
        at = self.text.rfind(part, 0, before)
        while at >= 0 and not self._bounded(at, at + len(part)):
            at = self.text.rfind(part, 0, at + len(part) - 1)
        return at if at >= 0 else None

    def original(self, start: int, end: int) -> Span:
        return Span(self._offsets[start], self._offsets[end - 1] + 1)

    def _bounded(self, start: int, end: int) -> bool:
        return not (
            _joined(self.text[start - 1 : start], self.text[start])
            or _joined(self.text[end - 1], self.text[end : end + 1])
        )


def _joined(left: str, right: str) -> bool:
    return left.isalnum() and right.isalnum() and not _is_cjk(left) and not _is_cjk(right)


def _is_cjk(character: str) -> bool:
    return character > "\u3000" and _IS_CJK.match(character) is not None


def _folded_characters(text: str) -> Iterator[tuple[int, str]]:
    known: dict[str, str] = {}
    for offset, character in enumerate(text):
        folded = known.get(character)
        if folded is None:
            folded = known[character] = _fold(character)
        yield offset, folded


def _fold(character: str) -> str:
    if character in _INVISIBLE:
        return ""
    if character in _MARKS:
        return "'"
    if character.isspace():
        return " "
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", character).casefold())
    return "".join(" " if part.isspace() else _MARKS.get(part, part) for part in decomposed)
