"""Restaurants of any city, and tables in them.

What a search without a diet finds first suits nobody who has one, and what it finds without a limit is dear: whoever
leaves out what the user wants gets it wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from random import Random
from typing import Annotated, ClassVar, NamedTuple

from pydantic import JsonValue

from aipersona import FromPersona
from personabench.worlds.given import plain, said, time_of_day
from personabench.worlds.keeping import Keeping, listed
from personabench.worlds.personal import HERE, liked, limit_for
from personabench.worlds.prices import price_in
from personabench.worlds.protocol import Refused, Row, Setup, WorldTool
from personabench.worlds.vocabulary import CUISINES, DIETS, Cuisine, Diet

NOT_SERVED: dict[Cuisine, frozenset[Diet]] = {
    "steakhouse": frozenset({"vegetarian", "vegan", "pescatarian"}),
    "seafood": frozenset({"vegetarian", "vegan"}),
}
"""Diets that no restaurant of a cuisine serves; all others are served in every city, dearly and cheaply."""

_INCLUDES: dict[Diet, tuple[Diet, ...]] = {
    "vegan": ("vegetarian", "pescatarian", "lactose-free"),
    "vegetarian": ("pescatarian",),
}
# Prices per person in euros of Europe. Limits that people set lie between the two ranges with a diet.
_WITH_A_DIET = ((66, 78), (9, 13))
_WITHOUT = ((79, 92), (30, 45), (14, 18))
_SHOWN, _PARTY = 6, 20
_FIRST = ("Blue", "Golden", "Little", "Old", "Green", "Silver", "Three", "Red", "Quiet", "Corner", "Lucky", "White")
_SECOND = (
    "Lantern",
    "Garden",
    "Table",
    "Door",
    "Bridge",
    "Spoon",
    "Lemon",
    "Harbour",
    "Mill",
    "Tower",
    "Pepper",
    "Oak",
)


_Drawn = tuple[Cuisine, tuple[Diet, ...], int | float]


class Restaurant(NamedTuple):
    restaurant_id: str
    name: str
    city: str
    cuisine: Cuisine
    diets: tuple[Diet, ...]
    price: int | float

    def row(self) -> Row:
        return {**self._asdict(), "diets": list(self.diets)}


class Restaurants(Keeping):
    name: ClassVar[str] = "restaurants"
    collections: ClassVar[dict[str, str | None]] = {"bookings": "booking_id", "cancelled_bookings": "booking_id"}

    def __init__(self, setup: Setup) -> None:
        super().__init__(setup)
        self._of: dict[str, list[Restaurant]] = {}
        self._by_id: dict[str, Restaurant] = {}

    @property
    def tools(self) -> Sequence[WorldTool]:
        return (self.find_restaurants, self.book_table, self.cancel_table)

    def find_restaurants(
        self,
        city: Annotated[str, HERE],
        diet: Annotated[Diet | None, FromPersona("preferences.diet")] = None,
        cuisine: Annotated[Cuisine | None, liked("food")] = None,
        max_price: Annotated[float | None, limit_for("dinner")] = None,
    ) -> JsonValue:
        """Find restaurants in a city.

        Args:
            city: The city.
            diet: A diet that must be served.
            cuisine: The kind of food.
            max_price: The most that a meal may cost per person.
        """
        city = said(city, "city")
        fitting = [
            one
            for one in self._in(city)
            if (cuisine is None or one.cuisine == cuisine) and (diet is None or diet in one.diets)
        ]
        if not fitting:
            raise Refused(f"cuisine: no {cuisine} restaurant serves {diet} food; leave cuisine out, or try another")
        within = [one for one in fitting if max_price is None or one.price <= max_price]
        if not within:
            least = min(one.price for one in fitting)
            raise Refused(f"max_price: nothing fits for at most {max_price:g}; the cheapest costs {least:g}")
        self._look_up("find_restaurants", city=city, diet=diet, cuisine=cuisine, max_price=max_price)
        return listed(one.row() for one in within[:_SHOWN])

    def book_table(self, restaurant_id: str, day: date, time: str, party: int) -> JsonValue:
        """Book a table in a restaurant.

        Args:
            restaurant_id: The restaurant, from find_restaurants.
            day: The day, as YYYY-MM-DD.
            time: The time of day, as HH:MM.
            party: How many people come, from 1 to 20.
        """
        restaurant = self._by_id.get(restaurant_id)
        if restaurant is None:
            raise Refused(f"restaurant_id: there is no {restaurant_id!r}; take one that find_restaurants returns")
        if not 1 <= party <= _PARTY:
            raise Refused(f"party: a table is for 1 to {_PARTY} people, not {party}")
        row = restaurant.row()
        called = row.pop("name")
        when = {"day": self._coming(day), "time": time_of_day(time), "party": party}
        return self._keep("bookings", **row, restaurant=called, **when)

    def cancel_table(self, booking_id: str) -> JsonValue:
        """Cancel a table that is booked.

        Args:
            booking_id: The booking, from book_table.
        """
        return self._cancel("bookings", booking_id)

    def _in(self, city: str) -> list[Restaurant]:
        """The restaurants of a city, in the order in which a search finds them."""
        if city not in self._of:
            key = plain(city)
            draw = self._draw("restaurants", key, self.setup.currency)
            found = [one for cuisine in CUISINES for one in self._serving(cuisine, draw)]
            found.sort(key=lambda one: (bool(one[1]), -one[2]))
            names = draw.randrange(len(_FIRST) * len(_SECOND))
            self._of[city] = [
                Restaurant(f"{key}-{number}", _called(names + number), city, *one)
                for number, one in enumerate(found, start=1)
            ]
            self._by_id.update((one.restaurant_id, one) for one in self._of[city])
        return self._of[city]

    def _serving(self, cuisine: Cuisine, draw: Random) -> list[_Drawn]:
        able: list[Diet] = [diet for diet in DIETS if diet not in NOT_SERVED.get(cuisine, ())]
        found: list[_Drawn] = []
        for low, high in _WITH_A_DIET:
            draw.shuffle(able)
            for half in (able[::2], able[1::2]):
                served: set[Diet] = {*half, *(other for diet in half for other in _INCLUDES.get(diet, ()))}
                found.append((cuisine, tuple(sorted(served, key=DIETS.index)), self._price(draw, low, high)))
        found.extend((cuisine, (), self._price(draw, low, high)) for low, high in _WITHOUT)
        return found

    def _price(self, draw: Random, low: int, high: int) -> int | float:
        return price_in(self.setup.currency, draw.randint(low, high))


def _called(number: int) -> str:
    """A name; no two of the restaurants of a city share one."""
    return f"{_FIRST[number % len(_FIRST)]} {_SECOND[number // len(_FIRST) % len(_SECOND)]}"
