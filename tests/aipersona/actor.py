"""A model in tests that acts: it makes the calls that it is told to, then speaks."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from pydantic_ai.messages import ModelMessage, ModelRequest, ModelResponse, TextPart, ToolCallPart, ToolReturnPart
from pydantic_ai.models.function import AgentInfo, DeltaToolCall, DeltaToolCalls, FunctionModel

Calls = Sequence[tuple[str, dict[str, Any]]]


class Actor:
    """A model that makes these calls, round by round, then speaks; it remembers what it was shown and told."""

    def __init__(self, *rounds: Calls, says: str = "Done.", first: str = "") -> None:
        self.rounds, self.says, self.first = rounds, says, first
        self.returned: list[Any] = []
        self.shown: dict[str, dict[str, Any]] = {}
        self.asked = 0

    def model(self) -> FunctionModel:
        return FunctionModel(self._whole, stream_function=self._streamed, model_name="actor")

    def _next(self, messages: list[ModelMessage], info: AgentInfo) -> Calls:
        self.asked += 1
        self.shown = {tool.name: tool.parameters_json_schema for tool in info.function_tools}
        last = messages[-1]
        assert isinstance(last, ModelRequest)
        for part in last.parts:
            if isinstance(part, ToolReturnPart):
                self.returned.append(part.content)
        settings: Mapping[str, Any] = dict(info.model_settings or {})
        stopped = settings.get("tool_choice") == "none" or self.asked > len(self.rounds)
        return () if stopped else self.rounds[self.asked - 1]

    def _whole(self, messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        calls = self._next(messages, info)
        if not calls:
            return ModelResponse(parts=[TextPart(content=self.says)])
        said = [TextPart(content=self.first)] if self.first and self.asked == 1 else []
        return ModelResponse(parts=[*said, *(ToolCallPart(tool_name=name, args=given) for name, given in calls)])

    async def _streamed(self, messages: list[ModelMessage], info: AgentInfo) -> AsyncIterator[str | DeltaToolCalls]:
        calls = self._next(messages, info)
        if not calls:
            for word in self.says.split(" "):
                yield f"{word} "
            return
        for number, (name, given) in enumerate(calls):
            yield {number: DeltaToolCall(name=name, json_args=json.dumps(given), tool_call_id=f"c{self.asked}{number}")}
