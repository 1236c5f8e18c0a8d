"""Tools for a model whose own tool calls do not work: the next step as one JSON document.

The local model's chat template has its braces doubled, and the model leaves the tags out. Asked for a JSON object that
is either a call of one of the tools or a reply, under a grammar, it gets most of them right. So the tools stand in the
prompt as signatures, with examples, and what comes back is a call or a text like any other model's.
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Protocol

from pydantic import JsonValue
from pydantic_ai.messages import (
    ModelMessage,
    ModelRequest,
    ModelResponse,
    TextPart,
    ToolCallPart,
    ToolReturnPart,
    UserPromptPart,
)
from pydantic_ai.models import CompletedStreamedResponse, Model, ModelRequestParameters, StreamedResponse
from pydantic_ai.models.wrapper import WrapperModel
from pydantic_ai.settings import ModelSettings
from pydantic_ai.tools import RunContext, ToolDefinition
from pydantic_ai.usage import RequestUsage

from aipersona.grounding import words_of
from aipersona.llm.local.runtime import Message

MOST_TOKENS = 700
"""Of one step: a call or a reply."""

MOST_CHARACTERS = 1_000
"""Of a reply: a small model that repeats itself would not end it."""

EXAMPLES: tuple[tuple[str, Mapping[str, Any]], ...] = (
    ("Take me to Bahnhofstrasse 3", {"do": "book_taxi", "arguments": {"address": "Bahnhofstrasse 3"}}),
    ('Result of book_taxi: {"minutes": 4}', {"do": "reply", "text": "Your taxi comes in 4 minutes."}),
    ("What is the capital of Peru?", {"do": "reply", "text": "The capital of Peru is Lima."}),
    ("Can I still catch the 8:15?", {"do": "train_times", "arguments": {"after": "8:15"}}),
    ('Result of train_times: ["8:15 delayed by 10 minutes"]', {"do": "reply", "text": "Yes, it is 10 minutes late."}),
)
"""Steps with tools that are not there, so that none of their values can be taken for the user's."""

HOW = (
    "Answer with one JSON object, your next step. If one of your tools can find out or do what is asked, call it: "
    '{"do": its name, "arguments": {...}}, and leave out arguments that are the user\'s own. '
    'Else {"do": "reply", "text": ...}.'
)
REPLY = 'Answer with one JSON object: {"do": "reply", "text": ...}.'


MOST_TOOLS = 16
"""Among how many tools the model chooses in a chat, unless its limits say otherwise: each is 30 to 80 tokens of every
prompt, and among many a small model takes a wrong one (benchmarks/README.md)."""


class Filled(Protocol):
    """A JSON document, and what it took."""

    @property
    def text(self) -> str: ...
    @property
    def prompt_tokens(self) -> int: ...
    @property
    def completion_tokens(self) -> int: ...


class Steps(Protocol):
    """What fills in steps: `LocalServer`, or any other server that binds a model to a JSON schema.

    Raises: AIPersonaErrors.
    """

    async def complete_json(
        self,
        messages: Sequence[Message],
        json_schema: Mapping[str, JsonValue],
        *,
        max_tokens: int,
        repeatable: bool = True,
    ) -> Filled: ...


class CallingModel(WrapperModel):
    """A model that calls tools by JSON documents of a given form, as the embedded one does.

    Without tools it answers as `wrapped` does by itself. `most_tools` is how many a chat shows it at once.
    """

    def __init__(self, wrapped: Model, server: Steps, *, most_tools: int | None = MOST_TOOLS) -> None:
        super().__init__(wrapped)
        self._server = server
        self.most_tools = most_tools

    async def request(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
    ) -> ModelResponse:
        """One step.

        Raises: ModelError.
        """
        tools = _offered(model_settings, model_request_parameters)
        if not model_request_parameters.function_tools:
            return await super().request(messages, model_settings, model_request_parameters)
        asked = _asked(messages, tools)
        filled = await self._server.complete_json(asked, step_schema(tools), max_tokens=MOST_TOKENS, repeatable=False)
        usage = RequestUsage(input_tokens=filled.prompt_tokens, output_tokens=filled.completion_tokens)
        step: dict[str, Any] = json.loads(filled.text)
        if "text" not in step:
            part = ToolCallPart(tool_name=step["do"], args=step.get("arguments", {}))
        else:
            part = TextPart(content=str(step["text"]).strip())
        return ModelResponse(parts=[part], usage=usage, model_name=self.model_name)

    @asynccontextmanager
    async def request_stream(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
        run_context: RunContext[Any] | None = None,
    ) -> AsyncGenerator[StreamedResponse]:
        """The same; with tools a step comes as a whole, since nobody knows before its end what it is."""
        if not model_request_parameters.function_tools:
            async with super().request_stream(
                messages, model_settings, model_request_parameters, run_context
            ) as stream:
                yield stream
            return
        step = await self.request(messages, model_settings, model_request_parameters)
        yield CompletedStreamedResponse(step, model_request_parameters=model_request_parameters, replay_events=True)


def step_schema(tools: Sequence[ToolDefinition]) -> dict[str, Any]:
    """The JSON schema of a step: a call of one of the tools, or a reply."""
    reply = {
        "type": "object",
        "properties": {"do": {"const": "reply"}, "text": {"type": "string", "maxLength": MOST_CHARACTERS}},
        "required": ["do", "text"],
        "additionalProperties": False,
    }
    shared: dict[str, Any] = {}
    calls: list[dict[str, Any]] = []
    for tool in tools:
        arguments = dict(tool.parameters_json_schema)
        shared.update(arguments.pop("$defs", {}))
        arguments.setdefault("type", "object")
        arguments["additionalProperties"] = False
        # In the brackets of no arguments at all a small model may write white space without an end.
        given = {"arguments": arguments} if arguments.get("properties") else {}
        calls.append(
            {
                "type": "object",
                "properties": {"do": {"const": tool.name}, **given},
                "required": ["do", *given],
                "additionalProperties": False,
            }
        )
    schema: dict[str, Any] = {"anyOf": [*calls, reply]} if calls else reply
    return {**schema, "$defs": shared} if shared else schema


def _offered(settings: ModelSettings | None, parameters: ModelRequestParameters) -> list[ToolDefinition]:
    given: Mapping[str, Any] = dict(settings or {})
    return [] if given.get("tool_choice") == "none" else list(parameters.function_tools)


def _asked(messages: Sequence[ModelMessage], tools: Sequence[ToolDefinition]) -> list[Mapping[str, str]]:
    """The messages as the model's template takes them.

    The tools stand at the beginning of the system prompt, before what changes with every message: the server need not
    compute again the beginning that two prompts share, and sixteen tools are more than half of them.
    """
    instructions = next(
        (m.instructions for m in reversed(messages) if isinstance(m, ModelRequest) and m.instructions), ""
    )
    signatures = "\n".join(_signature(tool) for tool in tools)
    how = f"Your tools:\n{signatures}\n\n{HOW}" if tools else REPLY
    asked: list[Mapping[str, str]] = [{"role": "system", "content": f"{how}\n\n{instructions}".strip()}]
    for said, step in EXAMPLES if tools else ():
        asked.append({"role": "user", "content": said})
        asked.append({"role": "assistant", "content": json.dumps(step)})
    for message in messages:
        for role, content in _lines(message):
            if asked[-1]["role"] == role:
                asked[-1] = {"role": role, "content": f"{asked[-1]['content']}\n{content}"}
            else:
                asked.append({"role": role, "content": content})
    return asked


def _lines(message: ModelMessage) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for part in message.parts:
        if isinstance(part, UserPromptPart):
            found.append(("user", part.content if isinstance(part.content, str) else str(part.content)))
        elif isinstance(part, ToolReturnPart):
            found.append(("user", f"Result of {part.tool_name}: {part.model_response_str()}"))
        elif isinstance(part, TextPart):
            found.append(("assistant", json.dumps({"do": "reply", "text": part.content}, ensure_ascii=False)))
        elif isinstance(part, ToolCallPart):
            step = {"do": part.tool_name, "arguments": part.args_as_dict()}
            found.append(("assistant", json.dumps(step, ensure_ascii=False)))
    return found


def _signature(tool: ToolDefinition) -> str:
    """ "restaurants(city: string, guests?: integer): Find restaurants.", with what is said of the parameters."""
    schema = tool.parameters_json_schema
    required = set(schema.get("required", ()))
    properties: Mapping[str, Any] = schema.get("properties", {})
    parameters = ", ".join(
        f"{name}{'' if name in required else '?'}: {_type(spec)}" for name, spec in properties.items()
    )
    told = [f"    {name}: {spec['description']}" for name, spec in properties.items() if _tells(name, spec)]
    description = " ".join((tool.description or "").split())
    return "\n".join((f"- {tool.name}({parameters}): {description}", *told))


def _tells(name: str, spec: Mapping[str, Any]) -> bool:
    """Whether the description of a parameter says more than its name: "Parameter level" of `level` does not."""
    description = str(spec.get("description") or "")
    said = words_of(description)
    return bool(description) and not (said and said <= words_of(name.replace("_", " ")) | _NOTHING)


_NOTHING = words_of("the parameter, argument, value")


def _type(spec: Mapping[str, Any]) -> str:
    if "enum" in spec:
        return " | ".join(map(str, spec["enum"]))
    options = spec.get("anyOf")
    if options:
        return " | ".join(dict.fromkeys(_type(option) for option in options if option.get("type") != "null"))
    return str(spec.get("type", "any"))
