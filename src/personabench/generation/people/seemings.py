"""What only seems to change: trips, jokes, friends' lives, articles, dreams, memories and moods."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from personabench.generation.life import Seeming, SeemingKind
from personabench.generation.material.words import seemingly
from personabench.generation.people.hearsay import Believed, believed
from personabench.generation.people.ledger import row_of
from personabench.generation.people.person import CITY, Person
from personabench.generation.people.trips import Trip, trips_of

_DAYS_BETWEEN = 42
_FEWEST, _MOST = 8, 14
_OTHERS: tuple[SeemingKind, ...] = ("joke", "friend", "article", "hypothetical", "past", "mood")
_TRIES = 40
_ABOUT = ("item", "who", "name")


def seemings_of(person: Person) -> tuple[Seeming, ...]:
    """Eight to fourteen in a life of a year and more, each kind among them, in order of time; trips put the place where
    somebody is into the ledger as well."""
    span = (person.ends - person.begins).days
    count = min(_MOST, max(_FEWEST, round(span / _DAYS_BETWEEN) + person.rng.randint(-2, 2)))
    trips = trips_of(person, 3 if count > 10 else 2)
    kinds: list[SeemingKind] = [*_OTHERS, *person.rng.choices(_OTHERS[:5], k=max(0, count - len(trips) - len(_OTHERS)))]
    person.rng.shuffle(kinds)
    said = _told(person, kinds, trips)
    found = [*_travelled(person, trips), *said]
    found.sort(key=lambda seeming: seeming.day)
    return tuple(
        seeming.model_copy(update={"seeming_id": f"{person.seed.person_id}.s{number}"})
        for number, seeming in enumerate(found, start=1)
    )


def _travelled(person: Person, trips: Sequence[Trip]) -> list[Seeming]:
    for trip in trips:
        person.ledger.write("situation.location", trip.city, since=trip.first, until=trip.last + timedelta(days=1))
    return [
        Seeming(seeming_id="", kind="trip", path=CITY, value=trip.city, day=trip.first, until=trip.last)
        for trip in trips
    ]


def _told(person: Person, kinds: Sequence[SeemingKind], trips: Sequence[Trip]) -> list[Seeming]:
    """One seeming of each of these kinds, on days of their own in equal parts of the life; none on a trip."""
    rng = person.rng
    part = (person.ends - person.begins).days / len(kinds)
    found: list[Seeming] = []
    for number, kind in enumerate(kinds):
        for _ in range(_TRIES):
            day = person.begins + timedelta(days=round(part * (number + rng.uniform(0.05, 0.95))))
            thing = believed(person, kind, day)
            taken = {(seeming.path, str(seeming.value)) for seeming in found}
            away = any(trip.first <= day <= trip.last for trip in trips)
            if not away and (thing.path, str(thing.value)) not in taken and not is_true(person, thing, day):
                whose = _whose(person, thing.path) if kind == "friend" else None
                found.append(
                    Seeming(seeming_id="", kind=kind, path=thing.path, value=thing.value, day=day, whose=whose)
                )
                break
    return found


def is_true(person: Person, thing: Believed, day: date) -> bool:
    """Whether it holds on that day, or at any time for what somebody has or likes: a row counts by what it is about."""
    facts = [fact for fact in person.ledger.facts if fact.path == thing.path]
    if isinstance(thing.value, dict):
        about = {column: thing.value[column] for column in _ABOUT if column in thing.value}
        return any(about.items() <= row_of(fact).items() for fact in facts)
    return any(fact.value == thing.value and fact.holds_on(day) for fact in facts)


def _whose(person: Person, path: str) -> str:
    """Somebody who may be like this: a neighbour does not live elsewhere, nor a colleague work there."""
    apart = {CITY: ("a colleague", "my neighbour"), "demographics.employer": ("a colleague",)}.get(path, ())
    working = person.job is not None
    friends = [one for one in seemingly().friends if one not in apart and (working or one != "a colleague")]
    return person.rng.choice(friends)
