"""What a world is: tools that really run, over a state of its own that can be compared with what should come of it.

A world is made of a `Setup` and nothing else: the same setup and the same calls give the same state, on any machine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar, Protocol

from pydantic import JsonValue

Row = dict[str, JsonValue]
State = dict[str, list[Row]]
"""Rows by collection, each in the order in which they were made."""

WorldTool = Callable[..., JsonValue]
"""A bound method whose signature and docstring are its schema. A parameter that may be the user's own says which field
of a persona it takes (`aipersona.FromPersona`)."""


class Refused(Exception):
    """A call that cannot be done as asked; its text is for whoever called, and says what to do instead."""


@dataclass(frozen=True, kw_only=True)
class Setup:
    """What a world begins with.

    seed      what restaurants, trains and prices are drawn from.
    day       today.
    currency  of all prices, ISO 4217.
    rows      what is there already, by collection: contacts, appointments, tasks.
    """

    seed: int
    day: date
    currency: str = "EUR"
    rows: Mapping[str, Sequence[Row]] = field(default_factory=dict[str, Sequence[Row]])


class World(Protocol):
    """One domain: a few tools over a few collections.

    What a tool only looks up is noted as a row of the collection `lookups`, so that every scene ends in a state.
    """

    name: ClassVar[str]

    def __init__(self, setup: Setup) -> None: ...

    @property
    def tools(self) -> Sequence[WorldTool]: ...

    @property
    def state(self) -> State:
        """A copy: what calls change, and what the setup put there; not what is for sale."""
        ...
