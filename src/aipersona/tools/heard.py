"""What the model has read while it answers a message: whose words may have told it to make a call."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from pydantic_ai.messages import ToolReturnPart
from pydantic_ai.tools import RunContext


@dataclass(kw_only=True)
class Heard:
    """Which tools are our own, and whether one of them has told what others wrote.

    `others` is set by our own tools when they return what is not known from the user.
    """

    own: Collection[str] = field(default_factory=frozenset[str])
    others: bool = False

    def from_others(self, ctx: RunContext[object]) -> bool:
        """Whether the model has read anything that the user did not say, and that may ask for calls."""
        parts = (part for message in ctx.messages for part in message.parts if isinstance(part, ToolReturnPart))
        return self.others or any(part.tool_name not in self.own for part in parts)
