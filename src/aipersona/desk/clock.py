"""The clock: the day and time where the user is, or anywhere else."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from aipersona.errors import InvalidInput
from aipersona.values.gazetteer import zone_of


def time_at(now: datetime, place: str) -> str:
    """The day and time in a place, such as "Monday 2026-06-01, 14:00 (Europe/Lisbon)"; without one, as the clock says.

    Raises: InvalidInput for a place whose time zone is not known.
    """
    if not place.strip():
        return f"{now:%A %Y-%m-%d, %H:%M} ({now.tzname() or 'local time'})"
    zone = zone_of(place)
    if zone is None:
        raise InvalidInput(f"no time zone is known by that name; give one such as Asia/Tokyo. {time_at(now, '')}")
    return f"{now.astimezone(ZoneInfo(zone)):%A %Y-%m-%d, %H:%M} ({zone})"
