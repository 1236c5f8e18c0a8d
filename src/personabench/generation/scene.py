"""The scenes that lives come back to: which world each is in, what it asks of the user, and whose life has it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Holder = Literal["everybody", "with a partner", "with children", "with an interest", "with a job"]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A personal argument: the parameter of the tool, the fields that fill it, the first that holds something first.

    Of a record field the row where `where` fits, and of it the `column`. Without it the tool cannot be called where
    it is `required`.
    """

    parameter: str
    paths: tuple[str, ...]
    where: tuple[tuple[str, str], ...] = ()
    column: str | None = None
    required: bool = False


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A recurring situation: the tools that are called, in order, and what fills their arguments.

    `given` are the parameters that the wish itself names; `asked` those that are the user's own.
    """

    name: str
    world: str
    tools: tuple[str, ...]
    given: tuple[str, ...] = ()
    asked: tuple[Asked, ...] = ()
    holder: Holder = "everybody"


_CITY = Asked(parameter="city", paths=("situation.location", "demographics.residence.city"), required=True)
_HOME = Asked(parameter="city", paths=("demographics.residence.city",), required=True)
_FROM = Asked(parameter="from_city", paths=("situation.location", "demographics.residence.city"), required=True)
_DIET = Asked(parameter="diet", paths=("preferences.diet",))
_SEAT = Asked(parameter="seat", paths=("life.seat",))
_UNIT = Asked(parameter="unit", paths=("life.units",))


def _limit(category: str) -> Asked:
    return Asked(parameter="max_price", paths=("finances.budgets",), where=(("category", category),), column="limit")


def _liked(parameter: str, category: str) -> Asked:
    where = (("stance", "like"), ("category", category))
    return Asked(parameter=parameter, paths=("preferences.tastes",), where=where, column="item")


def _name_of(kin: str) -> Asked:
    return Asked(parameter="to", paths=("demographics.household",), where=(("who", kin),), column="name", required=True)


SCENES: tuple[Scene, ...] = (
    Scene(
        name="dinner_out",
        world="restaurants",
        tools=("find_restaurants", "book_table"),
        given=("day", "time", "party"),
        asked=(_CITY, _DIET, _limit("dinner")),
    ),
    Scene(
        name="lunch_with_a_friend",
        world="restaurants",
        tools=("find_restaurants", "book_table"),
        given=("day", "time", "party"),
        asked=(_CITY, _DIET),
    ),
    Scene(
        name="dinner_for_two",
        world="restaurants",
        tools=("find_restaurants", "book_table"),
        given=("day", "time", "party"),
        asked=(_CITY, _DIET, _liked("cuisine", "food")),
        holder="with a partner",
    ),
    Scene(
        name="weekend_trip",
        world="travel",
        tools=("find_trips", "book_trip"),
        given=("to_city", "day", "mode"),
        asked=(_FROM, _SEAT),
    ),
    Scene(
        name="visit_to_relatives",
        world="travel",
        tools=("find_trips", "book_trip"),
        given=("to_city", "day", "mode"),
        asked=(_FROM, _limit("trips")),
    ),
    Scene(
        name="business_trip",
        world="travel",
        tools=("find_trips", "book_trip"),
        given=("to_city", "day", "mode"),
        asked=(_FROM, _SEAT),
        holder="with a job",
    ),
    Scene(name="appointment", world="calendar", tools=("add_event",), given=("title", "day", "time")),
    Scene(name="what_is_on_that_day", world="calendar", tools=("list_events",), given=("day",)),
    Scene(name="errand", world="todos", tools=("add_todo",), given=("task", "due")),
    Scene(
        name="message_to_the_partner",
        world="messages",
        tools=("send_message",),
        given=("text",),
        asked=(_name_of("partner"),),
        holder="with a partner",
    ),
    Scene(
        name="message_to_a_child",
        world="messages",
        tools=("send_message",),
        given=("text",),
        asked=(_name_of("child"),),
        holder="with children",
    ),
    Scene(
        name="music_while_cooking",
        world="music",
        tools=("play_music",),
        given=("room",),
        asked=(_liked("genre", "music"),),
    ),
    Scene(
        name="music_to_unwind", world="music", tools=("play_music",), given=("room",), asked=(_liked("genre", "music"),)
    ),
    Scene(
        name="new_shoes",
        world="shopping",
        tools=("find_products", "order_product"),
        given=("category",),
        asked=(
            Asked(parameter="size", paths=("life.shoe_size",), required=True),
            _limit("shoes"),
            _HOME,
        ),
    ),
    Scene(
        name="gift",
        world="shopping",
        tools=("find_products", "order_product"),
        given=("category",),
        asked=(_limit("gifts"), _HOME),
    ),
    Scene(
        name="something_for_the_house",
        world="shopping",
        tools=("find_products", "order_product"),
        given=("category",),
        asked=(_HOME,),
    ),
    Scene(
        name="weather_for_the_day",
        world="weather",
        tools=("get_forecast",),
        given=("day",),
        asked=(_CITY, _UNIT),
    ),
    Scene(
        name="weather_for_a_trip",
        world="weather",
        tools=("get_forecast",),
        given=("day", "city"),
        asked=(_UNIT,),
    ),
    Scene(
        name="warm_up_a_room",
        world="smart_home",
        tools=("set_temperature",),
        given=("room",),
        asked=(Asked(parameter="degrees", paths=("life.room_temperature",), required=True),),
    ),
    Scene(
        name="alarm_for_a_usual_day",
        world="smart_home",
        tools=("set_alarm",),
        given=("day",),
        asked=(Asked(parameter="time", paths=("life.wake_time",), required=True),),
    ),
    Scene(name="lights", world="smart_home", tools=("set_lights",), given=("room", "brightness")),
    Scene(
        name="something_on_at_the_weekend",
        world="search",
        tools=("find_events",),
        given=("day",),
        asked=(_CITY, Asked(parameter="topic", paths=("personality.interests",))),
        holder="with an interest",
    ),
    Scene(
        name="a_service_nearby",
        world="search",
        tools=("find_places",),
        given=("kind",),
        asked=(_CITY,),
    ),
    Scene(name="a_general_question", world="search", tools=("search_web",), given=("query",)),
    Scene(name="a_unit_to_convert", world="search", tools=("search_web",), given=("query",)),
)
"""Those with nothing of the user in them are there to be left alone: what is known must not go into their calls."""

BY_NAME = {scene.name: scene for scene in SCENES}
