"""Every scene can be done: its tools in their order reach its goal, and without what is the user's own they do not."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from pydantic import JsonValue

from personabench.generation.scene import BY_NAME, SCENES, Scene
from personabench.worlds.catalogue import WORLDS, Worlds
from personabench.worlds.goals import Condition, Goal, reached
from personabench.worlds.prices import price_in
from personabench.worlds.protocol import Refused
from personabench.worlds.restaurants import NOT_SERVED
from personabench.worlds.vocabulary import CUISINES, DIETS, PRODUCTS
from tests.personabench.worlds.playing import DAY, opened, schema

COLLECTIONS = {
    "book_table": "bookings", "book_trip": "trips", "add_event": "events", "list_events": "lookups",
    "add_todo": "tasks", "send_message": "messages", "play_music": "playing", "order_product": "orders",
    "get_forecast": "lookups", "set_temperature": "devices", "set_alarm": "devices", "set_lights": "devices",
    "find_events": "lookups", "find_places": "lookups", "search_web": "lookups",
}  # fmt: skip
"""Where the last tool of a scene leaves its row."""

GIVEN: dict[str, JsonValue] = {
    "day": DAY, "time": "19:30", "party": 2, "to_city": "Aarhus", "mode": "train", "title": "Dentist", "due": DAY,
    "task": "Buy milk", "text": "Late", "room": "kitchen", "category": "lamp", "city": "Oslo", "brightness": 40,
    "kind": "pharmacy", "query": "5 miles in km",
}  # fmt: skip
OWN: dict[str, JsonValue] = {
    "city": "Porto", "diet": "vegan", "cuisine": "thai", "from_city": "Porto", "seat": "aisle", "to": "Ana",
    "genre": "folk", "size": "38", "unit": "fahrenheit", "degrees": 21.5, "time": "06:30", "topic": "chess",
}  # fmt: skip
CURRENCIES = ("EUR", "JPY", "KWD", "VND", "PLN", "XXX")


def wished(scene: Scene, currency: str) -> tuple[dict[str, JsonValue], dict[str, JsonValue]]:
    """What the wish names, and what is the user's own."""
    given = {name: GIVEN[name] for name in scene.given}
    if scene.name == "new_shoes":
        given["category"] = "shoes"
    limit = price_in(currency, 40)
    return given, {one.parameter: limit if one.parameter == "max_price" else OWN[one.parameter] for one in scene.asked}


def goal_of(scene: Scene, arguments: Mapping[str, JsonValue]) -> Goal:
    where: list[Condition] = []
    for name, value in arguments.items():
        match name:
            case "max_price":
                where.append(Condition(column="price", operator="<=", value=value))
            case "diet":
                where.append(Condition(column="diets", operator="contains", value=value))
            case _:
                where.append(Condition(column=name, value=value))
    return Goal(collection=COLLECTIONS[scene.tools[-1]], where=tuple(where))


def do(scene: Scene, worlds: Worlds, arguments: Mapping[str, JsonValue]) -> None:
    """Calls the tools of a scene in their order with what each of them takes; of what is found, the first."""
    known = dict(arguments)
    for name in scene.tools:
        takes = schema(worlds.tool(name))["properties"]
        result = worlds.call(name, {key: value for key, value in known.items() if key in takes})
        first = result[0] if isinstance(result, list) and result else None
        if isinstance(first, dict):
            known.update((key, value) for key, value in first.items() if key.endswith("_id"))


def comes_right(scene: Scene, worlds: Worlds, arguments: Mapping[str, JsonValue], goal: Goal) -> bool:
    before = worlds.state
    do(scene, worlds, arguments)
    return reached(goal, before, worlds.state)


@pytest.mark.parametrize("currency", CURRENCIES)
@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_the_tools_of_a_scene_reach_its_goal_with_what_is_the_users_own(scene: Scene, currency: str) -> None:
    given, own = wished(scene, currency)
    goal = goal_of(scene, {**given, **own})
    for seed in range(5):
        assert comes_right(scene, opened(*WORLDS, seed=seed, currency=currency), {**given, **own}, goal)


@pytest.mark.parametrize(
    ("scene", "parameter"),
    [(scene, one.parameter) for scene in SCENES for one in scene.asked],
    ids=lambda given: given if isinstance(given, str) else given.name,
)
def test_without_one_thing_that_is_the_users_own_it_is_refused_or_goes_wrong(scene: Scene, parameter: str) -> None:
    given, own = wished(scene, "EUR")
    goal = goal_of(scene, {**given, **own})
    [required] = [one.required for one in scene.asked if one.parameter == parameter]
    left = {name: value for name, value in {**given, **own}.items() if name != parameter}
    right = 0
    for seed in range(10):
        worlds = opened(scene.world, seed=seed)
        if required:
            with pytest.raises(Refused, match=parameter):
                do(scene, worlds, left)
        else:
            right += comes_right(scene, worlds, left, goal)
    by_luck = {"cuisine", "genre"}
    assert right <= (3 if parameter in by_luck else 0)


@pytest.mark.parametrize("currency", CURRENCIES)
@pytest.mark.parametrize("diet", DIETS)
def test_every_diet_finds_a_dinner_of_every_kind_within_a_limit_where_there_is_such_a_thing(
    diet: str, currency: str
) -> None:
    scene = BY_NAME["dinner_out"]
    for cuisine in CUISINES:
        worlds = opened("restaurants", currency=currency)
        arguments = {"city": "Łódź", "diet": diet, "cuisine": cuisine, "max_price": price_in(currency, 13)}
        arguments = {**arguments, "day": DAY, "time": "20:00", "party": 4}
        if diet in NOT_SERVED.get(cuisine, ()):
            with pytest.raises(Refused, match="leave cuisine out"):
                do(scene, worlds, arguments)
        else:
            assert comes_right(scene, worlds, arguments, goal_of(scene, arguments))


@pytest.mark.parametrize("currency", CURRENCIES)
@pytest.mark.parametrize("category", PRODUCTS)
def test_every_product_is_found_within_a_limit_and_the_first_of_all_is_beyond_it(category: str, currency: str) -> None:
    scene = BY_NAME["gift"]
    sizes: dict[str, JsonValue] = {"shoes": "38", "jacket": "M"}
    arguments = {"category": category, "size": sizes.get(category), "city": "Porto"}
    limit = price_in(currency, 45)
    goal = Goal(collection="orders", where=(Condition(column="price", operator="<=", value=limit),))
    assert comes_right(scene, opened("shopping", currency=currency), {**arguments, "max_price": limit}, goal)
    assert not comes_right(scene, opened("shopping", currency=currency), arguments, goal)


@pytest.mark.parametrize("mode", ["train", "flight", "bus", None])
@pytest.mark.parametrize("currency", CURRENCIES)
def test_every_way_to_travel_has_a_trip_within_a_limit_and_the_first_of_all_is_beyond_it(
    mode: str | None, currency: str
) -> None:
    scene = BY_NAME["visit_to_relatives"]
    arguments: dict[str, JsonValue] = {"from_city": "Porto", "to_city": "Faro", "day": DAY, "mode": mode}
    limit = price_in(currency, 50)
    goal = Goal(collection="trips", where=(Condition(column="price", operator="<=", value=limit),))
    assert comes_right(scene, opened("travel", currency=currency), {**arguments, "max_price": limit}, goal)
    assert not comes_right(scene, opened("travel", currency=currency), arguments, goal)
