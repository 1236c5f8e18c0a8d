"""Tools as a chat uses them: arguments filled, calls within limits, failures told to the model, everything noted.

In: a toolset. Out: a toolset around it, and the calls that were made. A tool that hangs is left alone after its time,
one that raises is an error that the model reads, and a result of any length is cut to what a model can read.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, cast

from pydantic import JsonValue
from pydantic_ai.exceptions import ApprovalRequired, CallDeferred, ModelRetry
from pydantic_ai.messages import ModelResponse, ToolCallPart
from pydantic_ai.tools import RunContext
from pydantic_ai.toolsets import WrapperToolset
from pydantic_ai.toolsets.abstract import SchemaValidatorProt, ToolsetTool
from pydantic_core import PydanticSerializationError, to_jsonable_python

from aipersona.tools.filling import KEY, Filled, Known, Trust, fill, sources
from aipersona.tools.heard import Heard


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How long a call may take, in seconds; how much of its result a model is shown, in characters; among how many
    tools it chooses, those nearest to the message. The tools that users steer by come on top."""

    seconds: float = 30.0
    characters: int = 8_000
    most_tools: int | None = None
    """None leaves it to the model: all, but for one that calls tools in the form of the embedded one
    (`CallingModel.most_tools`)."""


@dataclass(frozen=True, kw_only=True)
class CallMade:
    """A call of a tool: with which arguments, which of them were filled, and what came back or went wrong."""

    name: str
    arguments: Mapping[str, JsonValue]
    filled: tuple[Filled, ...] = ()
    result: JsonValue = None
    error: str | None = None
    seconds: float = 0.0


@dataclass
class Acting(WrapperToolset[object]):
    """Tools around which arguments are filled and limits kept; `calls` are those made so far, in their order."""

    known: Known
    trust: Trust
    unprompted: frozenset[str] = frozenset()
    """Tools that run only before the model has read what others say, which may have told it to call them. They are our
    own, and may ask a model, which takes its time: the limit of seconds is not theirs."""
    heard: Heard = field(default_factory=Heard)
    limits: Limits = Limits()
    calls: list[CallMade] = field(default_factory=list[CallMade])
    on_call: Callable[[CallMade], None] | None = None

    async def get_tools(self, ctx: RunContext[object]) -> dict[str, ToolsetTool[object]]:
        tools = await super().get_tools(ctx)
        return {name: self._with_persona(tool) for name, tool in tools.items()}

    async def call_tool(
        self, name: str, tool_args: dict[str, Any], ctx: RunContext[object], tool: ToolsetTool[object]
    ) -> Any:
        given = _given(ctx)
        _, filled = fill(given, _parameters(tool), self.known, self.trust) if given is not None else ({}, ())
        filled = tuple(one for one in filled if one.parameter in tool_args)
        started = time.perf_counter()
        result, error = None, None
        try:
            if name in self.unprompted and self.heard.from_others(ctx):
                raise PermissionError(
                    "only what the user's own message asks for, before other tools were used; ask them"
                )
            seconds = None if name in self.unprompted else self.limits.seconds
            result = await within(seconds, super().call_tool(name, tool_args, ctx, tool))
        except (CallDeferred, ApprovalRequired):
            raise
        except ModelRetry as refused:
            error = refused.message[: self.limits.characters]
        except TimeoutError:
            error = f"{name} did not answer within {self.limits.seconds:g} seconds"
        except Exception as failure:
            # The text of an error is the tool's own word, like its result; it goes to the model and nowhere else.
            error = f"{type(failure).__name__}: {failure}"[: self.limits.characters]
        shown = shortened(result, self.limits.characters) if error is None else None
        arguments = {argument: shortened(value, self.limits.characters) for argument, value in tool_args.items()}
        call = CallMade(
            name=name,
            arguments=arguments,
            filled=filled,
            result=shown,
            error=error,
            seconds=round(time.perf_counter() - started, 3),
        )
        self.calls.append(call)
        if self.on_call is not None:
            self.on_call(call)
        return shown if error is None else {"error": error}

    def _with_persona(self, tool: ToolsetTool[object]) -> ToolsetTool[object]:
        """The tool as the model sees it: what can be filled need not be given, and says so."""
        parameters = _parameters(tool)
        able = {
            name: found.path
            for name, source in sources(parameters, self.known.schema).items()
            if (found := self.known.value(source, parameters["properties"][name], self.trust)) is not None
        }
        properties = {name: _told(spec, able.get(name)) for name, spec in parameters.get("properties", {}).items()}
        shown = {**parameters, "properties": properties}
        if "required" in parameters:
            shown["required"] = [name for name in parameters["required"] if name not in able]
        validator = _Filling(tool.args_validator, parameters, self.known, self.trust) if able else tool.args_validator
        definition = replace(tool.tool_def, parameters_json_schema=shown)
        return replace(tool, tool_def=definition, args_validator=validator, max_retries=max(tool.max_retries, RETRIES))


RETRIES = 2
"""How often a model may correct arguments that are not of a tool's types."""


def _parameters(tool: ToolsetTool[object]) -> Mapping[str, Any]:
    """A tool's own schema, also where it was already shown to a model."""
    validator = tool.args_validator
    return validator.parameters if isinstance(validator, _Filling) else tool.tool_def.parameters_json_schema


def _told(parameter: Mapping[str, Any], path: str | None) -> dict[str, Any]:
    shown = {name: value for name, value in parameter.items() if name != KEY}
    if path is not None:
        note = f"left out, it is the user's own ({path})"
        shown["description"] = f"{shown['description']} ({note})" if shown.get("description") else note
    return shown


class _Filling:
    """A validator of arguments that fills in what is missing before it looks at them."""

    def __init__(self, inner: Any, parameters: Mapping[str, Any], known: Known, trust: Trust) -> None:
        self._inner: SchemaValidatorProt = inner
        self.parameters = parameters
        self._known = known
        self._trust: Trust = trust

    def validate_json(self, input: str | bytes | bytearray, *, allow_partial: Any = False, **kwargs: Any) -> Any:
        try:
            given = json.loads(input or "{}")
        except ValueError:
            return self._inner.validate_json(input, allow_partial=allow_partial, **kwargs)
        return self.validate_python(given, allow_partial=allow_partial, **kwargs)

    def validate_python(self, input: Any, *, allow_partial: Any = False, **kwargs: Any) -> Any:
        given: Any = input
        if isinstance(given, dict):
            given, _ = fill(cast("dict[str, Any]", given), self.parameters, self._known, self._trust)
            return self._inner.validate_json(json.dumps(given), allow_partial=allow_partial, **kwargs)
        return self._inner.validate_python(given, allow_partial=allow_partial, **kwargs)


def _given(ctx: RunContext[object]) -> dict[str, Any] | None:
    """The arguments as the model gave them."""
    for message in reversed(ctx.messages):
        if isinstance(message, ModelResponse):
            for part in message.parts:
                if isinstance(part, ToolCallPart) and part.tool_call_id == ctx.tool_call_id:
                    return part.args_as_dict()
    return None


async def within(seconds: float | None, call: Any) -> Any:
    """The result of a call, if it comes in time; one that does not stop when it is told to is left behind.

    Raises: TimeoutError; what the call raises.
    """
    task = asyncio.ensure_future(call)
    task.add_done_callback(_unheard)
    try:
        done, _ = await asyncio.wait({task}, timeout=seconds)
    except asyncio.CancelledError:
        task.cancel()
        raise
    if not done:
        task.cancel()
        raise TimeoutError
    return task.result()


def _unheard(task: asyncio.Future[Any]) -> None:
    """Take note of how a call ended, since asyncio logs, with its text, the failure of one that nobody asks about."""
    if not task.cancelled():
        task.exception()


def shortened(result: Any, most: int) -> JsonValue:
    """A result as JSON that a model can read: cut where it is too long, with a word that it was."""
    try:
        value = cast("JsonValue", to_jsonable_python(result, fallback=str))
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, allow_nan=False)
        text.encode()
    except (PydanticSerializationError, ValueError, RecursionError):
        value = text = str(result).encode(errors="replace").decode().replace("\0", "")
    text = text.replace("\0", "")
    if len(text) <= most:
        return value if not isinstance(value, str) else text
    return f"{text[:most]}… [cut: {len(text) - most:,} more characters]"
