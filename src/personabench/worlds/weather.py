"""The weather of any city on any day to come."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, ClassVar

from pydantic import JsonValue

from aipersona import FromPersona
from personabench.worlds.given import plain, said
from personabench.worlds.keeping import Keeping
from personabench.worlds.personal import HERE
from personabench.worlds.protocol import Row, WorldTool
from personabench.worlds.vocabulary import Unit

_SKIES = ("sunny", "partly cloudy", "cloudy", "light rain", "rain", "windy", "fog", "thunderstorms")


class Weather(Keeping):
    name: ClassVar[str] = "weather"

    @property
    def tools(self) -> Sequence[WorldTool]:
        return (self.get_forecast,)

    def get_forecast(
        self,
        city: Annotated[str, HERE],
        day: date,
        unit: Annotated[Unit | None, FromPersona("life.units")] = None,
    ) -> JsonValue:
        """Get the weather forecast of a city for a day.

        Args:
            city: The city.
            day: The day, as YYYY-MM-DD.
            unit: The unit of temperatures, celsius if left out.
        """
        city, unit = said(city, "city"), unit or "celsius"
        draw = self._draw("weather", plain(city), day.isoformat())
        celsius = draw.randint(-2, 34)
        forecast: Row = {
            "city": city,
            "day": self._coming(day),
            "unit": unit,
            "temperature": celsius if unit == "celsius" else round(celsius * 9 / 5 + 32),
            "sky": draw.choice(_SKIES),
        }
        self._look_up("get_forecast", **forecast)
        return forecast
