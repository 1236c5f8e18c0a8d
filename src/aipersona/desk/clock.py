"""The clock: the day and time where the user is, or anywhere else."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from aipersona.errors import InvalidInput

_LANGUAGES = ("en", "zh", "de", "fr", "es", "pt", "ja")
"""In which languages the cities of time zones are known."""


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


def zone_of(place: str) -> str | None:
    """The IANA name of the time zone that a place names: by that name, by its city, or by a country with one zone."""
    return next((zone for name in _names(place) if (zone := _zones().get(name))), None)


def _names(place: str) -> Iterator[str]:
    """What may be a name in "Lisbon, Portugal": all of it, then its parts."""
    yield _plain(place[:100])
    yield from (_plain(part) for part in re.split(r"[,，(（]", place[:100]))


def _plain(name: str) -> str:
    return re.sub(r"[\s_)）]+", " ", name.casefold()).strip().removesuffix(" time")


@cache
def _zones() -> Mapping[str, str]:
    """The zones by their names, their cities, and the countries that have only one."""
    from babel import Locale
    from babel.core import get_global

    known = available_timezones()
    found = {_plain(zone.rpartition("/")[2]): zone for zone in sorted(known) if not zone.startswith("Etc/")}
    one_zone = {land: zones[0] for land, zones in get_global("territory_zones").items() if len(zones) == 1}
    for language in reversed(_LANGUAGES):
        locale: Any = Locale.parse(language)
        for zone, named in locale.time_zones.items():
            if zone in known and "city" in named:
                found[_plain(str(named["city"]))] = zone
        for land, zone in one_zone.items():
            if land in locale.territories and zone in known:
                found[_plain(str(locale.territories[land]))] = zone
    return {**found, **{_plain(zone): zone for zone in known}}
