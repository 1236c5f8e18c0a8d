"""The clock: the day and time anywhere, by the name of a zone, a city or a country."""

from __future__ import annotations

from datetime import timedelta, timezone

import pytest

from aipersona.desk.clock import time_at
from aipersona.errors import InvalidInput
from tests.aipersona.kit import NOON


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("", "Monday 2026-06-01, 12:00 (UTC)"),
        ("Asia/Tokyo", "Monday 2026-06-01, 21:00 (Asia/Tokyo)"),
        ("tokyo", "Monday 2026-06-01, 21:00 (Asia/Tokyo)"),
        ("东京", "Monday 2026-06-01, 21:00 (Asia/Tokyo)"),
        ("Lisbon, Portugal", "Monday 2026-06-01, 13:00 (Europe/Lisbon)"),
        ("New York", "Monday 2026-06-01, 08:00 (America/New_York)"),
        ("India", "Monday 2026-06-01, 17:30 (Asia/Kolkata)"),
        ("UTC", "Monday 2026-06-01, 12:00 (UTC)"),
    ],
)
def test_the_time_in_a_place_is_told(place: str, said: str) -> None:
    assert time_at(NOON, place) == said


@pytest.mark.parametrize("place", ["Atlantis", "America", "../../etc/passwd", "x" * 10_000])
def test_a_place_without_a_known_zone_is_refused_with_the_time_by_the_clock(place: str) -> None:
    with pytest.raises(InvalidInput, match=r"such as Asia/Tokyo\. Monday 2026-06-01, 12:00"):
        time_at(NOON, place)


def test_the_clock_keeps_its_own_zone() -> None:
    assert time_at(NOON.astimezone(timezone(timedelta(hours=2))), "") == "Monday 2026-06-01, 14:00 (UTC+02:00)"
