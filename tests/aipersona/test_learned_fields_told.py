"""Facts without a field end in a learned one, and the same thing told twice in one: the floors of the benchmark."""

from __future__ import annotations

import pytest

from benchmarks.learned_fields.__main__ import Asked, first, learn, learn_and_consolidate
from benchmarks.learned_fields.outcomes import merged, pairs
from benchmarks.learned_fields.telling import near_tellings, read_facts, tellings

pytestmark = pytest.mark.anyio


def asked(drafts: str, facts: str) -> Asked:
    return Asked(
        drafts=drafts,
        model=None,
        base_url=None,
        strategy="auto",
        every=3,
        facts=None,
        set=facts,
        apart=False,
        verbose=False,
    )


@pytest.mark.parametrize("facts", ["facts", "kept_aside"])
async def test_facts_end_in_learned_fields_and_most_that_are_told_twice_in_one(facts: str) -> None:
    told = list(tellings(read_facts(facts)))
    found, _ = await learn(asked("gold", facts), told)
    real = [one for one in found if one.telling.fact is not None]
    assert sum(one.became == "learned" for one in real) >= 0.9 * len(real)
    assert sum(bool(one.learned) for one in found if one.telling.fact is None) <= 1
    both = pairs(found)
    assert sum(pair.split for pair in both) <= 0.3 * len(both)
    assert merged(found) == []


@pytest.mark.parametrize("facts", ["facts", "kept_aside"])
async def test_without_a_model_only_what_the_words_say_is_learned(facts: str) -> None:
    told = list(tellings(read_facts(facts)))
    found, _ = await learn(asked("words", facts), told)
    assert sum(one.became == "learned" for one in found) >= 9
    assert [one.telling.name for one in found if one.became == "wrong value"] == []
    assert [one.telling.name for one in found if one.telling.fact is None and one.learned] == []


def test_every_quote_stands_in_its_words_and_a_part_holds_as_many_facts_of_each_user() -> None:
    told = list(tellings(read_facts()))
    assert [one.name for one in told if one.told.stated not in one.told.words] == []
    part = first(told, 20)
    facts = [one.user for one in part if one.fact is not None and one.time == 1]
    assert {user: facts.count(user) for user in facts} == {"mara": 5, "joel": 5, "tess": 5, "wen": 5}


@pytest.mark.parametrize("facts", ["kept_aside", "later"])
async def test_different_things_that_are_near_stay_apart_when_words_alone_are_consolidated(facts: str) -> None:
    read = read_facts(facts)
    near = list(near_tellings(read))
    assert len(near) == 2 * 40
    found = await learn_and_consolidate(asked("gold", facts), list(tellings(read)), near)
    assert merged(found.near) == merged(found.after) == []
    assert sum(one.became == "learned" for one in found.near) >= 0.85 * len(near)
