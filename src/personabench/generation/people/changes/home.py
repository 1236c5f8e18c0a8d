"""Moves, and who comes into a household and leaves it."""

from __future__ import annotations

from datetime import date, timedelta

from pydantic import JsonValue

from personabench.generation.life import Fact
from personabench.generation.material.countries import Country, countries, proper
from personabench.generation.material.occupations import is_study, studies
from personabench.generation.people.family import Kin
from personabench.generation.people.ledger import Happening, row_of
from personabench.generation.people.money import amount_of, income, rounded
from personabench.generation.people.person import CITY, HOUSEHOLD, PETS, Person
from personabench.generation.people.start import employer_name
from personabench.generation.people.weighing import weighted

_ABROAD = 0.15
_BETWEEN_CHILDREN = timedelta(days=550)
_TOGETHER = timedelta(days=300)


def move(person: Person, day: date) -> bool:
    """To another city, sometimes of another country, where work, money and the employer are others as well; only the
    young move twice."""
    age = person.age(day)
    if person.occupation in studies().pupils or (age > 75 and person.rng.random() < 0.7):
        return False
    if age >= 35 and person.ledger.happened(["move"]):
        return False
    event = person.ledger.happening("move", day)
    targets = _countries_to_move_to(person)
    if targets and 20 <= age < 62 and not is_study(person.occupation) and person.rng.random() < _ABROAD:
        _emigrate(person, person.rng.choice(targets), event)
    elif person.job is not None and not person.job.own and person.rng.random() < 0.5:
        event.changes("demographics.employer", _employer(person, person.country))
    event.changes(CITY, person.rng.choice([city for city in _cities(person) if city != person.city]))
    for mate in person.kin("flatmate"):
        event.ends(mate)
    if person.rng.random() < 0.12:
        event.changes("life.room_temperature", _other_degrees(person))
    return event.done()


def birth(person: Person, day: date) -> bool:
    """A child of a couple that has been together for long enough."""
    partner = person.kin("partner")
    oldest = 42 if person.seed.gender == "female" else 46
    if not partner or not 22 <= person.age(day) <= oldest:
        return False
    since = partner[0].valid_from
    if since is not None and day - since < _TOGETHER:
        return False
    if person.youngest is not None and day - person.youngest < _BETWEEN_CHILDREN:
        return False
    child = Kin(who="child", name=person.naming.human(person.rng.choice(["female", "male"])), born=day)
    person.family.append(child)
    event = person.ledger.happening("birth", day)
    event.begins(HOUSEHOLD, {"who": "child", "name": child.name})
    return event.done()


def marriage(person: Person, day: date) -> bool:
    """Somebody who lived alone, or with flatmates, does so no more."""
    alone = person.seed.household in ("alone", "flatmates", "single parent")
    if not alone or person.kin("partner") or not 22 <= person.age(day) <= 72 or person.ledger.happened(["separation"]):
        return False
    event = person.ledger.happening("marriage", day)
    for mate in person.kin("flatmate"):
        event.ends(mate)
    event.begins(HOUSEHOLD, {"who": "partner", "name": person.naming.partner()})
    return event.done()


def separation(person: Person, day: date) -> bool:
    """A partner leaves; not one just married, nor while there is a baby."""
    if not person.kin("partner") or person.ledger.happened(["marriage", "birth"]) or person.age(day) > 72:
        return False
    if person.youngest is not None and day - person.youngest < _BETWEEN_CHILDREN:
        return False
    event = person.ledger.happening("separation", day)
    event.ends(person.kin("partner")[0])
    return event.done()


def pet(person: Person, day: date) -> bool:
    """An animal comes, or the one that was there is gone."""
    rng, there = person.rng, person.kin(*PETS)
    event = person.ledger.happening("pet", day)
    if there and rng.random() < 0.4:
        event.ends(there[0])
        return event.done()
    allergic = any(fact.value == "cats" for fact in person.ledger.open("health.allergies"))
    here = {str(row_of(fact)["who"]) for fact in there}
    fitting = [one for one in PETS if one not in here and not (one == "cat" and allergic)]
    if len(there) > 1:
        return False
    event.begins(HOUSEHOLD, {"who": rng.choice(fitting), "name": person.naming.animal()})
    return event.done()


def _emigrate(person: Person, country: Country, event: Happening) -> None:
    """What is different abroad: the employer, the currency of all money, degrees in some countries."""
    old, person.country = person.country, country
    event.changes("demographics.residence.country", country.name)
    if person.job is not None and not person.job.own:
        event.changes("demographics.employer", _employer(person, country))
    if person.ledger.only("demographics.income") is not None:
        event.changes("demographics.income", income(country, person.income, person.rng))
    for fact in person.ledger.open("finances.budgets"):
        event.becomes(fact, fact.path, _in_money_of(fact, old, country))
    unit = "fahrenheit" if country.code == "US" else "celsius"
    if person.ledger.text("life.units") != unit and person.rng.random() < 0.5:
        event.changes("life.units", unit)


def _in_money_of(budget: Fact, old: Country, new: Country) -> JsonValue:
    row = row_of(budget)
    amount = rounded(amount_of(row["limit"]) / old.price_factor * new.price_factor)
    return {**row, "limit": {"amount": amount, "currency": new.currency}}


def _countries_to_move_to(person: Person) -> list[Country]:
    """Where a language of theirs is spoken at home; for sessions in Chinese, where Chinese is."""
    spoken = {"zh"} if person.seed.written_in == "zh" else set(person.seed.languages)
    return [one for one in countries().values() if one is not person.country and spoken & set(one.languages.home)]


def _cities(person: Person) -> list[str]:
    return proper(person.country.cities, person.seed.written_in)


def _employer(person: Person, country: Country) -> str:
    job = person.job
    assert job is not None
    return employer_name(country, job, person.seed.written_in, person.rng)


def _other_degrees(person: Person) -> int:
    now = person.ledger.text("life.room_temperature")
    return weighted(person.rng, {degrees: 1 for degrees in range(18, 24) if str(degrees) != now})
