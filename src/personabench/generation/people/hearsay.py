"""What a hasty reader would take from a joke, somebody else's life, an article, a dream, a memory or a mood."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pydantic import JsonValue

from personabench.generation.life import SeemingKind
from personabench.generation.material.countries import proper
from personabench.generation.material.occupations import Job, jobs, studies
from personabench.generation.material.words import seemingly
from personabench.generation.people.person import CITY, HOUSEHOLD, OCCUPATION, Person
from personabench.generation.people.places import abroad
from personabench.generation.people.start import employer_name, topics_for
from personabench.worlds.vocabulary import CUISINES, GENRES

_DIET, _TASTES, _INTERESTS = "preferences.diet", "preferences.tastes", "personality.interests"
_OF_A_FRIEND = (
    CITY, OCCUPATION, "demographics.employer", _DIET, _TASTES, _TASTES, HOUSEHOLD, _INTERESTS, "life.wake_time",
)  # fmt: skip
_OF_AN_ARTICLE = (_DIET, "life.wake_time", "life.room_temperature", _INTERESTS)
_OF_A_DREAM = (CITY, _DIET, OCCUPATION, HOUSEHOLD, _INTERESTS)
_OF_THE_PAST = (CITY, OCCUPATION, _TASTES, _INTERESTS, _DIET)
_COMMON_DIETS = ("vegan", "vegetarian", "pescatarian", "low-carb", "gluten-free", "lactose-free")
_PASSED = ("vegan", "vegetarian", "low-carb")


@dataclass(frozen=True, kw_only=True)
class Believed:
    """A value of a field that is none of the person's."""

    path: str
    value: JsonValue


def believed(person: Person, kind: SeemingKind, day: date) -> Believed:
    """Something for a seeming of a kind; it may happen to be true, which the caller has to see to.

    Raises: ValueError for trips, which are more than hearsay.
    """
    rng = person.rng
    match kind:
        case "joke":
            joke = rng.choice(seemingly().jokes)
            return Believed(path=joke.path, value=joke.value)
        case "mood":
            return Believed(path="situation.mood", value=rng.choice(list(seemingly().moods)))
        case "friend":
            return _of(person, rng.choice(_OF_A_FRIEND), day, _COMMON_DIETS)
        case "article":
            return _of(person, rng.choice(_OF_AN_ARTICLE), day, _COMMON_DIETS)
        case "hypothetical":
            paths = [path for path in _OF_A_DREAM if path != OCCUPATION or person.age(day) < 62]
            return _of(person, rng.choice(paths), day, _COMMON_DIETS[:4], named=False)
        case "past":
            paths = [path for path in _OF_THE_PAST if path != OCCUPATION or person.age(day) > 25]
            return _past(person, rng.choice(paths), day)
        case _:
            raise ValueError(f"a {kind} is no hearsay")


def _past(person: Person, path: str, day: date) -> Believed:
    """What was so long ago; somebody's first jobs were simple ones, done before the schooling of today's."""
    if path == OCCUPATION:
        simple = [job.name for job in jobs().values() if job.schooling == "secondary school"]
        return Believed(path=path, value=person.rng.choice(simple))
    return _of(person, path, day, _PASSED)


def _of(person: Person, path: str, day: date, diets: tuple[str, ...], *, named: bool = True) -> Believed:
    """A value for a field; animals that are only dreamt of have no name."""
    return Believed(path=path, value=_value(person, path, day, diets, named))


def _value(person: Person, path: str, day: date, diets: tuple[str, ...], named: bool) -> JsonValue:
    rng = person.rng
    match path:
        case "demographics.residence.city":
            return _city(person)
        case "demographics.occupation":
            return _any_job(person).name
        case "demographics.employer":
            return employer_name(person.country, _any_job(person), person.seed.written_in, rng)
        case "preferences.diet":
            return rng.choice(diets)
        case "preferences.tastes":
            return _taste(person)
        case "demographics.household":
            return _animal(person, named)
        case "personality.interests":
            return rng.choice(topics_for(person.age(day)))
        case "life.wake_time":
            return rng.choice(["04:45", "05:00", "05:15"])
        case _:
            return rng.choice([17, 18, 19])


def _any_job(person: Person) -> Job:
    return person.rng.choice([job for job in jobs().values() if not job.own])


def _city(person: Person) -> str:
    """A city of their country or of another one, where they never live."""
    rng = person.rng
    at_home = 0.9 if person.occupation in studies().pupils else 0.5
    country = person.country if rng.random() < at_home else rng.choice(abroad(person.country, rng))
    lived = {str(fact.value) for fact in person.ledger.facts if fact.path == CITY}
    return rng.choice([city for city in proper(country.cities, person.seed.written_in) if city not in lived])


def _taste(person: Person) -> JsonValue:
    category = person.rng.choice(["music", "food"])
    item = person.rng.choice(GENRES if category == "music" else CUISINES)
    return {"item": item, "stance": "like", "category": category}


def _animal(person: Person, named: bool) -> JsonValue:
    who = person.rng.choice(["dog", "cat", "rabbit"])
    return {"who": who, "name": person.naming.animal()} if named else {"who": who}
