"""A person whose life is being made: the book of it, and what follows from what stands there."""

from __future__ import annotations

from datetime import date
from random import Random

from personabench.generation.life import Fact
from personabench.generation.material.countries import Country, countries
from personabench.generation.material.occupations import Job, is_study, jobs, worked_as
from personabench.generation.people.ages import age_on
from personabench.generation.people.family import Kin, Naming, family_of
from personabench.generation.people.ledger import Ledger, row_of
from personabench.generation.people.weighing import weighted
from personabench.generation.seed import Income, Seed

OCCUPATION = "demographics.occupation"
HOUSEHOLD = "demographics.household"
PETS = ("cat", "dog", "rabbit", "budgie")
CITY = "demographics.residence.city"


class Person:
    """What is true of a person so far.

    `faith` and `allergic` are known here even where no fact tells of them: they bear on what somebody eats and keeps.
    """

    def __init__(self, seed: Seed, begins: date, ends: date, rng: Random) -> None:
        self.seed = seed
        self.begins = begins
        self.ends = ends
        self.rng = rng
        self.ledger = Ledger(seed.person_id, rng)
        self.naming = Naming(seed, rng)
        self.family: list[Kin] = family_of(seed, rng, self.naming, begins)
        self.country: Country = countries()[seed.country]
        self.income: Income = seed.income
        self.faith = weighted(rng, self.country.religions)

    def age(self, day: date) -> int:
        return age_on(day, self.seed.born)

    @property
    def occupation(self) -> str:
        return self.ledger.text(OCCUPATION)

    @property
    def city(self) -> str:
        return self.ledger.text(CITY)

    @property
    def job(self) -> Job | None:
        """The work that they do; None for those who study, seek or have retired."""
        return jobs().get(self.occupation)

    def kin(self, *who: str) -> list[Fact]:
        """The rows of the household of these kinds."""
        return [fact for fact in self.ledger.open(HOUSEHOLD) if row_of(fact)["who"] in who]

    @property
    def youngest(self) -> date | None:
        """When the last child was born."""
        return max((kin.born for kin in self.family if kin.who == "child" and kin.born is not None), default=None)

    def times(self, day: date) -> frozenset[str]:
        """The times of life that they are in."""
        young = any(kin.who == "child" and kin.born is not None and age_on(day, kin.born) < 11 for kin in self.family)
        holds = {
            "working": self.job is not None,
            "studying": is_study(self.occupation),
            "retired": worked_as(self.occupation) is not None,
            "parent": young,
        }
        return frozenset(time for time, so in holds.items() if so)
