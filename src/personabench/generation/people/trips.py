"""Trips: a few days in another city, which is not where somebody lives for that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from personabench.generation.life import EventKind
from personabench.generation.material.countries import countries, proper
from personabench.generation.people.person import CITY, Person
from personabench.generation.people.places import abroad

_AT_HOME: tuple[EventKind, ...] = ("move", "job", "birth", "illness", "separation", "marriage")
"""What keeps people from travelling for a while before and after."""
_CLEAR = timedelta(days=12)
_ABROAD = 0.35
_CITY_STATES = ("SG",)
"""Whose towns are no journey away."""
_TRIES = 60


@dataclass(frozen=True, kw_only=True)
class Trip:
    """A visit; both days inclusive."""

    city: str
    first: date
    last: date


def trips_of(person: Person, count: int) -> list[Trip]:
    """So many trips in order of time, one in each part of the life, fewer where nothing fits."""
    part = (person.ends - person.begins).days / count
    busy = person.ledger.happened(_AT_HOME)
    found: list[Trip] = []
    for number in range(count):
        for _ in range(_TRIES):
            first = person.begins + timedelta(days=round(part * (number + person.rng.uniform(0.05, 0.85))))
            last = first + timedelta(days=person.rng.randint(3, 8))
            free = all(not first - _CLEAR <= day <= last + _CLEAR for day in busy) and not _ill(person, first, last)
            if free and last < person.ends and not (found and first - found[-1].last < _CLEAR):
                city = _elsewhere(person, first, {trip.city for trip in found})
                found.append(Trip(city=city, first=first, last=last))
                break
    return found


def _ill(person: Person, first: date, last: date) -> bool:
    """Whether an illness that passes falls into these days."""
    ills = [fact for fact in person.ledger.facts if fact.path == "health.conditions" and fact.event is not None]
    return any(ill.holds_on(first) or ill.holds_on(last) for ill in ills)


def _elsewhere(person: Person, day: date, seen: set[str]) -> str:
    """A city of the country that they live in on that day, or of another one; one where they never live."""
    rng = person.rng
    lived = {str(fact.value) for fact in person.ledger.facts if fact.path == CITY}
    names = {
        str(fact.value)
        for fact in person.ledger.facts
        if fact.path == "demographics.residence.country" and fact.holds_on(day)
    }
    home = next(country for country in countries().values() if country.name in names)
    country = rng.choice(abroad(home, rng)) if home.code in _CITY_STATES or rng.random() < _ABROAD else home
    return rng.choice([city for city in proper(country.cities, person.seed.written_in) if city not in lived | seen])
