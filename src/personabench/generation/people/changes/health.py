"""Diets, illnesses and how they pass."""

from __future__ import annotations

from datetime import date, timedelta

from personabench.generation.life import Fact
from personabench.generation.material.words import words
from personabench.generation.people.eating import turns, uneaten
from personabench.generation.people.ledger import row_of
from personabench.generation.people.person import Person
from personabench.generation.people.weighing import weighted

_DIET = "preferences.diet"


def diet(person: Person, day: date) -> bool:
    """Another way of eating, none that they had before; a liking for what is eaten no more ends with it."""
    known = {str(fact.value) for fact in person.ledger.facts if fact.path == _DIET}
    if person.ledger.happened(["diet"]):
        known.add("")
    choices = turns(person.ledger.text(_DIET), person.faith)
    choices = {one: weight for one, weight in choices.items() if one not in known}
    if not choices:
        return False
    event = person.ledger.happening("diet", day)
    new = weighted(person.rng, choices)
    if new:
        event.changes(_DIET, new)
    else:
        event.ends(person.ledger.only(_DIET))
    for taste in person.ledger.open("preferences.tastes", stance="like", category="food"):
        if row_of(taste)["item"] in uneaten(new):
            event.ends(taste)
    return event.done()


def illness(person: Person, day: date) -> bool:
    """Something that passes, and has passed by the end of the life that is told or goes on."""
    group = person.rng.choice([one for one in words().illnesses if one.from_age <= person.age(day)])
    event = person.ledger.happening("illness", day)
    ill = event.begins("health.conditions", person.rng.choice(list(group.items)))
    event.done()
    well = day + timedelta(days=person.rng.randint(*group.days))
    if well <= person.ends:
        _recover(person, ill, well)
    return True


def _recover(person: Person, ill: Fact, day: date) -> None:
    event = person.ledger.happening("recovery", day)
    event.ends(ill)
    event.done()
