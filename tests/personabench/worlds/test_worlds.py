"""What single worlds promise beyond what all of them do."""

from __future__ import annotations

from typing import cast

import pytest
from pydantic import JsonValue

from personabench.errors import UnknownTool, UnknownWorld
from personabench.worlds.catalogue import WORLDS, open_worlds
from personabench.worlds.prices import LEVELS, price_in
from personabench.worlds.protocol import Refused, Row, Setup
from tests.personabench.worlds.playing import DAY, TODAY, opened


def rows(result: JsonValue) -> list[Row]:
    return cast("list[Row]", result)


def row(result: JsonValue) -> Row:
    return cast("Row", result)


def test_an_unknown_world_is_named_with_the_one_that_was_meant() -> None:
    with pytest.raises(UnknownWorld, match="unknown world 'restaurant'; did you mean 'restaurants'"):
        opened("restaurant")


def test_an_unknown_tool_is_refused_with_the_one_that_was_meant() -> None:
    worlds = opened("restaurants")
    meant = "there is no tool 'find_restaurant'; did you mean 'find_restaurants'"
    with pytest.raises(Refused, match=meant):
        worlds.tool("find_restaurant")
    with pytest.raises(Refused, match=meant):
        worlds.call("find_restaurant", {})


def test_worlds_can_be_opened_with_some_of_their_tools_only() -> None:
    worlds = open_worlds(["calendar", "todos"], Setup(seed=1, day=TODAY), tools=["list_todos"])
    assert [tool.__name__ for tool in worlds.tools] == ["list_todos"]
    with pytest.raises(Refused, match="there are: list_todos"):
        worlds.call("add_todo", {"task": "Buy milk"})
    with pytest.raises(UnknownTool, match="unknown tool 'play_music'"):
        open_worlds(["calendar"], Setup(seed=1, day=TODAY), tools=["play_music"])


def test_lookups_of_several_worlds_stand_in_the_order_in_which_they_were_made() -> None:
    worlds = opened("search", "weather")
    worlds.tool("get_forecast")(city="Porto", day=TODAY)  # as a chat calls it
    worlds.call("search_web", {"query": "tides"})
    worlds.call("get_forecast", {"city": "Faro", "day": DAY})
    assert [lookup["tool"] for lookup in worlds.state["lookups"]] == ["get_forecast", "search_web", "get_forecast"]


def test_arguments_that_are_no_json_are_refused() -> None:
    with pytest.raises(Refused, match="set_temperature: the arguments are no JSON values"):
        opened("smart_home").call("set_temperature", {"room": "study", "degrees": float("nan")})


@pytest.mark.parametrize("day", ["2026-02-30", "tomorrow", "", 5])
def test_what_is_no_day_is_refused(day: JsonValue) -> None:
    with pytest.raises(Refused, match=r"^list_events: day: "):
        opened("calendar").call("list_events", {"day": day})


# Restaurants


def test_restaurants_are_the_same_on_every_machine() -> None:
    asked: dict[str, JsonValue] = {"city": "Porto", "diet": "kosher", "cuisine": "thai", "max_price": 40}
    assert rows(opened("restaurants").call("find_restaurants", asked)) == [
        {
            "restaurant_id": "porto-88",
            "name": "Little Table",
            "city": "Porto",
            "cuisine": "thai",
            "diets": ["vegetarian", "pescatarian", "kosher", "lactose-free"],
            "price": 12,
        }
    ]


def test_another_seed_or_another_city_has_other_restaurants() -> None:
    found = [
        rows(opened("restaurants", seed=seed).call("find_restaurants", {"city": city}))
        for seed, city in [(1, "Porto"), (2, "Porto"), (1, "Lisbon")]
    ]
    offers = [[(one["name"], one["cuisine"], one["price"]) for one in city] for city in found]
    assert offers[0] != offers[1] != offers[2] != offers[0]


def test_a_city_is_the_same_however_it_is_spelled_and_is_called_as_it_was_asked_for() -> None:
    worlds = opened("restaurants")
    one, other = (rows(worlds.call("find_restaurants", {"city": city})) for city in ("New York", " new  york "))
    assert [(found["restaurant_id"], found["price"]) for found in one] == [
        (found["restaurant_id"], found["price"]) for found in other
    ]
    assert (one[0]["city"], other[0]["city"]) == ("New York", "new york")


def test_the_first_restaurant_suits_no_diet_and_is_dear_and_with_a_diet_only_it_is_dear() -> None:
    for seed in range(20):
        worlds = opened("restaurants", seed=seed)
        first = rows(worlds.call("find_restaurants", {"city": "Porto"}))[0]
        assert first["diets"] == []
        cheap = rows(worlds.call("find_restaurants", {"city": "Porto", "max_price": 25}))[0]
        assert cheap["diets"] == []
        suiting = rows(worlds.call("find_restaurants", {"city": "Porto", "diet": "halal"}))[0]
        assert all(cast("float", one["price"]) > 60 for one in (first, suiting))


def test_who_serves_vegan_food_serves_vegetarians() -> None:
    for found in rows(opened("restaurants").call("find_restaurants", {"city": "Porto", "diet": "vegan"})):
        assert {"vegan", "vegetarian", "pescatarian", "lactose-free"} <= set(cast("list[str]", found["diets"]))


def test_a_limit_that_nothing_meets_is_refused_with_what_the_cheapest_costs() -> None:
    with pytest.raises(Refused, match=r"max_price: nothing fits for at most 2; the cheapest costs \d+"):
        opened("restaurants").call("find_restaurants", {"city": "Porto", "max_price": 2})


@pytest.mark.parametrize("party", [0, -1, 21])
def test_a_table_is_for_one_to_twenty(party: int) -> None:
    worlds = opened("restaurants")
    first = rows(worlds.call("find_restaurants", {"city": "Porto"}))[0]
    booking = {"restaurant_id": first["restaurant_id"], "day": DAY, "time": "20:00", "party": party}
    with pytest.raises(Refused, match="party: a table is for 1 to 20"):
        worlds.call("book_table", booking)


def test_a_cancelled_table_is_no_booking_any_more() -> None:
    worlds = opened("restaurants", bookings=[{"restaurant": "Blue Oak", "day": DAY}])
    worlds.call("cancel_table", {"booking_id": "booking-1"})
    assert worlds.state["bookings"] == []
    assert worlds.state["cancelled_bookings"] == [{"restaurant": "Blue Oak", "day": DAY, "booking_id": "booking-1"}]


# Prices


@pytest.mark.parametrize("currency", [*LEVELS, "XXX"])
def test_prices_are_positive_grow_and_are_round(currency: str) -> None:
    prices = [price_in(currency, euros) for euros in range(5, 100, 5)]
    assert prices == sorted(prices)
    assert prices[0] > 0
    assert len(set(prices)) > 10
    assert all(price == round(price, 1) for price in prices)


def test_a_dinner_costs_thousands_of_yen_and_a_few_dinars() -> None:
    assert [price_in(currency, 40) for currency in ("EUR", "JPY", "KWD", "VND", "XXX")] == [40, 5200, 14.0, 600000, 40]


# Travel


def test_a_trip_from_a_city_to_itself_is_refused() -> None:
    with pytest.raises(Refused, match="to_city: the trip starts in 'Porto' already"):
        opened("travel").call("find_trips", {"from_city": "Porto", "to_city": "porto", "day": DAY})


def test_a_trip_without_a_wish_has_no_seat() -> None:
    worlds = opened("travel")
    found = rows(worlds.call("find_trips", {"from_city": "Porto", "to_city": "Faro", "day": DAY, "mode": "bus"}))
    assert all(trip["mode"] == "bus" for trip in found)
    assert row(worlds.call("book_trip", {"trip_id": found[0]["trip_id"]}))["seat"] is None


# Calendar and things to do


def test_a_calendar_begins_with_the_appointments_of_the_setup_and_numbers_go_on_after_them() -> None:
    worlds = opened("calendar", events=[{"title": "Dentist", "day": DAY, "time": "09:00"}])
    added = row(worlds.call("add_event", {"title": "Run", "day": DAY, "time": "7.30", "place": "park"}))
    assert added == {"event_id": "event-2", "title": "Run", "day": DAY, "time": "07:30", "place": "park"}
    assert [event["title"] for event in rows(worlds.call("list_events", {"day": DAY}))] == ["Dentist", "Run"]
    assert worlds.call("list_events", {"day": "2026-05-10"}) == []
    worlds.call("cancel_event", {"event_id": "event-1"})
    assert row(worlds.call("add_event", {"title": "Nap", "day": DAY, "time": "15:00"}))["event_id"] == "event-3"


def test_what_is_done_is_no_longer_to_do() -> None:
    worlds = opened("todos", tasks=[{"task": "Buy milk", "done": False}])
    worlds.call("add_todo", {"task": "Call Rui", "due": DAY})
    worlds.call("finish_todo", {"task_id": "task-1"})
    assert [task["task"] for task in rows(worlds.call("list_todos", {}))] == ["Call Rui"]
    with pytest.raises(Refused, match="task_id: 'task-1' is done already"):
        worlds.call("finish_todo", {"task_id": "task-1"})


@pytest.mark.parametrize(
    ("given", "kept"),
    [("06:30", "06:30"), ("6:30", "06:30"), ("6.30", "06:30"), ("7:05 pm", "19:05"), ("12:00 AM", "00:00"),
     ("12:15 p.m.", "12:15"), ("23:59:00", "23:59")],
)  # fmt: skip
def test_a_time_is_kept_in_one_form(given: str, kept: str) -> None:
    assert row(opened("smart_home").call("set_alarm", {"day": DAY, "time": given}))["time"] == kept


@pytest.mark.parametrize("given", ["", "noon", "24:00", "7", "12:60", "1:2", "123:00", "13:00 pm"])
def test_what_is_no_time_is_refused(given: str) -> None:
    with pytest.raises(Refused, match=r"time: .*write it as HH:MM"):
        opened("smart_home").call("set_alarm", {"day": DAY, "time": given})


# Messages


def test_a_message_goes_to_a_contact_only_and_the_others_are_not_told() -> None:
    worlds = opened("messages")
    assert row(worlds.call("send_message", {"to": "ana", "text": "Late"})) == {"to": "Ana", "text": "Late"}
    with pytest.raises(Refused, match="to: 'my sister' is none of the 2 contacts; find_contact") as refused:
        worlds.call("send_message", {"to": "my sister", "text": "Late"})
    assert not {"Ana", "Rui"} & set(str(refused.value).split())


@pytest.mark.parametrize(("name", "found"), [("rui", 1), ("Rui Costa", 1), ("sister", 0), ("R", 0), ("Ana Costa", 0)])
def test_contacts_are_found_by_name_and_not_by_who_they_are(name: str, found: int) -> None:
    assert len(rows(opened("messages").call("find_contact", {"name": name}))) == found


# Music, shopping, weather, a home


def test_who_names_no_genre_gets_one_of_the_seed() -> None:
    played = {str(row(opened("music", seed=seed).call("play_music", {"room": "study"}))["genre"]) for seed in range(20)}
    assert len(played) > 5


@pytest.mark.parametrize(
    ("category", "size", "cause"),
    [("shoes", None, "shoes needs a size, a number"), ("shoes", "M", "no size 'M'; give a number"),
     ("jacket", None, "jacket needs a size, one of"), ("jacket", "42", "no size '42'; give one of")],
)  # fmt: skip
def test_shoes_and_jackets_need_a_size_of_their_own_kind(category: str, size: str | None, cause: str) -> None:
    with pytest.raises(Refused, match=f"find_products: size: .*{cause}"):
        opened("shopping").call("find_products", {"category": category, "size": size})


@pytest.mark.parametrize("size", ["42", 42, 42.0])
def test_a_size_may_be_a_number_and_is_kept_as_text(size: JsonValue) -> None:
    found = rows(opened("shopping").call("find_products", {"category": "shoes", "size": size}))
    assert [offer["size"] for offer in found] == ["42"] * 3


def test_what_has_no_size_has_none_whatever_is_given() -> None:
    found = rows(opened("shopping").call("find_products", {"category": "lamp", "size": "42"}))
    assert [offer["size"] for offer in found] == [None] * 3


def test_a_forecast_is_in_celsius_where_nothing_else_is_asked_for() -> None:
    worlds = opened("weather")
    plain, american = (
        row(worlds.call("get_forecast", {"city": "Porto", "day": DAY, "unit": unit})) for unit in (None, "fahrenheit")
    )
    assert plain["unit"] == "celsius"
    assert american["temperature"] == round(cast("int", plain["temperature"]) * 9 / 5 + 32)
    assert worlds.state["lookups"][0] == {"tool": "get_forecast", **plain}


@pytest.mark.parametrize(
    ("tool", "arguments", "cause"),
    [("set_temperature", {"room": "study", "degrees": 70}, "degrees: from 5 to 35 degrees Celsius, not 70"),
     ("set_lights", {"room": "study", "brightness": 101}, "brightness: from 0 to 100 percent, not 101"),
     ("set_lights", {"room": "study", "brightness": -1}, "brightness: from 0 to 100 percent, not -1")],
)  # fmt: skip
def test_a_home_is_set_within_its_ranges(tool: str, arguments: dict[str, JsonValue], cause: str) -> None:
    with pytest.raises(Refused, match=cause):
        opened("smart_home").call(tool, arguments)


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [("search_web", {"query": " "}), ("find_places", {"kind": "", "city": "Porto"}), ("add_todo", {"task": ""}),
     ("get_forecast", {"city": "", "day": DAY}), ("send_message", {"to": "Ana", "text": ""}),
     ("find_contact", {"name": " "}), ("send_message", {"to": "", "text": "Hi"})],
)  # fmt: skip
def test_an_empty_text_is_refused_and_leaves_nothing(tool: str, arguments: dict[str, JsonValue]) -> None:
    worlds = opened(*WORLDS)
    before = worlds.state
    with pytest.raises(Refused, match=f"^{tool}: "):
        worlds.call(tool, arguments)
    assert worlds.state == before
