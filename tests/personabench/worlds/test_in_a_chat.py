"""The tools of worlds as a chat has them: what a model leaves out is filled from the persona, and a refusal is read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from pydantic import JsonValue
from pydantic_ai.messages import ModelMessage, ModelResponse, TextPart, ToolCallPart
from pydantic_ai.models.function import AgentInfo, FunctionModel

from aipersona import AIPersona
from personabench.worlds.catalogue import WORLDS, Worlds
from tests.aipersona.kit import NOON, always
from tests.personabench.worlds.playing import DAY, opened

pytestmark = pytest.mark.anyio

Calls = Sequence[tuple[str, dict[str, JsonValue]]]

KNOWN: dict[str, JsonValue] = {
    "demographics.residence.city": "Porto",
    "preferences.diet": "vegan",
    "personality.interests": "chess",
    "finances.budgets": {"category": "dinner", "limit": "30 EUR"},
    "life.wake_time": "6:30",
    "life.room_temperature": 21,
    "life.seat": "aisle",
    "life.units": "fahrenheit",
    "life.shoe_size": "38",
}
LIKED = (("thai", "food"), ("folk", "music"))


async def chat(worlds: Worlds, *calls: tuple[str, dict[str, JsonValue]]) -> list[Any]:
    """The calls as they were made in a chat with somebody known, by a model that makes them one by one."""
    left = list(calls)

    def answer(messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        if not left:
            return ModelResponse(parts=[TextPart(content="Done.")])
        name, given = left.pop(0)
        return ModelResponse(parts=[ToolCallPart(tool_name=name, args=given)])

    ai = AIPersona(":memory:", model=FunctionModel(answer), drafter=always(), clock=lambda: NOON)
    for path, value in KNOWN.items():
        await ai.set("a", path, value)
    for item, category in LIKED:
        await ai.set("a", "preferences.tastes", {"item": item, "stance": "like", "category": category})
    return list((await ai.chat("a", "Do it, please.", tools=list(worlds.tools))).calls)


@pytest.mark.parametrize(
    ("tool", "given", "filled"),
    [
        ("find_restaurants", {}, {"city": "Porto", "diet": "vegan", "cuisine": "thai", "max_price": 30}),
        ("find_restaurants", {"city": "Faro", "diet": "halal"}, {"cuisine": "thai", "max_price": 30}),
        ("find_trips", {"to_city": "Faro", "day": DAY}, {"from_city": "Porto"}),
        ("find_events", {"day": DAY}, {"city": "Porto", "topic": "chess"}),
        ("find_places", {"kind": "pharmacy"}, {"city": "Porto"}),
        ("get_forecast", {"day": DAY}, {"city": "Porto", "unit": "fahrenheit"}),
        ("play_music", {"room": "study"}, {"genre": "folk"}),
        ("set_temperature", {"room": "study"}, {"degrees": 21}),
        ("set_alarm", {"day": DAY}, {"time": "6:30"}),
        ("find_products", {"category": "shoes"}, {"size": "38"}),
        ("search_web", {"query": "5 miles in km"}, {}),
        ("add_event", {"title": "Dentist", "day": DAY, "time": "09:00"}, {}),
    ],
)
async def test_what_a_model_leaves_out_is_the_users_own(
    tool: str, given: dict[str, JsonValue], filled: dict[str, JsonValue]
) -> None:
    worlds = opened(*WORLDS)
    before = worlds.state
    [call] = await chat(worlds, (tool, given))
    assert call.error is None
    assert {one.parameter: one.value for one in call.filled} == filled
    assert worlds.state != before


async def test_a_chat_books_what_the_user_wants_without_being_told() -> None:
    worlds = opened("restaurants")
    [found] = await chat(worlds, ("find_restaurants", {}))
    table: dict[str, JsonValue] = {"restaurant_id": found.result[0]["restaurant_id"], "day": DAY, "time": "20:00"}
    await chat(worlds, ("book_table", {**table, "party": 2}))
    [booking] = worlds.state["bookings"]
    assert (booking["city"], booking["cuisine"], booking["day"]) == ("Porto", "thai", DAY)
    assert "vegan" in str(booking["diets"])


async def test_a_refusal_is_told_to_the_model() -> None:
    [call] = await chat(opened("messages"), ("send_message", {"to": "Gwen", "text": "Late"}))
    assert "'Gwen' is none of the 2 contacts" in call.error
