"""When a scene has gone right: properties of conditions, and which row a goal looks at."""

from __future__ import annotations

from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from personabench.worlds.goals import Condition, Goal, Operator, failed, last_made, reached
from personabench.worlds.protocol import Row, State


def _json(value: object) -> JsonValue:
    return cast("JsonValue", value)


texts = st.text(alphabet="abcÄ 上海\t", max_size=6)
scalars = st.one_of(texts, st.integers(-50, 50), st.floats(-50, 50, allow_nan=False), st.booleans())
values = st.one_of(scalars, st.lists(texts, max_size=3)).map(_json)
rows: st.SearchStrategy[Row] = st.dictionaries(st.sampled_from(["city", "price", "diets", "day"]), values, min_size=1)


def holds(operator: Operator, wanted: JsonValue, value: JsonValue) -> bool:
    return not failed([Condition(column="it", operator=operator, value=wanted)], {"it": value})


def goal(row: Row, operator: Operator = "=") -> Goal:
    where = tuple(Condition(column=column, operator=operator, value=value) for column, value in row.items())
    return Goal(collection="bookings", where=where)


@given(rows, st.lists(rows, max_size=3))
def test_a_row_reaches_the_goal_that_describes_it_and_not_one_that_rules_it_out(row: Row, before: list[Row]) -> None:
    after = {"bookings": [*before, row]}
    assert reached(goal(row), {"bookings": before}, after)
    assert not reached(goal(row, "!="), {"bookings": before}, after)


@given(rows, st.lists(rows, max_size=3))
def test_where_nothing_was_done_no_goal_is_reached_even_if_an_old_row_fits(row: Row, before: list[Row]) -> None:
    state = {"bookings": [*before, row]}
    assert last_made("bookings", state, state) is None
    assert not reached(goal(row), state, state)
    assert not reached(Goal(collection="bookings", where=()), state, state)


@given(rows)
def test_doing_the_same_once_more_counts_as_done(row: Row) -> None:
    assert reached(goal(row), {"bookings": [row]}, {"bookings": [row, row]})


@given(rows, rows)
def test_only_the_last_row_counts(row: Row, later: Row) -> None:
    assert last_made("bookings", {}, {"bookings": [row, later]}) == later


@given(rows, rows)
def test_a_row_that_changed_counts_wherever_it_stands(row: Row, other: Row) -> None:
    changed = {**row, "done": "yes"}
    assert last_made("bookings", {"bookings": [row, other]}, {"bookings": [changed, other]}) == changed


@given(rows)
def test_taking_a_row_away_makes_none(row: Row) -> None:
    assert last_made("bookings", {"bookings": [row]}, {"bookings": []}) is None


@given(values, values)
def test_of_a_condition_and_its_opposite_exactly_one_holds(wanted: JsonValue, value: JsonValue) -> None:
    assert holds("=", wanted, value) != holds("!=", wanted, value)
    assert holds("contains", wanted, value) != holds("excludes", wanted, value)


@given(texts)
def test_texts_compare_without_regard_to_case_and_white_space(text: str) -> None:
    shouted = f"  {text.upper()}\n"
    assert holds("=", text, shouted)
    assert holds("in", [text], shouted)
    assert holds("contains", text, [shouted])
    assert holds("=", [text], [shouted])


@given(st.integers(-50, 50), st.integers(-50, 50))
def test_numbers_compare_by_size_whether_they_are_whole_or_not(one: int, other: int) -> None:
    assert holds("<=", one, float(other)) == (other <= one)
    assert holds(">=", one, float(other)) == (other >= one)
    assert holds("=", one, float(other)) == (other == one)


@pytest.mark.parametrize("value", [None, "20", True, [20]])
@pytest.mark.parametrize("operator", ["<=", ">="])
def test_what_is_no_number_is_neither_at_most_nor_at_least_one(operator: Operator, value: JsonValue) -> None:
    assert not holds(operator, 20, value)


@pytest.mark.parametrize(
    ("operator", "accepted"),
    [("=", False), ("in", False), ("contains", False), ("<=", False), (">=", False), ("!=", True), ("excludes", True)],
)
def test_a_column_that_is_not_there_holds_nothing(operator: Operator, accepted: bool) -> None:
    condition = Condition(column="diet", operator=operator, value=["vegan"] if operator == "in" else "vegan")
    assert (failed([condition], {"city": "Porto"}) == []) is accepted


def test_words_are_found_within_a_text_and_items_only_as_a_whole() -> None:
    assert holds("contains", "dentist", "Call the DENTIST back")
    assert not holds("contains", "vegetarian", ["ovo-vegetarian"])


def test_what_fails_is_named_by_its_conditions() -> None:
    conditions = goal({"city": "Porto", "day": "2026-05-09"}).where
    assert failed(conditions, {"city": "porto", "day": "2026-05-10"}) == [conditions[1]]


def test_a_collection_that_nobody_keeps_has_no_last_row() -> None:
    assert last_made("bookings", {}, {}) is None


def test_a_goal_of_one_tool_is_not_missed_by_another_ones_lookup_afterwards() -> None:
    goal = Goal(collection="lookups", tool="get_forecast", where=(Condition(column="city", value="Porto"),))
    after: State = {"lookups": [{"tool": "get_forecast", "city": "Porto"}, {"tool": "find_places", "city": "Braga"}]}
    assert reached(goal, {}, after)
    assert not reached(goal, after, after)
