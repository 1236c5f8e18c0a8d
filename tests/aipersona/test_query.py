"""Questions about rows are answered by arithmetic: filters, counts, sums and extremes, exactly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from aipersona import AIPersona, AIPersonaError, Column, Condition, FieldSpec, Query, Schema
from aipersona.errors import InvalidInput, InvalidValue, UnknownField
from aipersona.persona.query import Group, Measure, Operator, QueryAnswer
from tests.aipersona.kit import NOON, engine

pytestmark = pytest.mark.anyio

EXPENSES = "finances.expenses"
SPENT: list[dict[str, JsonValue]] = [
    {"what": "coffee", "amount": "0.10 EUR", "date": "2026-05-04"},
    {"what": "coffee", "amount": "0.20 EUR", "date": "2026-05-10"},
    {"what": "Books", "amount": "24.50 EUR", "date": "2026-05-11"},
    {"what": "books", "amount": "19 USD", "date": "2026-05-11"},
]

READINGS = Schema(
    name="readings",
    fields=(
        FieldSpec(
            path="log.readings",
            description="a measured value",
            kind="records",
            columns={
                "name": Column(required=True),
                "value": Column(type="float"),
                "count": Column(type="int"),
                "dose": Column(type="quantity"),
                "due": Column(type="date"),
                "done": Column(type="bool"),
            },
        ),
        FieldSpec(path="log.mood", description="mood", kind="set"),
    ),
)


async def with_rows(path: str, rows: Sequence[Mapping[str, JsonValue]], schema: Schema | None = None) -> AIPersona:
    ai = AIPersona(":memory:", schema=schema, clock=lambda: NOON)
    for row in rows:
        await ai.set("alice", path, dict(row))
    return ai


async def spent(**query: object) -> QueryAnswer:
    ai = await with_rows(EXPENSES, SPENT)
    return await ai.query("alice", Query.model_validate({"path": EXPENSES, **query}))


async def readings(rows: Sequence[Mapping[str, JsonValue]], **query: object) -> QueryAnswer:
    ai = await with_rows("log.readings", rows, READINGS)
    return await ai.query("alice", Query.model_validate({"path": "log.readings", **query}))


def where(column: str, operator: Operator, value: JsonValue) -> tuple[Condition, ...]:
    return (Condition(column=column, operator=operator, value=value),)


async def test_rows_come_in_the_order_of_their_days_with_their_ids() -> None:
    answer = await spent()
    assert [row["date"] for row in answer.rows] == ["2026-05-04", "2026-05-10", "2026-05-11", "2026-05-11"]
    assert all(row["id"] for row in answer.rows)


async def test_a_limit_keeps_the_first_rows() -> None:
    assert len((await spent(limit=2)).rows) == 2


async def test_days_are_bounded_on_both_sides_inclusively() -> None:
    answer = await spent(since=date(2026, 5, 4), until=date(2026, 5, 10))
    assert [row["date"] for row in answer.rows] == ["2026-05-04", "2026-05-10"]
    assert (await spent(since=date(2026, 5, 12))).rows == ()


async def test_a_row_without_a_date_counts_on_the_day_it_was_told() -> None:
    told = {"name": "a"}
    assert len((await readings([told], since=NOON.date(), until=NOON.date())).rows) == 1
    assert (await readings([told], until=date(2026, 5, 31))).rows == ()


async def test_cents_add_up_exactly_and_currencies_stay_apart() -> None:
    answer = await spent(measure="sum", column="amount")
    assert answer.figures == (Group(unit="EUR", value=24.8, rows=3), Group(unit="USD", value=19, rows=1))
    coffee = await spent(measure="sum", column="amount", where=where("what", "=", "Coffee"))
    assert coffee.figures == (Group(unit="EUR", value=0.3, rows=2),)


async def test_what_comes_each_week_is_not_added_to_what_comes_each_month() -> None:
    limits = ["100 EUR per week", "300 EUR per month", "50 EUR per week"]
    ai = await with_rows("finances.budgets", [{"category": f"c{n}", "limit": limit} for n, limit in enumerate(limits)])
    answer = await ai.query("alice", Query(path="finances.budgets", measure="sum", column="limit"))
    assert [(figure.unit, figure.value) for figure in answer.figures] == [("EUR per week", 150), ("EUR per month", 300)]


@pytest.mark.parametrize(
    ("measure", "figure"), [("count", 3), ("sum", 24.8), ("average", 24.8 / 3), ("min", 0.1), ("max", 24.5)]
)
async def test_measures_of_one_currency(measure: Measure, figure: float) -> None:
    answer = await spent(measure=measure, column="amount", where=where("amount", "<=", "30 EUR"))
    (group,) = answer.figures
    assert group.value == pytest.approx(figure, abs=1e-9)


async def test_counting_needs_no_column_and_other_measures_do() -> None:
    assert (await spent(measure="count")).figures == (Group(value=4, rows=4),)
    with pytest.raises(InvalidInput, match="sum needs a column: what, amount, date"):
        await spent(measure="sum")


async def test_groups_by_a_column_whatever_its_case_in_the_order_of_their_first_row() -> None:
    answer = await spent(measure="sum", column="amount", group_by="what")
    assert [(figure.group, figure.unit, figure.value) for figure in answer.figures] == [
        ("coffee", "EUR", 0.3),
        ("Books", "EUR", 24.5),
        ("books", "USD", 19),
    ]
    counts = await spent(measure="count", group_by="what")
    assert [(figure.group, figure.value) for figure in counts.figures] == [("coffee", 2), ("Books", 2)]
    assert len((await spent(measure="count", group_by="what", limit=1)).figures) == 1


@pytest.mark.parametrize(("measure", "figure"), [("count", 0), ("sum", 0), ("average", None), ("min", None)])
async def test_no_matching_row_is_an_answer(measure: Measure, figure: int | None) -> None:
    answer = await spent(measure=measure, column="amount", where=where("what", "=", "tea"))
    assert answer.figures == (Group(value=figure, rows=0),)
    assert (
        await spent(measure=measure, column="amount", where=where("what", "=", "tea"), group_by="what")
    ).figures == ()
    assert (await spent(where=where("what", "=", "tea"))).rows == ()


async def test_a_row_without_the_column_is_no_part_of_a_figure() -> None:
    rows: list[dict[str, JsonValue]] = [{"name": "a", "dose": "5 mg"}, {"name": "b"}, {"name": "c", "dose": "7 mg"}]
    assert (await readings(rows, measure="sum", column="dose")).figures == (Group(unit="mg", value=12, rows=2),)
    assert (await readings(rows, measure="average", column="dose")).figures == (Group(unit="mg", value=6, rows=2),)
    assert (await readings(rows, measure="count")).figures == (Group(value=3, rows=3),)


@pytest.mark.parametrize("column", ["name", "due", "done"])
async def test_a_sum_of_what_is_no_number_is_refused(column: str) -> None:
    row: dict[str, JsonValue] = {"name": "a", "due": "2026-05-01", "done": True}
    with pytest.raises(InvalidInput, match=f"{column} holds no numbers"):
        await readings([row], measure="sum", column=column)


async def test_a_column_that_is_not_there_is_named_with_those_that_are() -> None:
    for query in ({"where": where("price", "=", 1)}, {"measure": "sum", "column": "price"}, {"group_by": "price"}):
        with pytest.raises(UnknownField) as error:
            await spent(**query)
        assert error.value.path == f"{EXPENSES}.price"
        assert error.value.near == tuple(f"{EXPENSES}.{name}" for name in ("what", "amount", "date"))


async def test_only_a_record_field_is_queried() -> None:
    ai = await with_rows("log.readings", [{"name": "a"}], READINGS)
    with pytest.raises(InvalidInput, match=r"log\.mood holds no rows"):
        await ai.query("alice", Query(path="log.mood"))
    with pytest.raises(UnknownField, match=r"log\.reading"):
        await ai.query("alice", Query(path="log.reading"))


@pytest.mark.parametrize(
    ("operator", "value", "names"),
    [
        ("=", "2026-05-10", ["b"]),
        ("!=", "2026-05-10", ["a", "c"]),
        ("<", "2026-05-10", ["a"]),
        ("<=", "2026-05-10", ["a", "b"]),
        (">", "10 May 2026", ["c"]),
        (">=", "2026-05-10", ["b", "c"]),
        ("contains", "-05-1", ["b", "c"]),
    ],
)
async def test_days_compare_as_days(operator: Operator, value: str, names: list[str]) -> None:
    days = {"a": "2026-05-09", "b": "2026-05-10", "c": "2026-05-11"}
    rows: list[dict[str, JsonValue]] = [{"name": name, "due": day} for name, day in days.items()]
    found = (await readings(rows, where=where("due", operator, value))).rows
    assert [row["name"] for row in found] == names


@pytest.mark.parametrize(
    ("operator", "value", "names"),
    [("=", None, ["open"]), ("!=", None, ["dated"]), ("<", None, []), ("=", "2026-05-10", ["dated"]),
     ("!=", "2026-01-01", ["dated", "open"])],
)  # fmt: skip
async def test_a_column_that_is_not_given_is_null(operator: Operator, value: JsonValue, names: list[str]) -> None:
    found = await readings(
        [{"name": "dated", "due": "2026-05-10"}, {"name": "open"}], where=where("due", operator, value)
    )
    assert [row["name"] for row in found.rows] == names


@pytest.mark.parametrize(
    ("operator", "value", "whats"),
    [
        ("=", 19, ["books"]),
        ("=", "19 USD", ["books"]),
        ("=", "19 EUR", []),
        (">", "1 USD", ["books"]),
        (">", {"amount": 20, "currency": "EUR"}, ["Books"]),
        (">", 1, ["Books", "books"]),
        ("!=", "19 EUR", ["coffee", "coffee", "Books", "books"]),
        ("<", 0.2, ["coffee"]),
    ],
)
async def test_money_compares_by_amount_within_its_currency(
    operator: Operator, value: JsonValue, whats: list[str]
) -> None:
    assert [row["what"] for row in (await spent(where=where("amount", operator, value))).rows] == whats


async def test_a_value_that_does_not_fit_its_column_is_refused() -> None:
    with pytest.raises(InvalidValue, match=r"^finances\.expenses\.date: not a day") as error:
        await spent(where=where("date", ">", "the day of my secret wedding"))
    assert "secret" not in str(error.value)


async def test_only_rows_that_hold_on_the_day_count() -> None:
    clock = iter([datetime(2026, 5, 1, 9, tzinfo=UTC), datetime(2026, 5, 20, 9, tzinfo=UTC)])
    now = [next(clock)]
    ai = AIPersona(":memory:", clock=lambda: now[0])
    await ai.set("alice", "agenda.todos", {"task": "renew the passport"})
    await ai.set("alice", "agenda.todos", {"task": "call the bank"})
    now[0] = next(clock)
    await ai.patch("alice", [{"op": "remove", "path": "/agenda/todos/0"}])

    async def pending(day: date) -> list[JsonValue]:
        answer = await ai.query("alice", Query(path="agenda.todos"), as_of=day)
        return [row["task"] for row in answer.rows]

    assert await pending(date(2026, 4, 30)) == []
    assert await pending(date(2026, 5, 19)) == ["renew the passport", "call the bank"]
    assert await pending(date(2026, 5, 20)) == ["call the bank"]


async def test_rows_of_a_learned_or_corrected_persona_are_its_own_users_only() -> None:
    ai = engine()
    await ai.set("alice", EXPENSES, SPENT[0])
    await ai.set("bob", EXPENSES, SPENT[1])
    figure = (await ai.query("bob", Query(path=EXPENSES, measure="sum", column="amount"))).figures
    assert figure == (Group(unit="EUR", value=0.2, rows=1),)


cents = st.integers(-(10**9), 10**9)


@given(st.lists(cents, min_size=1, max_size=8))
async def test_sums_and_extremes_are_those_of_whole_cents(amounts: list[int]) -> None:
    rows: list[dict[str, JsonValue]] = [{"name": f"n{n}", "value": cent / 100} for n, cent in enumerate(amounts)]
    ai = await with_rows("log.readings", rows, READINGS)
    figures: dict[str, JsonValue] = {}
    measures: tuple[Measure, ...] = ("sum", "min", "max")
    for measure in measures:
        answer = await ai.query("alice", Query(path="log.readings", measure=measure, column="value"))
        figures[measure] = answer.figures[0].value
    assert figures == {"sum": sum(amounts) / 100, "min": min(amounts) / 100, "max": max(amounts) / 100}


async def test_a_sum_beyond_the_range_of_a_number_is_refused() -> None:
    rows: list[dict[str, JsonValue]] = [{"name": "a", "value": 1.5e308}, {"name": "b", "value": 1.5e308}]
    with pytest.raises(AIPersonaError, match="beyond the range"):
        await readings(rows, measure="sum", column="value")


async def test_whole_numbers_stay_whole() -> None:
    rows: list[dict[str, JsonValue]] = [{"name": "a", "count": 2**60}, {"name": "b", "count": 1}]
    (figure,) = (await readings(rows, measure="sum", column="count")).figures
    assert figure.value == 2**60 + 1
    assert isinstance(figure.value, int)
