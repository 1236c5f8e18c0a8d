"""The naive replay: gold operations folded into plain dictionaries, with no code of aipersona.

A state is {path: {name of the row: row}}. Expenses and steps are events: each has a row of its own.
"""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import JsonValue

from personabench.oracle.gold import Budget, Event, Expense, Operation, StepGoal, Steps, Taste, Todo

Row = dict[str, JsonValue]
State = dict[str, dict[str, Row]]

PATHS = (
    "preferences.tastes",
    "agenda.goals",
    "finances.budgets",
    "agenda.todos",
    "agenda.calendar",
    "finances.expenses",
    "activity.steps",
)
"""The fields that gold operations concern."""


def replay(operations: Iterable[Operation]) -> State:
    """The state after these operations, in their order."""
    state: State = {path: {} for path in PATHS}
    for operation in operations:
        path, name, row = row_of(operation)
        rows = state[path]
        if operation.action == "delete":
            del rows[name]
            continue
        if isinstance(operation.thing, Taste) and operation.thing.replaces is not None:
            del rows[operation.thing.replaces]
        rows[name] = {**rows.get(name, {}), **row}
    return state


def row_of(operation: Operation) -> tuple[str, str, Row]:
    """The path, the name within it and the columns of the row that an operation is about."""
    thing = operation.thing
    match thing:
        case Taste():
            return PATHS[0], thing.item, {"item": thing.item, "stance": thing.stance, "category": thing.category}
        case StepGoal():
            target: Row = {"amount": thing.steps, "unit": "steps", "period": "day"}
            return "agenda.goals", "daily steps", {"what": "daily steps", "target": target}
        case Budget():
            limit: Row = {"amount": thing.dollars, "currency": "USD", "period": "week"}
            return "finances.budgets", thing.category, {"category": thing.category, "limit": limit}
        case Expense():
            amount: Row = {"amount": thing.dollars, "currency": "USD"}
            return (
                "finances.expenses",
                operation.session_id,
                {"what": thing.what, "amount": amount, "date": thing.day.isoformat()},
            )
        case Steps():
            return "activity.steps", operation.session_id, {"count": thing.count, "date": thing.day.isoformat()}
        case Todo():
            return "agenda.todos", thing.task, {"task": thing.task, "area": thing.area}
        case Event():
            return (
                "agenda.calendar",
                thing.event,
                {"event": thing.event, "date": thing.day.isoformat(), "kind": thing.kind},
            )
