"""What of a persona shows where nothing personal is needed."""

from __future__ import annotations

from datetime import date

from personabench.datasets.model import Probe, Value
from personabench.scores.gate import Fact, Gate, context_gate, is_allowed, unasked
from personabench.scores.outcomes import NotApplicable, Scored

FACTS = (
    Fact(fact_id="1.0", path="demographics.name", value=Value(text="Ann")),
    Fact(fact_id="1.1", path="demographics.languages", value=Value(text="Portuguese")),
    Fact(fact_id="1.2", path="preferences.diet", value=Value(text="vegetarian")),
    Fact(fact_id="2.0", path="finances.budgets", value=Value(text="300 EUR", others=("€300",))),
)


def test_name_and_languages_may_be_shown() -> None:
    gate = unasked("Ann speaks Portuguese.", FACTS, shown_ids=["1.0", "1.1"])
    assert gate == Gate(facts=2, by_id=(), by_text=())
    assert gate.outcome == Scored(value=1.0)


def test_what_else_is_shown_is_seen_by_its_id_and_by_its_text() -> None:
    gate = unasked("- a vegetarian\n- at most €300", FACTS, shown_ids=["1.0", "1.2", "1.2"])
    assert (gate.by_id, gate.by_text, gate.shown) == (("1.2",), ("1.2", "2.0"), ("1.2", "2.0"))
    assert gate.outcome == Scored(value=0.0)


def test_either_witness_is_enough() -> None:
    assert unasked("", FACTS, shown_ids=["2.0"]).outcome == Scored(value=0.0)
    assert unasked("vegetarian", FACTS).outcome == Scored(value=0.0)


def test_what_the_query_names_is_no_find_in_the_text() -> None:
    assert unasked("vegetarian", FACTS, query="Define vegetarian").shown == ()


def test_an_id_that_nobody_knows_counts_as_shown() -> None:
    assert unasked("", FACTS, shown_ids=["9.9"]).by_id == ("9.9",)
    assert unasked("", (), shown_ids=["9.9"]).outcome == Scored(value=0.0)


def test_whole_sections_can_be_allowed() -> None:
    gate = unasked("vegetarian, 300 EUR", FACTS, allowed=("preferences", "demo"))
    assert (gate.facts, gate.by_text) == (3, ("2.0",))


def test_with_nothing_to_show_there_is_nothing_to_score() -> None:
    assert unasked("Ann", FACTS[:2]).outcome == NotApplicable(reason="nothing known that could be shown")


PROBE = Probe(
    probe_id="1", user_id="ann", kinds=("gate",), group="g", query="Define vegetarian", day=date(2026, 6, 1),
    unasked=(Value(text="vegetarian"), Value(text="jazz")),
)  # fmt: skip


def test_of_a_probe_the_text_shows_what_its_query_does_not_name() -> None:
    assert context_gate("- vegetarian\n- likes jazz", PROBE).by_text == ("1",)
    assert context_gate("- vegetarian", PROBE).outcome == Scored(value=1.0)


def test_claims_that_a_system_says_it_has_put_in_count_but_for_orders_about_answers() -> None:
    orders = [("demographics.name", "Ann"), ("preferences.response_length", "short")]
    assert context_gate("Ann, in short", PROBE, orders).outcome == Scored(value=1.0)
    assert context_gate("", PROBE, [*orders, ("preferences.diet", "vegan")]).by_id == ("preferences.diet: vegan",)


def test_a_field_is_allowed_with_what_lies_in_it() -> None:
    assert is_allowed("preferences.formats")
    assert is_allowed("demographics.name.first")
    assert not is_allowed("demographics.names")
