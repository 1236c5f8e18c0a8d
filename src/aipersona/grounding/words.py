"""The content words of a text, folded so that "7,500 steps" and "seven thousand five hundred step" agree."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from aipersona.grounding.numerals import chinese_number, english_number, plain_number
from aipersona.grounding.stop_words import STOP_WORDS

CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"

_TOKEN = re.compile(
    rf"(?P<number>\d{{1,30}}(?:[.,:]\d{{1,30}}){{0,8}})(?P<unit>[^\W\d_{CJK}]{{0,12}})|(?P<cjk>[{CJK}]{{1,4000}})"
    rf"|(?P<word>[^\W_{CJK}]{{1,200}}(?:'[^\W_{CJK}]{{1,4}})?)"
)
_SCALES = {"k": 1000, "m": 1_000_000, "bn": 1_000_000_000}
_DECADE = re.compile(r"(?:1[89]|20)?(?P<decade>\d0)")
"""The 1990s are the 90s, too."""

_ENDINGS = re.compile(r"(?:'s|s')$")


def words_of(text: str) -> frozenset[str]:
    """The folded content words of a text: light stems, numbers in digits, CJK as single characters and bigrams.

    Stop words are left out. Takes any string; linear in its length.
    """
    return frozenset(form for forms in _content(text) for form in forms)


def terms_of(text: str) -> Iterator[str]:
    """The folded content words of a text as they come, with repetitions: what a word index counts."""
    return (form for forms in _content(text) for form in forms)


def supported(value: str, text: str) -> bool:
    """Whether every content word of a value stands in the text, in any order and any inflection.

    A value of stop words only ("The Who") needs all of them. A value without a letter or digit is never supported.
    """
    wanted = [forms for forms in _content(value, bigrams_only=True) if forms]
    if wanted:
        given = words_of(text)
        return all(not given.isdisjoint(forms) for forms in wanted)
    plain = [match.group() for match in _TOKEN.finditer(_fold(value))]
    return bool(plain) and set(plain) <= {match.group() for match in _TOKEN.finditer(_fold(text))}


def _content(text: str, *, bigrams_only: bool = False) -> Iterator[tuple[str, ...]]:
    """The forms of each content word, any of which stands for it; a run of number words comes as one number."""
    spelled: list[str] = []
    for match in _TOKEN.finditer(_fold(text)):
        kind, token = match.lastgroup, match.group()
        if kind == "word" and english_number([*spelled, token]) is not None:
            spelled.append(token)
            continue
        if kind == "word" and token == "and" and spelled:
            continue
        yield from _spelled_out(spelled)
        spelled = []
        if match.group("number"):
            yield from _number(match.group("number"), match.group("unit"))
        elif kind == "cjk":
            yield from _cjk(token, bigrams_only=bigrams_only)
        elif token not in STOP_WORDS:
            yield (_stem(token),)
    yield from _spelled_out(spelled)


def _spelled_out(words: list[str]) -> Iterator[tuple[str, ...]]:
    value = english_number(words) if words else None
    if value is not None:
        yield (str(value),) if len(words) > 1 else (str(value), words[0])


def _number(number: str, unit: str) -> Iterator[tuple[str, ...]]:
    value = plain_number(number)
    if unit == "s" and (decade := _DECADE.fullmatch(number)):
        yield (_century(number) + decade["decade"],)
        return
    if unit in _SCALES:
        scaled = plain_number(str(round(float(value) * _SCALES[unit], 6))) if ":" not in value else value
        yield (scaled, value + unit)
        return
    yield (value,)
    if unit and unit not in {"st", "nd", "rd", "th"}:
        yield (_stem(unit),)


def _century(number: str) -> str:
    """The century of a decade; "90s" are those of the 20th, "10s" of the 21st."""
    return number[:2] if len(number) == 4 else "20" if number < "30" else "19"


def _cjk(run: str, *, bigrams_only: bool) -> Iterator[tuple[str, ...]]:
    numbers = list(chinese_number(run))
    if bigrams_only and numbers and all(value is not None for _, value in numbers):
        for piece, value in numbers:
            yield (str(value), piece)
        return
    if not bigrams_only:
        for piece, value in numbers:
            if value is not None:
                yield (str(value), piece)
        for character in run:
            if character not in STOP_WORDS:
                yield (character,)
    elif len(run) == 1:
        yield (run,)
    for index in range(len(run) - 1):
        yield (run[index : index + 2],)


def _fold(text: str) -> str:
    """Lower case, one form per character, no accents on Latin letters, plain apostrophes."""
    folded = (
        unicodedata.normalize("NFKC", text).casefold().replace("’", "'").replace("\u200b", "").replace("\u00ad", "")
    )
    if folded.isascii():
        return folded
    return "".join(_LATIN.get(c) or _base(c) for c in folded)


_LATIN = {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ı": "i"}


def _base(character: str) -> str:
    if character < "\u00c0" or not ("\u00c0" <= character <= "\u024f" or "\u1e00" <= character <= "\u1eff"):
        return character
    return unicodedata.normalize("NFD", character)[0]


@lru_cache(8192)
def _stem(word: str) -> str:
    """A light stem: plural, possessive, -ing and -ed, and a silent e go; never shorter than three letters."""
    word = _ENDINGS.sub("", word)
    if not word.isascii() or len(word) < 4:
        return word
    for ending, instead in (
        ("ies", "y"),
        ("ied", "y"),
        ("ying", "y"),
        ("sses", "ss"),
        ("ing", ""),
        ("ed", ""),
        ("es", "e"),
        ("s", ""),
    ):
        if (
            word.endswith(ending)
            and len(word) - len(ending) >= 3 - len(instead)
            and not word.endswith(("ss", "us", "is"))
        ):
            stem = word[: -len(ending)] + instead
            if ending in {"ing", "ed"} and (len(stem) < 3 or not re.search("[aeiouy]", stem)):
                continue
            if ending in {"ing", "ed"} and len(stem) > 3 and stem[-1] == stem[-2] and stem[-1] not in "lsz":
                stem = stem[:-1]
            word = stem
            break
    return word[:-1] if len(word) > 3 and word.endswith("e") else word
