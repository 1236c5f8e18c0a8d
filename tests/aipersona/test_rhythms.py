"""Rhythms of what happens again and again, and none where there is none."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aipersona.optimizer.consolidation.phrasing import Phrase, how_often, rounded
from aipersona.optimizer.consolidation.rhythms import rhythm_of

MONDAY = date(2026, 3, 2)


def on(*offsets: int) -> list[date]:
    """Days counted from a Monday."""
    return [MONDAY + timedelta(days=offset) for offset in offsets]


def said_of(offsets: Iterable[int], until: int) -> str | None:
    rhythm = rhythm_of(on(*offsets), MONDAY + timedelta(days=until))
    return how_often("tea", rhythm).text if rhythm is not None else None


@pytest.mark.parametrize(
    ("offsets", "until", "text"),
    [
        (range(7), 6, "tea on most days"),
        ((0, 1, 2), 2, "tea on most days"),
        ((0, 1, 3, 4, 6, 7, 9), 10, "tea on most days"),
        ([7 * week + day for week in range(4) for day in range(5)], 27, "tea on most weekdays"),
        ((0, 1, 2, 3, 4), 4, "tea on most days"),  # no weekend has passed that it could have spared
        (range(4, 60, 7), 60, "tea on most Fridays"),
        ((4, 11, 25, 32, 39), 40, "tea on most Fridays"),
        ([7 * week + day for week in range(6) for day in (0, 3, 5)][1:], 41, "tea about 3 times a week"),
        ([7 * week + week % 5 for week in range(8)], 55, "tea in most weeks"),
        ((0, 33, 60, 88, 122), 125, "tea in most months"),
        ((0, 1), 1, None),
        ((0, 0, 0), 0, None),
        ((0, 3, 6), 6, None),
        ((0, 2, 30), 30, None),
        (range(4), 30, None),  # it was a habit, and is over
        ((0, 40, 41), 100, None),
    ],
)
def test_a_rhythm_is_read_off_the_days(offsets: Iterable[int], until: int, text: str | None) -> None:
    assert said_of(offsets, until) == text


def test_a_habit_that_was_given_up_for_a_while_counts_from_when_it_came_back() -> None:
    rhythm = rhythm_of(on(*range(10), *range(60, 70)), MONDAY + timedelta(days=70))
    assert rhythm is not None
    assert rhythm.since == MONDAY + timedelta(days=60)


def test_what_happens_by_chance_once_in_ten_days_is_rarely_taken_for_a_daily_or_weekday_habit() -> None:
    chance = random.Random(7)
    found: list[str] = []
    for _ in range(400):
        days = on(*(day for day in range(120) if chance.random() < 0.1))
        rhythm = rhythm_of(days, MONDAY + timedelta(days=119))
        found.append(rhythm.every if rhythm is not None else "none")
    assert found.count("day") + found.count("weekday") + found.count("same_weekday") < 8


@given(st.lists(st.integers(0, 200), max_size=40), st.integers(0, 220))
def test_a_rhythm_rests_on_three_days_that_happened(offsets: list[int], until: int) -> None:
    rhythm = rhythm_of(on(*offsets), MONDAY + timedelta(days=until))
    if rhythm is not None:
        assert len(rhythm.days) >= 3
        assert set(rhythm.days) <= set(on(*offsets))
        assert rhythm.days == tuple(sorted(rhythm.days))
        assert rhythm.days[-1] <= MONDAY + timedelta(days=until)


@given(st.floats(0.01, 1e7))
def test_a_phrase_says_what_it_says_itself_and_nothing_far_from_it(figure: float) -> None:
    phrase = Phrase(before="tea, about ", figure=figure, after=" EUR each")
    assert phrase.says(phrase.text)
    assert not phrase.says(f"tea, about {rounded(figure * 1.6)} EUR each")
    assert not phrase.says(f"tea, about {rounded(figure)} USD each")
    assert not phrase.says("tea, about  EUR each")


@pytest.mark.parametrize(
    ("figure", "text"), [(4.26, "4.3"), (18.14, "18"), (10254, "10000"), (0.5, "0.5"), (99.6, "100")]
)
def test_figures_are_said_to_two_digits(figure: float, text: str) -> None:
    assert rounded(figure) == text
