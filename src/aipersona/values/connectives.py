"""The words right before and after a date that say how it counts: "since", "until", "the end of", 起, 为止."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Literal

Role = Literal["since", "starting", "from", "until", "by", "before", "after", "ahead_of", "in", "for"]
_ROLES: tuple[Role, ...] = ("since", "starting", "from", "until", "by", "before", "after", "in", "for")
_REACH = 44
"""How far before a date its connecting words are looked for, in characters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Connecting words: what they do, which edge of the stretch they take, and where they stand."""

    role: Role | None
    start: int
    end: int
    edge: str | None = None


# A look at the last word spares most dates the search.
_LAST_WORDS = (
    "since of from in on starting starts started start beginning effective between until till til to through "
    "thru than end ends by before after during throughout over around circa at for the about"
)
_LAST_HAN = frozenset("从自打于到至止在")


@cache
def _last_words() -> frozenset[str]:
    return frozenset(_LAST_WORDS.split())


@cache
def _last_word() -> re.Pattern[str]:
    return re.compile(r"([A-Za-z]{1,12})[ \t\u00a0]{1,3}\Z")


@cache
def _before() -> re.Pattern[str]:
    s = r"[ \t\u00a0]{1,3}"
    return re.compile(
        rf"(?:(?<![\w-])(?:(?P<since>(?:ever{s})?since)"
        rf"|(?P<starting>as{s}(?:of|from)|start(?:s|ing|ed)?(?:{s}(?:from|on|in))?|beginning{s}(?:from|on|in)"
        rf"|effective(?:{s}from)?)"
        rf"|(?P<from>from|between)"
        rf"|(?P<until>until|till|['’]?til|up{s}(?:to|until)|through|thru|no{s}later{s}than|ends?(?:{s}on)?)|(?P<by>by)"
        rf"|(?P<before>before|prior{s}to)|(?P<after>after)"
        rf"|(?P<in>back{s}in|in|on|during|throughout|over|around|circa|at)|(?P<for>for))"
        rf"(?:{s}(?:about|around|at|on|in|sometime{s}in|early{s}in|late{s}in))?"
        rf"(?:{s}(?:the{s})?(?:very{s})?(?P<edge>end|start|beginning|middle|rest){s}of)?(?:{s}the)?(?:{s}(?:month|year){s}of)?{s}"
        rf"|(?<!\w)(?:the{s})?(?P<edge2>end|start|beginning|middle|rest){s}of(?:{s}the)?{s}"
        r"|(?P<zsince>自从|自打|自|从|打从|始于)[ ]?|(?P<zuntil>一直到|直到|直至|截至|截止到?|到|至)[ ]?|"
        r"(?P<zin>早?在|于)[ ]?)\Z",
        re.IGNORECASE,
    )


def connects(text: str, at: int, reached: int = 0) -> Link | None:
    """The connecting words that end where a date begins, none of them before `reached`."""
    low = max(reached, at - _REACH)
    word = _last_word().search(text, max(low, at - 15), at)
    if word is None:
        if not _LAST_HAN & set(text[max(low, at - 2) : at]):
            return None
    elif word[1].lower() not in _last_words():
        return None
    m = _before().search(text, low, at)
    if m is None:
        return None
    role: Role | None = next((r for r in _ROLES if m[r]), None)
    if m["zsince"]:
        role = "from" if m["zsince"] in ("从", "打从") else "since"
    elif m["zuntil"] or m["zin"]:
        role = "until" if m["zuntil"] else "in"
    return Link(role=role, start=m.start(), end=m.end(), edge=(m["edge"] or m["edge2"] or "").lower() or None)


@cache
def _after() -> re.Pattern[str]:
    return re.compile(
        r"[ ]{1,2}(?P<on>(?:and[ ])?onwards?|on(?=\Z|[.,;!?]|[ ](?:I|we|he|she|they|my|the|it)\b)|forward|"
        r"(?:up[ ])?until[ ](?:now|today))(?!\w)"
        r"|(?:那天|份)?(?:(?P<since>以来|至今)|(?P<begin>起|开始)|(?P<till>为止|止(?!痛))|(?P<ahead>之前|以前|前"
        r"(?!面|后|台|任|女|男))"
        r"|(?P<later>以后|之后|后(?!天|来|面|悔)))"
    )


_TAILS: dict[str, Role] = {
    "on": "since",
    "since": "since",
    "begin": "starting",
    "till": "until",
    "ahead": "ahead_of",
    "later": "after",
}


def outlasts(text: str, at: int, *, opened: bool) -> Link | None:
    """The connecting words that begin where a date ends: 起, 为止, and "on" where a "from" opened it."""
    m = _after().match(text, at)
    if m is None or (m["on"] and not opened):
        return None
    return Link(role=_TAILS[m.lastgroup or "on"], start=at, end=m.end())


@cache
def _join() -> re.Pattern[str]:
    return re.compile(
        r"[ ,]{0,2}(?:(?:up )?to|until|till|through|thru|and|-|–|—|~|一直到|直到|到|至)[ ]{0,2}(?:the )?", re.IGNORECASE
    )


def joins(text: str, end: int, start: int) -> str | None:
    """The word, in lower case, that makes a range of a date ending at `end` and one starting at `start`."""
    m = _join().fullmatch(text, end, start) if 0 < start - end < 16 else None
    return m.group().strip(" ,").lower() if m else None
