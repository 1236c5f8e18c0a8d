"""A tool: what a model is told of it, what it takes, and what it does for one user."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from aipersona.mcp_door.asking import Ask
from aipersona.mcp_door.whose import Whose
from aipersona.sessions.model import MAX_NAME_CHARACTERS

MOST_CHARACTERS = 8_000
"""Characters of a query at most."""


class Arguments(BaseModel):
    """What a tool takes. None of it names a user."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


FieldName = Annotated[
    str,
    Field(min_length=1, max_length=MAX_NAME_CHARACTERS, description="The path of a field, such as preferences.diet."),
]
Words = Annotated[str, Field(min_length=1, max_length=MOST_CHARACTERS)]


@dataclass(frozen=True, kw_only=True)
class Told:
    """What a tool says: `text` for the model, and `data`, the same or more of it, for programs."""

    text: str
    data: dict[str, JsonValue] | None = None


@dataclass(frozen=True, kw_only=True)
class Tool:
    """`run` raises CannotAsk and AIPersonaErrors. The hints are those of MCP."""

    name: str
    title: str
    description: str
    arguments: type[BaseModel]
    run: Callable[[Whose, Any, Ask], Awaitable[Told]]
    writes: bool = False
    destructive: bool = False
    idempotent: bool = True
