"""Calling a language model through pydantic-ai: structured answers, with what each call cost.

Any provider that pydantic-ai names (`openai:...`, `anthropic:...`, `ollama:...`), any OpenAI-compatible base URL, or a
pydantic-ai model object. Failures come out as ModelErrors without the prompt or the answer in them.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel

from aipersona.errors import ModelError, ModelOutputInvalid, ModelRefused, ModelUnavailable
from aipersona.persona.revisions import ModelCall

if TYPE_CHECKING:
    from pydantic_ai.models import Model

AnswerT = TypeVar("AnswerT", bound=BaseModel)

RETRIES = 2
"""How often an answer that does not parse is asked for again, with what was wrong with it."""


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """Which model to call and where; credentials stay in here and in the provider's own environment variables."""

    model: str
    base_url: str | None = None
    api_key: str | None = None
    temperature: float | None = None
    """None leaves it to the server."""


def resolve_model(endpoint: Endpoint | Model) -> Model:
    """The pydantic-ai model for an endpoint; with a base URL, any server that speaks OpenAI's chat completions.

    Raises: ModelUnavailable for an unknown name, a missing key or a missing extra.
    """
    from pydantic_ai.exceptions import UserError
    from pydantic_ai.models import Model, infer_model

    if isinstance(endpoint, Model):
        return endpoint
    try:
        if endpoint.base_url is not None:
            from pydantic_ai.models.openai import OpenAIChatModel
            from pydantic_ai.providers.openai import OpenAIProvider
            from pydantic_ai.settings import ModelSettings

            name = endpoint.model.removeprefix("openai:").removeprefix("openai-chat:")
            provider = OpenAIProvider(base_url=endpoint.base_url, api_key=endpoint.api_key or "none")
            settings = ModelSettings(temperature=endpoint.temperature) if endpoint.temperature is not None else None
            return OpenAIChatModel(name, provider=provider, settings=settings)
        return infer_model(endpoint.model)
    except ImportError as error:
        provider_name = endpoint.model.partition(":")[0]
        message = f"the provider {provider_name!r} needs its extra: pip install 'aipersona[{provider_name}]'"
        raise ModelUnavailable(message, passes=False) from error
    except (UserError, ValueError) as error:
        raise ModelUnavailable(str(error), passes=False) from None
    except Exception as error:
        # Provider SDKs raise their own errors for a missing key; the class says enough, the text is not ours.
        message = f"the model {endpoint.model!r} cannot be set up: {type(error).__name__}: {error}"
        raise ModelUnavailable(message, passes=False) from None


class Caller:
    """Asks one model for answers of a given type."""

    def __init__(self, model: Model) -> None:
        self._model = model

    @property
    def name(self) -> str:
        """Provider and model, as stored with each call."""
        return f"{self._model.system}:{self._model.model_name}"

    async def structured(
        self, text: str, answer_type: type[AnswerT], *, purpose: str, label: str
    ) -> tuple[AnswerT, ModelCall]:
        """The answer to a prompt, parsed, and what it cost, retries included.

        Raises: ModelOutputInvalid after the retries; ModelRefused, ModelUnavailable.
        """
        from pydantic_ai import Agent

        from aipersona.llm.measured import measured

        agent: Agent[object, AnswerT] = Agent(measured(self._model), output_type=answer_type, retries=RETRIES)
        agent.instrument = False
        started = time.perf_counter()
        try:
            result = await agent.run(text, model_settings={"temperature": 0})
        except Exception as error:
            raise model_error(error, self.name) from None
        usage = result.usage
        call = ModelCall(
            purpose=purpose,
            model=self.name,
            prompt=label,
            prompt_tokens=usage.input_tokens,
            completion_tokens=usage.output_tokens,
            prompt_characters=len(text),
            seconds=time.perf_counter() - started,
        )
        return result.output, call


def model_error(error: Exception, model: str) -> ModelError:
    """A provider's failure as one of ours. Its text stays out: it may quote the prompt."""
    from pydantic_ai import exceptions as given

    if isinstance(error, ModelError):
        return error
    match error:
        case given.ModelHTTPError():
            return ModelRefused(f"{model} answered with HTTP status {error.status_code}", answered=error.status_code)
        case given.UnexpectedModelBehavior():
            return ModelOutputInvalid(f"{model} gave no answer of the form asked for, {RETRIES + 1} times")
        case given.ModelAPIError():
            return ModelUnavailable(f"{model} cannot be reached: {type(error).__name__}")
        case given.UserError():
            return ModelUnavailable(f"{model} cannot be used: {type(error).__name__}", passes=False)
        case _:
            return ModelUnavailable(f"{model} failed: {type(error).__name__}")
