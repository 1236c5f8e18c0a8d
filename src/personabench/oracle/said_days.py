"""The day that words name, read by rules of its own: the check of aipersona's reader must not share its code."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, kw_only=True)
class SaidDay:
    """A day and the words that name it."""

    phrase: str
    day: date


def said_day(words: str, today: date) -> SaidDay | None:
    """The first day that words name, seen from `today`: "tomorrow", "last night", "in 3 days", "July 8th", "Friday".

    "next Tuesday" is the Tuesday of the next calendar week, a bare weekday the first one after today, a month and day
    the next such day.
    """
    found = [
        (match.start(), SaidDay(phrase=match.group(), day=read(match, today)))
        for pattern, read in _RULES
        if (match := re.search(pattern, words, re.IGNORECASE)) is not None
    ]
    return min(found, key=lambda pair: pair[0])[1] if found else None


def _month_day(match: re.Match[str], today: date) -> date:
    month, day = _MONTHS.index(match["month"].lower()) + 1, int(match["day"])
    this_year = date(today.year, month, day)
    return this_year if this_year >= today else date(today.year + 1, month, day)


def _weekday(match: re.Match[str], today: date) -> date:
    number = _WEEKDAYS.index(match["weekday"].lower())
    if match["next"]:
        return today + timedelta(days=7 - today.weekday() + number)
    return today + timedelta(days=(number - today.weekday() - 1) % 7 + 1)


_RULES: tuple[tuple[str, Callable[[re.Match[str], date], date]], ...] = (
    (r"\btomorrow\b", lambda match, today: today + timedelta(days=1)),
    (r"\b(?:yesterday|last night)\b", lambda match, today: today - timedelta(days=1)),
    (r"\bin (?P<count>\d+) days\b", lambda match, today: today + timedelta(days=int(match["count"]))),
    (rf"\b(?P<month>{'|'.join(_MONTHS)}) (?P<day>\d+)(?:st|nd|rd|th)?\b", _month_day),
    (rf"\b(?P<next>next )?(?P<weekday>{'|'.join(_WEEKDAYS)})\b", _weekday),
)
