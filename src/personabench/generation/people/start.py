"""What is so on the first day: the full persona."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from random import Random

from babel import Locale
from pydantic import JsonValue

from personabench.generation.material.countries import Country, proper
from personabench.generation.material.occupations import Job, jobs, studies, worked_as
from personabench.generation.material.words import fitting, words
from personabench.generation.people.eating import eaten, first_diets
from personabench.generation.people.money import income, limit
from personabench.generation.people.person import HOUSEHOLD, OCCUPATION, Person
from personabench.generation.people.weighing import weighted
from personabench.generation.seed import Written
from personabench.worlds.vocabulary import BUDGETS, GENRES, SEATS, TOPICS

_AXES = {
    "mind": ("extraverted", "introverted"),
    "energy": ("observant", "intuitive"),
    "nature": ("thinking", "feeling"),
    "tactics": ("judging", "prospecting"),
}
_UNTIL_AGE = {
    "surfing": 55, "football": 55, "climbing": 60, "badminton": 72, "running": 74, "tennis": 76, "sailing": 78,
}  # fmt: skip
"""Interests that nobody older takes up."""
_SHOES = {"female": (36, 41), "male": (40, 46), "nonbinary": (37, 44)}


def begin(person: Person) -> None:
    """Writes down everything that holds when a life begins."""
    _who(person)
    _work(person)
    _health(person)
    _ways(person)
    _wishes(person)
    _tastes(person)
    _money(person)
    _habits(person)


def language_name(tag: str) -> str:
    """The English name of a language."""
    return Locale("en").languages[tag]


def is_language(tag: str) -> bool:
    """Whether there is a language of this tag."""
    return tag in Locale("en").languages


def employer_name(country: Country, job: Job, written: Written, rng: Random) -> str:
    """The name of an invented employer in the field of work of a job."""
    stem = rng.choice(proper(country.stems, written))
    workplace, chinese = rng.choice(job.workplaces)
    return f"{stem}{chinese}" if written == "zh" else f"{stem} {workplace}"


def wake_time(person: Person, rng: Random) -> str:
    """A quarter of an hour at which people of this time of life get up."""
    times = person.times(person.begins)
    earliest, latest = (22, 31) if "working" in times else (27, 35) if "retired" in times else (27, 37)
    if person.occupation in studies().pupils:
        earliest, latest = 25, 29
    hours, quarter = divmod(rng.randint(earliest, latest), 4)
    return f"{hours:02}:{quarter * 15:02}"


def topics_for(age: int) -> list[str]:
    """The interests that people of an age take up."""
    return [topic for topic in TOPICS if age <= _UNTIL_AGE.get(topic, 120)]


def goal_row(person: Person, what: str) -> dict[str, JsonValue]:
    """A goal, some with the amount to reach or the day by which; the day lies beyond the life that is told."""
    row: dict[str, JsonValue] = {"what": what}
    if what in words().targets:
        row["target"] = words().targets[what]
    elif person.rng.random() < 0.3:
        row["by"] = (person.ends + timedelta(days=person.rng.randint(20, 300))).isoformat()
    return row


def _who(person: Person) -> None:
    seed, write = person.seed, person.ledger.write
    write("demographics.name", seed.name)
    write("demographics.birthday", seed.born.isoformat())
    write("demographics.gender", seed.gender)
    write("demographics.nationality", person.country.people)
    for tag in seed.languages:
        write("demographics.languages", language_name(tag))
    write("demographics.residence.city", seed.city)
    write("demographics.residence.country", person.country.name)
    for kin in person.family:
        write(HOUSEHOLD, {"who": kin.who, "name": kin.name})


def _work(person: Person) -> None:
    seed, write = person.seed, person.ledger.write
    write(OCCUPATION, seed.occupation)
    job = person.job
    if job is not None and not job.own:
        write("demographics.employer", employer_name(person.country, job, seed.written_in, person.rng))
    former = jobs().get(worked_as(seed.occupation) or seed.occupation)
    if former is not None:
        write("demographics.education", former.schooling)
    elif seed.occupation not in studies().pupils:
        write("demographics.education", "secondary school")
    if seed.occupation not in studies().pupils and seed.field_of_work != "home":
        write("demographics.income", income(person.country, person.income, person.rng))


def _health(person: Person) -> None:
    """The special fields; most people have none of them."""
    rng, write = person.rng, person.ledger.write
    age = person.age(person.begins)
    if person.faith != "none" and rng.random() < 0.4:
        write("beliefs.religion", person.faith)
    if rng.random() < 0.3:
        petted = any(kin.who == "cat" for kin in person.family)
        write("health.allergies", rng.choice([one for one in words().allergies if not (petted and one == "cats")]))
    if rng.random() < (0.2 if age < 45 else 0.4):
        write("health.conditions", rng.choice(fitting(words().conditions, age=age, times=frozenset())))
    diet = weighted(rng, first_diets(person.faith))
    if diet:
        write("preferences.diet", diet)


def _ways(person: Person) -> None:
    rng, write = person.rng, person.ledger.write
    age, times = person.age(person.begins), person.times(person.begins)
    for axis, ends in _AXES.items():
        write(f"personality.{axis}", rng.choice(ends))
    _several("personality.values", list(words().values), rng.randint(2, 3), person)
    _several("personality.interests", topics_for(age), rng.randint(2, 4), person)
    _several("patterns.behaviour", fitting(words().behaviour, age=age, times=times), 2, person)
    _several("patterns.usage", fitting(words().usage, age=age, times=times), rng.randint(1, 2), person)
    write("patterns.engagement", rng.choice(list(words().engagement)))
    write("patterns.emotion", rng.choice(list(words().emotion)))
    write("patterns.purchase", rng.choice(list(words().purchase)))


def _wishes(person: Person) -> None:
    rng, write = person.rng, person.ledger.write
    age, times = person.age(person.begins), person.times(person.begins)
    write("preferences.response_style", rng.choice(list(words().response_style)))
    write("preferences.response_length", rng.choice(["short", "medium", "long"]))
    _several("preferences.formats", list(words().formats), rng.randint(1, 2), person)
    _several("preferences.workflows", list(words().workflows), 1, person)
    for what in rng.sample(fitting(words().goals, age=age, times=times), rng.randint(1, 2)):
        write("agenda.goals", goal_row(person, what))


def _tastes(person: Person) -> None:
    """At most one genre and one cuisine are liked at a time; others are disliked."""
    rng = person.rng
    loved, loathed = rng.sample(GENRES, 2)
    _taste(person, loved, "like", "music", 0.9)
    _taste(person, loathed, "dislike", "music", 0.65)
    food = rng.choice(eaten(person))
    _taste(person, food, "like", "food", 0.85)
    _taste(person, rng.choice([one for one in eaten(person) if one != food]), "dislike", "food", 0.5)


def _taste(person: Person, item: str, stance: str, category: str, likely: float) -> None:
    if person.rng.random() < likely:
        person.ledger.write("preferences.tastes", {"item": item, "stance": stance, "category": category})


def _money(person: Person) -> None:
    if person.age(person.begins) < 18:
        return
    for category in person.rng.sample(BUDGETS, person.rng.randint(2, 4)):
        amount = limit(person.country, category, person.income, person.rng)
        person.ledger.write("finances.budgets", {"category": category, "limit": amount})


def _habits(person: Person) -> None:
    rng, write = person.rng, person.ledger.write
    write("life.shoe_size", rng.randint(*_SHOES[person.seed.gender]))
    write("life.room_temperature", rng.randint(18, 23))
    write("life.wake_time", wake_time(person, rng))
    write("life.units", "fahrenheit" if person.country.code == "US" else "celsius")
    if rng.random() < 0.9:
        write("life.seat", rng.choice(SEATS))


def _several(path: str, phrases: Sequence[str], count: int, person: Person) -> None:
    for phrase in person.rng.sample(phrases, count):
        person.ledger.write(path, phrase)
