"""Times of day beside a date: "at 7pm", "19:30", "noon", 晚上七点半."""

from __future__ import annotations

import re
from datetime import time
from functools import cache

from aipersona.values.numbers import HAN_NUMERALS, han_value

_HAN_PART = r"早上|上午|中午|下午|傍晚|晚上|凌晨|早晨|夜里|晚|早"


@cache
def _clock() -> re.Pattern[str]:
    return re.compile(
        r"(?:[ ,]{0,2}(?P<part>(?:in[ ]the[ ])?(?:morning|afternoon|evening|night))(?!\w))?"
        r"(?:[ ,]{0,2}(?P<at>at|@|around|by|from|T)?[ ]{0,2}(?:(?P<h>\d{1,2})(?:[:.h](?P<m>[0-5]\d)(?::[0-5]\d)?)?"
        r"(?![\w:/-])"
        r"(?:[ ]?(?P<ap>[ap])\.?m\b\.?|(?P<oclock>[ ]o['’]?clock))?|(?P<h2>\d{1,2})(?:[:.](?P<m2>[0-5]\d))?"
        r"(?P<ap2>[ap])\.?m\b\.?"
        r"|(?P<noon>noon|midday|midnight)(?!\w))(?:[ ](?P<late>in[ ]the[ ](?:morning|afternoon|evening)|at[ ]night))?"
        r"(?:Z|[+-]\d\d:?\d\d)?)?",
        re.IGNORECASE,
    )


@cache
def _han_clock() -> re.Pattern[str]:
    n = rf"(?:\d{{1,2}}|[{HAN_NUMERALS}]{{1,3}})"
    return re.compile(
        rf"[ 的,，]?(?P<part>{_HAN_PART})?(?:[ ]?(?P<h>{n})(?:[点點时](?!候|间)(?:(?P<half>半)|"
        rf"(?P<quarter>[一三])刻|(?P<m>{n})分?)?钟?|[:：](?P<m2>[0-5]\d)(?!\d)))?"
    )


def time_after(text: str, at: int, *, evening: bool = False) -> tuple[time | None, int]:
    """The time of day said right after a date that ends at `at`, and where it ends.

    A bare hour from 1 to 6 is in the afternoon; `evening` ("tonight") moves every bare hour there. A part of the day
    without an hour ("tomorrow morning") is passed over and leaves the time unknown.
    """
    if text[at : at + 1] > "\u2e7f" or text[at : at + 2][1:] > "\u2e7f":
        return _han_time(text, at, evening)
    m = _clock().match(text, at)
    if not m or m.end() == at:
        return None, at
    part = f"{m['part'] or ''} {m['late'] or ''}".lower()
    if m["noon"]:
        return time(0 if m["noon"].lower() == "midnight" else 12), m.end()
    written = m["h"] or m["h2"]
    minute, half = m["m"] or m["m2"], m["ap"] or m["ap2"]
    if written is None:
        return None, m.end("part") if m["part"] else at
    if not (m["at"] or minute or half or m["oclock"]) or (
        (m["at"] or "").lower() in ("by", "from", "around") and not (minute or half)
    ):
        return None, m.end("part") if m["part"] else at
    hour = int(written)
    if half:
        if not 1 <= hour <= 12:
            return None, at
        hour = hour % 12 + (12 if half.lower() == "p" else 0)
    elif hour < 12 and ((evening and "morning" not in part) or re.search("afternoon|evening|night", part)):
        hour += 12 if hour else 0
    elif 1 <= hour <= 6 and "morning" not in part and not minute:
        hour += 12
    return (time(hour, int(minute or 0)), m.end()) if hour < 24 else (None, at)


def _han_time(text: str, at: int, evening: bool) -> tuple[time | None, int]:
    m = _han_clock().match(text, at)
    if not m or m.end() == at or not (m["part"] or m["h"]):
        return None, at
    if m["h"] is None:
        return None, m.end()
    values = [int(v) if v.isdigit() and v.isascii() else han_value(v) for v in (m["h"], m["m"] or m["m2"] or "0") if v]
    hour, minute = (int(v) if v is not None else 99 for v in values)
    minute = 30 if m["half"] else {"一": 15, "三": 45}.get(m["quarter"] or "", minute)
    part = m["part"] or ("晚上" if evening else "")
    if (
        (part in ("下午", "傍晚", "晚上", "晚", "夜里") and hour < 12)
        or (part == "中午" and hour < 3)
        or (not part and 1 <= hour <= 6 and not m["m2"])
    ):
        hour += 12
    return (time(hour, minute), m.end()) if hour < 24 and minute < 60 else (None, at)


def time_before(text: str, at: int, reached: int = 0) -> tuple[time | None, int]:
    """The time of day said right before a date that starts at `at` ("at 7pm on Friday"), and where it starts.

    It does not start before `reached`.
    """
    m = _leading().search(text, max(reached, at - 28), at)
    if not m:
        return None, at
    found, end = time_after(text, m.start())
    return (found, m.start()) if found and end >= m.end("clock") else (None, at)


@cache
def _leading() -> re.Pattern[str]:
    return re.compile(
        r"(?<![\w:.])(?P<clock>at[ ]\d{1,2}(?:[:.][0-5]\d)?(?:[ ]?[ap]\.?m\.?)?|\d{1,2}"
        r"(?::[0-5]\d)?[ ]?[ap]\.?m\.?|(?:at[ ])?(?:noon|midnight))[ ,]{1,2}(?:on[ ])?(?:the[ ])?\Z",
        re.IGNORECASE,
    )
