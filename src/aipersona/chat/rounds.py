"""Asking a model that may call tools: round after round, up to a cap, as a whole or as it comes."""

from __future__ import annotations

from collections.abc import AsyncIterable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic_ai import Agent, capture_run_messages
from pydantic_ai.exceptions import UsageLimitExceeded
from pydantic_ai.messages import ModelMessage, ModelResponse, PartDeltaEvent, PartStartEvent, TextPart, TextPartDelta
from pydantic_ai.models import Model
from pydantic_ai.tools import RunContext
from pydantic_ai.toolsets import AbstractToolset
from pydantic_ai.usage import RunUsage, UsageLimits

from aipersona.errors import ModelError
from aipersona.llm.calls import model_error
from aipersona.llm.measured import measured

ROUNDS = 8
"""How often a model may call tools for one message before it must answer with what it has."""

UNFINISHED = "I could not finish this: it took too many steps."


@dataclass(frozen=True, kw_only=True)
class Answered:
    """What a model said, and the tokens of all that it was asked for that, by its own count: 0 where it counts none."""

    text: str
    prompt_tokens: int
    completion_tokens: int


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is asked: the instructions, what was said before, and the message."""

    instructions: str
    history: Sequence[ModelMessage]
    message: str


async def ask(
    model: Model,
    question: Question,
    toolset: AbstractToolset[object] | None,
    *,
    on_text: Callable[[str], None] | None = None,
    rounds: int = ROUNDS,
) -> Answered:
    """The model's answer, all that it says between its calls included. `on_text` gets it as it comes.

    Raises: ModelError; what `on_text` raises.
    """
    toolsets = [toolset] if toolset is not None else []
    agent = Agent(measured(model), instructions=question.instructions, toolsets=toolsets)
    agent.instrument = False
    taker = _Taker(on_text) if on_text is not None else None
    handler = taker.take if taker is not None else None
    used, at_last = RunUsage(), RunUsage()

    def answered(text: str) -> Answered:
        spent = used + at_last
        return Answered(text=text, prompt_tokens=spent.input_tokens, completion_tokens=spent.output_tokens)

    try:
        with capture_run_messages() as made:
            try:
                ended = await agent.run(
                    question.message,
                    message_history=question.history,
                    usage=used,
                    usage_limits=UsageLimits(request_limit=rounds),
                    event_stream_handler=handler,
                )
                return answered(_said(ended.new_messages()))
            except UsageLimitExceeded:
                before = list(made)
        told = _said(before[len(question.history) :])
        try:
            ended = await agent.run(
                message_history=before,
                usage=at_last,
                usage_limits=UsageLimits(request_limit=1),
                model_settings={"tool_choice": "none"},
                event_stream_handler=handler,
            )
        except UsageLimitExceeded:
            if on_text is not None:
                on_text(UNFINISHED)
            return answered(_joined([told, UNFINISHED]))
        return answered(_joined([told, _said(ended.new_messages())]))
    except Exception as error:
        if taker is not None and taker.failure is not None:
            raise taker.failure from None
        raise _error(error, model) from None


class _Taker:
    """Gives the text of a reply away as it comes; what the receiver raises is kept apart from the model's failures."""

    def __init__(self, on_text: Callable[[str], None]) -> None:
        self._on_text = on_text
        self._said = False
        self.failure: Exception | None = None

    async def take(self, _: RunContext[object], events: AsyncIterable[Any]) -> None:
        begins = True
        async for event in events:
            piece = ""
            if isinstance(event, PartStartEvent) and isinstance(event.part, TextPart):
                piece = event.part.content
            elif isinstance(event, PartDeltaEvent) and isinstance(event.delta, TextPartDelta):
                piece = event.delta.content_delta
            if not piece:
                continue
            if begins and self._said:
                self._give("\n\n")
            begins, self._said = False, True
            self._give(piece)

    def _give(self, piece: str) -> None:
        try:
            self._on_text(piece)
        except Exception as failure:
            self.failure = failure
            raise


def _said(messages: Sequence[ModelMessage]) -> str:
    """The text of the responses, one paragraph each."""
    return _joined([message.text or "" for message in messages if isinstance(message, ModelResponse)])


def _joined(texts: Sequence[str]) -> str:
    return "\n\n".join(text for text in texts if text)


def _error(error: Exception, model: Model) -> ModelError:
    return model_error(error, f"{model.system}:{model.model_name}")
