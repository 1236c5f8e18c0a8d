"""Wishes: one phrase of the scene for both twins, with and without what is the person's own."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import date

from pydantic import JsonValue

from personabench.generation.life import Life
from personabench.generation.query import Need, Query
from personabench.generation.scene import Scene
from personabench.generation.writers.scripted.days import day_forms
from personabench.generation.writers.scripted.grammar import PLAIN, BadPhrase, Forms, Slots, fill, fits, pick, tidy
from personabench.generation.writers.scripted.material import EVERY, phrases
from personabench.generation.writers.scripted.speech import forms_of

PARAMETERS: Mapping[str, str] = {
    "diet": "diet", "cuisine": "cuisine", "genre": "genre", "topic": "topic", "seat": "seat", "unit": "unit",
    "degrees": "degrees", "time": "clock", "party": "party", "mode": "mode", "category": "product", "room": "room",
    "brightness": "percent",
}  # fmt: skip
"""The themes of the parameters of tools; a day is said from the day of the wish, a price with its currency."""

DAYS = ("day", "due")


def ask(life: Life, scene: Scene, query: Query, day: date, rng: random.Random) -> tuple[str, str]:
    """The personal and the neutral wish.

    Raises: BadPhrase (something given has no place in the scene's phrases).
    """
    written_in = life.seed.written_in
    material = phrases(written_in, "scenes")
    given = {name: _one(_given(life, name, value, day), rng) for name, value in query.given.items()}
    needed = {need.parameter: needed_forms(life, need, query.currency) for need in query.needs}
    frames = [
        frame for frame in material[scene.name]["wish"]
        if fits(frame, given) and set(given) <= fill(frame, given, random.Random(0)).used
    ]  # fmt: skip
    if not frames:
        raise BadPhrase(f"no wish of {scene.name!r} names just {sorted(given)}")
    frame, twin_seed = rng.choice(frames), rng.getrandbits(32)
    neutral = fill(frame, given, random.Random(twin_seed)).text
    filled = fill(frame, {**given, **needed}, random.Random(twin_seed))
    texts = [filled.text]
    for need in query.needs:
        if need.parameter not in filled.used:
            extra = material[scene.name].get(need.parameter) or material[EVERY][need.parameter]
            texts.append(pick(extra, needed, rng).text)
    greeting = pick(phrases(written_in, "chat")["ask"]["greeting"], {}, rng).text if rng.random() < 0.2 else ""
    between = " " if written_in == "en" else ""
    return tidy(between.join([greeting, *texts])), tidy(between.join([greeting, neutral]))


def needed_forms(life: Life, need: Need, currency: str | None = None) -> Forms:
    """How the value of a need is said; a price in the query's currency, or in that of the person's own limit."""
    written_in, value = life.seed.written_in, need.value
    if need.path == "finances.budgets" and isinstance(value, int | float):
        limit: JsonValue = {"amount": value, "currency": currency} if currency else own_limit(life, need)
        return forms_of("money", limit, written_in)
    return forms_of(PARAMETERS.get(need.parameter, "plain"), value, written_in, american=life.seed.country == "US")


def own_limit(life: Life, need: Need) -> JsonValue:
    """The limit of the fact that a need is from; of an unknown fact the bare number."""
    for fact in life.facts:
        if fact.fact_id == need.fact and isinstance(fact.value, dict):
            return fact.value.get("limit", need.value)
    return need.value


def _given(life: Life, name: str, value: JsonValue, today: date) -> Forms:
    written_in, american = life.seed.written_in, life.seed.country == "US"
    if name in DAYS:
        return day_forms(date.fromisoformat(str(value)), today, written_in, american=american)
    return forms_of(PARAMETERS.get(name, "plain"), value, written_in, american=american)


def _one(forms: Forms, rng: random.Random) -> Forms:
    """The same words in both twins."""
    return {form: [_choice(texts, rng)] for form, texts in {PLAIN: forms[PLAIN], **forms}.items()}


def _choice(texts: Sequence[str], rng: random.Random) -> str:
    return rng.choice(texts)


def slots_of_need(life: Life, need: Need) -> Slots:
    """What answers and corrections are filled with."""
    return {"value": needed_forms(life, need)}
