"""A calendar, with the appointments of the setup (`events`)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import ClassVar

from pydantic import JsonValue

from personabench.worlds.given import said, time_of_day
from personabench.worlds.keeping import Keeping, listed
from personabench.worlds.protocol import WorldTool


class Calendar(Keeping):
    name: ClassVar[str] = "calendar"
    collections: ClassVar[dict[str, str | None]] = {"events": "event_id", "cancelled_events": "event_id"}

    @property
    def tools(self) -> Sequence[WorldTool]:
        return (self.add_event, self.list_events, self.cancel_event)

    def add_event(self, title: str, day: date, time: str, place: str | None = None) -> JsonValue:
        """Put an appointment or event on the calendar.

        Args:
            title: What happens.
            day: The day, as YYYY-MM-DD.
            time: The time of day, as HH:MM.
            place: Where it is.
        """
        when: dict[str, JsonValue] = {"day": self._coming(day), "time": time_of_day(time)}
        return self._keep("events", title=said(title, "title"), **when, place=place)

    def list_events(self, day: date) -> JsonValue:
        """List what is on the calendar on a day.

        Args:
            day: The day, as YYYY-MM-DD.
        """
        self._look_up("list_events", day=day.isoformat())
        return listed(row for row in self._rows["events"] if row.get("day") == day.isoformat())

    def cancel_event(self, event_id: str) -> JsonValue:
        """Take an event off the calendar.

        Args:
            event_id: The event, from list_events or add_event.
        """
        return self._cancel("events", event_id)
