"""Whom somebody lives with, and how old they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from personabench.generation.material.countries import countries, given_names
from personabench.generation.material.words import words
from personabench.generation.people.ages import age_on
from personabench.generation.seed import Seed

_HOME = ("family", "single parent", "extended family")
_YOUNGEST_PARENT = 20
_OLDEST_PARENT = 43
_APART = 550


@dataclass(frozen=True, kw_only=True)
class Kin:
    """Somebody of a household, with their birthday; animals have none."""

    who: str
    name: str
    born: date | None = None


class Naming:
    """Gives names of the person's country, each of them once in a family."""

    def __init__(self, seed: Seed, rng: Random) -> None:
        self._seed = seed
        self._rng = rng
        self._used = {seed.name}

    def human(self, gender: str) -> str:
        names = given_names(countries()[self._seed.country], gender, self._seed.written_in)
        return self._unused(names)

    def animal(self) -> str:
        chinese = self._seed.written_in == "zh"
        return self._unused([zh if chinese else name for name, zh in words().pet_names.items()])

    def partner(self) -> str:
        """Nine in ten live with somebody of the other gender."""
        other = {"female": "male", "male": "female"}.get(self._seed.gender, "any")
        return self.human(other if self._rng.random() < 0.9 else self._seed.gender)

    def _unused(self, names: list[str]) -> str:
        name = self._rng.choice([name for name in names if name not in self._used])
        self._used.add(name)
        return name


def family_of(seed: Seed, rng: Random, naming: Naming, on: date) -> list[Kin]:
    """The household at the start of a life."""
    age = age_on(on, seed.born)
    kin: list[Kin] = []
    if seed.household == "with parents" or (seed.household == "extended family" and age < 30):
        kin += _parents(seed, rng, naming)
        if seed.household == "extended family":
            kin.append(Kin(who="grandmother", name=naming.human("female"), born=_years_before(seed.born, 52, rng)))
    if seed.household == "flatmates":
        kin += [Kin(who="flatmate", name=naming.human("any")) for _ in range(rng.randint(1, 2))]
    if seed.household in ("couple", "family") or (seed.household == "extended family" and 30 <= age < 75):
        kin.append(Kin(who="partner", name=naming.partner()))
    if seed.household in _HOME and age >= 23 and not any(one.who == "grandmother" for one in kin):
        kin += _children(seed, rng, naming, on)
    if seed.household == "extended family" and 30 <= age < 63:
        kin.append(Kin(who="mother", name=naming.human("female"), born=_years_before(seed.born, 25, rng)))
    if seed.household == "extended family" and age >= 63:
        grown = next(one.born for one in kin if one.who == "child" and one.born is not None)
        kin.append(Kin(who="grandchild", name=naming.human("any"), born=_years_after(grown, 23, rng, on)))
    if rng.random() < 0.3:
        kin.append(Kin(who=rng.choice(["cat", "cat", "dog", "dog", "rabbit", "budgie"]), name=naming.animal()))
    return kin


def _parents(seed: Seed, rng: Random, naming: Naming) -> list[Kin]:
    parents = [Kin(who="mother", name=naming.human("female"), born=_years_before(seed.born, 29, rng))]
    if rng.random() < 0.85:
        parents.append(Kin(who="father", name=naming.human("male"), born=_years_before(seed.born, 31, rng)))
    if rng.random() < 0.4:
        who = rng.choice(["sister", "brother"])
        parents.append(Kin(who=who, name=naming.human({"sister": "female", "brother": "male"}[who])))
    return parents


def _children(seed: Seed, rng: Random, naming: Naming, on: date) -> list[Kin]:
    """One to three children; at home until they are grown, with the old for good."""
    first, last = _parenthood(seed, on)
    wanted = 1 if age_on(on, seed.born) >= 63 else rng.choices([1, 2, 3], [6, 3, 1])[0]
    born: list[date] = []
    for _ in range(wanted):
        day = first + timedelta(days=rng.randint(0, max(0, (last - first).days)))
        if all(abs((day - other).days) > _APART for other in born):
            born.append(day)
    return [Kin(who="child", name=naming.human("any"), born=day) for day in sorted(born)]


def _parenthood(seed: Seed, on: date) -> tuple[date, date]:
    """The days between which the children of a household were born."""
    age = age_on(on, seed.born)
    grown = 22 if age < 63 else 200
    first = max(_day_at(seed, _YOUNGEST_PARENT), on - timedelta(days=grown * 365))
    oldest = _OLDEST_PARENT if age < 63 else 34
    last = min(_day_at(seed, oldest), on - timedelta(days=200))
    return min(first, last), last


def _day_at(seed: Seed, age: int) -> date:
    return seed.born + timedelta(days=round(age * 365.25))


def _years_before(day: date, years: int, rng: Random) -> date:
    return day - timedelta(days=round((years + rng.uniform(-6, 6)) * 365.25))


def _years_after(day: date, years: int, rng: Random, on: date) -> date:
    return min(day + timedelta(days=round((years + rng.uniform(0, 8)) * 365.25)), on - timedelta(days=100))
