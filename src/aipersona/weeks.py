"""On which day the user's week begins: "this week" is another week in Boston than in Berlin.

In: the persona. Out: a weekday (0 is Monday). The country is that of the user's residence, else the one whose money
they mostly count in; the first day of its week is CLDR's. Where neither is known, Monday (ISO 8601).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import cast

from pydantic import JsonValue

from aipersona.persona.model import Persona
from aipersona.schema.fields import Schema

MONDAY = 0


def first_weekday(persona: Persona, schema: Schema, day: date) -> int:
    """The day on which the user's weeks begin, as `date.weekday()` counts."""
    homes = [spec.path for spec in schema.fields if spec.residence]
    places = [str(claim.value) for path in homes for claim in persona.holding(path, day)]
    for place in places:
        if (territory := _territory(place)) is not None:
            return _first_day(territory)
    spent = Counter(currency for claim in persona.all_holding(day) for currency in _currencies(claim.value))
    currency = next((name for name, _ in spent.most_common(1)), None)
    return _first_day(currency[:2]) if currency else MONDAY


def week_of(day: date, first: int) -> tuple[date, date]:
    """The first and the last day of the week around a day, as far as the calendar goes."""
    start = day.toordinal() - (day.weekday() - first) % 7
    return date.fromordinal(max(start, 1)), date.fromordinal(min(start + 6, date.max.toordinal()))


def _currencies(value: JsonValue) -> list[str]:
    """The currencies named in a value; a row may hold several."""
    if not isinstance(value, dict):
        return []
    named = value.get("currency")
    return [named] if isinstance(named, str) else [c for part in value.values() for c in _currencies(part)]


@cache
def _territory(place: str) -> str | None:
    """The ISO code of a country by its English or Chinese name, its own name, or its code."""
    from babel import Locale

    wanted = place.strip().casefold()
    for language in ("en", "zh"):
        names = cast("Mapping[str, str]", Locale(language).territories)
        for code, name in names.items():
            if len(code) == 2 and code.isalpha() and wanted in (name.casefold(), code.casefold()):
                return code
    return None


@cache
def _first_day(territory: str) -> int:
    """Of a country, or of the first two letters of a currency, which are those of its country (EU is none)."""
    from babel import Locale, UnknownLocaleError

    try:
        return Locale.parse(f"und_{territory.upper()}").first_week_day
    except (UnknownLocaleError, ValueError):
        return MONDAY
