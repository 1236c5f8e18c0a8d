"""Heating, lights and alarms of a home. What is set last stands last among `devices`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, ClassVar

from pydantic import JsonValue

from aipersona import FromPersona
from personabench.worlds.given import time_of_day
from personabench.worlds.keeping import Keeping
from personabench.worlds.protocol import Refused, WorldTool
from personabench.worlds.vocabulary import Room

COLDEST, WARMEST = 5, 35


class SmartHome(Keeping):
    name: ClassVar[str] = "smart_home"
    collections: ClassVar[dict[str, str | None]] = {"devices": None}

    @property
    def tools(self) -> Sequence[WorldTool]:
        return (self.set_temperature, self.set_lights, self.set_alarm)

    def set_temperature(self, room: Room, degrees: Annotated[float, FromPersona("life.room_temperature")]) -> JsonValue:
        """Heat or cool a room.

        Args:
            room: The room.
            degrees: The temperature in degrees Celsius, from 5 to 35.
        """
        if not COLDEST <= degrees <= WARMEST:
            raise Refused(f"degrees: from {COLDEST} to {WARMEST} degrees Celsius, not {degrees:g}")
        return self._keep("devices", device="heating", room=room, degrees=degrees)

    def set_lights(self, room: Room, brightness: int) -> JsonValue:
        """Set the lights of a room.

        Args:
            room: The room.
            brightness: In percent, from 0 (off) to 100.
        """
        if not 0 <= brightness <= 100:
            raise Refused(f"brightness: from 0 to 100 percent, not {brightness}")
        return self._keep("devices", device="lights", room=room, brightness=brightness)

    def set_alarm(self, day: date, time: Annotated[str, FromPersona("life.wake_time")]) -> JsonValue:
        """Set an alarm to wake somebody up.

        Args:
            day: The day, as YYYY-MM-DD.
            time: The time of day, as HH:MM.
        """
        return self._keep("devices", device="alarm", day=self._coming(day), time=time_of_day(time))
