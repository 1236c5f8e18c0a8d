"""Lives with a model as the assistant, the user's words or the judge: what it gets, and what comes of rubbish."""

from __future__ import annotations

import json
from collections.abc import Mapping
from random import Random
from typing import Any

import pytest
from pydantic_ai.messages import ModelMessage, ModelRequest, ModelResponse, TextPart, ToolCallPart, UserPromptPart
from pydantic_ai.models.function import AgentInfo, FunctionModel

from aipersona import AIPersona, DraftRequest, Schema
from aipersona.persona.model import Persona
from personabench.endpoint import Answers, UpstreamDown
from personabench.errors import ModelDown
from personabench.generation.life import Life
from personabench.generation.query import Planned
from personabench.generation.solving import world_of
from personabench.generation.writers.model import TRIES, ModelWriter
from personabench.generation.writers.scripted import ScriptedWriter
from personabench.live.assistant import Acted
from personabench.live.episode import ContextText, live_session
from personabench.live.gold import GoldDrafter
from personabench.live.judges import Judge
from personabench.live.model_assistant import FAILED, ModelAssistant
from personabench.live.model_user import ModelUser
from personabench.live.outcome import Outcome
from personabench.live.policy import RulePolicy
from personabench.live.truth import Told
from personabench.live.user import ScriptedUser
from tests.personabench.live.making import people

pytestmark = pytest.mark.anyio
WRONG = Outcome(acted=True, reached=False, wrong=())


class Says:
    """An upstream that answers with these texts, one after the other, the last one again and again."""

    model = "says"

    def __init__(self, *texts: str) -> None:
        self.texts, self.asked = list(texts), list[dict[str, Any]]()

    def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        self.asked.append(dict(body))
        text = self.texts.pop(0) if len(self.texts) > 1 else self.texts[0]
        return {"choices": [{"message": {"content": text}}]}


class Down:
    model = "down"

    def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        raise UpstreamDown("gone")


def _wish(*needs: str) -> tuple[Life, Planned]:
    """A wish in English that needs just these arguments of the person, and one tool."""
    for life, sessions in people():
        for session in sessions:
            query = session.query
            if life.seed.written_in != "en" or query is None or len(query.calls) > 1:
                continue
            if {need.parameter for need in query.needs} == set(needs):
                return life, session
    raise LookupError(needs)


async def test_a_model_gets_the_context_and_the_tools_of_the_world_and_its_calls_count() -> None:
    life, planned = _wish()
    query = planned.query
    assert query is not None
    seen: dict[str, Any] = {}

    def act(messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        seen.setdefault("instructions", info.instructions)
        seen["tools"] = {tool.name for tool in info.function_tools}
        last = messages[-1]
        if isinstance(last, ModelRequest) and any(isinstance(part, UserPromptPart) for part in last.parts):
            call = query.calls[0]
            return ModelResponse(parts=[ToolCallPart(tool_name=call.tool, args=dict(call.arguments))])
        return ModelResponse(parts=[TextPart(content="It is on your list.")])

    async with AIPersona(":memory:", model=FunctionModel(act), embedder="none") as ai:
        user = ScriptedUser(life, planned, ScriptedWriter(), Random(1), patience=3)
        context = ContextText(text="- likes: long walks", tokens=5)
        lived = await live_session(life, planned, user, ModelAssistant(ai), context, setting="golden")
    assert lived.record.reached
    assert lived.record.first_try
    assert "- likes: long walks" in seen["instructions"]
    assert seen["tools"] == {tool.__name__ for tool in world_of(query, planned.day).tools}
    assert query.calls[0].tool in lived.first_reply


async def test_a_model_that_fails_is_an_answer_without_calls() -> None:
    life, planned = _wish()

    def fail(messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        raise RuntimeError("no")

    async with AIPersona(":memory:", model=FunctionModel(fail), embedder="none") as ai:
        user = ScriptedUser(life, planned, ScriptedWriter(), Random(1), patience=2)
        lived = await live_session(
            life, planned, user, ModelAssistant(ai), ContextText(text="", tokens=0), setting="none"
        )
    assert not lived.record.reached
    assert any(turn.content == FAILED for turn in lived.session.turns)


async def test_what_a_model_words_keeps_what_has_to_be_told_or_the_planned_words_are_said() -> None:
    life, planned = _wish("city")
    query = planned.query
    assert query is not None
    city = next(str(need.value) for need in query.needs if need.parameter == "city")
    scripted = ScriptedUser(life, planned, ScriptedWriter(), Random(1), patience=4)
    asks = Acted(text="Where?", asks=("city",))
    await scripted.open()
    good = ModelUser(scripted, life, planned, Says(json.dumps({"text": f"It's {city}, of course."})))
    assert (await good.hear(asks, WRONG)).text == f"It's {city}, of course."
    says = Says("rubbish", json.dumps({"text": "On the moon."}))
    told = await ModelUser(scripted, life, planned, says).hear(asks, WRONG)
    assert city in told.text
    assert len(says.asked) == 2
    with pytest.raises(ModelDown):
        await ModelUser(scripted, life, planned, Down()).hear(asks, WRONG)


async def test_what_is_answered_in_a_models_words_counts_as_told_and_is_learned() -> None:
    life, planned = _wish("city")
    planned = planned.model_copy(update={"tellings": ()})
    assert planned.query is not None
    need = planned.query.needs[0]
    scripted = ScriptedUser(life, planned, ScriptedWriter(), Random(1), patience=4)
    words = f"Well, {need.value} is where I am these days."
    user = ModelUser(scripted, life, planned, Says(json.dumps({"text": words})))
    context = ContextText(text="", tokens=0)
    lived = await live_session(life, planned, user, RulePolicy(), context, setting="none")
    turns = lived.session.user_turns
    assert words in [turn.content for turn in turns]
    told = Told(life)
    told.hear(planned, [turn.content for turn in turns])
    assert [fact.fact_id for fact in told.on(planned.day)] == [need.fact]
    nobody = Persona(user_id=life.person_id)
    request = DraftRequest(persona=nobody, sessions=(lived.session,), schema=Schema(name="none", fields=()))
    drafts = GoldDrafter(life, [planned])(request)
    assert [(draft.path, draft.value, draft.quote) for draft in drafts] == [(need.path, need.value, words)]


async def test_a_judge_counts_what_it_could_not_judge() -> None:
    judge = Judge(Says('{"helpfulness": 8, "personalization": 6}', '{"helpfulness": 11}'))
    assert await judge.satisfaction("- diet: vegan", "Dinner?", "The Green Table.") == 7
    assert await judge.satisfaction("- diet: vegan", "Dinner?", "The Green Table.") is None
    assert judge.failures == 1
    similar = Judge(Says('{"consistency": 9, "restored": 5}'))
    assert await similar.similarity("- diet: vegan", "") == 7
    with pytest.raises(ModelDown):
        await Judge(Down()).similarity("", "")


async def test_a_model_writes_a_session_anew_and_what_loses_a_value_stays_without_words() -> None:
    life, planned = _wish()
    query = planned.query
    assert query is not None
    nothing = query.model_copy(update={"personal": "", "neutral": ""})
    blank = planned.model_copy(update={"tellings": (), "query": nothing})
    good = Says(json.dumps({"texts": [query.personal, query.neutral]}))
    answers = Answers(None)
    written = await ModelWriter(good, answers).write(life, blank, Random(2))
    assert written.query is not None
    assert written.query.neutral == query.neutral
    assert len(good.asked) == 1
    again = await ModelWriter(good, answers).write(life, blank, Random(2))
    assert again == written
    assert len(good.asked) == 1, "the same is not asked twice"
    bad = Says(json.dumps({"texts": ["Something nice, please.", "{room}"]}))
    lost = await ModelWriter(bad, Answers(None)).write(life, blank, Random(2))
    assert lost.query is not None
    assert lost.query.neutral == ""
    assert len(bad.asked) == TRIES
    with pytest.raises(ModelDown):
        await ModelWriter(Down(), Answers(None)).write(life, blank, Random(2))
