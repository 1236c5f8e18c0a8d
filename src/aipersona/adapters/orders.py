"""What a user orders in words about what is known of them, as tools for agents of any library.

The tools are those of `aipersona.steering`: what is to be remembered or forgotten must stand in the user's own last
message, and is done only before the model has read what other tools return.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MethodType
from typing import Any

from pydantic_ai import Tool

from aipersona.steering import Steering


@dataclass(frozen=True, kw_only=True)
class Order:
    """One tool: what it is called, what the model is told of it, and the JSON schema of its arguments."""

    name: str
    description: str
    parameters: dict[str, Any]


def _order(method: Any) -> Order:
    told = Tool[object](MethodType(method, Steering)).tool_def
    return Order(name=told.name, description=told.description or "", parameters=told.parameters_json_schema)


ORDERS = tuple(map(_order, (Steering.remember, Steering.forget, Steering.what_is_known, Steering.why_is_it_known)))
ORDER_NAMES = frozenset(order.name for order in ORDERS)
