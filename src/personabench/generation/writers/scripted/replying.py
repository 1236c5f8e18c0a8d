"""What a person says when asked for something, or when it was got wrong."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

from personabench.generation.life import Life
from personabench.generation.query import Need
from personabench.generation.writers.scripted.asking import slots_of_need
from personabench.generation.writers.scripted.grammar import pick
from personabench.generation.writers.scripted.material import EVERY, phrases
from personabench.generation.writers.scripted.telling import SPECIFIC

_SHORT = 0.25
"""The share of answers that are no sentence."""

_ROWS = {**SPECIFIC, "finances.budgets": ("category",)}


def answer(life: Life, need: Need, rng: random.Random) -> str:
    """The answer to a question for it, mostly a sentence."""
    how = "short" if rng.random() < _SHORT else "answer"
    return pick(_material(life, need)[how], slots_of_need(life, need), rng).text


def correct(life: Life, need: Need, rng: random.Random) -> str:
    """What puts it right."""
    return pick(_material(life, need)["correct"], slots_of_need(life, need), rng).text


def _material(life: Life, need: Need) -> Mapping[str, Sequence[str]]:
    material = phrases(life.seed.written_in, "replies")
    for heading in (_heading(life, need), need.path):
        if heading in material:
            return material[heading]
    return material[EVERY]


def _heading(life: Life, need: Need) -> str:
    """The path with what the phrases of its rows hang on."""
    for fact in life.facts:
        if fact.fact_id == need.fact and isinstance(fact.value, dict):
            return f"{fact.path}:{' '.join(str(fact.value.get(column)) for column in _ROWS.get(fact.path, ()))}"
    return need.path
