"""The desk of one user for one message: all its tools, and what they changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated

from aipersona.desk.agenda import Agenda, agenda_tools
from aipersona.desk.calculator import calculate
from aipersona.desk.clock import time_at
from aipersona.desk.notes import Notes, notes_tools
from aipersona.desk.units import convert_units
from aipersona.desk.writing import Pad
from aipersona.schema.fields import Schema
from aipersona.tools.filling import FromPersona


def desk_tools(schema: Schema) -> Sequence[Callable[..., object]]:
    """The tools of every desk with a schema, on nobody's pad."""
    return (*agenda_tools(Agenda, schema), *notes_tools(Notes, schema), Desk.now, calculate, convert_units)


@dataclass(frozen=True)
class Desk:
    """The tools, and the pad that they write on."""

    pad: Pad

    async def now(
        self, place: Annotated[str, FromPersona("situation.location", "demographics.residence.city")] = ""
    ) -> str:
        """What day and time it is, where the user is or anywhere else.

        Args:
            place: only if the user names another one: a city or time zone, such as Tokyo or Asia/Tokyo
        """
        return time_at(self.pad.clock(), place)

    @property
    def unprompted(self) -> frozenset[str]:
        """The tools that run only before the model has read what others say."""
        return frozenset({"change_event", "cancel_event", "finish_todo"})

    @property
    def tools(self) -> Sequence[Callable[..., object]]:
        agenda, notes = Agenda(self.pad), Notes(self.pad)
        written = (*agenda_tools(agenda, self.pad.schema), *notes_tools(notes, self.pad.schema))
        return (*written, self.now, calculate, convert_units)
