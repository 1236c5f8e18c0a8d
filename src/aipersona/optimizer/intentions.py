"""What a user means to do, from their words: aims and tasks that are meant or closed, and limits for spending.

A small model takes much of a talk for an aim ("I'd love to learn more about that") and a limit for an aim or for an
expense ("keep my lunches under $60 a week"). The words decide.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import date

from aipersona.grounding import find_quote, words_of
from aipersona.grounding.text_work import asks_for_a_change, wants_of_others
from aipersona.optimizer.forms import Form, FormSlot
from aipersona.optimizer.matching import SPOKEN_OF, share_spoken_of
from aipersona.persona.claims import Claim
from aipersona.persona.model import Persona
from aipersona.relevance import naming_words
from aipersona.values import read_money, read_when

_INTENT = re.compile(
    r"\b(?:want|wanna|needs?|have to|has to|got to|gotta|must|should|plans?|planning (?:to|on)|hope|hoping|aim|aiming"
    r"|goals?|target|trying|try|going to|gonna|would like|'d like|'d love|would love|determined|committed|decided"
    r"|resolution|will|'ll|remember|forget|supposed|motivated|work on|working towards?|still|tasks?)\b"
    r"|想|要|得|打算|计划|目标|希望|准备|决定|争取|必须|应该|需要|记得|别忘",
    re.IGNORECASE,
)
_CURIOUS = re.compile(
    r"^(?:to\s+)?(?:(?:learn|know|hear|read|understand|find out|see|think|talk|discuss|explore)\b.{0,30}"
    r"\b(?:more|about|into|further|how|what|why|if|whether)\b|help me\b|get (?:going|that|this|it)\b)"
    r"|^(?:多)?(?:了解|知道|听听)",
    re.IGNORECASE,
)
"""What is said of the talk itself, or of what something is good for: no aim of one's life."""


_NOT_MEANT = re.compile(r"^(?:to\s+)?(?:no longer|not|never)\b|^不再?", re.IGNORECASE)
"""What begins so is given up rather than meant, as "no longer attend the conference" is."""


_FIRST = re.compile(r"\b(?:i|we|me|us|my|mine)\b|我|咱|俺", re.IGNORECASE)
_ELLIPTIC = re.compile(
    r"^\W*(?:(?:so|and|also|still|oh|well|yes|ok|okay|then|next|now|just)\W+)*(?:need|have|got|must|should|want|plan|hoping|"
    r"trying|going|gotta|goal|aim|remember|todo|to-do|remind|don't forget"
    r"|想|要|得|打算|计划|目标|希望|准备|必须|记得|别忘)",
    re.IGNORECASE,
)
"""An intention without a subject is the speaker's own; "Priya will lead it" is Priya's."""


def is_meant(text: str, words: str) -> bool:
    """Whether words mean to do what a text says: an intention or duty comes before it, and is about more than talk.

    Where the text does not stand in the words as it is, any intention will do.
    """
    if not text or _CURIOUS.search(text.strip()) or _NOT_MEANT.search(text.strip()):
        return False
    if asks_for_a_change(words) or wants_of_others(words) or not (_FIRST.search(words) or _ELLIPTIC.match(words)):
        return False
    at = find_quote(words, text)
    before = words if at is None else words[: at.start]
    return _INTENT.search(before) is not None or (at is not None and _AFTER.search(words[at.end :]) is not None)


_AFTER = re.compile(
    r"^\W*(?:is|are|has to be|needs? to be|must be) (?:on my|still|due|my (?:goal|aim|target|next|plan))|"
    r"^\W*(?:是我的目标|还没做|要做)",
    re.IGNORECASE,
)
_CLOSED = re.compile(
    r"\b(?:finished|completed|done|wrapped up|taken care of|took care of|crossed off|ticked off|checked off"
    r"|was able to|were able to|managed to|got around to|finally(?= (?:got|did|made|paid|sent|bought|wrote|\w{2,}ed)\b)"
    r"|cancell?ed|called off|scrapped|dropped(?! (?:off|by|in|out|me|him|her|them)\b)|abandoned"
    r"|no longer (?:need|have|want|plan|planning|going)|don't (?:need|have|want) to"
    r"|(?:can't|cannot|won't)(?: be able to)? (?:make it|attend|go|come)"
    r"|not going to|decided (?:not to|against))\b"
    r"|\b(?:remov(?:e|ed|ing)|delet(?:e|ed|ing)|scratch(?:ed|ing)?|str(?:ik(?:e|ing)|uck)|cross(?:ed|ing)?"
    r"|drop(?:ped|ping)?|tak(?:e|en|ing)|took)\b.{0,80}\b(?:from|off) (?:my|the|our|your) (?:\w+ ){0,2}"
    r"(?:lists?|calendar|agenda|plate|tasks?|to-?dos?|schedule)\b"
    r"|已经?[^，。！？；]{0,8}了|完成|做完|办完|搞定|弄好|取消|不用再|不需要再|不去了|去不了",
    re.IGNORECASE,
)
_OPEN = re.compile(
    r"(?<!no longer )\b(?:need|needs|have|has|must|should|got|going|want|plan|planning|hope|hoping|supposed) to\b"
    r"|n't\b|\b(?:not|never|yet|almost|nearly|until|before|once|when|if|remember to)\b"
    r"|\b(?:half|(?:part|some|most|the (?:first|rest)(?: \w+)?) of)\b"
    r"|\b(?:the|an?) ?(?:other|wrong|different)\b|\badd\b"
    r"|\b(?:nobody|no one|no (?:luck|answer|reply|response))\b|(?:\bwill|'ll) (?:be|have)\b"
    r"|^\W*(?:please )?(?:tell|write|explain|describe|translate|say|ask|check)\b"
    r"|还没|没有完成|没完成|要完成|需要完成",
    re.IGNORECASE,
)
"""Words of a thing still to be done, done in part or in vain, of another one, or not closed after all."""

_TURNED_DOWN = re.compile(
    r"n't (?:need|have|want) to\b|(?:can't|cannot|won't)(?: be able to)? (?:make it|attend|go|come)\b|not going to\b"
    r"|decided not to\b",
    re.IGNORECASE,
)


def closed_rows(words: str, persona: Persona, form: Form, day: date) -> Iterator[Claim]:
    """The known tasks, appointments and aims that a statement names and says to be done, dropped or cancelled."""
    words = words.replace("’", "'")
    did = {_present(found["verb"]) for found in _DID.finditer(words)}
    did |= {"call"} if _TELEPHONED.search(words) else set()
    if not (did or _CLOSED.search(words)) or _OPEN.search(_TURNED_DOWN.sub(" ", words)):
        return
    closed = _CLOSED.search(words) is not None
    paths = {slot.spec.path for slot in form.slots.values() if slot.spec.intent and slot.spec.kind == "records"}
    named: list[tuple[tuple[float, int], Claim]] = []
    for path in sorted(paths):
        for claim in persona.holding(path, day):
            share = share_spoken_of(claim, f"{words} {' '.join(did)}", day)
            if _on_another_day(claim, words, day):
                continue
            if share >= SPOKEN_OF and (closed or _begins_with(claim, did)):
                named.append(((share, len(naming_words(claim))), claim))
    # "Buy groceries" names the task, and of a budget for groceries only the one word that it has.
    best = max((measure for measure, _ in named), default=None)
    found = [claim for measure, claim in named if measure == best]
    if len(found) == 1:
        yield found[0]


def _on_another_day(claim: Claim, words: str, day: date) -> bool:
    """Whether the words name one day ahead, and it is none of a row that has a day."""
    points = {found.value.point.day for found in read_when(words, day) if found.value.point is not None}
    dated = {str(value)[:10] for value in claim.row.values() if _DATE.match(str(value))}
    return len(points) == 1 and min(points) > day and bool(dated) and min(points).isoformat() not in dated


_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_DID = re.compile(
    r"\b(?:i|we)(?:'ve| have)?\s+(?:(?:just|already|finally|actually|also)\s+)*(?P<verb>[a-z]{2,}ed|bought|paid|sent"
    r"|wrote|made|took|met|read|got|went|did|saw|gave|picked|found|sold|built)\b",
    re.IGNORECASE,
)
_TELEPHONED = re.compile(
    r"\bi(?:'ve| have)?\s+(?:(?:just|already|finally|actually|also)\s+)*"
    r"(?:phoned|rang|got off the phone with|(?:was|been) on the phone with"
    r"|(?:spoke|talked) (?:to|with) (?:\w+ ){1,3}on the phone)\b",
    re.IGNORECASE,
)
_IRREGULAR = {
    "bought": "buy", "paid": "pay", "sent": "send", "wrote": "write", "made": "make", "took": "take", "met": "meet",
    "got": "get", "went": "go", "did": "do", "saw": "see", "gave": "give", "found": "find", "sold": "sell",
    "built": "build",
}  # fmt: skip


def _present(verb: str) -> str:
    """A verb of the past as its stem: "called" as call."""
    return next(iter(words_of(_IRREGULAR.get(verb.lower(), verb))), verb.lower())


def _begins_with(claim: Claim, did: Collection[str]) -> bool:
    """Whether one of the verbs is what a task begins with: "call my parents" is done by having called."""
    first = str(next(iter(claim.row.values()), "")).split(maxsplit=1)
    return bool(first) and bool(words_of(first[0]) & frozenset(did))


_SCHEDULED = re.compile(
    r"\b(?:have|'ve got|got|there's|there is)\s+(?:an?|my|our|the|another)\b(?!.{0,80}\b(?:due|deadline)\b)"
    r"|(?:有|约了)(?:一?个|一?场|一?次)",
    re.IGNORECASE,
)


def as_appointment(
    slot: FormSlot, fact: Mapping[str, str], words: str, form: Form, day: date
) -> tuple[FormSlot, Mapping[str, str]]:
    """The slot for an appointment, where the words have one on a named day and the model took it for a task.

    "I have a dentist's appointment in three days" is none of the things that the user has to do.
    """
    if not slot.slot.meant or slot.spec.kind != "records":
        return slot, fact
    text = fact.get(slot.columns[0], "")
    said = _SCHEDULED.search(words.replace("’", "'"))
    if said is None or not text or _TO_DO.search(words[said.end() :].strip()):
        return slot, fact
    days = [found for found in read_when(words, day) if found.value.point is not None and found.value.point.day >= day]
    for other in form.slots.values():
        if other.is_dated and not other.slot.op and len(days) == 1:
            return other, {"slot": other.name, other.columns[0]: text}
    return slot, fact


_TO_DO = re.compile(r"^(?:lot|few|couple|ton|task|thing|report|goal|plan|deadline)\b|\bto [a-z]+", re.IGNORECASE)
"""What there is to do rather than to attend."""


_LIMIT = re.compile(
    r"\b(?:under|below|at most|no more than|not more than|less than|within|maximum|max|limit(?:ed)?|cap|budget|up to|"
    r"keep|cut)\b|不超过|以内|最多|预算|控制在|限额",
    re.IGNORECASE,
)
_ON = re.compile(r"\b(?:on|for)\s+(?P<what>(?:my\s+)?[a-z][a-z-]*(?:\s+(?:and\s+)?[a-z-]+)?)", re.IGNORECASE)
_OWN = re.compile(
    r"\b(?:my|the|our)\s+(?P<what>[a-z][a-z-]*(?:\s+[a-z-]+)?)\s+"
    r"(?:spending|budget|expenses?|costs?|bills?|purchases)\b",
    re.IGNORECASE,
)
_NO_CATEGORY = frozenset(
    {"me", "it", "that", "this", "them", "average", "a", "the", "week", "month", "day", "year", "now"}
)


def as_limit(slot: FormSlot, fact: Mapping[str, str], words: str, form: Form) -> tuple[FormSlot, Mapping[str, str]]:
    """The slot for a spending limit, and its columns, where the words set one and the model took it for something else.

    They set one if they name one amount of money with a period and a word of keeping to it.
    """
    limits = [s for s in form.slots.values() if s.spec.measured_by and s.spec.measured_by.match and not s.slot.op]
    if not limits or slot.name == limits[0].name or slot.spec.kind != "records" or slot.slot.op or slot.slot.leaning:
        return slot, fact
    amounts = [found for found in read_money(words) if found.value.period is not None]
    if len(amounts) != 1 or not _LIMIT.search(words):
        return slot, fact
    rule = limits[0].spec.measured_by
    category = _category(words, amounts[0].end)
    if rule is None or rule.match is None or category is None:
        return slot, fact
    amount = words[amounts[0].start : amounts[0].end]
    return limits[0], {"slot": limits[0].name, rule.match[0]: category, rule.limit: amount}


def _category(words: str, after: int) -> str | None:
    """What the money is for: "my lunch spending", or "on coffee" after the amount, else before it."""
    own = _OWN.search(words)
    if own is not None:
        return own["what"]
    for part in (words[after:], words):
        for found in _ON.finditer(part):
            what = re.sub(r"^my\s+", "", found["what"], flags=re.IGNORECASE)
            what = " ".join(word for word in what.split() if word.lower() not in _NO_CATEGORY and word.lower() != "and")
            if what:
                return what
    return None
