"""How old somebody is on a day, and the bands in which ages are drawn and counted."""

from __future__ import annotations

from datetime import date

BANDS = (
    (16, 19), (20, 24), (25, 29), (30, 34), (35, 39), (40, 44),
    (45, 49), (50, 54), (55, 59), (60, 67), (68, 77), (78, 90),
)  # fmt: skip
"""Ages, both inclusive; each is drawn as often as the others."""


def age_on(day: date, born: date) -> int:
    """Whole years."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def band_of(age: int) -> str:
    """The band of an age, as in "20-24"; what lies outside counts with the nearest."""
    for low, high in BANDS:
        if age <= high:
            return f"{low}-{high}"
    low, high = BANDS[-1]
    return f"{low}-{high}"
