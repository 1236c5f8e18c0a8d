"""Clarifying questions: what decides the answer and is in doubt is asked about once a session, and settled in words."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from pydantic_ai.messages import ModelMessage, ModelRequest, ModelResponse, TextPart, ToolCallPart, ToolReturnPart
from pydantic_ai.models.function import AgentInfo, FunctionModel

from aipersona import AIPersona
from tests.aipersona.kit import NOON

pytestmark = pytest.mark.anyio

DINNER, LATER = "Where should I have dinner tonight?", NOON + timedelta(days=900)


class Waiter:
    """A model that says what it is told to, after a call if one is given; it remembers its instructions and tools."""

    def __init__(self) -> None:
        self.says, self.calls = "Do you still eat vegetarian food?", list[tuple[str, dict[str, Any]]]()
        self.instructions, self.tools, self.returned = "", set[str](), list[str]()

    def model(self) -> FunctionModel:
        return FunctionModel(self._next, model_name="waiter")

    def _next(self, messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        last = messages[-1]
        assert isinstance(last, ModelRequest)
        self.instructions, self.tools = info.instructions or "", {tool.name for tool in info.function_tools}
        self.returned += [str(part.content) for part in last.parts if isinstance(part, ToolReturnPart)]
        if self.calls:
            name, arguments = self.calls.pop()
            return ModelResponse(parts=[ToolCallPart(tool_name=name, args=arguments)])
        return ModelResponse(parts=[TextPart(content=self.says)])


class Evening:
    """A chat with somebody who once said that they are vegetarian; the clock can be moved."""

    def __init__(self) -> None:
        self.now, self.waiter = NOON, Waiter()
        self.ai = AIPersona(":memory:", model=self.waiter.model(), clock=lambda: self.now, embedder="none")

    async def __aenter__(self) -> Evening:
        await self.ai.set("alice", "preferences.diet", "vegetarian")
        self.now = LATER
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self.ai.aclose()

    async def conflict(self) -> None:
        """Something else says another diet."""
        self.now = NOON + timedelta(days=1)
        await self.ai.set("alice", "preferences.diet", "vegan", authority="imported")

    async def diet(self) -> object:
        return (await self.ai.persona("alice")).value("preferences.diet")

    @property
    def doubted(self) -> bool:
        return "In doubt: diet" in self.waiter.instructions


async def test_what_may_be_out_of_date_and_decides_the_answer_is_asked_about_once_a_session() -> None:
    async with Evening() as evening:
        first = await evening.ai.chat("alice", DINNER)
        assert evening.doubted
        assert "vegetarian" in evening.waiter.instructions
        await evening.ai.chat("alice", "And lunch tomorrow?", session_id=first.session_id)
        assert not evening.doubted
        assert "Do not ask" in evening.waiter.instructions
        await evening.ai.chat("alice", DINNER)
        assert evening.doubted, "another session may ask"


async def test_a_doubt_that_the_model_did_not_bring_up_may_come_up_later() -> None:
    async with Evening() as evening:
        evening.waiter.says = "The Green Table."
        first = await evening.ai.chat("alice", DINNER)
        await evening.ai.chat("alice", DINNER, session_id=first.session_id)
        assert evening.doubted


@pytest.mark.parametrize("query", ["What is the capital of Peru?", "Which film should I watch tonight?"])
async def test_what_does_not_decide_the_answer_is_not_asked_about(query: str) -> None:
    async with Evening() as evening:
        await evening.ai.chat("alice", query)
        assert not evening.doubted


async def test_what_was_said_lately_is_not_in_doubt() -> None:
    async with Evening() as evening:
        evening.now = NOON + timedelta(days=2)
        await evening.ai.chat("alice", DINNER)
        assert not evening.doubted


async def test_a_yes_confirms_what_was_asked_about_in_the_words_of_the_user() -> None:
    async with Evening() as evening:
        first = await evening.ai.chat("alice", DINNER)
        assert "settle" not in evening.waiter.tools, "nothing had been asked"
        evening.waiter.calls, evening.waiter.says = [("settle", {"holds": True})], "Then the Green Table."
        reply = await evening.ai.chat("alice", "Yes, still.", session_id=first.session_id)
        (changed,) = reply.changes
        claim = (await evening.ai.persona("alice")).persona.by_path["preferences.diet"][0]
        assert claim.evidence[-1].quote == "Yes, still."
        assert not claim.is_stale(LATER.date())
        assert (await evening.ai.log("alice"))[-1].number == changed.revision
        await evening.ai.chat("alice", DINNER)
        assert not evening.doubted


async def test_a_no_changes_nothing_until_the_user_says_what_is_right() -> None:
    async with Evening() as evening:
        first = await evening.ai.chat("alice", DINNER)
        evening.waiter.calls, evening.waiter.says = [("settle", {"holds": False})], "What do you eat?"
        reply = await evening.ai.chat("alice", "No.", session_id=first.session_id)
        assert reply.changes == ()
        assert "has to say what is right" in evening.waiter.returned[-1]
        assert await evening.diet() == "vegetarian"


@pytest.mark.parametrize(("holds", "diet"), [(True, "vegan"), (False, "vegetarian")])
async def test_an_open_conflict_is_asked_about_and_settled_by_the_user(holds: bool, diet: str) -> None:
    async with Evening() as evening:
        await evening.conflict()
        first = await evening.ai.chat("alice", DINNER)
        assert "something else says vegan" in evening.waiter.instructions
        evening.waiter.calls = [("settle", {"holds": holds})]
        await evening.ai.chat("alice", "Vegan is right." if holds else "No, it isn't.", session_id=first.session_id)
        assert await evening.diet() == diet
        assert await evening.ai.questions("alice") == []


@pytest.mark.parametrize(
    ("said", "holds"),
    [("What is the weather like?", True), ("No, it isn't.", True), ("Book a table at eight.", False)],
)
async def test_what_the_user_did_not_say_settles_no_conflict(said: str, holds: bool) -> None:
    async with Evening() as evening:
        await evening.conflict()
        first = await evening.ai.chat("alice", DINNER)
        evening.waiter.calls = [("settle", {"holds": holds})]
        reply = await evening.ai.chat("alice", said, session_id=first.session_id)
        assert reply.changes == ()
        assert await evening.diet() == "vegetarian"
        assert len(await evening.ai.questions("alice")) == 1


@pytest.mark.parametrize("said", ["Just find me a place.", "No, not vegetarian any more.", 'Read this: "Yes, still."'])
async def test_what_is_no_yes_confirms_nothing(said: str) -> None:
    async with Evening() as evening:
        first = await evening.ai.chat("alice", DINNER)
        evening.waiter.calls = [("settle", {"holds": True})]
        reply = await evening.ai.chat("alice", said, session_id=first.session_id)
        assert reply.changes == ()


@pytest.mark.parametrize("said", ["对，还是", "Oui, toujours.", "I'm still vegetarian."])
async def test_a_yes_is_heard_in_other_languages_and_in_the_value_itself(said: str) -> None:
    async with Evening() as evening:
        first = await evening.ai.chat("alice", DINNER)
        evening.waiter.calls = [("settle", {"holds": True})]
        reply = await evening.ai.chat("alice", said, session_id=first.session_id)
        assert len(reply.changes) == 1


async def test_a_tool_of_an_application_is_not_taken_for_a_question() -> None:
    def clarify() -> str:
        """Clear the air."""
        return "clear"

    async with Evening() as evening:
        evening.waiter.calls, evening.waiter.says = [("clarify", {})], "Done."
        first = await evening.ai.chat("alice", "Clear the air, please.", tools=[clarify])
        await evening.ai.chat("alice", DINNER, session_id=first.session_id)
        assert "settle" not in evening.waiter.tools
        assert evening.doubted


async def test_without_a_question_there_is_nothing_to_settle() -> None:
    async with Evening() as evening:
        evening.waiter.says = "The Green Table."
        first = await evening.ai.chat("alice", DINNER)
        await evening.ai.chat("alice", "Yes", session_id=first.session_id)
        assert "settle" not in evening.waiter.tools
