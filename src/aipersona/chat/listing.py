"""The tools that a chat has, as its operator looks at them: whose they are, and which fields fill what of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from inspect import getdoc
from typing import TYPE_CHECKING, Any

from aipersona.schema.fields import Schema
from aipersona.steering import Steering
from aipersona.tools.filling import Trust, may_go, sources

if TYPE_CHECKING:
    from aipersona.tools.servers import Servers, Unavailable
    from aipersona.tools.servers.toolset import ServerToolset

ORDERS = (Steering.remember, Steering.forget, Steering.what_is_known, Steering.why_is_it_known)
"""What users steer by."""


@dataclass(frozen=True, kw_only=True)
class Filling:
    """A parameter and the fields that fill it, the first that holds something; those withheld with the reason."""

    parameter: str
    paths: tuple[str, ...] = ()
    withheld: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, kw_only=True)
class ListedTool:
    """A tool by the name that a model knows it by; `server` is None for one of aipersona's own."""

    name: str
    description: str
    server: str | None = None
    trust: Trust = "own"
    filled: tuple[Filling, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ToolList:
    """The tools, the servers that could not be reached, and notes on what is not offered or not there (Offer.notes)."""

    tools: tuple[ListedTool, ...]
    unavailable: tuple[Unavailable, ...] = ()
    notes: tuple[str, ...] = ()


async def listed(servers: Servers | None, schema: Schema, desk: Sequence[Callable[..., object]]) -> ToolList:
    """The tools for a next message, as far as the declared fields tell what fills them."""
    own = (*ORDERS, *desk)
    orders = [ListedTool(name=tool.__name__, description=_first(getdoc(tool) or "")) for tool in own]
    if servers is None:
        return ToolList(tools=tuple(orders))
    offer = await servers.offer({order.name for order in orders})
    tools = [tool for toolset in offer.toolsets for tool in _tools(toolset, schema)]
    return ToolList(tools=(*tools, *orders), unavailable=tuple(offer.unavailable), notes=tuple(offer.notes))


def _tools(toolset: ServerToolset, schema: Schema) -> Sequence[ListedTool]:
    spec = toolset.server.spec
    return [
        ListedTool(
            name=name,
            description=_first(definition.description or ""),
            server=spec.name,
            trust=spec.trust,
            filled=_filled(definition.parameters_json_schema, schema, spec.trust),
        )
        for name, definition in toolset.definitions.items()
    ]


def _filled(parameters: Mapping[str, Any], schema: Schema, trust: Trust) -> tuple[Filling, ...]:
    found: list[Filling] = []
    for name, source in sources(parameters, schema).items():
        reasons = [(path, _withheld(path, schema, trust)) for path in source.paths]
        paths = tuple(path for path, reason in reasons if reason is None)
        withheld = {path: reason for path, reason in reasons if reason is not None}
        if reasons:
            found.append(Filling(parameter=name, paths=paths, withheld=withheld))
    return tuple(found)


def _withheld(path: str, schema: Schema, trust: Trust) -> str | None:
    spec = schema.get(path)
    if spec is None:
        return "no declared field"
    return None if may_go(spec, trust) else f"withheld, {spec.sensitivity}"


def _first(description: str) -> str:
    """The first sentence or line of a description, on one line."""
    return " ".join(description.strip().partition("\n\n")[0].split())
