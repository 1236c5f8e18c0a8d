"""A model that makes the calls that a test says, at an engine in memory, on Monday 2026-06-01."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic_ai.messages import ModelMessage, ModelRequest, ModelResponse, TextPart, ToolCallPart, ToolReturnPart
from pydantic_ai.models.function import AgentInfo, FunctionModel

from aipersona import AIPersona, Query
from aipersona.chat import Reply
from aipersona.optimizer.draft import ScriptedFunction
from tests.aipersona.kit import NOON, always

Step = tuple[str, Mapping[str, Any]]

TUESDAY, WEDNESDAY, FRIDAY = "2026-06-02", "2026-06-03", "2026-06-05"


class Assistant:
    """One user's engine and a model that makes these calls, one a round, for one message after another."""

    def __init__(self, *, drafter: ScriptedFunction | None = None, **settings: Any) -> None:
        self.steps: list[Step] = []
        self.told: list[str] = []
        self.offered: list[str] = []
        self.says = "Done."
        model = FunctionModel(self._next, model_name="assistant")
        self.ai = AIPersona(
            ":memory:", model=model, drafter=drafter or always(), every=1, clock=lambda: NOON, **settings
        )

    def _next(self, messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        last = messages[-1]
        assert isinstance(last, ModelRequest)
        self.offered = [tool.name for tool in info.function_tools]
        self.told += [str(part.content) for part in last.parts if isinstance(part, ToolReturnPart)]
        if not self.steps:
            return ModelResponse(parts=[TextPart(content=self.says)])
        name, arguments = self.steps.pop(0)
        return ModelResponse(parts=[ToolCallPart(tool_name=name, args=dict(arguments))])

    async def hears(self, message: str, *steps: Step, user: str = "alice", **more: Any) -> Reply:
        self.steps, self.told = list(steps), []
        return await self.ai.chat(user, message, **more)

    async def rows(self, path: str, user: str = "alice") -> list[dict[str, Any]]:
        """The rows that hold, without their ids."""
        answer = await self.ai.query(user, Query(path=path))
        return [{name: value for name, value in row.items() if name != "id"} for row in answer.rows]

    async def authorities(self, path: str) -> list[str]:
        return [claim.authority for claim in (await self.ai.persona("alice")).claims(path)]
