"""persona_query: exact answers from records, without a model. "What did I spend on coffee this week" is arithmetic."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Literal

from pydantic import Field, JsonValue

from aipersona.errors import InvalidInput, UnknownField
from aipersona.persona.claims import Claim, Row, value_key
from aipersona.persona.model import Persona
from aipersona.schema.fields import Column, FieldSpec, Schema
from aipersona.schema.typed import typed_column
from aipersona.sessions.model import Frozen

Operator = Literal["=", "!=", "<", "<=", ">", ">=", "contains"]
Measure = Literal["rows", "count", "sum", "average", "min", "max"]


class Condition(Frozen):
    """A column compared with a value; amounts of money and quantities compare by amount."""

    column: str
    operator: Operator
    value: JsonValue


class Query(Frozen):
    """What to compute over the rows of a record field.

    `since` and `until` (inclusive) bound the field's first date column, or the day on which a row was told where it
    has none. `measure` of `column`, for all rows together or for each value of `group_by`. `as_of` None is `today`.
    """

    path: str
    where: tuple[Condition, ...] = ()
    since: date | None = None
    until: date | None = None
    measure: Measure = "rows"
    column: str | None = None
    group_by: str | None = None
    limit: Annotated[int, Field(ge=1)] | None = None


class Group(Frozen):
    """One line of an answer: the value of `group_by`, the currency or unit of the figures, and the figure itself."""

    group: JsonValue = None
    unit: str | None = None
    value: int | float | None = None
    rows: int = 0


class QueryAnswer(Frozen):
    """The matching rows (`measure` rows), or the figures. Amounts in different currencies or units stay apart."""

    path: str
    measure: Measure
    rows: tuple[Row, ...] = ()
    figures: tuple[Group, ...] = ()


def persona_query(persona: Persona, schema: Schema, query: Query, *, day: date) -> QueryAnswer:
    """Answer a query over the rows that hold on `day`.

    Raises: UnknownField; InvalidInput for a field without rows, an unknown column, or a sum of texts.
    """
    spec = schema.with_learned(entry.spec for entry in persona.learned).field(query.path)
    if spec.kind != "records":
        raise InvalidInput(f"{query.path} holds no rows; `why` and `show` read it")
    for name in [condition.column for condition in query.where] + [query.column, query.group_by]:
        if name is not None and name not in spec.columns:
            raise UnknownField(f"{query.path}.{name}", [f"{query.path}.{column}" for column in spec.columns])
    claims = [c for c in persona.holding(query.path, day) if _matches(c, spec, query, day)]
    claims.sort(key=lambda claim: (_day_of(claim, spec), claim.id))
    if query.measure == "rows":
        rows = [{"id": claim.record_id, **claim.row} for claim in claims]
        return QueryAnswer(path=query.path, measure="rows", rows=tuple(rows[: query.limit]))
    figures = _figures(claims, spec, query)
    return QueryAnswer(path=query.path, measure=query.measure, figures=tuple(figures[: query.limit]))


def _matches(claim: Claim, spec: FieldSpec, query: Query, today: date) -> bool:
    day = _day_of(claim, spec)
    if (query.since and day < query.since) or (query.until and day > query.until):
        return False
    return all(_holds(claim.row.get(c.column), c, spec.columns[c.column], query.path, today) for c in query.where)


def _day_of(claim: Claim, spec: FieldSpec) -> date:
    for name, column in spec.columns.items():
        value = claim.row.get(name)
        if column.type in ("date", "datetime") and isinstance(value, str):
            return date.fromisoformat(value[:10])
    return claim.valid_from or claim.said_at.date()


def _holds(value: JsonValue, condition: Condition, column: Column, path: str, today: date) -> bool:
    if value is None:
        return condition.operator == "!=" and condition.value is not None
    if condition.operator == "contains":
        return str(condition.value).casefold() in str(value).casefold()
    wanted: JsonValue = condition.value
    if column.type in ("money", "quantity") and not isinstance(wanted, dict):
        value = _amount(value)
    if not (column.type in ("money", "quantity") and isinstance(wanted, int | float)):
        wanted = typed_column(wanted, column, f"{path}.{condition.column}", today=today)
        if isinstance(wanted, dict):
            value, wanted = _amount(value), _amount(wanted)
    if condition.operator in ("=", "!="):
        return (value_key(value) == value_key(wanted)) == (condition.operator == "=")
    return _compare(value, condition.operator, wanted)


def _compare(value: JsonValue, operator: Operator, wanted: JsonValue) -> bool:
    if isinstance(value, int | float) and isinstance(wanted, int | float):
        less, same = value < wanted, value == wanted
    else:
        less, same = str(value) < str(wanted), str(value) == str(wanted)
    return {"<": less, "<=": less or same, ">": not less and not same, ">=": not less}[operator]


def _amount(value: JsonValue) -> JsonValue:
    return value.get("amount") if isinstance(value, dict) else value


def _figures(claims: Sequence[Claim], spec: FieldSpec, query: Query) -> list[Group]:
    grouped: dict[str, tuple[JsonValue, str | None, list[Claim]]] = {}
    for claim in claims:
        group = claim.row.get(query.group_by) if query.group_by else None
        unit = _unit(claim.row.get(query.column)) if query.column else None
        grouped.setdefault(f"{value_key(group)}|{unit}", (group, unit, []))[2].append(claim)
    if not grouped and query.group_by is None:
        grouped["all"] = (None, None, [])
    return [
        Group(group=group, unit=unit, value=_measured(members, spec, query), rows=len(members))
        for group, unit, members in grouped.values()
    ]


def _measured(members: Sequence[Claim], spec: FieldSpec, query: Query) -> int | float | None:
    """The figure over some rows; None where there is no row to take an average or an extreme of."""
    if query.measure == "count":
        return len(members)
    if query.column is None:
        raise InvalidInput(f"{query.measure} needs a column: {', '.join(spec.columns)}")
    amounts: list[int | float] = []
    for claim in members:
        amount = _amount(claim.row.get(query.column))
        if amount is None:
            continue
        if isinstance(amount, bool) or not isinstance(amount, int | float):
            raise InvalidInput(f"{query.path}.{query.column} holds no numbers")
        amounts.append(amount)
    if query.measure == "sum":
        return _exact(sum(amounts))
    if not amounts:
        return None
    if query.measure == "average":
        return _exact(sum(amounts) / len(amounts))
    return min(amounts) if query.measure == "min" else max(amounts)


def _exact(amount: int | float) -> int | float:
    """Cents added as floats drift in the last digits; ten decimals keep every real one."""
    return round(amount, 10) if isinstance(amount, float) else amount


def _unit(value: JsonValue) -> str | None:
    """The currency or unit in which a figure is counted."""
    if not isinstance(value, dict):
        return None
    found = value.get("currency") or value.get("unit")
    return str(found) if found else None
