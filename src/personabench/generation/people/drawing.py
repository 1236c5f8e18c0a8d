"""Seeds, dealt like cards: a trait goes round all its values before one comes again, so that a few people are already
as varied as many, and who somebody is does not depend on how many others there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from random import Random
from typing import Literal, TypeVar

from personabench.generation.material.countries import INCOMES, Country, countries, given_names, proper
from personabench.generation.material.occupations import fields_of_work, is_study, is_work, jobs, retired_from, studies
from personabench.generation.people.ages import BANDS
from personabench.generation.people.weighing import weighted
from personabench.generation.seed import Household, Income, Seed, Written

T = TypeVar("T")
Gender = Literal["female", "male", "nonbinary"]

DRAWN_ON = date(2025, 1, 1)
_GENDERS: Mapping[Gender, int] = {"female": 9, "male": 9, "nonbinary": 2}
"""Of every twenty people."""
_HOUSEHOLDS: Sequence[tuple[int, Mapping[Household, int]]] = (
    (18, {"with parents": 85, "extended family": 15}),
    (20, {"with parents": 60, "flatmates": 25, "alone": 10, "extended family": 5}),
    (24, {"with parents": 30, "flatmates": 35, "alone": 20, "couple": 15}),
    (29, {"alone": 30, "flatmates": 22, "couple": 28, "family": 10, "with parents": 8, "single parent": 2}),
    (39, {"alone": 22, "flatmates": 6, "couple": 20, "family": 40, "single parent": 7, "extended family": 5}),
    (54, {"alone": 18, "couple": 18, "family": 44, "single parent": 10, "extended family": 10}),
    (62, {"alone": 22, "couple": 44, "family": 20, "extended family": 14}),
    (120, {"alone": 36, "couple": 46, "extended family": 18}),
)
"""How people live, with weights, up to an age."""


def draw_seeds(people: int, seed: int, writes: Sequence[Written] = ("en", "zh"), *, on: date = DRAWN_ON) -> list[Seed]:
    """The first so many people of a seed; `on` is the day on which their ages fall into the bands."""
    return [_drawn(index, seed, writes, on) for index in range(people)]


def _drawn(index: int, seed: int, writes: Sequence[Written], on: date) -> Seed:
    person_id = f"p{index + 1:04}"
    rng = Random(f"{seed}/{person_id}/seed")
    country = countries()[_dealt(list(countries()), index, f"{seed}/countries")]
    low, high = _dealt(BANDS, index, f"{seed}/ages")
    age = rng.randint(low, high)
    gender: Gender = _dealt(
        [gender for gender, share in _GENDERS.items() for _ in range(share)], index, f"{seed}/genders"
    )
    home = weighted(rng, country.languages.home)
    written: Written = "zh" if home == "zh" and "zh" in writes else "en"
    household = weighted(rng, next(forms for until, forms in _HOUSEHOLDS if age <= until))
    field = _dealt(list(fields_of_work()), index, f"{seed}/fields")
    occupation, field = _occupation(rng, age, field, household)
    return Seed(
        person_id=person_id,
        country=country.code,
        city=rng.choice(proper(country.cities, written)),
        languages=_languages(rng, country, home, written),
        written_in=written,
        name=rng.choice(given_names(country, gender, written)),
        gender=gender,
        born=_birthday(rng, age, on),
        occupation=occupation,
        field_of_work=field,
        household=household,
        income=_income(rng, occupation, age),
    )


def _dealt(options: Sequence[T], index: int, key: str) -> T:
    """The option of a place in a row where each comes once in every round, the rounds in orders of their own."""
    block, place = divmod(index, len(options))
    return Random(f"{key}/{block}").sample(options, len(options))[place]


def _birthday(rng: Random, age: int, on: date) -> date:
    """A birthday of somebody of that age on a day."""
    latest = date(on.year - age, on.month, min(on.day, 28))
    return latest - timedelta(days=rng.randint(0, 363))


def _languages(rng: Random, country: Country, home: str, written: Written) -> tuple[str, ...]:
    """The language of the home first; the language of the sessions is among them."""
    others = [tag for tag, likely in country.languages.also.items() if tag != home and rng.random() < likely]
    if written not in (home, *others):
        others.append(written)
    return (home, *others)


def _occupation(rng: Random, age: int, field: str, household: Household) -> tuple[str, str]:
    """An occupation for an age, and its field of work."""
    match _time_of_life(rng, age, household):
        case "pupil":
            return rng.choice(list(studies().pupils)), "school"
        case "student":
            known = studies().students
            studied = field if field in known else rng.choice(list(known))
            return rng.choice(list(known[studied])), studied
        case "at home":
            return "stay-at-home parent", "home"
        case "seeking":
            return "job seeker", field
        case "retired":
            return retired_from(_job(rng, 60, field)), field
        case _:
            return _job(rng, age, field), field


def _time_of_life(rng: Random, age: int, household: Household) -> str:
    chance = rng.random()
    if age <= 17 or (age == 18 and chance < 0.5):
        return "pupil"
    if age < 30 and chance < {18: 0.85, 19: 0.75}.get(age, 0.5 if age < 25 else 0.08):
        return "student"
    if age >= 61 and chance < (0.25 if age < 65 else 0.75 if age < 70 else 0.94):
        return "retired"
    if age < 60 and chance > 0.96:
        return "seeking"
    if household == "family" and age < 60 and chance > 0.90:
        return "at home"
    return "working"


def _job(rng: Random, age: int, field: str) -> str:
    """A job of the field that somebody of that age has; the old work on where head and hand allow it."""
    fitting = [job for job in jobs().values() if job.field == field and job.from_age <= age]
    if age >= 66:
        fitting = [job for job in fitting if job.own or job.schooling in ("master's degree", "doctorate")] or fitting
    return rng.choice(fitting or [job for job in jobs().values() if job.from_age <= age]).name


def _income(rng: Random, occupation: str, age: int) -> Income:
    """What a job pays at an age; after it, often a band less."""
    job = jobs().get(occupation)
    if job is None and (is_study(occupation) or not occupation.startswith(studies().retired.english)):
        return "low"
    if job is None:
        job = jobs()[occupation.removeprefix(f"{studies().retired.english} ")]
    pay = job.pay[0] if age < 27 else rng.choice(job.pay)
    return pay if is_work(occupation) else INCOMES[max(0, INCOMES.index(pay) - rng.randint(0, 1))]
