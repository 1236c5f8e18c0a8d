"""How a habit that was counted reads: "coffee on most weekdays, about 4.8 EUR each", 咖啡，几乎每天，每次约 28 CNY.

A figure is said to two digits.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from aipersona.grounding.words import CJK
from aipersona.optimizer.consolidation.rhythms import Rhythm

_HAN = re.compile(f"[{CJK}]")
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_CHINESE_WEEKDAYS = "一二三四五六日"
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
DIGITS = 2

CLOSE = 0.2
"""By what share a figure may move before it is said anew."""


@dataclass(frozen=True, kw_only=True)
class Phrase:
    """What is said of a habit, before and after its figure if it has one."""

    before: str
    figure: float | None = None
    after: str = ""

    @property
    def text(self) -> str:
        return self.before if self.figure is None else f"{self.before}{rounded(self.figure)}{self.after}"

    def says(self, text: str) -> bool:
        """Whether a text says the same, with a figure that is not far from this one."""
        if self.figure is None:
            return text == self.before
        inner = text.removeprefix(self.before).removesuffix(self.after)
        if f"{self.before}{inner}{self.after}" != text or not _NUMBER.fullmatch(inner):
            return False
        return abs(float(inner) - self.figure) <= CLOSE * max(abs(float(inner)), abs(self.figure))


def how_often(subject: str, rhythm: Rhythm, *, at: str = "") -> Phrase:
    """What happens and how often; `at` is the time of day."""
    if _HAN.search(subject):
        return Phrase(before=f"{subject}，{_chinese(rhythm)}{f'，{at}' if at else ''}")
    return Phrase(before=f"{subject} {_english(rhythm)}{f' at {at}' if at else ''}")


def with_price(phrase: Phrase, amount: float, currency: str) -> Phrase:
    """The same, with what it takes each time."""
    unit = f" {currency}" if currency else ""
    if _HAN.search(phrase.before):
        return Phrase(before=f"{phrase.before}，每次约 ", figure=amount, after=unit)
    return Phrase(before=f"{phrase.before}, about ", figure=amount, after=f"{unit} each")


def amount_a_day(subject: str, amount: float) -> Phrase:
    """How much of something there is on a usual day."""
    if _HAN.search(subject):
        return Phrase(before="每天约 ", figure=amount, after=f" {subject}")
    return Phrase(before="about ", figure=amount, after=f" {subject} a day")


def rounded(amount: float) -> str:
    """To two digits: 4.26 as 4.3, 18.14 as 18, 10254 as 10000."""
    return f"{float(f'{amount:.{DIGITS}g}'):.10g}"


def _english(rhythm: Rhythm) -> str:
    match rhythm.every:
        case "day":
            return "on most days"
        case "weekday":
            return "on most weekdays"
        case "same_weekday":
            return f"on most {_WEEKDAYS[rhythm.weekday or 0]}s"
        case "week":
            return f"about {rhythm.times} times a week" if rhythm.times > 1 else "in most weeks"
        case "month":
            return "in most months"


def _chinese(rhythm: Rhythm) -> str:
    match rhythm.every:
        case "day":
            return "几乎每天"
        case "weekday":
            return "几乎每个工作日"
        case "same_weekday":
            return f"几乎每个星期{_CHINESE_WEEKDAYS[rhythm.weekday or 0]}"
        case "week":
            return f"每周约 {rhythm.times} 次" if rhythm.times > 1 else "几乎每周"
        case "month":
            return "几乎每月"
