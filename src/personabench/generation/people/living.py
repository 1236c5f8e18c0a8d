"""A person's life from day to day: what they are to begin with, then what happens to them, and what only seems to."""

from __future__ import annotations

from datetime import date
from random import Random

from personabench.generation.life import Life
from personabench.generation.people.happenings import let_happen
from personabench.generation.people.person import Person
from personabench.generation.people.seemings import seemings_of
from personabench.generation.people.start import begin
from personabench.generation.seed import Seed


def live(seed: Seed, *, begins: date, ends: date, seed_number: int) -> Life:
    """The life of a person between two days, both inclusive: the same for the same seed, number and days."""
    if ends <= begins:
        raise ValueError(f"a life ends after it begins: {begins} to {ends}")
    rng = Random(f"{seed_number}/{seed.person_id}/life")
    person = Person(seed, begins, ends, rng)
    begin(person)
    let_happen(person)
    seemings = seemings_of(person)
    return Life(
        seed=seed,
        begins=begins,
        ends=ends,
        facts=person.ledger.facts,
        seemings=seemings,
        events=person.ledger.events,
    )
