"""From the name of a model to something that can be asked: the local one, or any provider of pydantic-ai."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from aipersona.errors import ModelUnavailable
from aipersona.llm.calls import Endpoint, resolve_model
from aipersona.settings import Settings

if TYPE_CHECKING:
    from pydantic_ai.models import Model

    from aipersona.llm.local.runtime import LocalServer

NO_MODEL = (
    "no model is named: use --model (or AIPERSONA_MODEL) with `local` after `aipersona models pull`, "
    "or a provider's, such as openai:gpt-5-mini"
)

LOCAL_TEMPERATURE = 0.0


def is_local(model: object) -> bool:
    """Whether a name means the embedded model: `local`, or `local:PATH.gguf`."""
    return isinstance(model, str) and (model == "local" or model.startswith("local:"))


def local_server(model: str, settings: Settings) -> LocalServer:
    """The running local model of this process, loaded on first use.

    Raises: ModelUnavailable if it was not pulled, its file is not there, or the extra is missing.
    """
    from aipersona.llm.local.pull import default_model
    from aipersona.llm.local.runtime import shared_server

    _, _, path = model.partition(":")
    if path:
        return shared_server(Path(path).expanduser(), settings.context_tokens)
    found = default_model()
    if found is None:
        raise ModelUnavailable(
            "the local model is not here yet: `aipersona models pull` brings it (1.1 GB), "
            "or name a provider's with --model, such as openai:gpt-5-mini",
            passes=False,
        )
    return shared_server(found.path, settings.context_tokens)


def most_tools(model: Model) -> int | None:
    """Among how many tools a model can choose; None where nothing is known against any number."""
    from aipersona.llm.local.calling import CallingModel

    return model.most_tools if isinstance(model, CallingModel) else None


def chat_model(model: str | Model | None, settings: Settings) -> Model:
    """The pydantic-ai model that answers.

    Raises: ModelUnavailable.
    """
    if model is None:
        raise ModelUnavailable(NO_MODEL, passes=False)
    if not isinstance(model, str):
        return resolve_model(model)
    if is_local(model):
        server = local_server(model, settings)
        # A small model loses the thread when it is let choose the second-best word.
        local = Endpoint(
            model=server.model_name, base_url=server.base_url, api_key=server.api_key, temperature=LOCAL_TEMPERATURE
        )
        from aipersona.llm.local.calling import CallingModel

        return CallingModel(resolve_model(local), server)
    key = settings.api_key.get_secret_value() if settings.api_key else None
    return resolve_model(Endpoint(model=model, base_url=settings.base_url, api_key=key))
