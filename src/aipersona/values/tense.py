"""Which way the verb beside a date looks."""

from __future__ import annotations

import re
from functools import cache
from typing import Literal

Tense = Literal["held", "past", "future"]
"""`held`: what began in the past and holds until today ("have been")."""

_FUTURE = (
    "will shall won't 'll gonna plan plans planning want wanna need must should hope hoping due remind let's "
    "book schedule"
)
_PAST = (
    "was were did didn't had went came saw met got bought took made ate left began ran wrote gave told said "
    "became quit broke lost won spent felt found kept sent paid drove flew slept taught grew used"
)
_HAVE = frozenset(["have", "has", "haven't", "hasn't", "'ve"])
_BE = frozenset(["'m", "am", "'re", "are", "'s", "is", "be", "been", "get", "gets"])
_DONE = frozenset(["been", "had", "known", "kept", "gone", "done", "held", "run", "taught"])
_HAN: dict[str, Tense] = {
    "了": "past",
    "过": "past",
    "曾": "past",
    "刚": "past",
    "已": "past",
    "要": "future",
    "会": "future",
    "将": "future",
    "打算": "future",
    "准备": "future",
    "计划": "future",
    "想": "future",
}


@cache
def _verbs() -> dict[str, Tense]:
    past: dict[str, Tense] = dict.fromkeys(_PAST.split(), "past")
    future: dict[str, Tense] = dict.fromkeys(_FUTURE.split(), "future")
    return past | future


@cache
def _words() -> re.Pattern[str]:
    return re.compile(
        r"[A-Za-z]{1,9}n['’]t|let['’]s|[A-Za-z]{1,16}|['’](?:ve|ll|m|re|s)\b|(?<=[\u4e00-\u9fff])(?:了|过(?!去))|[曾刚已要会将]|打算|准备|计划|想(?!起)",
        re.IGNORECASE,
    )


def _ends(word: str) -> bool:
    return len(word) > 4 and word.endswith("ed") and word[-3] != "e"


def _tenses(clause: str) -> list[Tense]:
    """The tense of each verb of the clause that shows one, in order."""
    shown = _verbs()
    found: list[Tense] = []
    have = be = 0
    before = ""
    for m in _words().finditer(clause):
        word = m.group().lower().replace("’", "'")
        have, be = max(0, have - 1), max(0, be - 1)
        if word in _HAN:
            found.append(_HAN[word])
        elif have and (word in _DONE or _ends(word) or word == "lived"):
            found.append("held")
            have = 0
            be = 2 if word == "been" else 0
        elif (
            be
            and before != "not"
            and word != "interested"
            and (_ends(word) or (len(word) > 4 and word.endswith("ing")))
        ):
            if not (found and found[-1] == "held"):
                found.append("future")
            be = 0
        elif shown.get(word) == "future" or (word == "to" and before in ("have", "has")):
            found.append("future")
        elif shown.get(word) == "past" or _ends(word):
            found.append("past")
        if word in _HAVE or (word == "'s" and clause[m.end() : m.end() + 5].lower() == " been"):
            have = 4
        elif word in _BE and word != "been":
            be = 3
        before = word
    return found


def _boundary(text: str, low: int, at: int) -> int:
    return max(text.rfind(mark, low, at) for mark in ".!?。！？\n")


def tense(text: str, start: int, end: int) -> Tense | None:
    """The tense of the verb nearest before `text[start:end]` in its sentence, else of the first one after it.

    A rough sign: only a few words around are looked at, and None is a common answer.
    """
    low = max(0, start - 80)
    verbs = _tenses(text[max(low, _boundary(text, low, start) + 1) : start])
    if verbs:
        return verbs[-1]
    ends = [e for mark in ".!?。！？\n" if (e := text.find(mark, end, end + 60)) >= 0]
    verbs = _tenses(text[end : min(ends, default=end + 60)])
    return verbs[0] if verbs else None
