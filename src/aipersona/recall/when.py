"""The time that a question asks for: "last week", "in June", "before I moved". In: its words and today. Out: days.

Only a time that is over counts: "this week" and "next Friday" say when the answer is needed, not when something was
said. What the user's own changes date ("since I became vegetarian") the caller has to know.
"""

from __future__ import annotations

import re
from datetime import date

from aipersona.recall.model import Changed
from aipersona.values.days import plus
from aipersona.values.when import Interval, read_when

_CHANGES = re.compile(
    r"\b(?P<side>before|until|till|after|since|when)\s+(?P<what>(?:i|we|my|our)\b[^,.;?!]{2,80})"
    r"|(?P<han>我们?[^,.;?!,。;?!]{1,30}?)(?P<han_side>之前|以前|之后|以后|的时候|那时)",
    re.IGNORECASE,
)
_EARLIER = {"before", "until", "till", "之前", "以前"}
_LATER = {"after", "since", "之后", "以后"}


def time_asked_for(text: str, today: date, changed: Changed | None = None) -> Interval | None:
    """The past days that a question names, the first if it names several; None if it names none.

    `changed` gives the day on which what some words are about changed.
    """
    for found in read_when(text, today):
        interval = _over(found.value.interval, today, before=text[found.start : found.end].lower().startswith("before"))
        if interval is not None:
            return interval
    return _since_a_change(text, changed) if changed is not None else None


def _over(named: Interval, today: date, *, before: bool) -> Interval | None:
    """The interval if it is over, or began in the past and is open; "before March" is the last March."""
    start, end = named.start, named.end
    if before and start is None and end is not None and end > today:
        end = _a_year_earlier(end)
    if end is not None:
        is_over = end <= today if start is not None else end < today
        return Interval(start=start, end=end) if is_over else None
    return named if start is not None and start < today else None


def _a_year_earlier(day: date) -> date:
    return day.replace(year=day.year - 1, day=28) if (day.month, day.day) == (2, 29) else day.replace(year=day.year - 1)


def _since_a_change(text: str, changed: Changed) -> Interval | None:
    for match in _CHANGES.finditer(text):
        day = changed(match["what"] or match["han"])
        if day is None:
            continue
        side = (match["side"] or match["han_side"]).lower()
        if side in _EARLIER:
            return Interval(end=day)
        if side in _LATER:
            return Interval(start=day)
        return Interval(start=day, end=plus(day, 1, "day"))
    return None
