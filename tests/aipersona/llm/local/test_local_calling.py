"""Tools for the local model: what it is asked, under which grammar, and what becomes of its steps."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from pydantic import BaseModel
from pydantic_ai.models.function import FunctionModel
from pydantic_ai.tools import Tool

from aipersona import AIPersona
from aipersona.llm.local.calling import CallingModel, step_schema
from aipersona.llm.local.runtime import Completion
from tests.aipersona.kit import NOON, always

pytestmark = pytest.mark.anyio


class Steps:
    """A server that fills in these steps, one after the other."""

    def __init__(self, *steps: Mapping[str, Any]) -> None:
        self.steps = list(steps)
        self.asked: list[list[Mapping[str, str]]] = []
        self.schemas: list[Mapping[str, Any]] = []

    async def complete_json(
        self,
        messages: Sequence[Mapping[str, str]],
        json_schema: Mapping[str, Any],
        *,
        max_tokens: int,
        repeatable: bool = True,
    ) -> Completion:
        assert not repeatable, "a conversation goes on from what is computed"
        self.asked.append(list(messages))
        self.schemas.append(json_schema)
        text = json.dumps(self.steps[len(self.asked) - 1])
        return Completion(text=text, prompt_tokens=10, completion_tokens=5, cached_tokens=0, seconds=0.0, exact=True)


def weather(city: str, days: int = 1) -> str:
    """The weather forecast.

    Args:
        city: where
        days: how many days ahead
    """
    return f"{city}: sun for {days} days"


class Place(BaseModel):
    """A place."""

    city: str


def find(place: Place, near: Place) -> str:
    """Find."""
    return place.city + near.city


def plain(_: object, __: object) -> Any:
    raise AssertionError("with tools the model is asked for steps")


async def chatting(*steps: Mapping[str, Any]) -> tuple[AIPersona, Steps]:
    server = Steps(*steps)
    model = CallingModel(FunctionModel(plain, model_name="small"), server)
    return AIPersona(":memory:", model=model, drafter=always(), clock=lambda: NOON), server


async def test_a_step_is_a_call_and_the_next_one_a_reply() -> None:
    ai, server = await chatting(
        {"do": "weather", "arguments": {"city": "Porto"}}, {"do": "reply", "text": " Sun tomorrow. "}
    )
    reply = await ai.chat("alice", "Do I need an umbrella in Porto?", tools=[weather])
    assert reply.text == "Sun tomorrow."
    assert [(call.name, call.arguments) for call in reply.calls] == [("weather", {"city": "Porto", "days": 1})]
    first, second = server.asked
    assert "- weather(city: string, days?: integer): The weather forecast." in first[0]["content"]
    assert "    days: how many days ahead" in first[0]["content"]
    assert first[-1] == {"role": "user", "content": "Do I need an umbrella in Porto?"}
    assert second[-2:] == [
        {"role": "assistant", "content": '{"do": "weather", "arguments": {"city": "Porto"}}'},
        {"role": "user", "content": "Result of weather: Porto: sun for 1 days"},
    ]


async def test_a_reply_with_tools_streams_as_a_whole() -> None:
    ai, _ = await chatting({"do": "reply", "text": "Hello there."})
    heard: list[str] = []
    reply = await ai.chat("alice", "Hi", tools=[weather], on_text=heard.append)
    assert "".join(heard) == reply.text == "Hello there."


async def test_what_is_wrong_with_a_call_is_told_in_the_next_step() -> None:
    ai, server = await chatting(
        {"do": "weather", "arguments": {"city": "Porto", "days": "many"}}, {"do": "reply", "text": "Sorry."}
    )
    await ai.chat("alice", "The weather in Porto?", tools=[weather])
    assert "valid integer" in server.asked[1][-1]["content"]


async def test_one_that_only_calls_must_reply_in_the_end() -> None:
    call = {"do": "weather", "arguments": {"city": "Porto"}}
    ai, server = await chatting(*[call] * 8, {"do": "reply", "text": "Sun."})
    assert (await ai.chat("alice", "The weather?", tools=[weather])).text == "Sun."
    assert server.schemas[-1]["properties"]["do"] == {"const": "reply"}


def test_the_grammar_is_a_union_of_the_tools_and_a_reply_with_shared_definitions() -> None:
    tools = [Tool(find).tool_def, Tool(weather).tool_def]
    schema = step_schema(tools)
    assert [option["properties"]["do"]["const"] for option in schema["anyOf"]] == ["find", "weather", "reply"]
    assert set(schema["$defs"]) == {"Place"}
    assert "$defs" not in schema["anyOf"][0]["properties"]["arguments"]
    assert "anyOf" not in step_schema([])


async def test_a_tool_without_arguments_is_called_by_its_name_alone() -> None:
    def roll() -> int:
        """Roll a die."""
        return 4

    ai, server = await chatting({"do": "roll"}, {"do": "reply", "text": "A four."})
    reply = await ai.chat("alice", "Roll a die", tools=[roll], steering=False, desk=False)
    assert [(call.name, call.result) for call in reply.calls] == [("roll", 4)]
    option, _ = server.schemas[0]["anyOf"]
    assert (option["properties"], option["required"]) == ({"do": {"const": "roll"}}, ["do"])


async def test_a_description_that_only_repeats_its_parameter_is_left_out() -> None:
    def heat(seat_name: str, level: int, where: str) -> str:
        """Heat a seat.

        Args:
            seat_name: Parameter seat_name
            level: The level, from 1 to 3
            where: where
        """
        return "done"

    ai, server = await chatting({"do": "reply", "text": "Hi."})
    await ai.chat("alice", "Hi", tools=[heat], steering=False, desk=False)
    prompt = server.asked[0][0]["content"]
    assert "- heat(seat_name: string, level: integer, where: string): Heat a seat.\n    level: The level" in prompt
    assert "Parameter" not in prompt


async def test_tools_come_before_what_changes_with_every_message() -> None:
    ai, server = await chatting({"do": "reply", "text": "Hi."}, {"do": "reply", "text": "Hi."})
    await ai.set("alice", "demographics.residence.city", "Porto")
    await ai.set("bob", "demographics.residence.city", "Lisbon")
    for user in ("alice", "bob"):
        await ai.chat(user, "Where do I live?", tools=[weather])
    one, other = (asked[0]["content"] for asked in server.asked)
    assert one != other
    assert one[: one.index("You are a helpful assistant")] == other[: other.index("You are a helpful assistant")]
    assert "- weather(" in one[: one.index("You are a helpful assistant")]
