"""Jobs, studies and what follows them."""

from __future__ import annotations

from datetime import date

from personabench.generation.material.countries import INCOMES
from personabench.generation.material.occupations import Job, is_study, jobs, retired_from, studies
from personabench.generation.material.words import fitting, words
from personabench.generation.people.ledger import Happening, row_of
from personabench.generation.people.money import amount_of, income, rounded
from personabench.generation.people.person import OCCUPATION, Person
from personabench.generation.people.start import employer_name, wake_time
from personabench.generation.seed import Income

_EMPLOYER, _INCOME, _EDUCATION = "demographics.employer", "demographics.income", "demographics.education"
_LOST = 0.08
_CALLINGS = ("medicine", "arts", "science")
"""Fields in which people stay what they are."""


def job(person: Person, day: date) -> bool:
    """Another employer or another occupation; for pupils and students, the next step."""
    event = person.ledger.happening("job", day)
    age = person.age(day)
    if person.occupation in studies().pupils:
        if age < 18:
            return False
        _enrol(person, event)
    elif is_study(person.occupation):
        trained = jobs()[studies().becomes[person.occupation]]
        if age < max(22, trained.from_age):
            return False
        event.changes(_EDUCATION, trained.schooling)
        _start_work(person, event, day, trained)
    elif person.job is None:
        if age >= 60 or not (person.occupation in studies().at_home and person.rng.random() < 0.9):
            return False
        _start_work(person, event, day, _new_job(person, day))
    elif age >= 60 or (_is_calling(person.job) and person.job.own):
        return False
    elif person.rng.random() < _LOST:
        _lose_work(person, event)
    else:
        stays = _is_calling(person.job) or (not person.job.own and person.rng.random() < 0.4)
        _start_work(person, event, day, person.job if stays else _new_job(person, day))
    _settle(person, event, day)
    return event.done()


def retirement(person: Person, day: date) -> bool:
    """The end of work, with a pension of two thirds of the pay, and longer nights for some."""
    if person.job is None or person.age(day) < 61:
        return False
    event = person.ledger.happening("retirement", day)
    event.changes(OCCUPATION, retired_from(person.occupation))
    event.ends(person.ledger.only(_EMPLOYER))
    _pension(person, event)
    if person.rng.random() < 0.4:
        event.changes("life.wake_time", wake_time(person, person.rng))
    _settle(person, event, day)
    return event.done()


def _pension(person: Person, event: Happening) -> None:
    """Two thirds of what came in before, more or less."""
    now = person.ledger.only(_INCOME)
    assert now is not None
    person.income = INCOMES[max(0, INCOMES.index(person.income) - 1)]
    amount = rounded(amount_of(now.value) * person.rng.uniform(0.6, 0.72))
    event.changes(_INCOME, {"amount": amount, "currency": person.country.currency, "period": "month"})


def _enrol(person: Person, event: Happening) -> None:
    known = studies().students
    event.changes(OCCUPATION, person.rng.choice([name for names in known.values() for name in names]))
    event.changes(_EDUCATION, "secondary school")
    _earn(person, event, "low")


def _lose_work(person: Person, event: Happening) -> None:
    event.changes(OCCUPATION, "job seeker")
    event.ends(person.ledger.only(_EMPLOYER))
    event.changes(_INCOME, income(person.country, "low", person.rng))
    person.income = "low"


def _is_calling(job: Job) -> bool:
    return job.field in _CALLINGS or job.schooling == "doctorate"


def _start_work(person: Person, event: Happening, day: date, new: Job) -> None:
    """A new place: work that they had or have not had before, for another employer or their own."""
    working = person.job is not None
    event.changes(OCCUPATION, new.name)
    if new.own:
        event.ends(person.ledger.only(_EMPLOYER))
    else:
        event.changes(_EMPLOYER, _other_employer(person, new))
    _earn(person, event, _pay(person, new, day))
    if person.rng.random() < (0.25 if working else 0.6):
        event.changes("life.wake_time", wake_time(person, person.rng))


def _new_job(person: Person, day: date) -> Job:
    """A job for which somebody is old and schooled enough; one of their own field and schooling where there is one."""
    own = person.ledger.text(_EDUCATION)
    options = [
        one
        for one in jobs().values()
        if one.name != person.occupation
        and one.from_age <= person.age(day)
        and one.schooling in (own, "secondary school")
    ]
    near = [one for one in options if one.field == _field(person)]
    return person.rng.choice([one for one in near if one.schooling == own] or near or options)


def _field(person: Person) -> str:
    """The field of the work that they do, or did before."""
    return person.job.field if person.job is not None else person.seed.field_of_work


def _other_employer(person: Person, new: Job) -> str:
    name = now = person.ledger.text(_EMPLOYER)
    while name == now:
        name = employer_name(person.country, new, person.seed.written_in, person.rng)
    return name


def _pay(person: Person, new: Job, day: date) -> Income:
    """What the new work pays: the least to the young, to others no less than before where it can."""
    if person.age(day) < 27:
        return new.pay[0]
    before = INCOMES.index(person.income)
    return person.rng.choice([band for band in new.pay if INCOMES.index(band) >= before] or new.pay[-1:])


def _earn(person: Person, event: Happening, band: Income) -> None:
    """The income of a band; within the same one, a little more than before."""
    before = person.ledger.only(_INCOME)
    earned = income(person.country, band, person.rng)
    if band == person.income and before is not None:
        earned["amount"] = rounded(amount_of(before.value) * person.rng.uniform(1.06, 1.2))
    person.income = band
    event.changes(_INCOME, earned)


def _settle(person: Person, event: Happening, day: date) -> None:
    """Ends the habits and the aims that went with the former time of life."""
    times, age = person.times(day), person.age(day)
    known = words()
    for path, groups in (("patterns.behaviour", known.behaviour), ("patterns.usage", known.usage)):
        fit = fitting(groups, age=age, times=times)
        for fact in person.ledger.open(path):
            if fact.value not in fit:
                event.ends(fact)
    fit = fitting(known.goals, age=age, times=times)
    for goal in person.ledger.open("agenda.goals"):
        if row_of(goal)["what"] not in fit:
            event.ends(goal)
