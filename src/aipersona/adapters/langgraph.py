"""A living persona in an agent of LangChain, which is a LangGraph graph.

    persona = PersonaMiddleware(ai)
    agent = create_agent("openai:gpt-5-mini", tools=[...], middleware=[persona], checkpointer=...)
    who = {"configurable": {"user_id": "alice", "thread_id": "monday"}}
    agent.invoke({"messages": [{"role": "user", "content": "Where do we eat tonight?"}]}, who)
    persona.end("alice", "monday")

Needs the extra `langgraph`. A graph without `create_agent` uses `Conversation` in its nodes.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from aipersona.adapters.conversation import UNREACHED, Conversation, blocking, new_name
from aipersona.adapters.conversations import Conversations
from aipersona.adapters.history import noted
from aipersona.adapters.orders import ORDER_NAMES, ORDERS, Order
from aipersona.errors import InvalidInput
from aipersona.sessions.model import ToolCall

NS_SEP = "|"
"""Stands in a checkpoint's namespace between the task of a graph and those of a graph inside it."""

try:
    from langchain.agents.middleware import AgentMiddleware, AgentState, ModelRequest, ModelResponse
    from langchain.messages import AIMessage, AnyMessage, HumanMessage, SystemMessage, ToolMessage
    from langchain.tools import BaseTool, ToolRuntime
    from langchain_core.tools import StructuredTool
    from langgraph.config import get_config
    from langgraph.runtime import Runtime
except ImportError as error:
    raise ImportError("the adapter for LangGraph needs its extra: pip install 'aipersona[langgraph]'") from error

if TYPE_CHECKING:
    from aipersona.engine import AIPersona
    from aipersona.learning import LearnReport

Named = str | Callable[[Any], str]
"""A name, or what finds it in the run's context: `lambda context: context.user_id`."""


class PersonaMiddleware(AgentMiddleware[AgentState[Any], Any, Any]):
    """What is known of the user in the system prompt of each model call, and what is said kept as a session.

    One middleware serves every user of an agent. `user_id` is by default `user_id` of the run's context or of its
    `configurable`, `session_id` the `thread_id` (without one, a name of this object's own). The graph's state never
    holds the persona. With `steering` the model has the tools to remember, correct, forget and explain what is known,
    which act on the user's own last message only. `budget` in tokens.

    A run inside another graph's, such as that of a sub-agent which a tool calls, is told what is known of the user;
    what it is asked is no word of theirs: it is not kept, and orders nothing. `nested` is for an agent that is a node
    of a larger graph, where the newest message is the user's all the same.
    """

    def __init__(
        self,
        ai: AIPersona,
        user_id: Named | None = None,
        *,
        session_id: Named | None = None,
        budget: int = 1000,
        steering: bool = True,
        nested: bool = False,
    ) -> None:
        super().__init__()
        self._ai, self._user, self._name, self._own = ai, user_id, session_id, new_name("agent")
        self._nested = nested
        self._conversations = Conversations(ai, budget=budget, steering=steering)
        self.tools: Sequence[BaseTool] = [self._tool(order) for order in ORDERS] if steering else []

    async def abefore_agent(self, state: AgentState[Any], runtime: Runtime[Any]) -> dict[str, Any] | None:
        conversation, message = self._conversation(runtime.context), _newest(state["messages"])
        if self._is_users(get_config()):
            speaker, before = message.name if message else None, _before(state["messages"])
            await conversation.hear(_text(message), speaker=speaker, before=before)

    def before_agent(self, state: AgentState[Any], runtime: Runtime[Any]) -> dict[str, Any] | None:
        conversation, message = self._conversation(runtime.context), _newest(state["messages"])
        speaker, before = message.name if message else None, _before(state["messages"])
        if self._is_users(get_config()):
            blocking(self._ai, lambda: conversation.hear(_text(message), speaker=speaker, before=before), None)

    async def awrap_model_call(
        self, request: ModelRequest[Any], handler: Callable[[ModelRequest[Any]], Awaitable[ModelResponse[Any]]]
    ) -> ModelResponse[Any]:
        return await handler(_told(request, await self._instructions(request)()))

    def wrap_model_call(
        self, request: ModelRequest[Any], handler: Callable[[ModelRequest[Any]], ModelResponse[Any]]
    ) -> ModelResponse[Any]:
        return handler(_told(request, blocking(self._ai, self._instructions(request), "")))

    async def aafter_agent(self, state: AgentState[Any], runtime: Runtime[Any]) -> dict[str, Any] | None:
        if self._is_users(get_config()):
            await self._conversation(runtime.context).reply(*_answer(state["messages"]))

    def after_agent(self, state: AgentState[Any], runtime: Runtime[Any]) -> dict[str, Any] | None:
        conversation = self._conversation(runtime.context)
        if self._is_users(get_config()):
            blocking(self._ai, lambda: conversation.reply(*_answer(state["messages"])), None)

    async def aend(self, user_id: str, session_id: str, *, learn: bool = True) -> LearnReport | None:
        """End the session of a thread, and learn when enough are pending: see Conversation.end.

        Raises: StoreUnavailable; ModelError.
        """
        return await self._conversations.end(user_id, session_id, learn=learn)

    def end(self, user_id: str, session_id: str, *, learn: bool = True) -> LearnReport | None:
        """The same without await."""
        return self._ai.sync.run(lambda: self.aend(user_id, session_id, learn=learn))

    def _conversation(self, context: Any, config: Mapping[str, Any] | None = None) -> Conversation:
        """The conversation of the run with this context.

        Raises: InvalidInput for a run that names no user.
        """
        named = (config or get_config()).get("configurable", {})
        user = _found(self._user, context) or _entry(context, "user_id") or named.get("user_id")
        if not user:
            raise InvalidInput(
                "the run names no user: give PersonaMiddleware a user_id, or the run's context or config"
            )
        session = _found(self._name, context) or named.get("thread_id") or self._own
        return self._conversations.of(str(user), str(session))

    def _instructions(self, request: ModelRequest[Any]) -> Callable[[], Awaitable[str]]:
        conversation, message = self._conversation(request.runtime.context), _text(_newest(request.messages))
        tell = conversation.instructions if self._is_users(get_config()) else conversation.briefing
        return partial(tell, message)

    def _is_users(self, config: Mapping[str, Any]) -> bool:
        """Whether the user speaks in the run with this config."""
        return self._nested or not _is_nested(config)

    def _tool(self, order: Order) -> BaseTool:
        def asked(runtime: ToolRuntime[Any, Any], arguments: Mapping[str, Any]) -> Awaitable[str]:
            conversation = self._conversation(runtime.context, runtime.config)
            after_others = not self._is_users(runtime.config) or _has_read_others(runtime.state["messages"])
            return conversation.order(order.name, arguments, after_others=after_others)

        async def carry_out(runtime: ToolRuntime[Any, Any], **arguments: Any) -> str:
            return await asked(runtime, arguments)

        def carry_out_blocking(runtime: ToolRuntime[Any, Any], **arguments: Any) -> str:
            return blocking(self._ai, lambda: asked(runtime, arguments), UNREACHED)

        return StructuredTool(
            name=order.name,
            description=order.description,
            args_schema=order.parameters,
            func=carry_out_blocking,
            coroutine=carry_out,
        )


def _found(name: Named | None, context: Any) -> str | None:
    return name(context) if callable(name) else name


def _entry(context: Any, name: str) -> Any:
    """What a context of any kind, an object or a dictionary, holds under a name."""
    if isinstance(context, Mapping):
        return cast("Mapping[str, Any]", context).get(name)
    return getattr(context, name, None)


def _is_nested(config: Mapping[str, Any]) -> bool:
    """Whether a run takes place inside another graph's: its namespace has several parts, or, in a thread of its own, it
    is described with the namespace of the outer run."""
    named: Mapping[str, Any] = config.get("configurable", {})
    described: Mapping[str, Any] = config.get("metadata", {})
    own = named.get("checkpoint_ns") or ""
    return NS_SEP in own or (described.get("checkpoint_ns") or own) != own


def _newest(messages: Sequence[AnyMessage]) -> HumanMessage | None:
    """The user's newest message."""
    return next((message for message in reversed(messages) if isinstance(message, HumanMessage)), None)


def _before(messages: Sequence[AnyMessage]) -> list[str]:
    """The user's messages before the newest."""
    return [_text(message) for message in messages if isinstance(message, HumanMessage)][:-1]


def _text(message: HumanMessage | None) -> str:
    return str(message.text) if message else ""


def _since_message(messages: Sequence[AnyMessage]) -> Sequence[AnyMessage]:
    """What came after the user's newest message."""
    places = [place for place, message in enumerate(messages) if isinstance(message, HumanMessage)]
    return messages[places[-1] + 1 :] if places else messages


def _has_read_others(messages: Sequence[AnyMessage]) -> bool:
    """Whether the model has read, since the user's last message, what tools other than ours return."""
    since = _since_message(messages)
    return any(isinstance(message, ToolMessage) and message.name not in ORDER_NAMES for message in since)


def _answer(messages: Sequence[AnyMessage]) -> tuple[str, list[ToolCall]]:
    """What the model said to the user's newest message, a paragraph each, and the calls that it made."""
    since = _since_message(messages)
    said = [message for message in since if isinstance(message, AIMessage)]
    results = {message.tool_call_id: message.text for message in since if isinstance(message, ToolMessage)}
    calls = [
        kept
        for message in said
        for call in message.tool_calls
        for kept in noted(call["name"], call["args"], results.get(call["id"] or ""))
    ]
    return "\n\n".join(text for message in said if (text := str(message.text))), calls


def _told(request: ModelRequest[Any], text: str) -> ModelRequest[Any]:
    """The request with a text at the end of its system prompt."""
    if not text:
        return request
    before = request.system_message
    if before is None:
        return request.override(system_message=SystemMessage(content=text))
    if isinstance(before.content, str):
        content: str | list[Any] = f"{before.content}\n\n{text}"
    else:
        content = [*before.content, {"type": "text", "text": text}]
    return request.override(system_message=before.model_copy(update={"content": content}))
