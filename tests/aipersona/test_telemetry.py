"""Spans and metrics: what is told of operations, calls of models, revisions, contexts, and of failures their type."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import httpx2
import pytest
from opentelemetry.trace import SpanKind, StatusCode
from pydantic_ai import Agent
from pydantic_ai.messages import ModelMessage, ModelResponse, TextPart, ToolCallPart
from pydantic_ai.models.function import AgentInfo, FunctionModel
from pydantic_ai.models.instrumented import InstrumentationSettings

from aipersona import AIPersona
from aipersona.adapters.conversation import Conversation
from aipersona.embedding.endpoint import EndpointEmbedder
from aipersona.errors import ModelOutputInvalid, StoreUnavailable
from aipersona.opened import Opened
from aipersona.optimizer.measured_forms import MeasuredForms
from aipersona.optimizer.slots_strategy import SlotsDrafter
from aipersona.settings import Settings
from aipersona.telemetry import model_calls
from aipersona.telemetry.model_calls import OTHER, told_name
from tests.aipersona.actor import Actor
from tests.aipersona.kit import NOON, engine, propose, said
from tests.aipersona.scripted_forms import Filler
from tests.aipersona.watched import Watch

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).parents[2]

VEGAN = propose("preferences.diet", "vegan", "I am vegan")
UNSAID = propose("preferences.sports", "chess", "I play chess", op="add")


def drafting(*edits: dict[str, Any], times_wrong: int = 0) -> FunctionModel:
    """A model that drafts these edits, after answers that do not parse."""
    asked = 0

    def answer(_: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        nonlocal asked
        asked += 1
        drafted: Any = "rubbish" if asked <= times_wrong else list(edits)
        return ModelResponse(parts=[ToolCallPart(tool_name=info.output_tools[0].name, args={"edits": drafted})])

    return FunctionModel(answer, model_name="drafting")


def of_model(model: FunctionModel, **more: Any) -> AIPersona:
    settings = Settings(strategy="edits", embedder="none")
    return AIPersona(":memory:", model=model, settings=settings, clock=lambda: NOON, **more)


async def test_learning_is_a_span_with_the_model_s_call_in_it() -> None:
    watch = Watch()
    async with of_model(drafting(), tenant="acme") as ai:
        await ai.observe(said("I am vegan."))
        await ai.learn("alice")
    learn, call = watch.span("aipersona.learn"), watch.span("chat drafting")
    assert learn.attributes is not None
    assert dict(learn.attributes) == {
        "aipersona.operation": "learn",
        "aipersona.tenant": "acme",
        "aipersona.sessions": 1,
        "aipersona.revisions": 1,
        "aipersona.model_calls": 1,
    }
    assert call.parent is not None
    assert learn.context is not None
    assert (call.parent.span_id, call.kind) == (learn.context.span_id, SpanKind.CLIENT)
    told = dict(call.attributes or {})
    tokens = [told.pop(f"gen_ai.usage.{kind}_tokens") for kind in ("input", "output")]
    assert told == {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "function",
        "gen_ai.request.model": "drafting",
        "aipersona.tenant": "acme",
    }
    for kind, count in zip(("input", "output"), tokens, strict=True):
        labels = {"gen_ai_token_type": kind, "aipersona_tenant": "acme", "gen_ai_request_model": "drafting"}
        assert watch.counted("gen_ai_client_token_usage_sum", **labels) == count
    assert watch.counted("gen_ai_client_operation_duration_seconds_count", aipersona_tenant="acme") == 1
    assert watch.counted("aipersona_operation_duration_seconds_count", aipersona_operation="learn") == 1


async def test_an_answer_that_is_asked_for_again_is_a_call_again() -> None:
    watch = Watch()
    async with of_model(drafting(times_wrong=2)) as ai:
        await ai.observe(said("I am vegan."))
        report = await ai.learn("alice")
    assert report.llm_calls == 1
    assert watch.names().count("chat drafting") == 3
    assert watch.counted("gen_ai_client_token_usage_sum", gen_ai_token_type="input") == report.prompt_tokens


async def test_a_failure_is_told_by_its_type_and_nothing_of_its_words() -> None:
    watch = Watch()
    async with of_model(drafting(times_wrong=99)) as ai:
        await ai.observe(said("I am vegan."))
        with pytest.raises(ModelOutputInvalid):
            await ai.learn("alice")
    learn = watch.span("aipersona.learn")
    assert (learn.attributes or {})["error.type"] == "ModelOutputInvalid"
    assert (learn.status.status_code, learn.status.description, learn.events) == (StatusCode.ERROR, None, ())
    assert watch.counted("aipersona_operation_duration_seconds_count", error_type="ModelOutputInvalid") == 1


async def test_the_embedded_model_s_forms_are_calls_too() -> None:
    watch = Watch()
    async with AIPersona(":memory:", drafter=SlotsDrafter(MeasuredForms(Filler())), clock=lambda: NOON) as ai:
        await ai.observe(said("I moved to Lisbon.", "I became a nurse."))
        report = await ai.learn("alice")
    assert report.llm_calls == watch.names().count("chat scripted") == 2


@pytest.mark.parametrize("streamed", [False, True], ids=["whole", "streamed"])
async def test_every_round_of_a_chat_is_a_call_with_its_tokens(streamed: bool) -> None:
    def lunch() -> str:
        """What there is for lunch."""
        return "Soup"

    watch = Watch()
    async with of_model(Actor([("lunch", {})], says="Soup it is.").model()) as ai:
        await ai.chat("alice", "What is for lunch?", tools=[lunch], on_text=(lambda _: None) if streamed else None)
    calls = [span for span in watch.spans if span.name == "chat actor"]
    assert len(calls) == 2
    assert all((call.attributes or {})["gen_ai.usage.output_tokens"] for call in calls)
    assert watch.counted("gen_ai_client_token_usage_count", gen_ai_token_type="output") == 2
    chat = watch.span("aipersona.chat")
    assert chat.context is not None
    assert {call.parent.span_id for call in calls if call.parent} == {chat.context.span_id}


async def test_what_an_application_turns_on_for_all_agents_does_not_reach_ours() -> None:
    watch = Watch()
    Agent.instrument_all(InstrumentationSettings(include_content=True))
    try:
        async with of_model(Actor(says="Soup it is.").model()) as ai:
            await ai.chat("alice", "What is for lunch?")
    finally:
        Agent.instrument_all(False)
    assert {(span.instrumentation_scope.name if span.instrumentation_scope else None) for span in watch.spans} == {
        "aipersona"
    }


async def test_revisions_are_counted_with_their_edits_and_why_others_were_rejected() -> None:
    watch = Watch()
    async with engine(VEGAN, UNSAID, tenant="acme") as ai:
        await ai.observe(said("I am vegan."))
        await ai.learn("alice")
        await ai.set("alice", "preferences.diet", "vegetarian")
    counted = {
        name: watch.counted("aipersona_edits_total", aipersona_tenant="acme", aipersona_result=name)
        for name in ("accepted", "rejected")
    }
    assert counted == {"accepted": 2, "rejected": 1}
    assert watch.counted("aipersona_edits_total", aipersona_edit="quote_not_found") == 1
    assert watch.counted("aipersona_sessions_learned_total", aipersona_tenant="acme") == 1
    authors = [watch.counted("aipersona_revisions_total", aipersona_author=who) for who in ("optimizer", "user")]
    assert authors == [1, 1]


async def test_a_dry_run_counts_no_revision() -> None:
    watch = Watch()
    async with engine(VEGAN) as ai:
        await ai.observe(said("I am vegan."))
        await ai.learn("alice", dry_run=True)
    assert watch.counted("aipersona_revisions_total") == 0
    assert watch.counted("aipersona_operation_duration_seconds_count", aipersona_operation="learn") == 1


async def test_contexts_are_counted_by_what_there_was_to_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    watch = Watch()
    async with engine() as ai:
        await ai.set("alice", "preferences.diet", "vegan")
        await ai.context("alice", "What do I eat tonight?")
        await ai.context("nobody", "What do I eat tonight?")
        with monkeypatch.context() as broken:
            broken.setattr(Opened, "store", _down)
            talk = Conversation(ai, "alice", "monday")
            assert await talk.instructions("What do I eat tonight?") == ""
            await talk.hear("What do I eat tonight?")
    for state in ("applied", "empty", "unavailable"):
        assert watch.counted("aipersona_contexts_total", aipersona_state=state) == 1
    assert watch.counted("aipersona_recordings_failed_total", aipersona_tenant="default") == 1


async def _down(_: Opened) -> Any:
    raise StoreUnavailable("down")


def test_embeddings_of_a_server_are_calls_with_their_tokens() -> None:
    def answer(_: httpx2.Request) -> httpx2.Response:
        data = [{"index": 0, "embedding": [1.0, 0.0]}]
        return httpx2.Response(200, json={"data": data, "usage": {"prompt_tokens": 7}})

    watch = Watch()
    embedder = EndpointEmbedder("small", client=httpx2.Client(transport=httpx2.MockTransport(answer)))
    embedder.embed(["I am vegan"])
    embedder.close()
    assert dict(watch.span("embeddings small").attributes or {})["gen_ai.usage.input_tokens"] == 7
    assert watch.counted("gen_ai_client_token_usage_sum", gen_ai_operation_name="embeddings") == 7


def test_names_of_models_are_told_as_long_as_they_are_names_and_few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_calls, "_names", {"a"})
    monkeypatch.setattr(model_calls, "MOST_NAMES", 2)
    assert [told_name(name) for name in ("a", "org/some-model:7b", "one-more", "a")] == [
        "a",
        "org/some-model:7b",
        OTHER,
        "a",
    ]
    assert {told_name(name) for name in ("I live in Lisbon", "", "x" * 129, None, 5, "a\nb")} == {OTHER}


async def test_text_of_a_reply_enters_no_span() -> None:
    watch = Watch()

    def speak(_: list[ModelMessage], __: AgentInfo) -> ModelResponse:
        return ModelResponse(parts=[TextPart(content="Try the quinoa.")], provider_details={"said": "quinoa"})

    async with of_model(FunctionModel(speak, model_name="speaker")) as ai:
        reply = await ai.chat("zoe@example.org", "Dinner with Thaddeus?")
    told = "".join(span.to_json() for span in watch.spans)
    assert "quinoa" in reply.text
    assert watch.names().count("chat speaker") == 1
    assert not [word for word in ("quinoa", "Thaddeus", "zoe") if word in told]


def test_the_documentation_names_every_metric_and_every_operation() -> None:
    told = (ROOT / "docs" / "observability.md").read_text(encoding="utf-8")
    made = re.findall(r'create_\w+\(\s*"([\w.]+)"', (ROOT / "src/aipersona/telemetry/meters.py").read_text())
    done = re.findall(r'@operation\("(\w+)"\)', (ROOT / "src/aipersona/engine.py").read_text())
    assert len(made) == 10
    assert len(done) == 6
    assert [name for name in made if f"`{name}`" not in told] == []
    assert [name for name in done if f"`aipersona.{name}`" not in told and f"`.{name}`" not in told] == []
