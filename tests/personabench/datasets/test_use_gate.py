"""Queries of our own that need nothing personal, or certain facts: as sessions and probes for any system."""

from __future__ import annotations

from pathlib import Path

import pytest

from personabench.datasets import Value, load
from personabench.datasets.use_gate import LANGUAGES
from personabench.errors import BrokenDataset
from personabench.scores.fama import context_fama
from personabench.scores.gate import context_gate

OURS = Path(__file__).parents[3] / "benchmarks" / "use_gate"

PERSONAS = """
nina:
  facts:
    - [demographics.name, Nina]
    - [demographics.languages, Portuguese]
    - [demographics.nationality, Portuguese]
    - [demographics.age, 38]
    - [preferences.response_length, short]
    - [demographics.household, {who: daughter, name: Clara}]
    - [demographics.household, {who: mum, note: spends her days in the garden}]
    - [preferences.tastes, {item: jazz, stance: like, category: music}]
    - [preferences.tastes, {item: horror films, stance: dislike}]
    - [finances.budgets, {category: clothing, limit: 80 EUR per month}]
  said:
    - We had dinner near the river.
wei:
  facts:
    - [demographics.residence.city, 上海]
  said: []
"""
QUERIES = """
build_no_need_en:
  - {query: "Who wrote Round Midnight?", why: trivia}
build_need_en:
  - {query: "What music do I like?", needs: [preferences.tastes], why: taste}
  - {query: "May I buy shoes?", needs: ["finances.budgets: cloth", demographics.age], why: the limit}
  - {query: "Where did we eat?", needs: ["said: the river"], why: theirs}
aside_no_need_zh:
  - {query: "一加一等于几？", why: 算术}
"""


def write(place: Path, *, personas: str = PERSONAS, queries: str = QUERIES) -> Path:
    (place / "personas.yaml").write_text(personas, "utf-8")
    (place / "queries.yaml").write_text(queries, "utf-8")
    return place


def test_each_fact_is_told_in_a_session_of_its_own_and_then_what_was_said_besides(tmp_path: Path) -> None:
    nina, wei = load("use_gate", write(tmp_path)).people

    assert [session.turns[0].content for session in nina.sessions] == [
        "My name is Nina.",
        "I speak Portuguese.",
        "I am Portuguese.",
        "I am 38 years old.",
        "Please keep your answers short.",
        "My daughter is called Clara.",
        "My mum: spends her days in the garden.",
        "I like jazz.",
        "I don't like horror films.",
        "My budget for clothing is 80 EUR per month.",
        "We had dinner near the river.",
    ]
    assert [session.turns[0].content for session in wei.sessions] == ["我住在上海。"]
    assert len({session.started_at for session in nina.sessions}) == len(nina.sessions)


def test_a_query_that_needs_nothing_names_what_must_not_show(tmp_path: Path) -> None:
    nina, wei = load("use_gate", write(tmp_path)).people
    gate = nina.probes[0]

    assert (gate.kinds, gate.group, gate.live) == (("gate",), "build, en", ())
    assert [value.text for value in gate.unasked] == [
        "38",
        "Clara",
        "spends her days in the garden",
        "jazz",
        "horror films",
        "clothing 80 EUR per month",
        "We had dinner near the river.",
    ], "name, languages, what is named like these, and orders about answers may show"
    assert [(probe.group, probe.unasked) for probe in wei.probes] == [("aside, zh", (Value(text="上海"),))]


def test_a_query_that_needs_facts_has_their_words_or_any_fact_of_the_path_as_live_values(tmp_path: Path) -> None:
    taste, limit, place = load("use_gate", write(tmp_path)).people[0].probes[1:]

    assert (taste.kinds, taste.live) == (("context",), (Value(text="jazz", others=("horror films",)),))
    assert limit.live == (Value(text="cloth", others=("clothing",)), Value(text="38"))
    assert place.live == (Value(text="the river"),)
    assert limit.unasked == ()


@pytest.mark.parametrize(
    ("personas", "queries", "cause"),
    [
        ("nina: {facts: [[demographics.name]], said: []}", QUERIES, "nina, fact 1 is no pair"),
        ("nina: {facts: [[shoes.size, 38]], said: []}", QUERIES, "there is no sentence for 'shoes.size'"),
        ("bob: {facts: [], said: []}", QUERIES, "'bob' is none of the users whose language is known"),
        (PERSONAS, "no_group: []", "'no_group' is not named HALF_need_LANGUAGE"),
        (PERSONAS, "a_need_en: [{query: x}]", "a_need_en, query 1 does not belong here"),
        (PERSONAS, "a_no_need_en: [{query: x, needs: [demographics.age]}]", "a_no_need_en, query 1 does not belong"),
        (PERSONAS, "a_need_en: [{query: x, needs: [shoes.size]}]", "query 1 needs 'shoes.size', of which there is"),
        (PERSONAS, "a: [", "is not YAML"),
    ],
)
def test_a_file_that_is_not_as_described_is_named_with_the_cause(
    tmp_path: Path, personas: str, queries: str, cause: str
) -> None:
    with pytest.raises(BrokenDataset, match=r"(personas|queries)\.yaml") as raised:
        load("use_gate", write(tmp_path, personas=personas, queries=queries))
    assert cause in str(raised.value)


def test_of_our_own_queries_everything_said_shows_all_that_is_needed_and_all_that_is_not() -> None:
    people = load("use_gate", OURS).people

    assert {person.user_id for person in people} == set(LANGUAGES)
    for person in people:
        everything = "\n".join(turn.content for session in person.sessions for turn in session.turns)
        for probe in person.probes:
            if probe.live:
                assert context_fama(everything, probe).mpa == 1, probe.query
            else:
                assert context_gate(everything, probe).shown, probe.query
                assert not context_gate("", probe).shown, probe.query
