"""When a scene has gone right: what the last row that was made in a collection must be like."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict, JsonValue

from personabench.worlds.protocol import Row, State

Operator = Literal["=", "!=", "<=", ">=", "contains", "excludes", "in"]


class Condition(BaseModel):
    """A column of a row compared with a value; texts compare without regard to case and white space.

    `contains` and `excludes` look for a value among the items of a list, or for words within a text; `in` takes a list.
    A column that is not there holds nothing, which only `!=` and `excludes` accept.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    column: str
    operator: Operator = "="
    value: JsonValue


class Goal(BaseModel):
    """The last row that a scene adds to `collection`, or changes in it, fits every condition.

    With `tool`, only rows that it noted count, where several tools note theirs in one collection. Which conditions are
    personal, a query says (its needs).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    collection: str
    where: tuple[Condition, ...]
    tool: str | None = None


def reached(goal: Goal, before: State, after: State) -> bool:
    """Whether the last new or changed row of the goal's collection is as it should be; False where there is none."""
    last = made_for(goal, before, after)
    return last is not None and not failed(goal.where, last)


def made_for(goal: Goal, before: State, after: State) -> Row | None:
    """The last row that was made and that a goal is about."""
    if goal.tool is None:
        return last_made(goal.collection, before, after)
    noted = [row for row in after.get(goal.collection, []) if row.get("tool") == goal.tool]
    return last_made(goal.collection, before, {goal.collection: noted})


def last_made(collection: str, before: State, after: State) -> Row | None:
    """The last row of a collection that was not there before, or not like this."""
    old = list(before.get(collection, []))
    last: Row | None = None
    for row in after.get(collection, []):
        if row in old:
            old.remove(row)  # a second row like it is a new one
        else:
            last = row
    return last


def failed(conditions: Sequence[Condition], row: Mapping[str, JsonValue]) -> list[Condition]:
    """The conditions that a row does not fit."""
    return [condition for condition in conditions if not _holds(condition, row.get(condition.column))]


def _holds(condition: Condition, value: JsonValue) -> bool:
    wanted = condition.value
    match condition.operator:
        case "=":
            return value is not None and _plain(value) == _plain(wanted)
        case "!=":
            return _plain(value) != _plain(wanted)
        case "in":
            return value is not None and isinstance(wanted, list) and _plain(value) in map(_plain, wanted)
        case "contains":
            return _has(value, wanted)
        case "excludes":
            return not _has(value, wanted)
        case "<=" | ">=":
            if not _is_number(value) or not _is_number(wanted):
                return False
            assert isinstance(value, int | float)
            assert isinstance(wanted, int | float)
            return value <= wanted if condition.operator == "<=" else value >= wanted


def _has(value: JsonValue, wanted: JsonValue) -> bool:
    if isinstance(value, list):
        return _plain(wanted) in map(_plain, value)
    return isinstance(value, str) and isinstance(wanted, str) and str(_plain(wanted)) in str(_plain(value))


def _is_number(value: JsonValue) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _plain(value: JsonValue) -> JsonValue:
    if isinstance(value, str):
        return " ".join(value.casefold().split())
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value
