"""What comes up in passing: facts by path and how, seemings by their kind and path."""

from __future__ import annotations

import itertools
import random
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from pydantic import JsonValue

from personabench.generation.life import Fact, Life, Seeming
from personabench.generation.query import Telling
from personabench.generation.writers.scripted.days import day_forms, past_forms
from personabench.generation.writers.scripted.grammar import PLAIN, Forms, Slots, fits, pick, tidy
from personabench.generation.writers.scripted.material import EVERY, phrases
from personabench.generation.writers.scripted.speech import forms_of, slots_of

_LEADS = 0.25
"""The share of tellings that begin with a word of everyday life."""

_SOON = timedelta(days=60)

SPECIFIC: Mapping[str, tuple[str, ...]] = {
    "demographics.household": ("who",), "preferences.tastes": ("stance", "category"),
}  # fmt: skip
"""The columns of a row that its phrases hang on."""


def tell(life: Life, telling: Telling, day: date, rng: random.Random) -> str:
    """The sentences of a telling.

    Raises: KeyError (an unknown id), BadPhrase.
    """
    written_in = life.seed.written_in
    if telling.how == "seems":
        seemings = {seeming.seeming_id: seeming for seeming in life.seemings}
        texts = [_seeming(life, seemings[of], day, rng) for of in telling.of]
    else:
        texts = _facts(life, [life.fact(of) for of in telling.of], telling.how, day, rng)
    chat = phrases(written_in, "chat")
    if rng.random() < _LEADS and telling.how != "seems":
        texts.insert(0, pick(chat["tell"]["lead"], {}, rng).text)
    return tidy((" " if written_in == "en" else "").join(texts))


def headings(fact: Fact, life: Life, how: str) -> list[str]:
    """Where the phrases of a fact stand, the most special first: with its event, with its kind of row, the path."""
    paths = [fact.path]
    if isinstance(fact.value, dict):
        columns = [str(fact.value.get(column)) for column in SPECIFIC.get(fact.path, ())]
        if columns:
            paths.insert(0, f"{fact.path}:{' '.join(columns)}")
        if not fact.value.get("name"):
            paths.append(f"{fact.path}:unnamed")
    elif isinstance(fact.value, str):
        paths.insert(0, f"{fact.path}:{fact.value.casefold()}")
    kinds = [e.kind for e in life.events if fact.fact_id in (e.ended if how == "ended" else e.began)]
    return [f"{path}@{kind}" for path in paths for kind in kinds] + paths


def _facts(life: Life, facts: Sequence[Fact], how: str, day: date, rng: random.Random) -> list[str]:
    material = phrases(life.seed.written_in, "facts")
    also = phrases(life.seed.written_in, "chat")["tell"]["also"]
    texts: list[str] = []
    left = list(facts)
    for pair in itertools.permutations(facts, 2):
        slots, together = _joined(life, pair, day), material.get(" + ".join(fact.path for fact in pair), {})
        if any(fits(phrase, slots) for phrase in together.get(how, ())):
            texts.append(pick(together[how], slots, rng).text)
            left = [fact for fact in facts if fact not in pair]
            break
    for fact in left:
        text = _pick_first(material, headings(fact, life, how), how, _slots(life, fact, day), rng)
        texts.append(pick(also, {}, rng).text + " " + text if texts and rng.random() < 0.5 else text)
    return texts


def _joined(life: Life, facts: Sequence[Fact], day: date) -> Slots:
    """The slots of facts told together: values by the last word of their paths, all else of the first that has it."""
    slots: dict[str, Forms] = {}
    for fact in reversed(facts):
        name = fact.path.rpartition(".")[2]
        slots |= {name if slot == "value" else slot: forms for slot, forms in _slots(life, fact, day).items()}
    return slots


def _pick_first(
    material: Mapping[str, Mapping[str, Sequence[str]]],
    where: Sequence[str],
    how: str,
    slots: Slots,
    rng: random.Random,
) -> str:
    """A phrase of the first heading that has one that fits."""
    for heading in where:
        texts = material.get(heading, {}).get(how, ())
        if any(fits(text, slots) for text in texts):
            return pick(texts, slots, rng).text
    return pick(material.get(where[-1], {}).get(how, ()), slots, rng).text


def _slots(life: Life, fact: Fact, day: date) -> Slots:
    written_in, american = life.seed.written_in, _american(life)
    slots: dict[str, Forms] = {**slots_of(fact.path, fact.value, written_in, american=american)}
    if fact.valid_from and fact.valid_from <= day:
        slots["when"] = past_forms(fact.valid_from, day, written_in)
    if fact.valid_to and fact.valid_to <= day:
        slots["when"] = past_forms(fact.valid_to, day, written_in)
    if fact.valid_to and day < fact.valid_to < day + _SOON:
        slots["until"] = day_forms(fact.valid_to, day, written_in, american=american)
    old = life.fact(fact.replaces).value if fact.replaces else None
    if old is not None and f"{fact.path}:{old}" not in phrases(written_in, "facts"):
        before = "old_" if isinstance(old, dict) else "old"
        slots |= slots_of(fact.path, old, written_in, american=american, before=before)
    return slots


def _american(life: Life) -> bool:
    return life.seed.country == "US"


def _seeming(life: Life, seeming: Seeming, day: date, rng: random.Random) -> str:
    written_in = life.seed.written_in
    path, value = seeming.path, seeming.value
    slots: dict[str, Forms] = {**slots_of(path, value, written_in, american=_american(life))}
    if seeming.until and day < seeming.until:
        slots["until"] = day_forms(seeming.until, day, written_in, american=_american(life))
    who = seeming.whose or ("a friend" if seeming.kind == "friend" else None)
    slots["whose"] = {PLAIN: [rng.choice(forms_of("whose", who or "a friend", written_in)[PLAIN])]}
    clauses = _found(phrases(written_in, "clauses"), path, value)
    for form, texts in clauses.items():
        if any(fits(text, slots) for text in texts):
            slots[form] = {PLAIN: [pick(texts, slots, rng, capital=False).text]}
    material = phrases(written_in, "seemings")[seeming.kind]
    special = [*_found_lines(material, path, value)]
    general = [] if special and seeming.kind == "trip" else [*material.get(EVERY, ())]
    return pick(special * 2 + general, slots, rng).text


def _found(
    material: Mapping[str, Mapping[str, Sequence[str]]], path: str, value: JsonValue
) -> Mapping[str, Sequence[str]]:
    return material.get(_special(path, value)) or material.get(path) or material[EVERY]


def _found_lines(material: Mapping[str, Sequence[str]], path: str, value: JsonValue) -> Sequence[str]:
    return material.get(_special(path, value)) or material.get(path, ())


def _special(path: str, value: JsonValue) -> str:
    if isinstance(value, dict):
        return f"{path}:{' '.join(str(value.get(column)) for column in SPECIFIC.get(path, ()))}"
    return path
