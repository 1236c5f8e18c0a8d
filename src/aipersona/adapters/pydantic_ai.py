"""A living persona in a pydantic-ai agent.

persona = PersonaCapability(ai, user_id="alice")
agent = Agent("openai:gpt-5-mini", capabilities=[persona])
result = await agent.run("Where do we eat tonight?")
await persona.end("alice", result.conversation_id)
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pydantic_ai import Tool
from pydantic_ai._run_context import get_current_run_context  # nothing public tells of the run around a run
from pydantic_ai.capabilities import AbstractCapability, WrapRunHandler
from pydantic_ai.messages import (
    BaseToolReturnPart,
    InstructionPart,
    ModelMessage,
    ModelRequest,
    ModelResponse,
    UserPromptPart,
)
from pydantic_ai.models import ModelRequestContext
from pydantic_ai.run import AgentRunResult
from pydantic_ai.tools import DeferredToolRequests, RunContext
from pydantic_ai.toolsets import AbstractToolset, FunctionToolset
from pydantic_core import to_jsonable_python

from aipersona.adapters.conversation import Conversation, new_name
from aipersona.adapters.conversations import Conversations
from aipersona.adapters.history import noted
from aipersona.adapters.orders import ORDER_NAMES, ORDERS, Order
from aipersona.sessions.model import ToolCall

if TYPE_CHECKING:
    from aipersona.engine import AIPersona
    from aipersona.learning import LearnReport

Named = str | Callable[[RunContext[Any]], str]
"""A name, or what finds it in the run's dependencies: `lambda run: run.deps.user_id`."""


class PersonaCapability(AbstractCapability[Any]):
    """What is known of the user in the instructions of each run, and what is said in it kept as a session.

    One capability serves every user of an agent: the application names the user, and the session if it is not to be
    the run's conversation (`result.conversation_id`, which runs with a `message_history` share). The instructions are
    those of the requests alone: no message history holds them. With `steering` the model has the tools to remember,
    correct, forget and explain what is known, which act on the user's own last message only. `budget` in tokens.

    A run inside another one, such as that of a sub-agent which a tool calls, is told what is known of the user; what it
    is asked is no word of theirs: it is not kept, and it has no tools to steer.
    """

    def __init__(
        self,
        ai: AIPersona,
        user_id: Named,
        *,
        session_id: Named | None = None,
        budget: int = 1000,
        steering: bool = True,
    ) -> None:
        self._user, self._name, self._steering = user_id, session_id, steering
        self._conversations = Conversations(ai, budget=budget, steering=steering)

    async def for_run(self, ctx: RunContext[Any]) -> AbstractCapability[Any]:
        session = _named(self._name, ctx) if self._name is not None else ctx.conversation_id or new_name("agent")
        conversation = self._conversations.of(_named(self._user, ctx), session)
        return _NestedRun(conversation) if get_current_run_context() else _Run(conversation, self._steering)

    async def end(self, user_id: str, session_id: str, *, learn: bool = True) -> LearnReport | None:
        """End the session of a conversation, and learn when enough are pending: see Conversation.end.

        Raises: StoreUnavailable; ModelError.
        """
        return await self._conversations.end(user_id, session_id, learn=learn)


def _named(name: Named, ctx: RunContext[Any]) -> str:
    return name if isinstance(name, str) else name(ctx)


@dataclass
class _Run(AbstractCapability[Any]):
    """The same in one run of the agent."""

    conversation: Conversation
    steering: bool

    def get_toolset(self) -> AbstractToolset[Any] | None:
        return FunctionToolset([self._tool(order) for order in ORDERS]) if self.steering else None

    async def wrap_run(self, ctx: RunContext[Any], *, handler: WrapRunHandler) -> AgentRunResult[Any]:
        *before, message = _messages(ctx) or [""]
        await self.conversation.hear(message, before=before)
        result = await handler()
        if isinstance(result.output, DeferredToolRequests):
            return result  # another run answers, once the calls are approved or done
        text, calls = _answer(result.new_messages())
        output: Any = result.output
        await self.conversation.reply(text or _text_of(output), calls)
        return result

    async def prepare_model_request(
        self, ctx: RunContext[Any], request_context: ModelRequestContext
    ) -> ModelRequestContext:
        return _told(request_context, await self.conversation.instructions(_message(ctx)))

    def _tool(self, order: Order) -> Tool[Any]:
        async def carry_out(ctx: RunContext[Any], **arguments: Any) -> str:
            return await self.conversation.order(order.name, arguments, after_others=_has_read_others(ctx.messages))

        return Tool[Any].from_schema(carry_out, order.name, order.description, order.parameters, takes_ctx=True)


@dataclass
class _NestedRun(AbstractCapability[Any]):
    """The same in a run inside another one, whose message a model or a program has written."""

    conversation: Conversation

    async def prepare_model_request(
        self, ctx: RunContext[Any], request_context: ModelRequestContext
    ) -> ModelRequestContext:
        return _told(request_context, await self.conversation.briefing(_message(ctx)))


def _told(request_context: ModelRequestContext, text: str) -> ModelRequestContext:
    """The request with a text at the end of its instructions."""
    if not text:
        return request_context
    parameters = request_context.model_request_parameters
    parts = [*(parameters.instruction_parts or ()), InstructionPart(content=text, dynamic=True)]
    return replace(request_context, model_request_parameters=replace(parameters, instruction_parts=parts))


def _message(ctx: RunContext[Any]) -> str:
    """The user's message that the run answers; of a run that goes on with a history, the last one of that."""
    return _prompt_text(ctx.prompt) if ctx.prompt is not None else "".join(_messages(ctx)[-1:])


def _messages(ctx: RunContext[Any]) -> list[str]:
    """The user's messages as a run begins: those of the history that it goes on with, and its own, the newest last."""
    prompts = [p for m in ctx.messages if isinstance(m, ModelRequest) for p in m.parts if isinstance(p, UserPromptPart)]
    contents = [*(prompt.content for prompt in prompts), *([ctx.prompt] if ctx.prompt is not None else [])]
    return [_prompt_text(content) for content in contents]


def _prompt_text(content: str | Sequence[Any]) -> str:
    """The text of a message, without its pictures and files."""
    if isinstance(content, str):
        return content
    texts = [part if isinstance(part, str) else getattr(part, "content", None) for part in content]
    return "\n".join(text for text in texts if isinstance(text, str))


def _has_read_others(messages: Sequence[ModelMessage]) -> bool:
    """Whether the model has read, since the user's last message, what tools other than ours return."""
    for message in reversed(messages):
        for part in reversed(message.parts):
            if isinstance(part, UserPromptPart):
                return False
            if isinstance(part, BaseToolReturnPart) and part.tool_name not in ORDER_NAMES:
                return True
    return False


def _answer(messages: Sequence[ModelMessage]) -> tuple[str, list[ToolCall]]:
    """What the model said in a run, a paragraph for each response, and the calls that it made."""
    results: dict[str, Any] = {}
    for message in messages:
        for part in message.parts:
            if isinstance(part, BaseToolReturnPart):
                results[part.tool_call_id] = part.content
    responses = [message for message in messages if isinstance(message, ModelResponse)]
    calls = [
        kept
        for response in responses
        for call in response.tool_calls
        for kept in noted(call.tool_name, call.args_as_dict(), results.get(call.tool_call_id))
    ]
    return "\n\n".join(response.text for response in responses if response.text), calls


def _text_of(output: Any) -> str:
    """An output that is no text, as JSON."""
    return output if isinstance(output, str) else json.dumps(to_jsonable_python(output, fallback=str))
