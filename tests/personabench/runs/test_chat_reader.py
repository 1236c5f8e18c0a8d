"""The reader through a chat: what the model is told and shown, and which calls count."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic_ai.messages import ModelMessage, ModelRequest, ModelResponse, TextPart, ToolCallPart, UserPromptPart
from pydantic_ai.models.function import AgentInfo, FunctionModel

from aipersona import CallingModel
from aipersona.errors import ModelUnavailable
from personabench.datasets import Dataset, GoldCall, Probe
from personabench.endpoint import UpstreamRefused
from personabench.errors import BenchError, ModelDown, OtherRun
from personabench.runs import Ended, Plan, run
from personabench.runs.chat_reader import ChatReader, PostedSteps, chat_reader_version
from personabench.runs.reader import Reader
from personabench.runs.schema_tools import problem_with
from personabench.scores.outcomes import Failed, NotApplicable, Scored
from tests.personabench.runs.made import (
    BREW,
    Model,
    add_systems,
    answer_probe,
    calls_probe,
    dataset,
    lines,
    now,
    person,
    plan,
    untimed,
)

WALK: Mapping[str, object] = {
    "name": "go_to",
    "description": "Walks there.",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": []},
}
Call = tuple[str, dict[str, Any]]
RIGHT: Call = ("brew", {"tea": "oolong"})


class Scripted:
    """A model that makes these calls, one a round, then says so; it keeps what it was told and shown."""

    def __init__(self, *calls: Call, endless: bool = False, failure: Exception | None = None) -> None:
        self.calls, self.endless, self.failure = list(calls), endless, failure
        self.messages: list[ModelMessage] = []
        self.shown: dict[str, Any] = {}
        self.rounds = 0

    def __call__(self) -> FunctionModel:
        return FunctionModel(self._answer)

    @property
    def instructions(self) -> str:
        first = self.messages[0]
        assert isinstance(first, ModelRequest)
        return first.instructions or ""

    @property
    def message(self) -> object:
        (part,) = self.messages[0].parts
        assert isinstance(part, UserPromptPart)
        return part.content

    def _answer(self, messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        if self.failure is not None:
            raise self.failure
        self.messages, self.rounds = messages, self.rounds + 1
        self.shown = {tool.name: tool for tool in info.function_tools}
        settings: Mapping[str, Any] = dict(info.model_settings or {})
        if settings.get("tool_choice") == "none" or not self.calls:
            return ModelResponse(parts=[TextPart(content="Done.")])
        name, given = self.calls[0] if self.endless else self.calls.pop(0)
        return ModelResponse(parts=[ToolCallPart(tool_name=name, args=given)])


def reader(model: Scripted, **more: Any) -> ChatReader:
    return ChatReader(Reader(unused), dataset(tools=(BREW, WALK)), model, **more)


def unused(body: dict[str, Any]) -> tuple[int, Mapping[str, Any]]:
    raise AssertionError("the plain reader is not asked")


def read(model: Scripted, probe: Probe | None = None, context: str = "Ann drinks oolong.", **more: Any) -> Any:
    return reader(model, **more).read("calls", probe or calls_probe("ann"), context)


def test_the_calls_of_a_chat_are_scored_like_those_of_the_plain_reader() -> None:
    all_right = {"calls": Scored(value=1.0), "arguments_precision": Scored(value=1.0)}
    assert read(Scripted(RIGHT)) == {**all_right, "arguments_recall": Scored(value=1.0)}
    assert read(Scripted(("brew", {"tea": "sencha"})))["calls"] == Scored(value=0.0)
    assert read(Scripted(RIGHT, RIGHT))["calls"] == Scored(value=0.0), "made twice is one too many"
    assert read(Scripted())["calls"] == Scored(value=0.0)


def test_the_chat_is_told_who_it_is_what_is_known_and_who_asks() -> None:
    model = Scripted(RIGHT)
    read(model)
    assert model.instructions.startswith("You are an assistant that carries out requests. ")
    assert "Today is Wednesday, 11 June 2025." in model.instructions
    assert model.instructions.endswith("\n\nAnn drinks oolong.")
    assert model.message == "Carry out this request with your tools: What do I drink?\n(asked by Ann)"
    assert list(model.shown) == ["brew", "go_to"], "no orders, no desk"
    assert model.shown["brew"].description == "Brews tea."
    assert model.shown["brew"].parameters_json_schema == BREW["parameters"]


def test_an_empty_context_is_said_to_be_empty() -> None:
    model = Scripted(RIGHT)
    read(model, context="")
    assert model.instructions.endswith("\n\n(nothing yet)")


def test_nothing_that_the_user_is_known_for_goes_into_an_argument() -> None:
    gold = (GoldCall(name="go_to"),)
    stay = replace(calls_probe("ann"), query="I'm in Paris this week, let's go!", calls=gold)
    assert read(Scripted(("go_to", {})), stay)["calls"] == Scored(value=1.0)


def test_a_call_that_its_tool_refuses_does_not_count_and_the_model_may_mend_it() -> None:
    model = Scripted(("brew", {"tea": "oolong", "cups": "many"}), RIGHT)
    assert read(model)["calls"] == Scored(value=1.0)
    assert "cups: is one of 1, 2" in str(model.messages)


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ({"tea": "oolong"}, None),
        ({"tea": "oolong", "cups": 2}, None),
        ({}, "tea: is needed"),
        ({"tea": 3}, "tea: is of type string"),
        ({"tea": "oolong", "cups": 3}, "cups: is one of 1, 2"),
        ({"tea": "oolong", "sugar": True}, "there is no parameter 'sugar'; there are: tea, cups"),
    ],
)
def test_arguments_are_looked_at_by_their_schema(arguments: dict[str, Any], problem: str | None) -> None:
    parameters: Any = BREW["parameters"]
    assert problem_with(arguments, parameters) == problem


@pytest.mark.parametrize(
    ("kind", "value", "fits"),
    [
        ("integer", 3, True),
        ("integer", 3.0, True),
        ("integer", 3.5, False),
        ("integer", True, False),
        ("number", 3, True),
        ("boolean", True, True),
        ("boolean", 1, False),
        (["string", "null"], None, True),
        ("string", None, False),
        ("array", [1], True),
        ("odd", object, True),
    ],
)
def test_the_types_of_json_are_told_apart(kind: Any, value: Any, fits: bool) -> None:
    assert (problem_with({"x": value}, {"properties": {"x": {"type": kind}}}) is None) == fits


def test_a_model_that_only_calls_is_stopped_and_what_it_called_is_scored() -> None:
    model = Scripted(RIGHT, endless=True)
    assert read(model)["calls"] == Scored(value=0.0)
    assert model.rounds <= 10


def test_a_failure_of_the_chat_has_its_name_and_none_of_its_words() -> None:
    found = read(Scripted(failure=ModelUnavailable("oolong")))
    assert found == {"calls": Failed(who="reader", reason="chat: ModelUnavailable")}
    found = read(Scripted(("nonsense", {}), endless=True))
    assert found == {"calls": Failed(who="reader", reason="chat: ModelOutputInvalid")}


def test_of_many_tools_those_are_shown_that_the_context_speaks_of() -> None:
    tools = [{**WALK, "name": f"room_{n}", "description": f"Walks to room {n}."} for n in range(40)]
    model = Scripted()
    many = replace(dataset(), tools=(*tools, BREW))
    ChatReader(Reader(unused), many, model, most_tools=5).read("calls", calls_probe("ann"), "Brew Ann an oolong tea.")
    assert len(model.shown) == 5
    assert "brew" in model.shown


def test_what_is_no_request_is_left_to_the_plain_reader() -> None:
    def answers(body: dict[str, Any]) -> tuple[int, Mapping[str, Any]]:
        return 200, {"choices": [{"message": {"content": "Oolong."}}]}

    chats = ChatReader(Reader(answers), dataset(), Scripted())
    assert chats.read("answer", answer_probe("ann"), "") == {"answer": Scored(value=1.0)}
    found = chats.read("calls", calls_probe("ann"), "")
    assert found == {"calls": NotApplicable(reason="the data set names no tools")}


def test_the_version_names_the_prompts_of_the_benchmark_and_of_the_product() -> None:
    assert [part.partition("@")[0] for part in chat_reader_version().split()] == [
        "chat:", "assistant", "errand", "aipersona", "chat",
    ]  # fmt: skip


# In a run: by way of the endpoint.


class Steps(Model):
    """The embedded model: it fills in these steps, one after the other."""

    def __init__(self, *steps: Mapping[str, Any], left: int | None = None) -> None:
        super().__init__(left=left)
        self.steps = list(steps)

    def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        self.reply = json.dumps(self.steps[len(self.asked) % len(self.steps)])
        return super().post(path, body)


CALL = {"do": "brew", "arguments": {"tea": "Oolong"}}
REPLY = {"do": "reply", "text": "Done."}


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    add_systems(monkeypatch)
    folder = tmp_path / "data"
    folder.mkdir()
    return folder


async def measure(out: Path, planned: Plan, people: Dataset | None = None, **more: Any) -> Ended:
    return await run(planned, people or ann(), out, clock=now, **more)


def ann() -> Dataset:
    return dataset(person("ann", calls_probe("ann")), tools=(BREW, WALK))


def chatting(data: Path, **more: Any) -> Plan:
    return plan(data, "diary", model="local", kinds=("calls",), reader="chat", **more)


@pytest.mark.anyio
async def test_the_embedded_model_s_steps_go_by_the_endpoint_and_are_counted(data: Path, tmp_path: Path) -> None:
    model = Steps(CALL, REPLY)
    ended = await measure(tmp_path / "out", chatting(data), upstream=model)
    (line,) = lines(tmp_path / "out" / "results.jsonl")
    assert (ended.failures, line["scores"]["calls"]) == (0, 1.0)
    assert line["reader_cost"]["calls"] == 2
    assert line["reader_cost"]["prompt_tokens"] == 20
    first, second = model.asked
    assert first["response_format"]["json_schema"]["schema"]["anyOf"][0]["properties"]["do"] == {"const": "brew"}
    assert first["cache_prompt"] is True
    assert "I gave up espresso, I drink oolong now." in str(first["messages"])
    assert second["messages"][-1] == {"role": "user", "content": "Result of brew: done"}


@pytest.mark.anyio
async def test_a_server_s_model_calls_tools_in_its_own_way(data: Path, tmp_path: Path) -> None:
    class Native(Model):
        def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
            made = super().post(path, body)
            if len(self.asked) == 1:
                call = {"name": "brew", "arguments": '{"tea": "oolong"}'}
                message = {"role": "assistant", "tool_calls": [{"id": "1", "type": "function", "function": call}]}
                made["choices"] = [{"index": 0, "finish_reason": "tool_calls", "message": message}]
            return made

    model = Native()
    planned = plan(data, "diary", model="made", kinds=("calls",), reader="chat", most_tools=1)
    asking = replace(calls_probe("ann"), query="Brew my tea.")
    await measure(tmp_path / "out", planned, dataset(person("ann", asking), tools=(BREW, WALK)), upstream=model)
    (line,) = lines(tmp_path / "out" / "results.jsonl")
    assert line["scores"]["calls"] == 1.0
    assert [tool["function"]["name"] for tool in model.asked[0]["tools"]] == ["brew"]


@pytest.mark.anyio
async def test_the_same_is_measured_twice_and_the_second_time_asks_nobody(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    await measure(out, chatting(data), upstream=Steps(CALL, REPLY))
    first = untimed(out / "results.jsonl")
    for name in ("results.jsonl", "units.jsonl"):
        (out / name).unlink()
    silent = Steps(CALL, left=0)
    await measure(out, chatting(data), upstream=silent)
    assert untimed(out / "results.jsonl") == first
    assert silent.asked == []


@pytest.mark.anyio
async def test_a_model_that_goes_down_stops_the_run_which_goes_on_at_its_step(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    with pytest.raises(ModelDown):
        await measure(out, chatting(data), upstream=Steps(CALL, left=1))
    assert not (out / "results.jsonl").exists()
    rest = Steps(REPLY)
    await measure(out, chatting(data), upstream=rest)
    assert lines(out / "results.jsonl")[0]["scores"]["calls"] == 1.0
    assert len(rest.asked) == 1


@pytest.mark.anyio
async def test_a_step_that_the_model_cannot_fill_in_is_a_failure_of_its_own(data: Path, tmp_path: Path) -> None:
    class Refusing(Model):
        def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
            raise UpstreamRefused(400, "too long: oolong")

    ended = await measure(tmp_path / "out", chatting(data), upstream=Refusing())
    (line,) = lines(tmp_path / "out" / "results.jsonl")
    assert line["failures"] == {"calls": {"who": "reader", "reason": "chat: ModelRefused"}}
    assert ended.failures == 1


@pytest.mark.anyio
async def test_another_reader_is_another_run(data: Path, tmp_path: Path) -> None:
    await measure(tmp_path / "out", chatting(data), upstream=Steps(CALL, REPLY))
    with pytest.raises(OtherRun, match="now reader"):
        await measure(tmp_path / "out", plan(data, "diary", model="local", kinds=("calls",)), upstream=Model())
    with pytest.raises(OtherRun, match="now most_tools 3, not none"):
        await measure(tmp_path / "out", chatting(data, most_tools=3), upstream=Model())


def test_a_chat_needs_a_model_and_a_shortlist_a_chat(data: Path) -> None:
    with pytest.raises(BenchError, match="the reader 'chat' needs a model: --model local"):
        plan(data, "diary", reader="chat").check()
    with pytest.raises(BenchError, match="--reader chat"):
        plan(data, "diary", model="local", most_tools=3).check()


@pytest.mark.anyio
async def test_what_fills_in_steps_is_what_the_product_takes() -> None:
    def post(body: dict[str, Any]) -> tuple[int, Mapping[str, Any]]:
        return 200, {"choices": [{"message": {"content": '{"do": "reply"}'}}]}

    _ = CallingModel(Scripted()(), PostedSteps(post))
    filled = await PostedSteps(post).complete_json([], {}, max_tokens=1)
    assert (filled.text, filled.prompt_tokens, filled.completion_tokens) == ('{"do": "reply"}', 0, 0)
