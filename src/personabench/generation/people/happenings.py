"""What happens to somebody, and when: events spread over a life, each where it can be, none crowding its like."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from personabench.generation.life import EventKind
from personabench.generation.people.changes import health, home, likings, work
from personabench.generation.people.person import Person

_DAYS_BETWEEN = 40
_MARGIN = 12
_AT_ONCE_TOLD = 10
_LATE_TOLD = (20, 40)
_PROMPT: tuple[EventKind, ...] = ("birth", "illness", "recovery", "separation", "marriage")
"""Told of within ten days, whatever else waits."""


@dataclass(frozen=True, kw_only=True)
class _Chance:
    """How an event comes about: its weight, how often at most, and the days between two of its kind."""

    happen: Callable[[Person, date], bool]
    weight: float
    most: int = 1
    rest: int = 90


_CHANCES: dict[EventKind, _Chance] = {
    "move": _Chance(happen=home.move, weight=10, most=2, rest=200),
    "job": _Chance(happen=work.job, weight=10, most=2, rest=170),
    "retirement": _Chance(happen=work.retirement, weight=14),
    "diet": _Chance(happen=health.diet, weight=9, most=2, rest=150),
    "budget": _Chance(happen=likings.budget, weight=10, most=3, rest=60),
    "birth": _Chance(happen=home.birth, weight=9),
    "marriage": _Chance(happen=home.marriage, weight=5),
    "separation": _Chance(happen=home.separation, weight=3),
    "illness": _Chance(happen=health.illness, weight=5, most=2, rest=150),
    "new interest": _Chance(happen=likings.new_interest, weight=8, most=2, rest=60),
    "dropped interest": _Chance(happen=likings.dropped_interest, weight=5),
    "new taste": _Chance(happen=likings.new_taste, weight=10, most=2, rest=90),
    "dropped taste": _Chance(happen=likings.dropped_taste, weight=3),
    "goal": _Chance(happen=likings.goal, weight=6, most=2),
    "goal reached": _Chance(happen=likings.goal_reached, weight=6, most=2),
    "style": _Chance(happen=likings.style, weight=10, most=3, rest=80),
    "pet": _Chance(happen=home.pet, weight=4, most=2, rest=250),
}
_GREAT: tuple[EventKind, ...] = ("move", "job", "retirement", "birth", "marriage", "separation")
_BETWEEN_GREAT = 60
"""Days between two events that change a household, a home or a job."""


def let_happen(person: Person) -> None:
    """Fills a life with events, one every forty days or so, in order of time."""
    for day in _days(person):
        kinds: list[EventKind] = [kind for kind, chance in _CHANCES.items() if _may(person, kind, chance, day)]
        while kinds:
            kind = person.rng.choices(kinds, [_CHANCES[kind].weight for kind in kinds])[0]
            if _CHANCES[kind].happen(person, day):
                break
            kinds.remove(kind)
    told = {event.event_id: _told_after(person, event.kind) for event in person.ledger.events}
    person.ledger.tell_by(person.ends, told)


def _days(person: Person) -> list[date]:
    """One day in each of equal parts of the life, apart from its first and last days."""
    span = (person.ends - person.begins).days - 2 * _MARGIN
    count = max(1, round(span / _DAYS_BETWEEN))
    part = span / count
    places = [part * (number + person.rng.uniform(0.1, 0.9)) for number in range(count)]
    return [person.begins + timedelta(days=_MARGIN + round(place)) for place in places]


def _may(person: Person, kind: EventKind, chance: _Chance, day: date) -> bool:
    great = person.ledger.happened(_GREAT) if kind in _GREAT else []
    if great and (day - great[-1]).days < _BETWEEN_GREAT:
        return False
    days = person.ledger.happened([kind])
    return len(days) < chance.most and not (days and (day - days[-1]).days < chance.rest)


def _told_after(person: Person, kind: EventKind) -> int:
    if kind not in _PROMPT and person.rng.random() < 0.2:
        return person.rng.randint(*_LATE_TOLD)
    return person.rng.randint(0, _AT_ONCE_TOLD)
