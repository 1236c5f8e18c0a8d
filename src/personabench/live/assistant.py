"""What an assistant is to the benchmark: it is told about the user, sees tools, and acts or asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from pydantic import JsonValue

from aipersona import Turn
from personabench.generation.scene import Asked
from personabench.generation.seed import Written
from personabench.worlds.catalogue import Worlds


@dataclass(frozen=True, kw_only=True)
class Made:
    """A call that was made: its arguments, and its result or why it was refused."""

    tool: str
    arguments: Mapping[str, JsonValue]
    result: JsonValue = None
    error: str | None = None


@dataclass(frozen=True, kw_only=True)
class Acted:
    """What an assistant did with a message: what it said, the calls it made, and the parameters that it asked for.

    `asks` is None where only the words tell what was asked for. `tokens` are those of the model, if there was one.
    """

    text: str
    calls: tuple[Made, ...] = ()
    asks: tuple[str, ...] | None = None
    tokens: int = 0


@dataclass(frozen=True, kw_only=True)
class Understood:
    """What the running talk plainly says, granted to an assistant that understands no language: which tools the wish
    calls for in which order, which of their arguments are the user's own, those that it names, and those that the user
    has said since the session began.

    So the rule policy is measured on what was told in earlier sessions, and on nothing else.
    """

    tools: tuple[str, ...]
    asked: tuple[Asked, ...]
    given: Mapping[str, JsonValue]
    heard: Mapping[str, JsonValue]
    written: Written


class Assistant(Protocol):
    """Answers the last message of a talk. `context` is what it is told about the user.

    Raises: ModelDown; any other failure of a model is an answer without calls.
    """

    @property
    def name(self) -> str: ...

    async def reply(self, talk: Sequence[Turn], context: str, world: Worlds, understood: Understood) -> Acted: ...
