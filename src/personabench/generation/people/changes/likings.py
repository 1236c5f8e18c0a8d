"""Interests, tastes, aims, budgets and wishes for answers."""

from __future__ import annotations

from datetime import date

from personabench.generation.material.words import fitting, words
from personabench.generation.people.eating import eaten
from personabench.generation.people.ledger import Happening, row_of
from personabench.generation.people.money import amount_of, limit, within
from personabench.generation.people.person import Person
from personabench.generation.people.start import goal_row, topics_for, wake_time
from personabench.generation.people.weighing import weighted
from personabench.worlds.vocabulary import BUDGETS, GENRES, BudgetFor

_INTERESTS, _TASTES, _GOALS, _BUDGETS = (
    "personality.interests", "preferences.tastes", "agenda.goals", "finances.budgets",
)  # fmt: skip
_SEVERAL = 5
_UNTIL_REACHED = 75
_OTHER_LIMITS = (0.6, 0.7, 1.35, 1.6)
"""By how much a limit is lowered or raised."""
_STYLES = {"style": 5, "length": 5, "formats": 3, "workflows": 2, "degrees": 1.5, "time": 1.5, "seat": 1}


def new_interest(person: Person, day: date) -> bool:
    """A hobby that they never had before."""
    ever = {str(fact.value) for fact in person.ledger.facts if fact.path == _INTERESTS}
    event = person.ledger.happening("new interest", day)
    if len(person.ledger.open(_INTERESTS)) < _SEVERAL:
        event.begins(_INTERESTS, person.rng.choice([one for one in topics_for(person.age(day)) if one not in ever]))
    return event.done()


def dropped_interest(person: Person, day: date) -> bool:
    """A hobby given up; one always stays."""
    event = person.ledger.happening("dropped interest", day)
    old = [fact for fact in person.ledger.open(_INTERESTS) if fact.valid_from is None]
    if len(person.ledger.open(_INTERESTS)) > 1 and old:
        event.ends(person.rng.choice(old))
    return event.done()


def new_taste(person: Person, day: date) -> bool:
    """Another genre or cuisine takes the place of the one that was liked."""
    event = person.ledger.happening("new taste", day)
    category = person.rng.choice(["music", "food"])
    liked = person.ledger.open(_TASTES, stance="like", category=category)
    known = {str(row_of(fact)["item"]) for fact in person.ledger.facts if fact.path == _TASTES}
    options = [one for one in (GENRES if category == "music" else eaten(person)) if one not in known]
    row = {"item": person.rng.choice(options), "stance": "like", "category": category}
    event.becomes(next(iter(liked), None), _TASTES, {**row}, same_row=False)
    return event.done()


def dropped_taste(person: Person, day: date) -> bool:
    """What was liked is liked no more; for half of them it is disliked from now on."""
    event = person.ledger.happening("dropped taste", day)
    liked = [fact for fact in person.ledger.open(_TASTES, stance="like") if fact.valid_from is None]
    if not liked:
        return False
    taste = person.rng.choice(liked)
    if person.rng.random() < 0.5:
        event.becomes(taste, _TASTES, {**row_of(taste), "stance": "dislike"})
    else:
        event.ends(taste)
    return event.done()


def goal(person: Person, day: date) -> bool:
    """Another aim."""
    ever = {str(row_of(fact)["what"]) for fact in person.ledger.facts if fact.path == _GOALS}
    options = fitting(words().goals, age=person.age(day), times=person.times(day))
    options = [what for what in options if what not in ever]
    if len(person.ledger.open(_GOALS)) > 2 or not options:
        return False
    event = person.ledger.happening("goal", day)
    event.begins(_GOALS, goal_row(person, person.rng.choice(options)))
    return event.done()


def goal_reached(person: Person, day: date) -> bool:
    """An aim that was set long enough ago."""
    held = person.ledger.open(_GOALS)
    reachable = [fact for fact in held if fact.valid_from is None or (day - fact.valid_from).days > _UNTIL_REACHED]
    event = person.ledger.happening("goal reached", day)
    if reachable:
        event.ends(person.rng.choice(reachable))
    return event.done()


def budget(person: Person, day: date) -> bool:
    """A limit of spending is raised or lowered, or set for the first time."""
    if person.age(day) < 18:
        return False
    rng = person.rng
    event = person.ledger.happening("budget", day)
    held = {str(row_of(fact)["category"]): fact for fact in person.ledger.open(_BUDGETS)}
    category: BudgetFor = rng.choice([one for one in BUDGETS if one in held or rng.random() < 0.5] or BUDGETS)
    old = held.get(category)
    amount = limit(person.country, category, person.income, rng)
    if old is not None:
        euros = amount_of(row_of(old)["limit"]) / person.country.price_factor
        amount["amount"] = within(person.country, category, euros * rng.choice(_OTHER_LIMITS))
    event.becomes(old, _BUDGETS, {"category": category, "limit": amount})
    return event.done()


def style(person: Person, day: date) -> bool:
    """Other answers are wanted; rarely, a habit of the house or of travel is another."""
    event = person.ledger.happening("style", day)
    rng, now = person.rng, person.ledger
    match weighted(rng, _STYLES):
        case "style":
            _other(person, event, "preferences.response_style", list(words().response_style))
        case "length":
            _other(person, event, "preferences.response_length", ["short", "medium", "long"])
        case "formats":
            _one_other(person, event, "preferences.formats", list(words().formats))
        case "workflows":
            _one_other(person, event, "preferences.workflows", list(words().workflows))
        case "degrees":
            degrees = now.only("life.room_temperature")
            assert degrees is not None
            assert isinstance(degrees.value, int)
            event.changes("life.room_temperature", min(24, max(17, degrees.value + rng.choice([-2, -1, 1, 2]))))
        case "time":
            event.changes("life.wake_time", wake_time(person, rng))
        case _:
            if seat := now.text("life.seat"):
                event.changes("life.seat", "aisle" if seat == "window" else "window")
    return event.done()


def _other(person: Person, event: Happening, path: str, values: list[str]) -> None:
    now = person.ledger.text(path)
    event.changes(path, person.rng.choice([value for value in values if value != now]))


def _one_other(person: Person, event: Happening, path: str, values: list[str]) -> None:
    """One of several gives way to a new one."""
    held = person.ledger.open(path)
    now = {str(fact.value) for fact in held}
    event.becomes(person.rng.choice(held), path, person.rng.choice([one for one in values if one not in now]))
