"""The words around a date that say how it counts: "since", "until", "the end of", 起, and the tense of the verb."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Literal, overload

from aipersona.values.days import Lean

Role = Literal["since", "starting", "from", "until", "by", "before", "after", "ahead_of", "in", "for"]
_REACH = 44
"""How far before a date its connecting words are looked for, in characters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Connecting words: what they do, which edge of the stretch they take, and where they stand."""

    role: Role | None
    start: int
    end: int
    edge: str | None = None


@cache
def _before() -> re.Pattern[str]:
    s = r"[ \t\u00a0]{1,3}"
    return re.compile(
        rf"(?:(?<![\w-])(?:(?P<since>(?:ever{s})?since)|(?P<starting>as{s}(?:of|from)|start(?:s|ing|ed)?(?:{s}(?:from|on|in))?"
        rf"|beginning{s}(?:from|on|in)|effective(?:{s}from)?)|(?P<from>from|between)"
        rf"|(?P<until>until|till|['’]?til|up{s}(?:to|until)|through|thru|no{s}later{s}than|ends?(?:{s}on)?)|(?P<by>by)"
        rf"|(?P<before>before|prior{s}to)|(?P<after>after)|(?P<in>back{s}in|in|on|during|throughout|over|around|circa|at)|(?P<for>for))"
        rf"(?:{s}(?:about|around|at|on|in|sometime{s}in|early{s}in|late{s}in))?"
        rf"(?:{s}(?:the{s})?(?:very{s})?(?P<edge>end|start|beginning|middle|rest){s}of)?(?:{s}the)?{s}"
        rf"|(?<!\w)(?:the{s})?(?P<edge2>end|start|beginning|middle|rest){s}of(?:{s}the)?{s}"
        r"|(?P<zsince>自从|自打|自|从|打从|始于)[ ]?|(?P<zuntil>一直到|直到|直至|截至|截止到?|到|至)[ ]?|(?P<zin>早?在|于)[ ]?)\Z",
        re.IGNORECASE,
    )


def connects(text: str, at: int, reached: int = 0) -> Link | None:
    """The connecting words that end where a date begins, none of them before `reached`."""
    low = max(reached, at - _REACH)
    m = _before().search(text, low, at)
    if m is None:
        return None
    edge = (m["edge"] or m["edge2"] or "").lower() or None
    role: Role | None = None
    if m["zsince"]:
        role = "from" if m["zsince"] in ("从", "打从") else "since"
    elif m["zuntil"] or m["zin"]:
        role = "until" if m["zuntil"] else "in"
    elif not m["edge2"]:
        role = m.lastgroup if m.lastgroup != "edge" else None  # pyright: ignore[reportAssignmentType]
        role = next((r for r in _ROLES if m[r]), role)
    return Link(role=role, start=m.start(), end=m.end(), edge=edge)


_ROLES: tuple[Role, ...] = ("since", "starting", "from", "until", "by", "before", "after", "in", "for")


@cache
def _after() -> re.Pattern[str]:
    return re.compile(
        r"[ ]{1,2}(?P<on>(?:and[ ])?onwards?|on(?=\Z|[.,;!?]|[ ](?:I|we|he|she|they|my|the|it)\b)|forward|(?:up[ ])?until[ ](?:now|today))(?!\w)"
        r"|(?:那天|份)?(?:(?P<since>以来|至今)|(?P<begin>起|开始)|(?P<till>为止|止(?!痛))|(?P<ahead>之前|以前|前(?!面|后|台|任|女|男))|(?P<later>以后|之后|后(?!天|来|面|悔)))"
    )


def outlasts(text: str, at: int, *, opened: bool) -> Link | None:
    """The connecting words that begin where a date ends: 起, 为止, and "on" where a "from" opened it."""
    m = _after().match(text, at)
    if m is None or (m["on"] and not opened):
        return None
    roles: dict[str, Role] = {
        "on": "since",
        "since": "since",
        "begin": "starting",
        "till": "until",
        "ahead": "ahead_of",
        "later": "after",
    }
    return Link(role=roles[m.lastgroup or "on"], start=at, end=m.end())


@cache
def _join() -> re.Pattern[str]:
    return re.compile(
        r"[ ,]{0,2}(?:(?:up )?to|until|till|through|thru|and|-|–|—|~|一直到|直到|到|至)[ ]{0,2}(?:the )?", re.IGNORECASE
    )


def joins(text: str, end: int, start: int) -> re.Match[str] | None:
    """The word that makes a range of a date ending at `end` and one starting at `start`."""
    return _join().fullmatch(text, end, start) if 0 < start - end < 16 else None


@cache
def _tenses() -> re.Pattern[str]:
    be = r"(?:['’]m|am|['’]re|are|['’]s|is|be|been|get|gets)"
    return re.compile(
        rf"(?P<held>(?:(?<!\w)(?:have|has|haven['’]t|hasn['’]t)|['’]ve|['’]s(?=[ ]been))[ ](?:\w{{1,10}}[ ]){{0,2}}?(?:been|\w{{2,12}}[^\We]ed|had|lived|known|kept|gone|done|held|run|taught)(?!\w))"
        rf"|(?P<future>(?<!\w)(?:will|shall|won['’]t|going[ ]to|gonna|plan(?:s|ning)?|want|wanna|need|have[ ]to|must|should|hope|hoping|due|remind|let['’]s|book|schedule|let[ ]me)(?!\w)|['’]ll(?!\w)"
        rf"|{be}[ ](?:(?!not)\w{{1,12}}[ ])?(?!interested)\w{{2,14}}(?:ing|ed)(?!\w))"
        r"|(?P<past>(?<!\w)(?:was|were|did|didn['’]t|had|went|came|saw|met|got|bought|took|made|ate|left|began|ran|wrote|gave|told|said|became|quit|broke|lost|won|"
        r"spent|felt|found|kept|sent|paid|drove|flew|slept|taught|grew|used[ ]to|\w{2,12}[^\We]ed)(?!\w))"
        r"|(?P<zpast>[\u4e00-\u9fff](?:了|过(?!去))|曾|刚|已)|(?P<zfuture>要|会|将|打算|准备|计划|想(?!起))",
        re.IGNORECASE,
    )


@overload
def tense(text: str, start: int, end: int, *, perfect: Literal[False] = False) -> Lean | None: ...
@overload
def tense(text: str, start: int, end: int, *, perfect: bool) -> Literal["held", "past", "future"] | None: ...
def tense(text: str, start: int, end: int, *, perfect: bool = False) -> Literal["held", "past", "future"] | None:
    """Which way the verb nearest to `text[start:end]` in its sentence looks; with `perfect`, what holds until today is `held`.

    A rough sign: only a few words around are looked at, and None is a common answer.
    """
    low = max(0, start - 80)
    before = text[low:start]
    before = before[max(before.rfind(mark) for mark in ".!?。！？\n") + 1 :]
    found = None
    for found in _tenses().finditer(before):
        pass
    if found is None:
        after = re.split(r"[.!?。！？\n]", text[end : end + 60], maxsplit=1)[0]
        found = _tenses().search(after)
    if found is None:
        return None
    name = (found.lastgroup or "").removeprefix("z")
    if name == "held":
        return "held" if perfect else "past"
    return "past" if name == "past" else "future"
