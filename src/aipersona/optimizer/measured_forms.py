"""The embedded model as a filler of forms, its calls told to telemetry: it is asked without pydantic-ai."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic import JsonValue

from aipersona.optimizer.slots_strategy import Filled, FormFiller
from aipersona.telemetry.model_calls import model_call


class MeasuredForms:
    """A filler of forms, measured."""

    def __init__(self, filler: FormFiller) -> None:
        self._filler = filler

    @property
    def model_name(self) -> str:
        return self._filler.model_name

    async def complete_json(
        self, messages: Sequence[Mapping[str, str]], json_schema: Mapping[str, JsonValue], *, max_tokens: int
    ) -> Filled:
        """One JSON document that fits the schema.

        Raises: ModelError.
        """
        with model_call("chat", "llama.cpp", self.model_name) as called:
            filled = await self._filler.complete_json(messages, json_schema, max_tokens=max_tokens)
            called.used(filled.prompt_tokens, filled.completion_tokens)
            return filled
