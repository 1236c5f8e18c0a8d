"""A shortlist of tools: which ones a model is shown that has too many at hand, through the chat that shows them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from pydantic_ai import Tool
from pydantic_ai.tools import RunContext
from pydantic_ai.toolsets import FunctionToolset
from pydantic_ai.usage import RunUsage

from aipersona import AIPersona, CallingModel, Limits, ScriptedEmbedder
from aipersona.embedding import Embedder
from aipersona.errors import ModelUnavailable
from aipersona.llm.local.calling import MOST_TOOLS
from aipersona.tools.nearest import Matter, Nearest, spelled
from tests.aipersona.actor import Actor, Calls
from tests.aipersona.kit import NOON, always

pytestmark = pytest.mark.anyio

CAR = {
    "car_seat_set_heatingLevel": ("Set the level.", {"seat": {"type": "string"}}),
    "car_window_open": ("Open a window.", {"degree": {"type": "integer", "description": "how wide"}}),
    "car_radio_play": ("Play a station.", {"station": {"enum": ["jazzFM", "news"]}}),
    "car_airConditioner_set": ("Set the temperature.", {"zone": {"type": "string"}}),
    "car_light_switch": ("Turn it on or off.", {"on": {"type": "boolean"}}),
    "car_mirror_fold": ("Fold the mirror.", {"side": {"anyOf": [{"enum": ["left", "right"]}, {"type": "null"}]}}),
}


def done(**given: Any) -> str:
    return "done"


def made(name: str, description: str, parameters: dict[str, Any]) -> Tool[object]:
    return Tool.from_schema(done, name, description, {"type": "object", "properties": parameters})


TOOLS = [made(name, *told) for name, told in CAR.items()]


def engine(actor: Actor, embedder: str | Embedder = "none") -> AIPersona:
    return AIPersona(":memory:", model=actor.model(), embedder=embedder, drafter=always(), clock=lambda: NOON)


async def shown(
    message: str,
    *,
    most: int | None = 1,
    context: str = "",
    embedder: str | Embedder = "none",
    tools: Sequence[Tool[object]] = TOOLS,
    calls: Sequence[Calls] = (),
) -> list[str]:
    """The tools that a model is shown for a message, or in the round after some calls."""
    actor = Actor(*calls)
    await engine(actor, embedder).chat(
        "alice", message, context=context, tools=tools, steering=False, desk=False, limits=Limits(most_tools=most)
    )
    return list(actor.shown)


@pytest.mark.parametrize(
    ("message", "tool"),
    [
        ("The seat heating, please", "car_seat_set_heatingLevel"),
        ("Is it a bit warm? Set the air conditioner.", "car_airConditioner_set"),
        ("I'd love some jazz", "car_radio_play"),
        ("How wide is it?", "car_window_open"),
        ("The left one!", "car_mirror_fold"),
        ("Make it brighter: lights", "car_light_switch"),
    ],
)
async def test_names_descriptions_and_parameters_tell_what_a_tool_is_for(message: str, tool: str) -> None:
    assert await shown(message) == [tool]


async def test_what_is_known_of_the_user_tells_what_the_message_leaves_out() -> None:
    known = "- 2026-03-01 user: I like the seat heating at two."
    for message in ("Like last time", "How I like it", "Again"):
        assert await shown(message, context=known) == ["car_seat_set_heatingLevel"]
        assert await shown(message, context="The radio!") == ["car_radio_play"]
    assert await shown("The window, how I like it", context=known) == ["car_window_open"], "the message counts more"
    assert "car_seat_set_heatingLevel" in await shown("The window, how I like it", most=2, context=known)


async def test_tools_are_shown_in_the_order_in_which_they_were_given() -> None:
    assert await shown("Fold the mirror and heat the seat", most=2) == ["car_seat_set_heatingLevel", "car_mirror_fold"]


async def test_no_more_tools_than_a_model_can_choose_among_are_all_shown() -> None:
    assert await shown("The seat heating", most=len(TOOLS)) == list(CAR)
    assert await shown("The seat heating", most=None) == list(CAR)


async def test_where_nothing_tells_of_any_tool_none_is_hidden() -> None:
    assert await shown("Like last time", most=2) == list(CAR)
    assert await shown("请帮我打开座椅加热", most=2) == list(CAR)
    assert await shown("请帮我打开座椅加热 radio", most=2, context="The seat heating is broken.") == list(CAR)
    chinese = made("播放", "播放音乐。", {})
    assert await shown("请帮我播放音乐", tools=[*TOOLS, chinese]) == ["播放"]


TOPICS = {"warm": ("cold", "heating", "freez"), "air": ("stuffy", "window"), "sound": ("radio", "music")}


async def test_what_means_the_same_in_other_words_is_near() -> None:
    assert await shown("It is so stuffy in here", embedder=ScriptedEmbedder(TOPICS)) == ["car_window_open"]


async def test_a_tool_is_embedded_once_however_many_messages_there_are() -> None:
    embedder = ScriptedEmbedder(TOPICS)
    ai = engine(Actor(), embedder)
    for message in ("It is stuffy", "I'm freezing"):
        await ai.chat("alice", message, tools=TOOLS, steering=False, desk=False, limits=Limits(most_tools=2))
    assert len([text for text in embedder.embedded if "Set the temperature." in text]) == 1


async def unread(question: str, texts: Sequence[str]) -> None:
    """What tells nothing of meanings."""


class Down(ScriptedEmbedder):
    """An embedder whose server is gone."""

    def embed_question(self, text: str) -> Any:
        raise ModelUnavailable("gone")


async def test_without_its_embedder_words_do() -> None:
    assert await shown("It is so cold: the window", embedder=Down(TOPICS)) == ["car_window_open"]


async def test_a_tool_that_was_called_stays_shown_in_the_next_round() -> None:
    hidden = "car_light_switch"
    after = await shown("The seat heating", most=2, calls=[[(hidden, {"on": True})]])
    assert hidden in after
    assert "car_seat_set_heatingLevel" in after
    assert len(after) == 2


async def test_a_tool_that_was_called_lately_can_be_called_again_for_a_message_without_its_name() -> None:
    actor = Actor([("car_window_open", {"degree": 10})])
    ai = engine(actor)

    async def chat(message: str, session: str | None) -> str:
        reply = await ai.chat(
            "alice", message, session_id=session, tools=TOOLS, steering=False, desk=False, limits=Limits(most_tools=2)
        )
        return reply.session_id

    session = await chat("Open the window", None)
    await chat("A bit more light, too", session)
    assert list(actor.shown) == ["car_window_open", "car_light_switch"]
    await chat("A bit more light, too", None)
    assert "car_light_switch" in actor.shown
    assert "car_window_open" not in actor.shown


async def test_what_users_steer_by_is_always_shown_and_the_desk_where_it_is_nearest() -> None:
    actor = Actor()
    await engine(actor).chat("alice", "Put the window cleaner in my calendar", tools=TOOLS, limits=Limits(most_tools=3))
    steering = {"remember", "forget", "what_is_known", "why_is_it_known"}
    assert steering < set(actor.shown)
    assert {"car_window_open", "add_event"} < set(actor.shown)
    assert len(actor.shown) == len(steering) + 3


async def test_tools_that_a_model_searches_for_itself_are_left_to_it() -> None:
    later = Tool.from_schema(done, "later", "Set the seat heating later.", {"type": "object", "properties": {}})
    later.defer_loading = True
    assert await shown("The seat heating", most=len(TOOLS), tools=[*TOOLS, later]) == list(CAR), "it is not counted"
    matter, ctx = Matter(message="The radio"), RunContext[object](deps=None, model=Actor().model(), usage=RunUsage())
    toolset = Nearest(FunctionToolset([*TOOLS, later]), most=1, matter=matter, near=unread)
    assert list(await toolset.get_tools(ctx)) == ["car_radio_play", "later"]


async def test_a_hidden_tool_that_is_called_all_the_same_is_refused() -> None:
    ran: list[str] = []

    def unlock(door: str) -> str:
        """Unlock a door."""
        ran.append(door)
        return "open"

    actor = Actor([("unlock", {"door": "front"})], [])
    reply = await engine(actor).chat(
        "alice",
        "The seat heating",
        tools=[*TOOLS, unlock],
        steering=False,
        desk=False,
        limits=Limits(most_tools=1),
    )
    assert (ran, reply.calls) == ([], ())


async def test_a_server_that_declares_rubbish_breaks_nothing() -> None:
    rubbish = made("odd", "Odd.", {"a": {"enum": 3, "anyOf": {"x": 1}, "description": ["seat"]}, "b": {"items": 4}})
    assert await shown("The seat heating", tools=[*TOOLS, rubbish]) == ["car_seat_set_heatingLevel"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("carcontrol_airConditioner_set_mode", "carcontrol air Conditioner set mode"),
        ("carcontrol_HUD_switch", "carcontrol HUD switch"),
        ("getHTTPStatus-2", "get HTTP Status 2"),
        ("settings.read", "settings read"),
        ("plain", "plain"),
        ("__", ""),
    ],
)
def test_a_name_is_read_as_its_words(name: str, words: str) -> None:
    assert spelled(name) == words


class Steps:
    """A server that replies, and keeps the prompts."""

    prompt_tokens = completion_tokens = 1
    text = '{"do": "reply", "text": "Yes."}'

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def complete_json(self, messages: Sequence[Any], json_schema: Any, **more: Any) -> Steps:
        self.asked.append(messages[0]["content"])
        return self


async def test_the_embedded_model_is_shown_a_shortlist_unless_it_is_told_otherwise() -> None:
    many = [made(f"tool_{n}", f"Turns the wheel of number {n}.", {}) for n in range(MOST_TOOLS + 5)]
    server = Steps()
    for model, limits, expected in (
        (CallingModel(Actor().model(), server), None, MOST_TOOLS),
        (CallingModel(Actor().model(), server, most_tools=3), None, 3),
        (CallingModel(Actor().model(), server), Limits(most_tools=7), 7),
        (CallingModel(Actor().model(), server, most_tools=None), None, len(many)),
    ):
        ai = AIPersona(":memory:", model=model, embedder="none", drafter=always(), clock=lambda: NOON)
        await ai.chat("alice", "Turn wheel 4", tools=many, steering=False, desk=False, limits=limits)
        assert server.asked[-1].count("- tool_") == expected
        assert "- tool_4(" in server.asked[-1]


async def test_a_toolset_that_grows_while_it_answers_is_looked_at_again() -> None:
    growing = FunctionToolset[object](TOOLS[:2])

    def more() -> str:
        """Bring the seat massage."""
        growing.add_tool(made("car_seat_massage", "Massage the seat.", {}))
        return "brought"

    growing.add_function(more)
    actor = Actor([("more", {})], [])
    await engine(actor).chat(
        "alice", "The seat massage", tools=[growing], steering=False, desk=False, limits=Limits(most_tools=2)
    )
    assert set(actor.shown) == {"more", "car_seat_massage"}


def test_a_slow_embedder_holds_nothing_up() -> None:
    class Slow(ScriptedEmbedder):
        def embed_question(self, text: str) -> Any:
            raise TimeoutError

    assert asyncio.run(shown("The seat heating", embedder=Slow(TOPICS))) == ["car_seat_set_heatingLevel"]
