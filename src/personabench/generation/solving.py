"""Playing the gold calls of a query in its world: what comes of them is what the scene is meant to end in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from pydantic import JsonValue

from personabench.generation.query import Call, Query
from personabench.worlds.catalogue import Worlds, open_worlds
from personabench.worlds.goals import reached
from personabench.worlds.protocol import Refused, Row, Setup, State

FOUND = "$"
"""Before the name of an argument that an earlier call has to find: "$restaurant_id"."""


def world_of(query: Query, day: date) -> Worlds:
    """The worlds of a query as they are before it is made."""
    return open_worlds(query.worlds, setup_of(query.seed, day, query.currency, query.rows))


def setup_of(seed: int, day: date, currency: str, rows: Mapping[str, Sequence[Row]]) -> Setup:
    return Setup(seed=seed, day=day, currency=currency, rows=rows)


def play(world: Worlds, calls: Sequence[Call]) -> State:
    """The state after calls, each with the identifiers that the one before it found first.

    Raises: Refused, where a call cannot be done or finds nothing.
    """
    found: Row = {}
    for call in calls:
        result = world.call(call.tool, {name: _resolved(value, found) for name, value in call.arguments.items()})
        first = result[0] if isinstance(result, list) and result else result
        found = {**found, **first} if isinstance(first, dict) else found
    return world.state


def is_solved(query: Query, day: date) -> bool:
    """Whether the gold calls reach the goal.

    Raises: Refused.
    """
    world = world_of(query, day)
    before = world.state
    return reached(query.goal, before, play(world, query.calls))


def _resolved(value: JsonValue, found: Row) -> JsonValue:
    if not isinstance(value, str) or not value.startswith(FOUND):
        return value
    name = value.removeprefix(FOUND)
    if name not in found:
        raise Refused(f"nothing was found that has a {name}")
    return found[name]
