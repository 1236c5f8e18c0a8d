"""The rhythm of what happens again and again: on most days, most weekdays, most Fridays, most weeks or most months.

In: the days on which it happened, and the day up to which there are records of its kind. Out: the first rhythm of that
order that its latest run keeps, or none. A run has no gap longer than its rhythm allows; one that had ended by then is
over. A rhythm is kept if it is at least half of its chances, after `MARGIN` chances that it did not take are added: the
first day, which says only where the run begins, counts neither as taken nor as a chance.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

LEAST = 3
"""Days, weeks or months on which it must have happened."""

KEPT = 0.5
MARGIN = 2

MOSTLY = 0.75
"""The share of its days that must be of one weekday for that to be its rhythm."""

HARDLY = 0.1
"""The share of its days that may be at weekends if it is a matter of weekdays."""

SATURDAY = 5

Every = Literal["weekday", "day", "same_weekday", "week", "month"]


@dataclass(frozen=True, kw_only=True)
class Rhythm:
    """How often something happens, and the days of the run that shows it; `weekday` counts from Monday, 0.

    `times` is how often in a week, on average, where it is every week.
    """

    every: Every
    days: tuple[date, ...]
    weekday: int | None = None
    times: int = 1

    @property
    def since(self) -> date:
        return self.days[0]


@dataclass(frozen=True, kw_only=True)
class _Form:
    """A rhythm to try: the longest gap within a run, and how far back from its end a run is looked at, in days."""

    every: Every
    gap: int
    span: int


_FORMS = (
    _Form(every="weekday", gap=7, span=60),
    _Form(every="day", gap=7, span=60),
    _Form(every="same_weekday", gap=21, span=120),
    _Form(every="week", gap=21, span=120),
    _Form(every="month", gap=93, span=370),
)


def rhythm_of(happened: Collection[date], until: date) -> Rhythm | None:
    """The rhythm of what happened on these days, of whose kind there are records until `until`."""
    days = sorted({day for day in happened if day <= until})
    for form in _FORMS:
        run = _last_run(days, form.gap)
        if len(run) < LEAST or (until - run[-1]).days > form.gap:
            continue
        weekday = _main_weekday(run) if form.every == "same_weekday" else None
        if form.every == "same_weekday" and weekday is None:
            continue
        recent = [day for day in run if (run[-1] - day).days <= form.span]
        if form.every == "weekday" and not _is_for_weekdays(recent):
            continue
        taken = _chances(form.every, recent, weekday)
        offered = _chances(form.every, _calendar(recent[0], until), weekday)
        if len(taken) >= LEAST and (len(taken) - 1) / (len(offered) - 1 + MARGIN) >= KEPT:
            times = round(len(recent) / len(offered)) if form.every == "week" else 1
            return Rhythm(every=form.every, days=tuple(run), weekday=weekday, times=max(1, times))
    return None


def _last_run(days: Sequence[date], gap: int) -> list[date]:
    run: list[date] = []
    for day in reversed(days):
        if run and (run[-1] - day).days > gap:
            break
        run.append(day)
    return run[::-1]


def _main_weekday(days: Sequence[date]) -> int | None:
    """The weekday on which nearly all of it happened."""
    weekday, count = Counter(day.weekday() for day in days).most_common(1)[0]
    return weekday if count / len(days) >= MOSTLY else None


def _is_for_weekdays(days: Sequence[date]) -> bool:
    """Whether it spares the weekends, at least one of which it has lasted."""
    passed = [day for day in _calendar(days[0], days[-1]) if day.weekday() >= SATURDAY]
    weekends = [day for day in days if day.weekday() >= SATURDAY]
    return len(passed) > 1 and len(weekends) <= HARDLY * len(days)


def _chances(every: Every, days: Sequence[date], weekday: int | None) -> set[tuple[int, ...]]:
    """What of the calendar these days fall into, as the rhythm counts it."""
    match every:
        case "day":
            return {(day.toordinal(),) for day in days}
        case "weekday":
            return {(day.toordinal(),) for day in days if day.weekday() < SATURDAY}
        case "same_weekday":
            return {(day.toordinal(),) for day in days if day.weekday() == weekday}
        case "week":
            return {tuple(day.isocalendar()[:2]) for day in days}
        case "month":
            return {(day.year, day.month) for day in days}


def _calendar(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
