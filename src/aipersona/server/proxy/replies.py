"""Replies: what the upstream answered, whole or in a stream, as a turn."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from pydantic import BaseModel, JsonValue, ValidationError, field_validator

from aipersona.server.proxy.messages import turn_of
from aipersona.sessions.model import Turn
from aipersona.sessions.openai_parts import text_of

ModelT = TypeVar("ModelT", bound=BaseModel)


@dataclass(frozen=True)
class Replied:
    """What was replied, and the response's id. `whole` is false where a stream ended before the reply did.

    `tokens` are those in and out by the upstream's count, 0 where it tells of none.
    """

    turn: Turn | None
    response_id: str | None
    whole: bool
    tokens: tuple[int, int] = (0, 0)


class _Function(BaseModel):
    name: str | None = None
    arguments: str | None = None


class _ToolCall(BaseModel):
    index: int = 0
    function: _Function | None = None


class _Message(BaseModel):
    content: JsonValue = None
    tool_calls: list[_ToolCall] | None = None


class _Choice(BaseModel):
    index: int = 0
    message: _Message | None = None
    delta: _Message | None = None
    finish_reason: str | None = None


class _Usage(BaseModel):
    """As chat completions name it, or responses."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    input_tokens: int = 0
    output_tokens: int = 0

    @property
    def tokens(self) -> tuple[int, int]:
        return self.prompt_tokens or self.input_tokens, self.completion_tokens or self.output_tokens


class _Metered(BaseModel):
    usage: _Usage | None = None

    @property
    def tokens(self) -> tuple[int, int]:
        return self.usage.tokens if self.usage is not None else (0, 0)

    @field_validator("usage", mode="wrap")
    @classmethod
    def _or_none(cls, given: object, read: Callable[[object], _Usage | None]) -> _Usage | None:
        try:
            return read(given)
        except ValidationError:
            return None  # a reply is one also where its tokens are told in another form


class _Completion(_Metered):
    choices: list[_Choice]


class _Item(_Function):
    type: str
    content: JsonValue = None


class _Response(_Metered):
    id: str
    status: str | None = None
    output: list[_Item]


class _Completed(BaseModel):
    response: _Response


def reply_of(body: bytes, *, stream: bool) -> Replied:
    """The first choice of a chat completion, or the output of a response, out of the body of a good answer."""
    if stream:
        return _streamed(body)
    response = _read(_Response, body)
    if response is not None:
        return _of_response(response)
    completion = _read(_Completion, body) or _Completion(choices=[])
    for choice in completion.choices:
        if choice.index == 0 and choice.message is not None:
            functions = (call.function for call in choice.message.tool_calls or ())
            return Replied(_turn(text_of(choice.message.content), functions), None, True, completion.tokens)
    return Replied(None, None, False)


def _of_response(made: _Response) -> Replied:
    texts = [text_of(item.content) for item in made.output if item.type == "message"]
    calls = [item for item in made.output if item.type == "function_call"]
    return Replied(_turn("\n".join(texts), calls), made.id, made.status == "completed", made.tokens)


def _streamed(body: bytes) -> Replied:
    text, calls, whole, tokens = list[str](), dict[int, _Function](), False, (0, 0)
    for event in _events(body):
        if b'"response.completed"' in event:
            completed = _read(_Completed, event)
            if completed is not None:
                return _of_response(completed.response)
        chunk = _read(_Completion, event)
        tokens = chunk.tokens if chunk is not None and chunk.usage is not None else tokens
        for choice in chunk.choices if chunk is not None else ():
            if choice.index != 0:
                continue
            whole = whole or choice.finish_reason is not None
            text.append(text_of(choice.delta.content) if choice.delta is not None else "")
            for call in (choice.delta.tool_calls or ()) if choice.delta is not None else ():
                made = calls.setdefault(call.index, _Function(name="", arguments=""))
                made.name = (made.name or "") + ((call.function and call.function.name) or "")
                made.arguments = (made.arguments or "") + ((call.function and call.function.arguments) or "")
    return Replied(_turn("".join(text), calls.values()), None, whole, tokens)


def _turn(text: str, functions: Iterable[_Function | None]) -> Turn | None:
    calls: list[JsonValue] = [
        {"function": {"name": function.name, "arguments": function.arguments}}
        for function in functions
        if function is not None
    ]
    return turn_of(1, "assistant", text, None, calls)


def _events(body: bytes) -> Iterator[bytes]:
    """The data of server-sent events."""
    return (line[5:] for line in body.splitlines() if line.startswith(b"data:"))


def _read(model: type[ModelT], body: bytes) -> ModelT | None:
    """The JSON as a model, or None where it is none."""
    try:
        return model.model_validate_json(body)
    except ValidationError:
        return None
