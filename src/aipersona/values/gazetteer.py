"""The places that every computer knows, in several languages: the cities of time zones, and the countries."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any
from zoneinfo import available_timezones

_LANGUAGES = ("en", "zh", "de", "fr", "es", "pt", "ja")
"""In which languages they are known."""


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


def is_country(name: str) -> bool:
    """Whether a name is that of a country, in one of the languages, and of no city: Poland, not Singapore."""
    plain = _plain(name[:100])
    return plain in _countries() and plain not in _cities()


@cache
def _cities() -> frozenset[str]:
    """The cities of time zones by the English names in the zones, such as Singapore from Asia/Singapore."""
    return frozenset(_plain(zone.rpartition("/")[2]) for zone in available_timezones() if "/" in zone)


@cache
def _countries() -> frozenset[str]:
    from babel import Locale

    locales: list[Any] = [Locale.parse(language) for language in _LANGUAGES]
    return frozenset(
        _plain(str(name)) for locale in locales for code, name in locale.territories.items() if len(code) == 2
    )
