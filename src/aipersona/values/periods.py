"""How often an amount comes: "a week", "per month", 每月, 一年."""

from __future__ import annotations

import re
from functools import cache
from typing import Literal

Period = Literal["hour", "day", "week", "month", "year", "once"]

_WORDS: dict[str, Period] = {
    "hour": "hour", "hr": "hour", "h": "hour", "hourly": "hour", "小时": "hour", "钟头": "hour", "时薪": "hour",
    "day": "day", "night": "day", "morning": "day", "evening": "day", "daily": "day", "nightly": "day", "天": "day",
    "日": "day", "晚": "day", "日薪": "day", "week": "week", "wk": "week", "weekly": "week", "周": "week",
    "星期": "week", "礼拜": "week", "周薪": "week", "month": "month", "mo": "month", "mth": "month",
    "monthly": "month", "月": "month", "月薪": "month", "月租": "month", "year": "year", "yr": "year",
    "annum": "year", "yearly": "year", "annually": "year", "annual": "year", "年": "year", "年薪": "year",
    "once": "once", "one-time": "once", "one-off": "once", "一次性": "once",
}  # fmt: skip
_UNIT = r"hour|hr|h|day|night|morning|evening|week|wk|month|mth|mo|year|yr|annum"
_EVERY = r"daily|nightly|weekly|monthly|yearly|annually|hourly"
_HAN = r"小时|钟头|星期|礼拜|天|日|晚|周|月|年"


@cache
def _after() -> re.Pattern[str]:
    return re.compile(
        rf"[ \t]{{0,2}}(?:(?:[^\W\d_]{{1,15}}[ \t]){{0,3}}?(?:(?:/|(?:per|an?|each|every|in[ ]an?)[ \t]|p\.?(?=a\.)"
        rf"|p/)[ \t]?(?P<unit>{_UNIT})(?!\w)"
        rf"|(?P<every>{_EVERY}|one-time|one-off|once)(?!\w))|(?:钱|左右|以内|以下|以上|水){{0,2}}(?:/|每|一)个?"
        rf"(?P<han>{_HAN})(?!\w前|前|后|次))",
        re.IGNORECASE,
    )


@cache
def _before() -> re.Pattern[str]:
    return re.compile(
        rf"(?:(?<!\w)(?:(?:each|every)[ ](?P<unit>{_UNIT})|(?P<every>{_EVERY}|annual|one-time|one-off))"
        rf"(?!\w)[^.,;!?\n]{{0,30}}"
        rf"|(?:每一?|一)个?(?P<han>{_HAN})(?!前|后|次)[^\n。，；！？,\d]{{0,8}}|(?P<pay>时薪|日薪|周薪|月薪|月租"
        rf"|年薪|一次性)[^\n。，；！？,\d]{{0,6}})\Z",
        re.IGNORECASE,
    )


def _period(m: re.Match[str]) -> Period:
    groups = m.groupdict()
    return _WORDS[(groups["unit"] or groups["every"] or groups["han"] or groups["pay"]).lower()]


def period_after(text: str, at: int) -> tuple[Period | None, int]:
    """The period said right after an amount, and where it ends (`at` if there is none)."""
    m = _after().match(text, at)
    if not m:
        return None, at
    return _WORDS[(m["unit"] or m["every"] or m["han"]).lower()], m.end()


def period_before(text: str, at: int, reached: int = 0) -> tuple[Period | None, int]:
    """The period said shortly before an amount, not before `reached`, and where it starts (`at` if there is none)."""
    m = _before().search(text, max(reached, at - 48), at)
    return (_period(m), m.start()) if m else (None, at)
