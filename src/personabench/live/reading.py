"""How the rule policy reads: the value of an argument in a text that tells about the user, by fixed rules.

In: the text that a system renders, an argument of a tool. Out: the value, or None. A sentence counts where it names the
topic of the argument and a value that the argument can have, and is not denied, wished, past, or about somebody else;
of several the one of the latest day, and of one day the last. A line of a profile ("- diet: vegan") counts before
sentences. It is no language model: what it misses in plain talk, one would find; what stands in a profile, it finds.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from pydantic import JsonValue

from personabench.generation.material.countries import countries, proper
from personabench.generation.scene import Asked
from personabench.generation.seed import Written
from personabench.generation.writers.wordings import wordings
from personabench.worlds.vocabulary import CUISINES, DIETS, GENRES, SEATS, TOPICS


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """An argument to find, and the names of those whom the user can write to."""

    asked: Asked
    names: tuple[str, ...] = ()

    @property
    def parameter(self) -> str:
        return self.asked.parameter

    @property
    def where(self) -> Mapping[str, str]:
        return dict(self.asked.where)


_TOPICS: Mapping[str, str] = {
    "city": r"\blive|\bliving|\bmov(?:e|ed|ing)\b|\bbased\b|\bhome\b|residence|\bcity\b|location|\bhere in\b"
    r"|\bin town\b|\bsettled\b|\bstaying\b|住|搬|家在|人在|现在在|定居",
    "diet": r"",
    "cuisine": r"\blike|\blove|favou?rite|\binto\b|\bcrav|\bbest\b|tastes|喜欢|爱吃|最爱",
    "genre": r"\blike|\blove|favou?rite|\binto\b|\blisten|\bmusic|tastes|喜欢|爱听|最爱|听",
    "size": r"\bshoe|\bsize|\bfeet\b|鞋|码",
    "seat": r"",
    "unit": r"",
    "degrees": r"degree|°|temperature|\bwarm|\bheat|度|温",
    "time": r"\bwake|\bget(?:ting)? up|\balarm|\bup at\b|\bup by\b|起床|闹钟|起来",
    "topic": r"",
}
"""What a sentence must name besides the value; nothing where the value says it all."""

_LIMITS: Mapping[str, str] = {
    "dinner": r"dinner|eating out|restaurant|\bmeal|晚餐|晚饭|吃饭|一顿",
    "shoes": r"\bshoe|鞋",
    "gifts": r"\bgift|\bpresent|礼物",
    "trips": r"\btrip|\btravel|\bticket|\bjourney|出行|旅行|车票|机票|一趟",
    "groceries": r"grocer|\bfood shop|买菜|日用",
}
_SPENDING = re.compile(
    r"budget|limit|spend|\bpay|cost|\bprice|expensive|\bunder\b|\bmost\b|more than|\bmax|[€$£¥]"
    r"|预算|超过|以内|以下|花|贵|封顶",
    re.IGNORECASE,
)
_KIN: Mapping[str, str] = {
    "partner": r"\bpartner|\bwife|\bhusband|\bboyfriend|\bgirlfriend|\bspouse|\bfianc|\bmarr|老公|老婆|丈夫|妻子|对象"
    r"|男朋友|女朋友|爱人|伴侣|另一半",
    "child": r"\bchild|\bdaughter|\bson\b|\bkid\b|\bbaby|\blittle one|孩子|女儿|儿子|宝宝",
}

_NOT_SO = re.compile(
    r"\bnot\b|n['’]t\b|\bno longer\b|\bnever\b|\bif\b|\bwould\b|\bwish\b|\bused to\b|\bback when\b"
    r"|\bas a (?:child|kid)\b"
    r"|\bdropped\b|\bgave up\b|\bgiven up\b|\bstopped\b|\bquit\b|\bhate|\bdislike|\bcan(?:no|['’])t stand\b"
    r"|\b(?:my|a|our) (?:friend|brother|sister|colleague|cousin|neighbou?r|boss|flatmate|mum|mom|mother|dad"
    r"|father|uncle|aunt)\b|\b(?:he|she|they)\b|不(?!过|错|超)|没|要是|如果|假如|以前|曾|小时候|讨厌|朋友|同事|哥|弟|姐|妹|邻居|老板|妈|爸",
    re.IGNORECASE,
)
_DAY = re.compile(r"^\s*(?:[-*] )?\[?(\d{4}-\d\d-\d\d)")
_NOTES = re.compile(r"\(since [^)]*\)|\d{4}-\d\d-\d\d(?:T[\d:]+)?")
"""What is said of a value beside it: since when it holds, and other days."""
_PROFILE = re.compile(r"^\s*[-*] |^[a-z_.]+: ")
_SENTENCE = re.compile(r"(?<=[.!?;])\s+|(?<=[。！？；])|\n")
_AMOUNT = re.compile(r"(?<![\w.,:-])(\d{1,3}(?:[,\u202f ]\d{3})+|\d+)(?:\.\d+)?(?![\w:]|[.,]\d)")


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """A sentence of a context: on which day it was said, if the text says so, and whether it is a line of a profile."""

    text: str
    day: str
    profile: bool


def sentences(context: str) -> list[Sentence]:
    """The sentences of a context in the order of time, those of the assistant left out."""
    found: list[Sentence] = []
    day = ""
    for line in context.split("\n"):
        dated = _DAY.match(line)
        profile = dated is None and _PROFILE.match(line) is not None
        day = dated.group(1) if dated else ("" if profile else day)
        if dated and line[dated.end() :].lstrip("] ").startswith("assistant"):
            continue
        parts = [line] if profile else _SENTENCE.split(line)
        found.extend(Sentence(text=part, day=day, profile=profile) for part in parts if part.strip())
    return sorted(found, key=lambda one: one.day)


def read(wanted: Wanted, context: Sequence[Sentence], written: Written) -> JsonValue:
    """The value of an argument in a context; None where it is not told."""
    lines = [one for one in context if one.profile]
    for path in wanted.asked.paths:
        named = [one for one in lines if _names_path(one.text, path)]
        if (value := _last(wanted, named, written, certain=True)) is not None:
            return value
    for some in (lines, [one for one in context if not one.profile]):
        if (value := _last(wanted, some, written, certain=False)) is not None:
            return value
    return None


def _names_path(line: str, path: str) -> bool:
    """Whether a line of a profile is that of a field: it begins with its path, or the last names of it."""
    label = re.split(r"[:,]", re.sub(r"^\s*[-*] ", "", line), maxsplit=1)[0].replace("_", " ").strip().casefold()
    words = path.replace("_", " ").casefold().split(".")
    return any(label == ".".join(words[first:]) or label == " ".join(words[first:]) for first in range(len(words)))


def _last(wanted: Wanted, lines: Sequence[Sentence], written: Written, *, certain: bool) -> JsonValue:
    value: JsonValue = None
    for line in lines:
        if _NOT_SO.search(line.text) if not line.profile else _is_another_row(wanted, line.text):
            continue
        if (found := _value(wanted, line, written, certain=certain)) is not None:
            value = found
    return value


def _is_another_row(wanted: Wanted, line: str) -> bool:
    """Whether a line of a profile says the opposite of the row that is wanted: a dislike where a like is."""
    return wanted.where.get("stance") == "like" and "dislike" in line


def _value(wanted: Wanted, sentence: Sentence, written: Written, *, certain: bool) -> JsonValue:
    parameter = "city" if wanted.parameter == "from_city" else wanted.parameter
    text = _NOTES.sub("", sentence.text)
    if parameter == "max_price":
        return _limit(wanted.where.get("category", ""), text)
    if parameter == "to":
        if not re.search(_KIN[wanted.where.get("who", "partner")], text, re.IGNORECASE):
            return None
        named = [name for name in wanted.names if _position(name, text) >= 0]
        return named[0] if len(named) == 1 else None
    if not certain and not re.search(_TOPICS.get(parameter, r"(?!)"), text, re.IGNORECASE):
        return None
    if sentence.profile:
        text = text.partition(":")[2]
    best: tuple[int, int] | None = None
    found: JsonValue = None
    for value, forms in _forms(parameter, written):
        for form in forms:
            at = _position(form, text)
            if at >= 0 and (best is None or (at, len(form)) > best):
                best, found = (at, len(form)), value
    return found


def _limit(category: str, text: str) -> JsonValue:
    if not re.search(_LIMITS.get(category, r"(?!)"), text, re.IGNORECASE) or not _SPENDING.search(text):
        return None
    amounts = [int(re.sub(r"\D", "", one)) for one in _AMOUNT.findall(text)]
    return amounts[-1] if amounts else None


@lru_cache(maxsize=64)
def _forms(parameter: str, written: Written) -> tuple[tuple[JsonValue, tuple[str, ...]], ...]:
    """The values that an argument can have, each with the ways in which it is said, English ones too."""
    values: Sequence[JsonValue]
    match parameter:
        case "city":
            values = [city for country in countries().values() for city in proper(country.cities, written)]
        case "diet":
            values = DIETS
        case "cuisine":
            values = CUISINES
        case "genre":
            values = GENRES
        case "seat":
            values = SEATS
        case "unit":
            values = ("celsius", "fahrenheit")
        case "topic":
            values = TOPICS
        case "size":
            values = list(range(34, 51))
        case "degrees":
            values = list(range(14, 29))
        case "time":
            values = [f"{hour:02}:{minute:02}" for hour in range(4, 12) for minute in (0, 15, 30, 45)]
        case _:
            values = ()
    languages: tuple[Written, ...] = ("en",) if written == "en" else ("zh", "en")
    return tuple(
        (value, tuple(dict.fromkeys(form for one in languages for form in (*wordings(value, one), str(value)))))
        for value in values
    )


def _position(form: str, text: str) -> int:
    """Where a form stands last in a text as a word of its own; -1 where it does not."""
    if any("\u4e00" <= character <= "\u9fff" for character in form):
        return text.rfind(form)
    found = -1
    for match in re.finditer(rf"(?<![\w]){re.escape(form)}(?![\w])", text, re.IGNORECASE):
        found = match.start()
    return found
