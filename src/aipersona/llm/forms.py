"""Filling forms with any pydantic-ai model: JSON of a given schema through the provider's structured output."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import JsonValue

from aipersona.llm.calls import RETRIES, model_error

if TYPE_CHECKING:
    from pydantic_ai.models import Model


@dataclass(frozen=True, kw_only=True)
class FilledForm:
    """A filled form and what it cost."""

    text: str
    prompt_tokens: int
    completion_tokens: int


class ModelForms:
    """A form filler on a pydantic-ai model."""

    def __init__(self, model: Model) -> None:
        self._model = model

    @property
    def model_name(self) -> str:
        return f"{self._model.system}:{self._model.model_name}"

    async def complete_json(
        self, messages: Sequence[Mapping[str, str]], json_schema: Mapping[str, JsonValue], *, max_tokens: int
    ) -> FilledForm:
        """Ask for one JSON document that fits the schema.

        Raises: ModelError.
        """
        from pydantic_ai import Agent, NativeOutput, StructuredDict
        from pydantic_ai.messages import ModelRequest, ModelResponse, SystemPromptPart, TextPart, UserPromptPart

        from aipersona.llm.measured import measured

        history: list[ModelRequest | ModelResponse] = []
        for message in messages[:-1]:
            text = message["content"]
            if message["role"] == "assistant":
                history.append(ModelResponse(parts=[TextPart(content=text)]))
            else:
                kind = SystemPromptPart if message["role"] == "system" else UserPromptPart
                history.append(ModelRequest(parts=[kind(content=text)]))
        answer: Any = StructuredDict(dict(json_schema), name="form")
        agent: Agent[object, Any] = Agent(measured(self._model), output_type=NativeOutput(answer), retries=RETRIES)
        agent.instrument = False
        try:
            result = await agent.run(
                messages[-1]["content"],
                message_history=history,
                model_settings={"temperature": 0, "max_tokens": max_tokens},
            )
        except Exception as error:
            raise model_error(error, self.model_name) from None
        return FilledForm(
            text=json.dumps(result.output, ensure_ascii=False),
            prompt_tokens=result.usage.input_tokens,
            completion_tokens=result.usage.output_tokens,
        )
