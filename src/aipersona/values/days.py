"""Calendar arithmetic that never overflows: a day outside of the years 1 to 9999 is None."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from typing import Literal

Precision = Literal["day", "week", "month", "year"]
Unit = Literal["day", "week", "month", "year"]
Lean = Literal["past", "future"]
"""Which way a date without a year looks: "since March" looks back, "until March" ahead. None is: the nearest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Whole days from `first` to before `past`, named as one thing: a day, a week, a month, a season.

    `day` is the day meant most closely: "two weeks ago" is a week, in which the day fourteen days back is nominal.
    """

    first: date
    past: date
    precision: Precision | None
    day: date
    time: time | None = None


Sort = Literal["plain", "weak", "edge", "now", "weekday", "moment", "for", "ahead", "back", "over", "recurring"]
Resolve = Callable[[Lean | None], "Stretch | None"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """Words at `text[start:end]` that name a stretch of the calendar.

    `sort` says how they may stand: `plain` by themselves, `weak` only beside a word such as "since" or "in", `edge`
    only after "the end of", `weekday` for one that may also be a habit, `moment` where an event is meant rather than
    the whole stretch. The others carry their own connecting word: `now` the present, `recurring` a habit, `over` a time
    before today, `ahead` from today, `back` until today or longer, `for` one of these two as the tense says.
    """

    start: int
    end: int
    sort: Sort
    names: Stretch | Resolve
    evening: bool = False

    def resolve(self, lean: Callable[[], Lean | None]) -> Stretch | None:
        """The stretch meant; `lean` is asked only where the words leave the year, month or week open."""
        return self.names if isinstance(self.names, Stretch) else self.names(lean())


def plus(day: date, amount: int, unit: Unit) -> date | None:
    """The day that many units later (earlier if negative), at the end of a month that is too short."""
    try:
        if unit == "day":
            return day + timedelta(days=amount)
        if unit == "week":
            return day + timedelta(weeks=amount)
        months = day.year * 12 + day.month - 1 + (amount if unit == "month" else amount * 12)
        year, month = divmod(months, 12)
        return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
    except (OverflowError, ValueError):
        return None


def make_day(year: int, month: int, day: int) -> date | None:
    """That date, or None where the calendar has none."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def one_day(day: date | None, at: time | None = None) -> Stretch | None:
    """A single day."""
    past = day and plus(day, 1, "day")
    return Stretch(first=day, past=past, precision="day", day=day, time=at) if day and past else None


def between(first: date | None, past: date | None, precision: Precision | None = None) -> Stretch | None:
    """The days from `first` to before `past`."""
    return Stretch(first=first, past=past, precision=precision, day=first) if first and past else None


def around(day: date | None, unit: Unit, *, nominal: bool = False) -> Stretch | None:
    """The calendar week (Monday to Sunday), month or year that holds this day.

    `nominal` keeps the day itself as the one meant most closely; otherwise it is the first of the stretch.
    """
    if day is None:
        return None
    if unit == "day":
        return one_day(day)
    if unit == "week":
        first = plus(day, -day.weekday(), "day")
    else:
        first = day.replace(day=1) if unit == "month" else day.replace(month=1, day=1)
    found = between(first, first and plus(first, 1, unit), unit)
    return replace(found, day=day) if found and nominal else found


def months_from(year: int, month: int, count: int) -> Stretch | None:
    """That many whole months from the first of one."""
    first = make_day(year, month, 1)
    return between(first, first and plus(first, count, "month"), {1: "month", 12: "year"}.get(count))  # pyright: ignore[reportArgumentType]


def weekend(day: date) -> Stretch | None:
    """Saturday and Sunday of the week that holds this day."""
    saturday = plus(day, 5 - day.weekday(), "day")
    return between(saturday, saturday and plus(saturday, 2, "day"))


def pick(candidates: list[Stretch | None], today: date, lean: Lean | None) -> Stretch | None:
    """Of the same date in several years, the one that is meant.

    Looking back it is the latest that has begun, looking ahead the first that is not over; otherwise the nearest.
    """
    known = [c for c in candidates if c]
    if lean == "past":
        return max((c for c in known if c.first <= today), key=lambda c: c.first, default=None)
    if lean == "future":
        return min((c for c in known if c.past > today), key=lambda c: c.first, default=None)

    def distance(c: Stretch) -> int:
        return 0 if c.first <= today < c.past else min(abs((c.first - today).days), abs((c.past - today).days))

    return min(known, key=distance, default=None)


def month_of(month: int, today: date, lean: Lean | None) -> Stretch | None:
    """A month without a year."""
    return pick([months_from(today.year + n, month, 1) for n in (-1, 0, 1)], today, lean)


def day_of_year(month: int, day: int, today: date, lean: Lean | None) -> Stretch | None:
    """A day and month without a year; 29 February finds the leap year that is meant."""
    reach = 4 if (month, day) == (2, 29) else 1
    return pick([one_day(make_day(today.year + n, month, day)) for n in range(-2 * reach, 2 * reach + 1)], today, lean)


def day_of_month(day: int, today: date, lean: Lean | None) -> Stretch | None:
    """A day of the month without the month."""
    firsts = [plus(today.replace(day=1), n, "month") for n in (-2, -1, 0, 1, 2)]
    return pick([one_day(make_day(f.year, f.month, day)) for f in firsts if f], today, lean)


def weekday_of(weekday: int, today: date, lean: Lean | None) -> Stretch | None:
    """A day of the week (0 is Monday): today or the next to come, or looking back today or the latest."""
    ahead = (weekday - today.weekday()) % 7
    return one_day(plus(today, ahead - 7 if lean == "past" and ahead else ahead, "day"))


def weekday_in(weekday: int, weeks: int, today: date) -> Stretch | None:
    """A day of the week (0 is Monday) in the week that many weeks from this one."""
    return one_day(plus(today, weekday - today.weekday() + 7 * weeks, "day"))


def season(name: int, year: int) -> Stretch | None:
    """A meteorological season of the northern hemisphere (0 spring to 3 winter), winter in the year it begins."""
    return months_from(year, 3 + 3 * name, 3)


def third(stretch: Stretch, which: int) -> Stretch | None:
    """The early (0), middle (1) or late (2) third of a year or month."""
    if stretch.precision == "year":
        first = plus(stretch.first, 4 * which, "month")
        return between(first, first and plus(first, 4, "month"))
    if stretch.precision == "month":
        first = plus(stretch.first, 10 * which, "day")
        return between(first, stretch.past if which == 2 else first and plus(first, 10, "day"))
    return stretch


def unit_near(today: date, unit: str, step: int) -> Stretch | None:
    """The calendar week, month, quarter, year or decade that many from the present one."""
    if unit == "quarter":
        return months_from(*month_index(today, 3 * step - (today.month - 1) % 3), 3)
    if unit == "decade":
        first = make_day(today.year // 10 * 10 + 10 * step, 1, 1)
        return between(first, first and plus(first, 10, "year"))
    base: Unit = "week" if unit == "week" else "month" if unit == "month" else "year"
    return around(plus(today if base == "week" else today.replace(day=1), step, base), base)


def month_index(today: date, months: int) -> tuple[int, int]:
    """Year and month, that many months from the day's."""
    year, month = divmod(today.year * 12 + today.month - 1 + months, 12)
    return year, month + 1
