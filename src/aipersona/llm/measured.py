"""Models whose calls are told to telemetry: one span and its metrics for each, retries included.

pydantic-ai's own instrumentation is not used, even without content: its spans hold the schemas of tools and of answers,
which name learned fields, and its metrics know no tenant. What an application turns on for all of its agents does not
reach the agents here; a model that it instruments itself stays instrumented.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from pydantic_ai.messages import ModelMessage, ModelResponse
from pydantic_ai.models import Model, ModelRequestParameters, StreamedResponse
from pydantic_ai.models.wrapper import WrapperModel
from pydantic_ai.settings import ModelSettings
from pydantic_ai.tools import RunContext

from aipersona.telemetry.model_calls import ModelCalled, model_call
from aipersona.telemetry.spans import error_type


class MeasuredModel(WrapperModel):
    """A model whose requests are measured; `measured` makes one."""

    async def request(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
    ) -> ModelResponse:
        with model_call("chat", self.system, self.model_name) as called:
            response = await self.wrapped.request(messages, model_settings, model_request_parameters)
            called.used(response.usage.input_tokens, response.usage.output_tokens)
            return response

    @asynccontextmanager
    async def request_stream(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
        run_context: RunContext[Any] | None = None,
    ) -> AsyncGenerator[StreamedResponse]:
        called = ModelCalled("chat", self.system, self.model_name)
        failure = None
        try:
            async with self.wrapped.request_stream(
                messages, model_settings, model_request_parameters, run_context
            ) as stream:
                yield stream
                called.used(stream.usage.input_tokens, stream.usage.output_tokens)
        except BaseException as error:
            failure = error_type(error)
            raise
        finally:
            called.finish(failure)


def measured(model: Model) -> Model:
    """The model, with its calls measured."""
    return model if isinstance(model, MeasuredModel) else MeasuredModel(model)
