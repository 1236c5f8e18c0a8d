"""What worlds have in common: rows by collection, numbers drawn from the setup, and a note of what was looked up."""

from __future__ import annotations

import random
from collections.abc import Iterable
from copy import deepcopy
from datetime import date
from typing import ClassVar

from pydantic import JsonValue

from personabench.worlds.protocol import Refused, Row, Setup, State

LOOKUPS = "lookups"
"""The collection of what was looked up: the tool, what it was asked, and of its answer what is worth comparing."""


class Keeping:
    """A world that keeps rows. Those of the setup come first; rows of a collection with an identifier are numbered."""

    collections: ClassVar[dict[str, str | None]] = {}
    """The collections of this world beside `lookups`, each with the column of its identifier, if it has one."""

    def __init__(self, setup: Setup) -> None:
        self.setup = setup
        self._rows: State = {}
        self._lookups: list[Row] = []
        for collection, key in self.collections.items():
            self._rows[collection] = []
            for row in setup.rows.get(collection, ()):
                self._rows[collection].append(deepcopy(row))
            if key is not None:
                for number, row in enumerate(self._rows[collection], start=1):
                    row.setdefault(key, _name(key, number))

    @property
    def state(self) -> State:
        return deepcopy({**self._rows, LOOKUPS: self._lookups})

    def note_in(self, lookups: list[Row]) -> None:
        """From now on what is looked up is noted there, in one order with what other worlds note there."""
        self._lookups = lookups

    def _draw(self, *of: object) -> random.Random:
        """Numbers that depend on the seed and on what is drawn, and on nothing else."""
        return random.Random("/".join(map(str, (self.setup.seed, *of))))

    def _keep(self, collection: str, /, **columns: JsonValue) -> JsonValue:
        """A new row at the end of a collection, with its identifier; the result is a copy."""
        rows, key = self._rows[collection], self.collections[collection]
        row: Row = dict(columns)
        if key is not None:
            taken = [other.get(key) for other in rows]
            number = len(rows) + 1
            while _name(key, number) in taken:
                number += 1
            row = {key: _name(key, number), **row}
        rows.append(row)
        return deepcopy(row)

    def _cancel(self, collection: str, given: str) -> JsonValue:
        """Move the row with an identifier from a collection to the one of what was cancelled in it.

        Raises: Refused where there is no such row.
        """
        row = self._row(collection, given)
        self._rows[collection].remove(row)
        self._rows[f"cancelled_{collection}"].append(row)
        return deepcopy(row)

    def _row(self, collection: str, given: str) -> Row:
        key = self.collections[collection]
        for row in self._rows[collection]:
            if row.get(str(key)) == given:
                return row
        known = ", ".join(str(row[str(key)]) for row in self._rows[collection]) or "none"
        raise Refused(f"{key}: there is no {given!r} in {collection}; there are: {known}")

    def _look_up(self, tool: str, /, **asked: JsonValue) -> None:
        self._lookups.append({"tool": tool, **{name: value for name, value in asked.items() if value is not None}})

    def _coming(self, day: date, parameter: str = "day") -> str:
        """A day as it is written in rows.

        Raises: Refused for one that is over.
        """
        if day < self.setup.day:
            raise Refused(f"{parameter}: {day} is over; today is {self.setup.day}")
        return day.isoformat()


def listed(rows: Iterable[Row]) -> JsonValue:
    """Rows as a tool returns them: copies."""
    return [deepcopy(row) for row in rows]


def _name(key: str, number: int) -> str:
    return f"{key.removesuffix('_id')}-{number}"
