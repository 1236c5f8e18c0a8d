"""Whether a sentence says of its speaker that they are something: vegan, a pilot."""

from __future__ import annotations

import re

from aipersona.grounding.sentences import sentences_around
from aipersona.grounding.spans import Span

_PART = re.compile(
    r"[,;:，；：]\s*|\s(?=(?:because|since)\s)|\band\b|(?<!anything )(?<!nothing )\bbut\b|\b(?:i|"
    r"we)\b(?=\W+(?:became|went|turned|am|was|\w+ed\b))",
    re.IGNORECASE,
)
_PUNCTUATION = re.compile(r"[,;:，；：]\s*|\b(?:and|but|because|since)\b", re.IGNORECASE)
_STATE = re.compile(
    r"""(?:\b(?:am|are|is|was|were|be|been|being|became|become|becoming|went|go|going|gone|(?:switched|changed
        |gone\ over)\ to|turned|turning|eat|eating
        |follow|following|
    keep|keeping|ended\ up|work|working|as|switched|started|stay|stayed|diet|job|occupation|on|now|still|both|all)
        |['’](?:m|re|ve))
    (?:\W+(?!with\b|to\b|for\b|like\b)\w+){0,3}\W*$
    |^\W*(?:(?:so|yes|yeah|yep|well|ok|okay|btw|update|strictly|fully|full|mostly|totally|completely|proudly|currently
        |now|just|newly|
    recently|also|no\ longer|not\ \w+\ any\ ?more|officially|a|an|the|as|went|been|became|turned|im|ive)\W+){0,4}$""",
    re.IGNORECASE | re.VERBOSE,
)
_OTHER_VERB = re.compile(
    r"""\b(?:dating|married|talking|cooking|buying|looking|making|ordering|seeing|meeting|(?:love|like|enjoy
        |hate)(?!\ being)|have(?!\ (?:\w+\ )?(?:be|gone|turned|switched|started))|
    had(?!\ be)|met|feel|interview\w*|babysit|team|guests?|kid|half|dressed|dress|appl(?:y|ied|ying)|costume
        |disguise\w*|pos(?:e|ed|ing)\ as|
    cast|sat|sit|reading|watch\w*|play(?:s|ed|ing)?|offered|son\ of|daughter\ of|child\ of|signed|mistaken|mistook
        |train(?:ing)?\ (?:my|a|the)|
    with\ an?)\b
    |\bhired\ (?!me\b|us\b)
    |嫁|娶|房东|同事|认识|遇到|面试|应聘|采访|(?:我|来|去|要|在)?(?:演|扮|装)(?:成|作|了|过|个|一个)?(?=一?个?$)
        |像(?:一?个)?$|(?<!一)(?:跟|和|与)(?:一?个)?$""",
    re.IGNORECASE | re.VERBOSE,
)
"""Verbs that make a thing or somebody else of what stands after them."""

_OF_A_THING = re.compile(
    r"\s+(?:food|cake|restaurants?|guests?|recipes?|dish(?:es)?|meals?|menu|cheese|burgers?|options?|places?|friends?|"
    r"cookbook|festival|caf[eé]s?)\b|(?:主义者?)?的(?:客人|朋友|餐厅|餐馆|菜|食物|蛋糕|同事|食谱|产品|女孩|男孩|邻居)",
    re.IGNORECASE,
)
_NOT_REACHED = re.compile(
    r"""\b(?:refus\w*|fail(?:s|ed|ing)?|done|tired\ of|sick\ of|quit|stop(?:ped|ping)?|g[ai]ve?n?\ up|tried|attempted
        |plan(?:s|ned)?|
    (?:am|'m|was|were|are)\ supposed|should|could|ought|against|instead\ of|rather\ than|die\ than|avoid\w*|doubt
        |afraid|scared|pretend\w*|
    claim(?:s|ed)?|considered|contemplated|would\ be\ \w+|promised|agreed|offered)\b
    (?:\W+(?!to\b|but\b)\w+){0,2}?\W+(?:(?:to|at|of|about|on|against)\W+)?(?:be|being|become|becoming|go|going|turn
        |turning|eat|eating|stay|staying)
    (?:\W+\w+){0,2}\W*$
    |\b(?:anything\ but|far\ from|nowhere\ near|about\ as|not\ exactly|hardly|barely|by\ no\ means|the\ opposite\ of
        |doubt)(?:\W+\w+){0,3}\W*$
    |\b(?:list(?:s|ed)?|sign(?:s|ed)|put|puts|mark(?:s|ed)?|tag(?:s|ged)|describe[sd]?|label(?:s|led|ed)?|register(?:s
        |ed)|ha[sd]|file[sd]?|saved?|
    stored?|mistook)\ (?:me|us)\ (?:\w+\ ){0,2}as\W+(?:an?\W+)?\W*$
    |(?:放弃|试过|尝试过|不再|戒了|谈不上|算不上|假装|冒充)$""",
    re.IGNORECASE | re.VERBOSE,
)
"""A state that is not reached: it hangs on a verb of refusal, failure, duty or trial, or on what others noted down."""

_SOMEBODY = re.compile(
    r"\b(?<!i'm )(?<!am )(?:someone|somebody|anyone|(?:an?|the) (?:man|woman|guy|girl|boy|person|lady|friend|"
    r"colleague|\w+)|people) who(?:'s|se)?\b[^,;]*$",
    re.IGNORECASE,
)
_WAS_ONCE = re.compile(r"\bmy (?:\w+ )?(?:job|occupation|profession|diet|career|trade) was\b", re.IGNORECASE)
_THING = re.compile(
    r"""^\W*(?:my|our|the|this|that|these|those)\ (?!(?:\w+\ ){0,2}?(?:diet|job|occupation|profession|trade|career
        |work|role|title|position
        |eating|lifestyle|
    food|regimen|family|household|wife|husband|partner|gig|vocation|calling|passion|status|update|bio|preference
        |choice|thing|truth|fact|point|day|week|month|year|time|rest|two|both|answer)\b)
    (?:\w+\ ){0,2}?\w+\ (?:is|was|are|were|says|said|turned|went|became)\b""",
    re.IGNORECASE | re.VERBOSE,
)
"""Something of the speaker's is said to be it, not the speaker."""

_FIRST_PERSON = re.compile(r"\b(?:i|we)\b", re.IGNORECASE)


def says_who(text: str, span: Span) -> bool:
    """Whether the words in the span are said of the speaker: as what they are, became or eat.

    Not of a dish, a guest or a spouse, and not what they refuse, failed or are listed as. Pass a text in which what is
    not the speaker's own is blank.
    """
    touched, _ = sentences_around(text, span)
    before = text[touched[0].start if touched else 0 : span.start][-120:].replace("’", "'")
    part = _PART.split(before)[-1]
    if (
        _OF_A_THING.match(text, span.end)
        or _OTHER_VERB.search(part)
        or _NOT_REACHED.search(part)
        or _is_of_a_thing(_PUNCTUATION.split(before)[-1])
    ):
        return False
    if _SOMEBODY.search(before) or _WAS_ONCE.search(part):
        return False
    if re.match(r"\s+as (?:an?|the)\b", text[span.end :]) and re.search(r"\bas\W*$", part):
        return False
    return (
        _is_han(text[span.start : span.end])
        or _STATE.search(part) is not None
        or _STATE.search(before[-60:]) is not None
    )


def _is_of_a_thing(part: str) -> bool:
    thing = _THING.match(part)
    return thing is not None and _FIRST_PERSON.search(part[thing.end() :]) is None


def _is_han(text: str) -> bool:
    return any("\u3400" <= character <= "\u9fff" for character in text)
