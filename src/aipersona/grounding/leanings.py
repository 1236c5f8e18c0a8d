"""How a speaker feels about a thing that they name, by the clause that it stands in: liked, disliked, or given up.

In: a sentence and the place of the thing in it. It reads, in English and Chinese:

- "I love fado", "I'm a fan of it", "fado means a lot to me": liked; "I can't stand it", "not my thing": disliked.
- "I used to love golf, but now I prefer tennis": tennis is liked and golf given up, since another thing took its
  place; "... but now it bores me": disliked; "I used to hate olives, but I've come to like them": liked.
- What a thing is measured against ("compared to", "rather than") and what only surrounds it are neither.
"""

from __future__ import annotations

import re
from typing import Literal

from aipersona.grounding.spans import Span

Leaning = Literal["liked", "disliked", "given up"]

_GOOD = (
    r"(?:lov(?:e|es|ed|ing)|likes?|liked|liking|enjoy(?:s|ed|ing)?|ador(?:e|es|ed|ing)|prefer(?:s|red)?|appreciat\w+"
    r"|favou?r|favou?rites?|into|fan(?: of)?|fond of|keen on|(?:crazy|mad|nuts|all|passionate|excited) about"
    r"|obsessed with|hooked on|drawn to|lean(?:ing|ed)? towards?|(?:can't|cannot|can not|couldn't) get enough of"
    r"|(?:captivat|fascinat|enchant|intrigu)(?:es|ed) (?:me|by|with)|(?:captivated|fascinated|enchanted|intrigued) by"
    r"|warm(?:ed|ing)? (?:up )?to|com(?:e|ing) around to|f(?:all|ell|allen|alling) (?:in love with|for)|sucker for"
    r"|(?:soft spot|thing|weakness|passion) for|partial to|admir(?:e|es|ed|ing)|cherish(?:ed)?|treasure[ds]?"
    r"|a treat for me|dream(?:ed|t)? of|swear by|resonat(?:es|ed|ing) with me|speaks? to me|grown on me"
    r"|care (?:much )?for)"
)
_BAD = (
    r"(?:hat(?:e|es|ed|ing)|dislik(?:e|es|ed|ing)|detest(?:s|ed)?|loath(?:e|es|ed|ing)|despis(?:e|es|ed|ing)"
    r"|(?:can't|cannot|can not|couldn't) (?:stand|bear|take)|g(?:one|oing|o) off|went off|(?:tired|sick|weary) of"
    r"|fed up with|bored (?:of|with|by)|bor(?:es|ed) me|over it|put off by|turned off by|lost interest in"
    r"|lost my taste for|grown out of|outgrown|avoid|steer clear of|annoy(?:s|ed)? me|gets on my nerves"
    r"|had enough of|cooled (?:off )?on|drifted away from)"
)
_NOT = r"(?:n't|\bnot|\bnever|\bno longer|\bhardly|\bbarely|\bless|\bstopped|\bquit|\bnor|\bwithout|\bno)"
_LOOSE = (
    r"(?:\s+(?:really|particularly|that|so|as|all|much|such|quite|exactly|actually|very|a|an|big|huge|the|too|even))*"
)
_FEELING = re.compile(rf"(?P<denied>{_NOT}{_LOOSE}\s+)?(?:\b(?P<good>{_GOOD})|\b(?P<bad>{_BAD}))\b", re.IGNORECASE)
_DULL = re.compile(
    r"\btoo \w+|\b(?:boring|bland|overrated|repetitive|overwhelming|tedious|dull|exhausting|pretentious)\b"
    r"|\bleaves? me cold|\bdo(?:es)? nothing for me"
    r"|(?:n't|\bnot) (?:(?:really|just) )?(?:feeling (?:it|them|her|him|his|their)\b"
    r"|doing it|for me|my (?:thing|style|kind|taste|cup of tea))"
    r"|\blost its (?:charm|appeal|magic)|\bless (?:appealing|interesting|exciting|fun)"
    r"|(?:n't|\bnot|\bno longer) (?:really )?(?:appeals?|interests?|excites?|speaks?|resonates?|feels? right)",
    re.IGNORECASE,
)
_GREAT = re.compile(
    r"\b(?:mean|do)(?:s|es)? (?:a lot|so much|the world|wonders) (?:to|for) me|\bmakes? me (?:so |really |very )?happy"
    r"|\b(?:is|are|'s|'re) (?:(?:absolutely|just|so|really|simply|truly|my|all-time|an?|the) )*(?:favou?rites?|stunning"
    r"|amazing|wonderful|brilliant|fantastic|gorgeous|delightful|delicious|magical|perfect for me|beautiful|great"
    r"|best)\b"
    r"|\bcaptur(?:es|ed) me\b|\bcall(?:s|ing) (?:to me|my name)"
    r"|\bblows? me away|\bhas my heart",
    re.IGNORECASE,
)
_TOP = re.compile(
    r"^\W*(?:is|are|was|were|'s|'re) (?:(?:actually|really|now|still|definitely|by far) )*my (?:\w+ )?"
    r"(?:top|number one|favou?rite|go-to|choice|preference)\b",
    re.IGNORECASE,
)
_CHANGED = re.compile(
    r"\b(?:mind|opinion|view|taste|feelings?) (?:has|have|is|are)?\s*(?:\w+ ){0,2}(?:changed|shifted|softened|turned)"
    r"|\bchanged my (?:mind|opinion|view)\b",
    re.IGNORECASE,
)
_FAVOURITE = re.compile(
    r"\bfavou?rite\s+(?:\w+\s+){0,4}(?:is|are|was|has to be|would be|:)\W*(?:the |a |an )?\W*$", re.I
)
_ONCE_FAVOURITE = re.compile(r"\bfavou?rite\s+(?:\w+\s+){0,4}used to be\s+(?:\w+\W+){0,3}$", re.IGNORECASE)
_ONCE = re.compile(
    r"\b(?:used to|once|in the past|back then|when i was (?:young|little|a kid)|previously|formerly|for years)\b", re.I
)
_TURN = re.compile(
    r"[,;:–—]?\s*\b(?:but|though|although|however|yet|whereas|while|then|until|so now|and now|now|these days|nowadays"
    r"|lately|recently|anymore|any more)\b|[;–—]",
    re.IGNORECASE,
)
_FOIL = re.compile(
    r"\b(?:than|compared (?:to|with)|unlike|rather than|instead of|as opposed to|not like|over)\s+(?:\w+\s+){0,2}$",
    re.I,
)
_POINTING = re.compile(
    r"^\s*(?:how \w+ )?(?:it|they|he|she|them|him|her|his|its|their|that|this|those|these|the (?:same|whole thing))\b",
    re.I,
)
_HOW = re.compile(r"\bhow\s+$", re.IGNORECASE)
"""To love how somebody does things is to love them; with a thing ("how the plot unfolds") it is not."""

_IT = re.compile(r"\s+(?P<it>it|them|him|her)\b(?!\s+\w+(?:s|es|ing)?\s+(?:of|to))", re.IGNORECASE)
_MEANWHILE = re.compile(
    r"\b(?:after|before|by|when|while|since)\s+\w+ing\b[^,]{0,30}$|\b(?:after|before|since|until)\W{1,3}$",
    re.IGNORECASE,
)
_ADVERBS = re.compile(
    r"^\s*(?:now|these days|nowadays|lately|most|the most|best|a lot|so much|anymore|any more)\W*$", re.I
)
_HAN = re.compile(r"[\u4e00-\u9fff]")


def is_only_judged(text: str, thing: Span) -> bool:
    """Whether a text judges a thing ("the jazz is fantastic") but names no feeling of the speaker's for it."""
    before, rest = text[: thing.start], text[thing.end :]
    if read_leaning(text, thing) is None or _FAVOURITE.search(before) or _felt_before(before):
        return False
    felt = _FEELING.search(rest)
    return _GREAT.search(rest) is not None and not (felt is not None and _about_it(rest[felt.end() :]))


def says_feeling(text: str) -> bool:
    """Whether a text names a feeling for anything."""
    return _FEELING.search(text) is not None


def read_leaning(text: str, thing: Span) -> Leaning | None:
    """How the speaker feels about the thing at a place of a text; None where the words around it do not say."""
    start = max((text.rfind(mark, 0, thing.start) for mark in "\n。！？!?"), default=-1) + 1
    ends = [at for mark in "\n。！？!?" if (at := text.find(mark, thing.end)) >= 0]
    sentence = text[start : min(ends, default=len(text))].replace("’", "'")[:600]
    place = Span(thing.start - start, thing.end - start)
    if place.end > len(sentence):
        return None
    if len(_HAN.findall(sentence)) * 2 > len(sentence):
        return _read_chinese(sentence, place)
    return _read_english(sentence, place)


def _read_english(sentence: str, thing: Span) -> Leaning | None:
    if _FOIL.search(sentence[: thing.start]):
        return None
    if _ONCE_FAVOURITE.search(sentence[: thing.start]):
        return "given up"
    turns = [m for m in _TURN.finditer(sentence) if m.start() > 0]
    before = max((m.end() for m in turns if m.end() <= thing.start), default=0)
    after = min((m.start() for m in turns if m.start() >= thing.end), default=len(sentence))
    clause = Span(before, after)
    felt = _felt(sentence, clause, thing)
    if (
        felt is None
        and not _MEANWHILE.search(sentence[: thing.start])
        and (again := _named_again(sentence, after)) is not None
    ):
        return again
    if not turns or not _ONCE.search(sentence[before : thing.start]):
        return felt
    return _since_then(sentence[after:], felt)


def _named_again(sentence: str, start: int) -> Leaning | None:
    """What is felt for a thing where a later clause speaks of it as "it" or "them"."""
    found = [m for m in _FEELING.finditer(sentence, start) if _IT.match(sentence[m.end() :])]
    if not found:
        return None
    it = _IT.match(sentence[found[-1].end() :])
    assert it is not None
    place = Span(found[-1].end() + it.start("it"), found[-1].end() + it.end("it"))
    return _read_english(sentence, place)


def _felt(sentence: str, clause: Span, thing: Span) -> Leaning | None:
    """What a clause says of a thing: the nearest feeling before it, or else what is said of it after it."""
    said = sentence[clause.start : thing.start]
    if sentence[thing.start].isupper():
        said = _HOW.sub("", said)
    if _FAVOURITE.search(said) or _TOP.match(sentence[thing.end :]):
        return "liked"
    nearest = _felt_before(said)
    if nearest is not None:
        good = (nearest["good"] is not None) != (nearest["denied"] is not None)
        if nearest["bad"] is not None and nearest["denied"] is not None:
            return None
        return "liked" if good else "disliked"
    rest = sentence[thing.end : clause.end]
    if _DULL.search(rest):
        return "disliked"
    if _GREAT.search(rest):
        return "liked"
    following = None if _MEANWHILE.search(said) else _FEELING.search(rest)
    if following is None or not _about_it(rest[following.end() :]):
        return None
    if following["denied"] is not None:
        return "disliked" if following["good"] else None
    return "liked" if following["good"] else "disliked"


def _about_it(rest: str) -> bool:
    """Whether what follows a feeling points back, or is nothing."""
    return _POINTING.match(rest) is not None or not rest.strip(" .,;:'\"-") or _ADVERBS.match(rest) is not None


def _felt_before(said: str) -> re.Match[str] | None:
    """The last feeling of some words, if it still governs what comes after them."""
    nearest = max(_FEELING.finditer(said), key=lambda m: m.end(), default=None)
    return nearest if nearest is not None and _reaches(said[nearest.end() :]) else None


def _reaches(between: str) -> bool:
    """Whether a feeling still governs what stands after these words: no new clause with a subject of its own begins."""
    return len(between) < 80 and not re.search(
        r"\b(?:how|why|when|where|because|since|which|who|that (?:it|they|he|she)|is|are|was|were|to be)\b|;",
        between,
        re.I,
    )


def _since_then(rest: str, felt: Leaning | None) -> Leaning | None:
    """What became of a feeling of the past, by the words after the turn: "but now ..." """
    feelings = list(_FEELING.finditer(rest))
    about_it = [m for m in feelings if _about_it(rest[m.end() :])]
    if felt == "liked":
        bad = any((m["bad"] is not None) != (m["denied"] is not None) for m in feelings)
        if bad or _DULL.search(rest):
            return "disliked"
        good = any(m["good"] and not m["denied"] for m in about_it)
        return "liked" if good and about_it else "given up"
    if felt == "disliked":
        if any(m["good"] and not m["denied"] for m in feelings) or _GREAT.search(rest):
            return "liked" if about_it or not feelings or _CHANGED.search(rest) else "disliked"
        if _CHANGED.search(rest):
            return "given up"
        return "disliked" if not rest.strip() else None
    return None


_HAN_GOOD = r"(?:喜欢|热爱|偏爱|钟爱|最爱|爱(?!人|情|好者)|迷上|着迷|痴迷|欣赏|爱上|上瘾|感兴趣|入坑|中意)"
_HAN_BAD = r"(?:讨厌|厌烦|厌倦|反感|受不了|腻了|吃腻|听腻|看腻|没(?:有)?兴趣|嫌|恨|不感冒|无感|戒了)"
_HAN_FEELING = re.compile(
    rf"(?P<denied>不(?:再|怎么|太|是很)?|没那么|并不|不大)?(?:(?P<good>{_HAN_GOOD})|(?P<bad>{_HAN_BAD}))"
)
_HAN_ONCE = re.compile(r"以前|曾经|过去|原来|从前|小时候|之前")
_HAN_TURN = re.compile(r"但是|但|不过|可是|可|然而|现在|如今|后来|最近")
_HAN_DULL = re.compile(r"太\S{1,4}了|无聊|没意思|提不起劲|一般般|没感觉")


def _read_chinese(sentence: str, thing: Span) -> Leaning | None:
    if re.search(r"(?:比起|相比|而不是|不如)[^，,]{0,4}$", sentence[: thing.start]):
        return None
    turns = list(_HAN_TURN.finditer(sentence))
    before = max((m.end() for m in turns if m.end() <= thing.start), default=0)
    after = min((m.start() for m in turns if m.start() >= thing.end), default=len(sentence))
    feelings = list(_HAN_FEELING.finditer(sentence[before:after]))
    here = sentence[before:after]
    felt = _han_felt(feelings, thing.start - before)
    if felt is None and _HAN_DULL.search(here):
        felt = "disliked"
    if not _HAN_ONCE.search(sentence[before : thing.start]):
        return felt
    rest = sentence[after:]
    later = list(_HAN_FEELING.finditer(rest))
    if felt == "liked":
        if _HAN_DULL.search(rest) or any((m["bad"] is not None) != (m["denied"] is not None) for m in later):
            return "disliked"
        return "given up"
    if felt == "disliked" and any(m["good"] and not m["denied"] for m in later):
        return "liked"
    return None


def _han_felt(feelings: list[re.Match[str]], at: int) -> Leaning | None:
    nearest = min(feelings, key=lambda m: abs(m.end() - at), default=None)
    if nearest is None:
        return None
    good = nearest["good"] is not None
    if nearest["denied"]:
        return "disliked" if good else None
    return "liked" if good else "disliked"
