"""Figures that a question asks for, computed from the persona's records: the planner for `persona_query`.

In: a question, the persona, the schema, the day. Out: queries with their answers; no model is called. How it plans:

1. It asks for a figure if it has a word of counting, adding or comparing ("how much", "total", "average", 一共) or of
   keeping to a limit ("on track", "over budget", 超支).
2. The record fields are those whose name, description or cues it uses, or whose rows' words it names. Of these it
   takes the ones with a column of numbers, and for "how many" the others too, whose rows are counted.
3. Rows are those whose text column the question names ("coffee"); where it names none, all of them.
4. The days are those of its time expression ("this week", "in June"; the week begins as where the user lives); where
   it has none, the running period of a limit, else all days.
5. It computes the sum, how many rows, and for "average", "highest" and the like that figure.
6. A field with a limit (`measured_by`: budgets by expenses, a goal of 7,500 steps by the steps) is compared with what
   was noted in the running period of the limit.

Everything computed is a `Query`, so the same figure can be had again by `persona_query`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, cast

from pydantic import JsonValue

from aipersona.grounding import words_of
from aipersona.persona.claims import Claim
from aipersona.persona.model import Persona
from aipersona.persona.query import Condition, Group, Measure, Query, persona_query
from aipersona.schema.fields import FieldSpec, MeasuredBy, Schema
from aipersona.values import read_when
from aipersona.values.days import plus
from aipersona.weeks import MONDAY, first_weekday, week_of

MOST_FIELDS = 3
MOST_LIMITS = 4
MOST_GROUPS = 8
MOST_ROWS = 200

_NUMBERS = frozenset({"money", "quantity", "int", "float"})


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A line that answers with figures, and the queries that it was computed by."""

    text: str
    queries: tuple[Query, ...]


def figures(query: str, persona: Persona, schema: Schema, day: date) -> list[Figure]:
    """The figures that a question asks for, those of the field that it names most first; none for other questions."""
    asked = _Asked.read(query)
    if asked is None:
        return []
    week = first_weekday(persona, schema, day)
    words = words_of(_without_days(asked.rest, day))
    if asked.compares:
        limited = [spec for spec in schema.fields if spec.measured_by is not None]
        for spec in _called_for(words, limited, persona, schema, day):
            if found := list(_compared(spec, words, persona, schema, day, week)):
                return found
    counted = [spec for spec in schema.fields if _number_column(spec) is not None or asked.counts]
    called = _called_for(words, counted, persona, schema, day)
    noted = [spec for spec in called if spec.measured_by is None] or called
    return [figure for spec in noted for figure in _computed(spec, query, words, asked, persona, schema, day, week)]


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """What kind of figure a question asks for."""

    counts: bool
    compares: bool
    extra: Measure | None
    rest: str
    """The question without the words that ask for the figure."""

    @classmethod
    def read(cls, query: str) -> _Asked | None:
        text = query.casefold()
        compares, sums = _KEEPING.search(text) is not None, _SUMMING.search(text) is not None
        counts = _COUNTING.search(text) is not None
        extra: Measure | None = next((measure for measure, pattern in _EXTRAS if pattern.search(text)), None)
        if not (compares or sums or counts or extra):
            return None
        for pattern in (_KEEPING, _SUMMING, _COUNTING, *(pattern for _, pattern in _EXTRAS)):
            text = pattern.sub(" ", text)
        return cls(counts=counts, compares=compares, extra=extra, rest=text)


_COUNTING = re.compile(r"\bhow (?:many|often)\b|\bnumber of\b|\bcount\b|多少(?:次|个|件|笔)|几(?:次|个|件|笔|杯)")
_SUMMING = re.compile(
    r"\bhow much\b|\btotals?\b|\bsums?(?: up)?\b|\badd(?:ed|s)? up\b|\boverall\b|\bin all\b|\baltogether\b"
    r"|多少|几(?:步|块|元)|总共|一共|总计|合计|总额"
)
_KEEPING = re.compile(
    r"\bon track\b|\b(?:over|under|within|exceed(?:ed|ing)?|keep(?:ing)? to|stick(?:ing)? to|left (?:of|in|on|for))\b"
    r"|\b(?:meet(?:ing)?|met|reach(?:ed|ing)?|hit(?:ting)?|achiev\w+|progress|far from|close to)\b"
    r"|\bafford\b|\bleft\b|达标|超支|超出|完成|达到|进度|还剩|够不够"
)
_EXTRAS: tuple[tuple[Literal["average", "max", "min"], re.Pattern[str]], ...] = (
    ("average", re.compile(r"\baverage\b|\bon average\b|\bmean\b|\bper day\b|\ba day\b|\bdaily\b|平均|每天")),
    ("max", re.compile(r"\b(?:most|highest|largest|biggest|max(?:imum)?|best|record)\b|最多|最高|最大")),
    ("min", re.compile(r"\b(?:least|lowest|smallest|min(?:imum)?|fewest|cheapest)\b|最少|最低|最小")),
)


def _without_days(text: str, day: date) -> str:
    """A text without its time expressions: the "week" of "this week" calls for no field."""
    for found in reversed(read_when(text, day)):
        text = f"{text[: found.start]} {text[found.end :]}"
    return text


def _called_for(
    words: Collection[str], specs: Iterable[FieldSpec], persona: Persona, schema: Schema, day: date
) -> list[FieldSpec]:
    """Those of some record fields that a question touches and that hold rows, the most touched first.

    A word of the field's name weighs most, then one of its description or cues, then one of its rows. Fields that are
    touched less than half as much as the first one are left out.
    """
    scored: list[tuple[int, FieldSpec]] = []
    for spec in specs:
        rows = persona.holding(spec.path, day) if spec.kind == "records" else ()
        if not rows:
            continue
        names = words_of(_name(spec))
        score = sum(4 * (word in names) + 2 * (spec.path in schema.paths_by_word.get(word, ())) for word in words)
        score += any(words_of(_text_of(claim, spec)) & set(words) for claim in rows[:MOST_ROWS]) * 2
        if score:
            scored.append((score, spec))
    scored.sort(key=lambda pair: (-pair[0], schema.order.get(pair[1].path, 0)))
    return [spec for score, spec in scored[:MOST_FIELDS] if 2 * score > scored[0][0]]


def _computed(
    spec: FieldSpec,
    query: str,
    words: Collection[str],
    asked: _Asked,
    persona: Persona,
    schema: Schema,
    day: date,
    week: int,
) -> Iterator[Figure]:
    """The sum (or the number of rows) over the rows that the question names, in the days that it names."""
    span, column = _span(query, day, week), _number_column(spec)
    text = _text_column(spec)
    names = _named(words, text, persona.holding(spec.path, day)) if text else []
    where = (Condition(column=text, operator="in", value=list[JsonValue](names)),) if text and names else ()
    plain = Query(path=spec.path, where=where, since=span[0], until=span[1])
    label = f"{_name(spec)}{': ' + ', '.join(names) if names else ''}{_days(span)}"
    measures: list[Measure] = ["sum"] if column else []
    if asked.extra and column:
        measures.append(asked.extra)
    queries = [plain.model_copy(update={"measure": measure, "column": column}) for measure in measures]
    queries.append(plain.model_copy(update={"measure": "count"}))
    parts = [_answered(persona, schema, one, day) for one in queries]
    yield Figure(text=f"{label}: {', '.join(part for part in parts if part)}", queries=tuple(queries))
    if column and text and not names:
        grouped = plain.model_copy(update={"measure": "sum", "column": column, "group_by": text, "limit": MOST_GROUPS})
        if shares := _answered(persona, schema, grouped, day):
            yield Figure(text=f"{_name(spec)} by {text}{_days(span)}: {shares}", queries=(grouped,))


def _compared(
    spec: FieldSpec,
    words: Collection[str],
    persona: Persona,
    schema: Schema,
    day: date,
    week: int,
) -> Iterator[Figure]:
    """Each limit that the question names (or, where it names none, each one) beside what was noted for it."""
    rule = spec.measured_by
    if rule is None:
        return
    rows = persona.holding(spec.path, day)
    named = [claim for claim in rows if words_of(_text_of(claim, spec)) & set(words)]
    for claim in (named or rows)[:MOST_LIMITS]:
        limit = claim.row.get(rule.limit)
        if not isinstance(limit, dict):
            continue
        measured = _measured_by(rule, limit, schema)
        if measured is None:
            continue
        field, column = measured
        where: tuple[Condition, ...] = ()
        if rule.match is not None:
            mine, theirs = rule.match
            same = _named(words_of(str(claim.row.get(mine, ""))), theirs, persona.holding(field.path, day))
            if not same:
                continue
            where = (Condition(column=theirs, operator="in", value=list[JsonValue](same)),)
        period = str(limit.get("period") or "")
        span = _running(period, day, week)
        query = Query(path=field.path, where=where, since=span[0], until=span[1], measure="sum", column=column)
        groups = persona_query(persona, schema, query, day=day).figures
        noted = next((group for group in groups if _same_unit(group, limit)), None)
        total = noted.value if noted is not None and noted.value is not None else 0
        yield Figure(text=_progress(claim, spec, limit, total, period, span, field), queries=(query,))


def _progress(
    claim: Claim,
    spec: FieldSpec,
    limit: dict[str, JsonValue],
    total: float,
    period: str,
    span: tuple[date | None, date | None],
    field: FieldSpec,
) -> str:
    """ "budgets: groceries, 80 EUR per week; expenses from 2026-03-09 to 2026-03-14: 61 EUR (19 EUR left, under)" """
    most = float(cast("float", limit.get("amount") or 0))
    unit = str(limit.get("currency") or limit.get("unit") or "")
    name = f"{_name(spec)}: {_text_of(claim, spec)}, {_number(most)} {unit}{f' per {period}' if period else ''}"
    if period == "day" and span[0] and span[1]:
        each = total / ((span[1] - span[0]).days + 1)
        state = "met" if each >= most else "not met"
        return f"{name}; {_name(field)}{_days(span)}: {_number(each)} {unit} per day on average ({state})"
    left = most - total
    state = f"{_number(left)} {unit} left, under" if left >= 0 else f"{_number(-left)} {unit} over"
    return f"{name}; {_name(field)}{_days(span)}: {_number(total)} {unit} ({state})"


def _running(period: str, day: date, week: int) -> tuple[date | None, date | None]:
    """The running period of a limit up to the day; a daily one is read over the running week."""
    if period in ("day", "week"):
        return week_of(day, week)[0], day
    if period == "month":
        return day.replace(day=1), day
    if period == "year":
        return day.replace(month=1, day=1), day
    return None, None


def _span(query: str, day: date, week: int) -> tuple[date | None, date | None]:
    """The days that a question names; a week begins as where the user lives."""
    found = [one.value for one in read_when(query, day) if one.value.kind != "recurring"]
    for when in found:
        if when.point is not None and when.point.precision == "week":
            weeks = (when.point.day - week_of(day, MONDAY)[0]).days // 7
            return week_of(plus(day, weeks, "week") or day, week)
        if when.interval.start is not None or when.interval.end is not None:
            last = when.interval.end - timedelta(days=1) if when.interval.end else None
            return when.interval.start, last
    return None, None


def _answered(persona: Persona, schema: Schema, query: Query, day: date) -> str:
    """ "total 6.60 EUR", "entries 2", "groceries 61 EUR, coffee 6.60 EUR" """
    groups = persona_query(persona, schema, query, day=day).figures
    if query.group_by is not None:
        ordered = sorted(groups, key=lambda group: -(group.value or 0))
        return ", ".join(f"{group.group} {_figure(group)}" for group in ordered if group.value is not None)
    return " and ".join(f"{_MEASURES[query.measure]} {_figure(group)}" for group in groups if group.value is not None)


_MEASURES: dict[Measure, str] = {
    "sum": "total",
    "count": "entries",
    "average": "average",
    "max": "highest",
    "min": "lowest",
    "rows": "",
}


def _figure(group: Group) -> str:
    return f"{_number(group.value or 0)}{f' {group.unit}' if group.unit else ''}"


def _number(value: float) -> str:
    """A number as people write it: two decimals at most, none where it is whole."""
    return str(round(value)) if float(value).is_integer() else f"{value:.2f}"


def _same_unit(group: Group, limit: dict[str, JsonValue]) -> bool:
    """Whether what was noted is counted as the limit is; a bare count is in the limit's own unit."""
    wanted = limit.get("currency") or limit.get("unit")
    return group.unit is None or wanted is None or group.unit.split(" per ")[0] == wanted


def _measured_by(rule: MeasuredBy, limit: dict[str, JsonValue], schema: Schema) -> tuple[FieldSpec, str] | None:
    """The field that a limit is measured by, and its column of numbers."""
    if rule.path is not None:
        spec = schema.get(rule.path)
        column = rule.column or (_number_column(spec) if spec else None)
        return (spec, column) if spec is not None and column is not None else None
    unit = words_of(str(limit.get("unit") or ""))
    for spec in schema.fields:
        column = _number_column(spec) if spec.kind == "records" else None
        if column is not None and spec.measured_by is None and unit and unit & words_of(_name(spec)):
            return spec, column
    return None


def _named(words: Collection[str], column: str, rows: Collection[Claim]) -> list[str]:
    """The values of a column that the words name: every content word of the value, or of the words, is in the other."""
    values = dict.fromkeys(str(claim.row[column]) for claim in rows if claim.row.get(column) is not None)
    said = frozenset(words)
    return [value for value in values if (mine := words_of(value)) and (mine <= said or (said and said <= mine))]


def _text_of(claim: Claim, spec: FieldSpec) -> str:
    column = _text_column(spec)
    return str(claim.row.get(column, "")) if column else ""


def _text_column(spec: FieldSpec) -> str | None:
    """The column that names a row: the first required one of text, else the first of text."""
    texts = [name for name, column in spec.columns.items() if column.type == "str"]
    return next((name for name in texts if spec.columns[name].required), texts[0] if texts else None)


def _number_column(spec: FieldSpec) -> str | None:
    return next((name for name, column in spec.columns.items() if column.type in _NUMBERS), None)


def _name(spec: FieldSpec) -> str:
    return spec.path.rpartition(".")[2].replace("_", " ")


def _days(span: tuple[date | None, date | None]) -> str:
    first, last = span
    if first and last:
        return f" on {first}" if first == last else f" from {first} to {last}"
    return f" since {first}" if first else f" until {last}" if last else ""
