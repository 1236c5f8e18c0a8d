"""Trains, flights and buses between any two cities; the first ones that a search finds are dear."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, ClassVar, NamedTuple

from pydantic import JsonValue

from aipersona import FromPersona
from personabench.worlds.given import plain, said
from personabench.worlds.keeping import Keeping, listed
from personabench.worlds.personal import HERE, limit_for
from personabench.worlds.prices import price_in
from personabench.worlds.protocol import Refused, Setup, WorldTool
from personabench.worlds.vocabulary import Mode, Seat

# Prices in euros of Europe. Limits that people set lie between the first range of a mode and its last.
_PRICES: dict[Mode, tuple[tuple[int, int], ...]] = {
    "flight": ((390, 520), (140, 190), (35, 48)),
    "train": ((310, 380), (80, 120), (19, 32)),
    "bus": ((190, 250), (45, 60), (9, 18)),
}


class Trip(NamedTuple):
    trip_id: str
    from_city: str
    to_city: str
    day: str
    departs: str
    mode: Mode
    price: int | float


class Travel(Keeping):
    name: ClassVar[str] = "travel"
    collections: ClassVar[dict[str, str | None]] = {"trips": "booking_id"}

    def __init__(self, setup: Setup) -> None:
        super().__init__(setup)
        self._by_id: dict[str, Trip] = {}

    @property
    def tools(self) -> Sequence[WorldTool]:
        return (self.find_trips, self.book_trip)

    def find_trips(
        self,
        from_city: Annotated[str, HERE],
        to_city: str,
        day: date,
        mode: Mode | None = None,
        max_price: Annotated[float | None, limit_for("trips")] = None,
    ) -> JsonValue:
        """Find trips from one city to another on a day.

        Args:
            from_city: The city to start from.
            to_city: The city to go to.
            day: The day, as YYYY-MM-DD.
            mode: How to travel.
            max_price: The most that the trip may cost.
        """
        from_city, to_city = said(from_city, "from_city"), said(to_city, "to_city")
        if plain(from_city) == plain(to_city):
            raise Refused(f"to_city: the trip starts in {from_city!r} already; name another city")
        trips = self._between(from_city, to_city, self._coming(day))
        fitting = [trip for trip in trips if mode is None or trip.mode == mode]
        within = [trip for trip in fitting if max_price is None or trip.price <= max_price]
        if not within:
            least = min(trip.price for trip in fitting)
            raise Refused(f"max_price: nothing fits for at most {max_price:g}; the cheapest costs {least:g}")
        asked: dict[str, JsonValue] = {"from_city": from_city, "to_city": to_city, "day": day.isoformat()}
        self._look_up("find_trips", **asked, mode=mode, max_price=max_price)
        return listed(trip._asdict() for trip in within)

    def book_trip(self, trip_id: str, seat: Annotated[Seat | None, FromPersona("life.seat")] = None) -> JsonValue:
        """Book a trip.

        Args:
            trip_id: The trip, from find_trips.
            seat: Where to sit.
        """
        trip = self._by_id.get(trip_id)
        if trip is None:
            raise Refused(f"trip_id: there is no {trip_id!r}; take one that find_trips returns")
        return self._keep("trips", **trip._asdict(), seat=seat)

    def _between(self, from_city: str, to_city: str, day: str) -> list[Trip]:
        """The trips of a day, in the order in which a search finds them: the dear ones first."""
        key = f"{plain(from_city)}-{plain(to_city)}-{day}"
        draw = self._draw("travel", key, self.setup.currency)
        drawn: list[tuple[int | float, Mode, str]] = [
            (price_in(self.setup.currency, draw.randint(*prices)), mode, f"{hour:02}:{draw.randrange(0, 60, 5):02}")
            for mode, ranges in _PRICES.items()
            for prices, hour in zip(ranges, draw.sample(range(6, 22), len(ranges)), strict=True)
        ]
        drawn.sort(key=lambda one: -one[0])
        trips = [
            Trip(f"{key}-{number}", from_city, to_city, day, departs, mode, price)
            for number, (price, mode, departs) in enumerate(drawn, start=1)
        ]
        self._by_id.update((trip.trip_id, trip) for trip in trips)
        return trips
