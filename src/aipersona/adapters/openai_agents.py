"""A living persona in an agent of the OpenAI Agents SDK.

    persona = AgentPersona(ai, user_id="alice", session_id="monday")
    agent = persona.on(Agent(name="Assistant", instructions="You plan evenings."))
    result = await Runner.run(agent, "Where do we eat tonight?")
    await persona.end("alice", "monday")

Needs the extra `agents`.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from pydantic_core import to_jsonable_python

from aipersona.adapters.conversation import Conversation, new_name
from aipersona.adapters.conversations import Conversations
from aipersona.adapters.history import noted
from aipersona.adapters.orders import ORDER_NAMES, ORDERS, Order
from aipersona.sessions.model import ToolCall

try:
    from agents import Agent, AgentHooks, FunctionTool, ItemHelpers, ModelResponse, RunContextWrapper, Tool
    from agents.items import TResponseInputItem
    from agents.tool_context import ToolContext
    from agents.usage import Usage
    from openai.types.responses import ResponseFunctionToolCall
except ImportError as error:
    raise ImportError(
        "the adapter for the OpenAI Agents SDK needs its extra: pip install 'aipersona[agents]'"
    ) from error

if TYPE_CHECKING:
    from aipersona.engine import AIPersona
    from aipersona.learning import LearnReport

Named = str | Callable[[Any], str]
"""A name, or what finds it in the run's context: `lambda context: context.user_id`."""

MOST_RUNS = 1000
"""How many runs are followed at the same time; those that failed are never told to have ended."""

_OWN_ITEMS = frozenset({"message", "reasoning", "function_call"})
"""What a response holds that no hosted tool has written."""


@dataclass(kw_only=True)
class _Run:
    """What happened in one run."""

    usage: Usage
    """Counts the run's tokens, and tells it from others; held, so that no other object has its id."""
    message: str
    texts: list[str] = field(default_factory=list[str])
    calls: list[ToolCall] = field(default_factory=list[ToolCall])
    returned: bool = False
    """Whether another tool has returned something, which the model reads with its next request."""
    read: bool = False
    made: set[str] = field(default_factory=set[str])
    """The ids of the calls that its agents made, which a run inside it has not."""
    under_way: set[str] = field(default_factory=set[str])
    """Those of them that have not returned."""

    def has_called(self, tool: Tool, context: ToolContext[Any]) -> bool:
        """Whether a call of a tool is the run's own, and not made in a run inside it."""
        return context.tool_call_id in self.made and context.tool_name == tool.name


class AgentPersona:
    """What is known of the user in the instructions of agents, and what is said kept as a session.

    One object serves every user of its agents: the application names the user and the session, at once or from the
    run's context; a session that nobody names is this object's own. No history holds the persona. With `steering` the
    agents have the tools to remember, correct, forget and explain what is known, which act on the user's own last
    message only. `budget` in tokens.

    An agent that is another one's tool (`as_tool`) is told what is known of the user; what it is asked is no word of
    theirs: it is not kept, and orders nothing. A run that a tool begins by itself looks like any other to this object:
    its agent is to have no persona.
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
        self._user = user_id
        self._name = session_id if session_id is not None else new_name("agent")
        self._conversations = Conversations(ai, budget=budget, steering=steering)
        self._steering = steering
        self._runs: OrderedDict[tuple[Conversation, int], _Run] = OrderedDict()

    def on(self, agent: Agent[Any]) -> Agent[Any]:
        """The same agent with a persona; its own instructions, tools and hooks stay. Agents that it hands over to need
        one, too, for what they answer to be kept."""

        async def instructions(context: RunContextWrapper[Any], _: Agent[Any]) -> str:
            own = await agent.get_system_prompt(context)
            known = await self._told(context)
            return "\n\n".join(text for text in (own, known) if text)

        tools: list[Tool] = [*agent.tools, *(map(self._tool, ORDERS) if self._steering else ())]
        return agent.clone(instructions=instructions, tools=tools, hooks=_Hooks(self, agent.hooks))

    async def end(self, user_id: str, session_id: str, *, learn: bool = True) -> LearnReport | None:
        """End a session, and learn when enough are pending: see Conversation.end.

        Raises: StoreUnavailable; ModelError.
        """
        return await self._conversations.end(user_id, session_id, learn=learn)

    def asked(self, context: RunContextWrapper[Any]) -> None:
        """The model is asked, and reads what tools have returned."""
        run = self._run(context)
        if run is not None and not _is_nested(context):
            run.read = run.returned

    def answered(self, context: RunContextWrapper[Any], response: ModelResponse) -> None:
        """The model has answered a request."""
        run = self._run(context)
        if run is None or _is_nested(context):
            return
        run.made |= {item.call_id for item in response.output if isinstance(item, ResponseFunctionToolCall)}
        run.texts += [text for item in response.output if (text := ItemHelpers.extract_text(item))]
        if any(_kind(item) not in _OWN_ITEMS for item in response.output):
            run.returned = run.read = True

    def calling(self, context: RunContextWrapper[Any], tool: Tool) -> None:
        """A tool is called."""
        run = self._run(context)
        if run is not None and isinstance(context, ToolContext) and run.has_called(tool, context):
            run.under_way.add(context.tool_call_id)

    def called(self, context: RunContextWrapper[Any], tool: Tool, result: object) -> None:
        """A tool has returned."""
        run = self._run(context)
        if run is None:
            return
        run.returned = run.returned or tool.name not in ORDER_NAMES
        if not isinstance(context, ToolContext):
            run.calls += noted(tool.name, {}, result)
        elif run.has_called(tool, context):
            run.under_way.discard(context.tool_call_id)
            run.calls += noted(tool.name, _arguments(context.tool_arguments), result)

    async def done(self, context: RunContextWrapper[Any], output: Any) -> None:
        """An agent has the run's answer, or that of a run inside it, which one of its calls waits for."""
        run = self._run(context)
        if run is None or run.under_way:
            return
        conversation = self._conversation(context)
        text = "\n\n".join(run.texts) or (output if isinstance(output, str) else _json(output))
        self._runs.pop((conversation, id(run.usage)), None)
        await conversation.reply(text, run.calls)

    def _conversation(self, context: RunContextWrapper[Any]) -> Conversation:
        user, session = (name if isinstance(name, str) else name(context.context) for name in (self._user, self._name))
        return self._conversations.of(user, session)

    async def _told(self, context: RunContextWrapper[Any]) -> str:
        """What a model is told of the user, who is heard first; an agent that takes a run over hears nothing new."""
        conversation = self._conversation(context)
        if _is_nested(context):
            return await conversation.briefing("".join(_messages(context.turn_input)[-1:]))
        run = self._run(context)
        if run is None:
            messages = _messages(context.turn_input)
            run = _Run(usage=context.usage, message=messages[-1] if messages else "")
            self._runs[conversation, id(run.usage)] = run
            while len(self._runs) > MOST_RUNS:
                self._runs.popitem(last=False)
            await conversation.hear(run.message, before=messages[:-1])
        return await conversation.instructions(run.message)

    def _run(self, context: RunContextWrapper[Any]) -> _Run | None:
        """The run of the user's that this takes place in; None in one that nobody but a model has begun."""
        return self._runs.get((self._conversation(context), id(context.usage)))

    def _tool(self, order: Order) -> Tool:
        async def carry_out(context: ToolContext[Any], arguments: str) -> str:
            run = self._run(context)
            after_others = run is None or run.read or context.tool_call_id not in run.made
            conversation = self._conversation(context)
            return await conversation.order(order.name, _arguments(arguments), after_others=after_others)

        return FunctionTool(
            name=order.name,
            description=order.description,
            params_json_schema=order.parameters,
            on_invoke_tool=carry_out,
            strict_json_schema=False,  # what may be left out is not required
        )


class _Hooks(AgentHooks[Any]):
    """Tells the persona what happens in a run, and then the agent's own hooks."""

    def __init__(self, persona: AgentPersona, own: AgentHooks[Any] | None) -> None:
        self._persona, self._own = persona, own or AgentHooks()

    async def on_start(self, context: Any, agent: Agent[Any]) -> None:
        await self._own.on_start(context, agent)

    async def on_end(self, context: Any, agent: Agent[Any], output: Any) -> None:
        await self._persona.done(context, output)
        await self._own.on_end(context, agent, output)

    async def on_handoff(self, context: Any, agent: Agent[Any], source: Agent[Any]) -> None:
        await self._own.on_handoff(context, agent, source)

    async def on_tool_start(self, context: Any, agent: Agent[Any], tool: Tool) -> None:
        self._persona.calling(context, tool)
        await self._own.on_tool_start(context, agent, tool)

    async def on_tool_end(self, context: Any, agent: Agent[Any], tool: Tool, result: object) -> None:
        self._persona.called(context, tool, result)
        await self._own.on_tool_end(context, agent, tool, result)

    async def on_llm_start(
        self, context: Any, agent: Agent[Any], system_prompt: str | None, input_items: list[TResponseInputItem]
    ) -> None:
        self._persona.asked(context)
        await self._own.on_llm_start(context, agent, system_prompt, input_items)

    async def on_llm_end(self, context: Any, agent: Agent[Any], response: ModelResponse) -> None:
        self._persona.answered(context, response)
        await self._own.on_llm_end(context, agent, response)


def _is_nested(context: RunContextWrapper[Any]) -> bool:
    """Whether a model is asked in a run inside another one, of which the call of a tool is the context."""
    return isinstance(context, ToolContext)


def _messages(items: Sequence[TResponseInputItem]) -> list[str]:
    """The user's messages, the newest last, without their pictures and files."""
    said = [cast("dict[str, Any]", item) for item in items]
    return [_text(item.get("content")) for item in said if item.get("role") == "user"]


def _text(content: Any) -> str:
    if isinstance(content, str):
        return content
    parts = cast("list[dict[str, Any]]", content or [])
    return "\n".join(part["text"] for part in parts if isinstance(part.get("text"), str))


def _kind(item: Any) -> str:
    return item.get("type", "") if isinstance(item, dict) else getattr(item, "type", "")  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]


def _arguments(text: str) -> dict[str, Any]:
    """The arguments of a call as the model wrote them; none where they are no JSON object."""
    try:
        found = json.loads(text or "{}")
    except ValueError:
        return {}
    return cast("dict[str, Any]", found) if isinstance(found, dict) else {}


def _json(output: Any) -> str:
    return json.dumps(to_jsonable_python(output, fallback=str))
