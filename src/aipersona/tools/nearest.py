"""A shortlist of tools: where there are more than a model can choose among, it is shown those nearest to the message.

In: a toolset, the message, and what is known beside it. Out: a toolset that shows the tools whose names, descriptions
and parameters share most words with the message and, where an embedder is at hand, mean most nearly the same. What is
known of the user and was said lately counts half: "my usual seat" is found by what is known of seats. A tool that was
called stays shown. Where nothing tells of any tool all are shown, and where the message is in another script than the
tools, which no embedder at hand reads.

The search for tools that pydantic-ai brings (`defer_loading`) has the model ask for them by words of its own, a round
that a small model does not make, and knows nothing of the user. Tools that are marked for it pass through as they are.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from pydantic_ai.messages import ModelResponse, ToolCallPart
from pydantic_ai.tools import RunContext, ToolDefinition
from pydantic_ai.toolsets import WrapperToolset
from pydantic_ai.toolsets.abstract import ToolsetTool

from aipersona.grounding.words import terms_of
from aipersona.recall.words import WordIndex

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

AROUND = 0.5
"""How much the words of what is known and was said lately count, against one for the words of the message."""

Near = Callable[[str, Sequence[str]], Awaitable["npt.NDArray[np.float64] | None"]]
"""How near texts are in meaning to a question, NaN for one that cannot be read; None where nothing tells."""


@dataclass(frozen=True, kw_only=True)
class Matter:
    """What tools are wanted for: the message, what is known and was said beside it, and the tools called lately."""

    message: str
    around: str = ""
    called: Collection[str] = ()


@dataclass
class Nearest(WrapperToolset[object]):
    """A toolset of which at most `most` tools are shown; those `always` shown are not counted."""

    most: int
    matter: Matter
    near: Near
    always: Collection[str] = field(default_factory=frozenset[str])

    async def get_tools(self, ctx: RunContext[object]) -> dict[str, ToolsetTool[object]]:
        tools = await super().get_tools(ctx)
        among = {
            name: tool.tool_def
            for name, tool in tools.items()
            if name not in self.always and not tool.tool_def.defer_loading
        }
        if len(among) <= self.most:
            return tools
        order = await nearest(list(among.values()), self.matter, self.near)
        if order is None:
            return tools
        called = {*self.matter.called, *_called(ctx)} & among.keys()
        others = [name for name in order if name not in called]
        hidden = others[max(0, self.most - len(called)) :]
        return {name: tool for name, tool in tools.items() if name not in hidden}


async def nearest(tools: Sequence[ToolDefinition], matter: Matter, near: Near) -> list[str] | None:
    """The names of all tools, nearest first; None where nothing tells of any."""
    from aipersona.recall.fusing import best_first, filled, standardized  # here, since numpy takes long to load

    index = WordIndex()
    for number, tool in enumerate(tools):
        index.add(number, Counter(terms_of(_text(tool))))
    asked = set(terms_of(matter.message))
    by_words = index.scores(asked)
    meaning = await near(matter.message, [f"{spelled(tool.name)}: {tool.description or ''}" for tool in tools])
    foreign = {word for word in asked if not word.isascii()}
    if meaning is None and 2 * len(foreign) > len(asked) and not index.scores(foreign).any():
        return None  # in another script than the tools: what it shares with them, a number say, tells nothing
    among = by_words >= 0
    words = standardized(by_words, among)
    score = words + AROUND * standardized(index.scores(set(terms_of(matter.around))), among)
    if meaning is not None:
        score += filled(meaning, meaning == meaning, words, among)  # NaN is not itself
    if not score.any():
        return None
    return [tools[number].name for number in reversed(best_first(-score, among, len(tools)))]


def spelled(name: str) -> str:
    """The words of a name: "carcontrol_airConditioner_set_mode" as "carcontrol air Conditioner set mode"."""
    return " ".join(_BETWEEN.sub(" ", name).split())


_BETWEEN = re.compile(r"[_\W]+|(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def _text(tool: ToolDefinition) -> str:
    """All that is said of a tool: its name, what it does, and its parameters with their choices."""
    properties: Mapping[str, Any] = tool.parameters_json_schema.get("properties", {})
    told = (text for name, spec in properties.items() for text in (spelled(name), *_told(spec)))
    return " ".join((spelled(tool.name), tool.description or "", *told))


def _told(spec: Mapping[str, Any]) -> Iterator[str]:
    """The description of a parameter and its choices, also where they stand in a union or in a list's items."""
    if isinstance(description := spec.get("description"), str):
        yield description
    yield from (spelled(str(choice)) for choice in _several(spec.get("enum")))
    for one in (*_several(spec.get("anyOf")), *_several(spec.get("oneOf")), spec.get("items")):
        if isinstance(one, dict):
            yield from _told(cast("dict[str, Any]", one))


def _several(value: object) -> list[Any]:
    """A list; none where a server wrote something else."""
    return cast("list[Any]", value) if isinstance(value, list) else []


def _called(ctx: RunContext[object]) -> set[str]:
    """The tools that were called for this message."""
    responses = (message for message in ctx.messages if isinstance(message, ModelResponse))
    return {part.tool_name for response in responses for part in response.parts if isinstance(part, ToolCallPart)}
