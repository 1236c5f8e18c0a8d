"""Likes and dislikes from the user's words: which stance a thing has, and which known ones a statement changes.

A small model sees well what a statement is about, and badly how the user feels about it. So the stance is read from
the words: a thing without a feeling for it is no taste, one with the opposite feeling changes its slot, and a known
taste that a statement names is changed by the words alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from aipersona.grounding import Span, find_quote, words_of
from aipersona.grounding.leanings import Leaning, is_only_judged, read_leaning, says_feeling
from aipersona.optimizer.forms import Form, FormSlot
from aipersona.persona.claims import Claim
from aipersona.persona.model import Persona
from aipersona.relevance import share_named

NAMED = 0.6
"""The share of a claim's naming words that a statement must hold to be about it."""


def leaning_towards(item: str, words: str, *, goes_on: bool = False) -> Leaning | None:
    """How the words lean towards a thing that they name word for word; None if they do not, or name a part of it only.

    "I love the breathtaking coastlines" speaks of a part of what was named before, and is no taste by itself; neither
    is what is only judged beside what is liked ("I love swing; the trumpets are fantastic"). `goes_on` says that the
    user spoke of a liking before: only then can "the" be the part of what was named.
    """
    at = find_quote(words, item)
    if at is None or _is_part(words, at, goes_on=goes_on) or (is_only_judged(words, at) and says_feeling(words)):
        return None
    return read_leaning(words, at)


def taste_named(item: str, words: str) -> str:
    """The thing of a taste as the words name it: without what only says when, and the owner for a part of theirs.

    "opera anymore" is opera, "Monet's paintings" stands for Monet where the words are "Monet, and I love his
    paintings", and "music from the 1990s" for the 1990s where no music was named.
    """
    item = _WHEN.sub("", item).strip()
    if find_quote(words, item) is None:
        for part in (_OWNER.match(item), _ABOUT.match(item)):
            if part is not None and find_quote(words, part["thing"]):
                return part["thing"]
    return item


_WHEN = re.compile(r"\s+(?:any ?more|now|nowadays|these days|lately|recently|today|again|too|as well)$", re.IGNORECASE)
_OWNER = re.compile(r"(?P<thing>.{3,60}?)['’]s?\s+\w+$")
_ABOUT = re.compile(r"[a-z]+ (?:of|from|by|about|on) (?:the )?(?P<thing>.{3,60})$")


def slot_leaning(slot: FormSlot, leaning: Leaning, form: Form) -> FormSlot | None:
    """The slot of the same field for a leaning."""
    same = (s for s in form.slots.values() if s.spec.path == slot.spec.path)
    return next((s for s in same if s.slot.leaning == leaning), None)


def changed_tastes(words: str, persona: Persona, form: Form, day: date) -> Iterator[tuple[Claim, Leaning]]:
    """The known tastes that a statement names and feels otherwise about, with the new leaning."""
    said = words_of(words)
    for path in dict.fromkeys(slot.spec.path for slot in form.slots.values() if slot.slot.leaning):
        for claim in persona.holding(path, day):
            at = _place(words, claim) if share_named(claim, said) >= NAMED else None
            leaning = read_leaning(words, at) if at is not None else None
            held = form.slot_of(claim)
            if leaning is not None and (held is None or leaning != held.slot.leaning):
                yield claim, leaning


def _place(words: str, claim: Claim) -> Span | None:
    """Where a statement names a claim's thing: word for word, or else by its longest word."""
    item = str(next(iter(claim.row.values()), ""))
    exact = find_quote(words, item)
    if exact is not None:
        return exact
    for word in sorted(re.findall(r"\w+", item), key=_tells, reverse=True):
        short = _DECADE.sub(r"(?:\g<century>)?\g<decade>", word)
        found = re.search(rf"\b{re.escape(word) if short == word else short}\b", words, re.IGNORECASE)
        if found is not None and len(word) > 2:
            return Span(found.start(), found.end())
    return None


_DECADE = re.compile(r"^(?P<century>1[89]|20)(?P<decade>\d0s)$")


def _tells(word: str) -> tuple[bool, bool, int]:
    """How much a word of a name tells: numbers and names first, then length."""
    return (any(character.isdigit() for character in word), word[0].isupper(), len(word))


_DEFINITE = re.compile(r"\b(?:the|her|his|its|their)\s+$", re.IGNORECASE)
_OF_ANOTHER = re.compile(r"\b(?:her|his|its|their)\s+(?:\w+\s+){0,2}$", re.IGNORECASE)
_NO_THING = re.compile(r"^(?:how|what|when|why|where|that)\b|\b(?:her|his|its|their)\b", re.IGNORECASE)
_POINTED_AT = re.compile(r"\b(?:that|this|those|these)\s+$", re.IGNORECASE)
_RELATIVE = re.compile(r"\s+(?:that\s+)?(?:it|they|he|she)\b", re.IGNORECASE)
"""What "it" does or has: "the dramatic change it brings"."""

_HOW_THEY = re.compile(r",? and how (?:it|they|he|she)\b", re.IGNORECASE)
_COMPLEMENT = re.compile(r"\s*(?:of|in|at|from|by|on|that|which|around|near)\b", re.IGNORECASE)


def _is_part(words: str, at: Span, *, goes_on: bool) -> bool:
    """Whether a thing is a described part of another: "the rich history", "their earlier albums"; not a name."""
    thing = words[at.start : at.end]
    if _NO_THING.search(thing) or (thing == thing.lower() and _OF_ANOTHER.search(words[: at.start])):
        return True
    if _POINTED_AT.search(words[: at.start]) or _RELATIVE.match(words[at.end :]):
        return True
    if not goes_on:
        return False
    if thing == thing.lower() and _HOW_THEY.search(words[at.end :]):
        return True
    begins = re.match(r"(?:the|her|his|its|their)\s+", thing, re.IGNORECASE)
    rest = thing[begins.end() :] if begins else thing
    if begins is None and _DEFINITE.search(words[: at.start]) is None:
        return False
    described = len(rest.split()) > 1 and rest == rest.lower()
    return described and _COMPLEMENT.match(words[at.end :]) is None and not re.search(r"\b(?:of|in|by|from)\b", rest)
