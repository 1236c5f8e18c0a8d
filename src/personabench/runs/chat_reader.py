"""The reader through a chat: requests are put to `AIPersona.chat`, and the calls that it makes are scored.

It has the tools of the data set, and knows nobody: all that it is told is what a system returned. Nothing is filled in,
remembered or looked up in a calendar; what calls are made of, how many rounds there are and which tools are shown is as
in every chat.
The embedded model is asked by way of the endpoint, like a server's, so that its steps are counted and kept.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from functools import partial
from typing import TYPE_CHECKING, Any

from pydantic import JsonValue

from aipersona import AIPersona, AIPersonaError, CallingModel, Limits
from aipersona.errors import ModelRefused
from aipersona.prompts import prompt
from aipersona.settings import Settings
from personabench.datasets import Dataset, GoldCall, Probe, ProbeKind
from personabench.prompts import rendered, versions
from personabench.runs.reader import Post, Reader, asked, scored_calls
from personabench.runs.schema_tools import tools_of
from personabench.scores.outcomes import Failed, NotApplicable, Outcome
from personabench.systems import ModelAccess
from personabench.systems.ours import Shared
from personabench.systems.protocol import Embed
from personabench.worker import Worker

if TYPE_CHECKING:
    from pydantic_ai.models import Model

NOBODY = "nobody"

_HERE = "personabench.runs"


class ChatReader:
    """Puts requests to a chat; what is no request is left to the plain reader.

    `model` makes the model of each chat, `embed` serves its shortlist of tools, of which `most_tools` are shown.
    """

    def __init__(
        self,
        plain: Reader,
        dataset: Dataset,
        model: Callable[[], Model],
        *,
        embed: Embed | None = None,
        most_tools: int | None = None,
    ) -> None:
        self._plain, self._dataset, self._model = plain, dataset, model
        self._embed, self._limits = embed, Limits(most_tools=most_tools)

    def read(self, kind: ProbeKind, probe: Probe, context: str) -> Mapping[str, Outcome]:
        """The scores of one kind by name, or an outcome that is none under the name of the kind; blocks meanwhile."""
        if kind != "calls":
            return self._plain.read(kind, probe, context)
        if not self._dataset.tools:
            return {"calls": NotApplicable(reason="the data set names no tools")}
        made = asyncio.run(self.calls(probe, context))
        return {"calls": made} if isinstance(made, Failed) else scored_calls(made, probe, self._dataset.tools)

    async def calls(self, probe: Probe, context: str) -> list[GoldCall] | Failed:
        """The calls that were made and not refused by their tools."""
        now = datetime.combine(probe.day, time(12), UTC)
        embedder = Shared(self._embed) if self._embed is not None else "none"
        settings = Settings.model_construct()  # whatever the environment says
        values = {"assistant": self._dataset.assistant, "day": f"{probe.day:%A, %d %B %Y}"}
        async with (
            self._model() as model,
            AIPersona(
                ":memory:", model=model, embedder=embedder, settings=settings, clock=lambda: now, drafter=_nothing
            ) as ai,
        ):
            try:
                reply = await ai.chat(
                    NOBODY,
                    rendered(_HERE, "errand", {"query": asked(probe)}),
                    context=context,
                    instructions=rendered(_HERE, "assistant", values),
                    tools=tools_of(self._dataset.tools),
                    steering=False,
                    desk=False,
                    limits=self._limits,
                )
            except AIPersonaError as error:
                return Failed(who="reader", reason=f"chat: {type(error).__name__}")
        return [GoldCall(name=call.name, arguments=call.arguments) for call in reply.calls if call.error is None]


def chat_reader_version() -> str:
    """Name, version and hash of the prompts: of the instructions and the message here, and of the chat's own."""
    return f"chat: {versions(_HERE, ('assistant', 'errand'))} aipersona {prompt('chat').label}"


def model_at(access: ModelAccess, post: Post | None) -> Model:
    """The model at an endpoint, with tool calls of its own; or, with `post`, in the form of the embedded model."""
    from pydantic_ai.models.openai import OpenAIChatModel
    from pydantic_ai.providers.openai import OpenAIProvider

    served = OpenAIChatModel(
        access.model,
        provider=OpenAIProvider(base_url=access.base_url, api_key=access.api_key),
        settings={"temperature": 0},
    )
    return served if post is None else CallingModel(served, PostedSteps(post))


@dataclass(frozen=True, kw_only=True)
class Posted:
    """A document that was filled in, and what it took."""

    text: str
    prompt_tokens: int
    completion_tokens: int


class PostedSteps:
    """Fills in steps by requests to a model's address, which block."""

    def __init__(self, post: Post) -> None:
        self._post = post

    async def complete_json(
        self,
        messages: Sequence[Mapping[str, str]],
        json_schema: Mapping[str, JsonValue],
        *,
        max_tokens: int,
        repeatable: bool = True,
    ) -> Posted:
        """Raises: ModelRefused."""
        body: dict[str, Any] = {
            "messages": [dict(message) for message in messages],
            "temperature": 0,
            "max_completion_tokens": max_tokens,
            "response_format": {"type": "json_schema", "json_schema": {"name": "step", "schema": dict(json_schema)}},
            "cache_prompt": not repeatable,
        }
        worker = Worker()  # what answers may run an event loop of its own
        try:
            status, made = await worker.run(partial(self._post, body))
        finally:
            worker.close()
        if status != 200:
            raise ModelRefused(f"the model answers {status}")
        usage: Mapping[str, Any] = made.get("usage") or {}
        return Posted(
            text=str(made["choices"][0]["message"]["content"]),
            prompt_tokens=int(usage.get("prompt_tokens") or 0),
            completion_tokens=int(usage.get("completion_tokens") or 0),
        )


def _nothing(_: object) -> list[Any]:
    """Drafts nothing: the chat learns nothing."""
    return []
