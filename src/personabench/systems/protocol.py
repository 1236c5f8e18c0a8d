"""What a measured system is: it is told sessions in order, and says what it knows for a question."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

from aipersona import Session, Turn
from personabench.datasets import Person, Probe


@dataclass(frozen=True, kw_only=True)
class Retrieved:
    """What a system would put before a model for one question.

    `sessions` and `turns` are what was recalled, best first; None where the system does not rank them, which is not
    the same as finding none. `claims` are the values of a persona that the text holds, as (field, value) pairs.
    """

    text: str
    sessions: tuple[str, ...] | None = None
    turns: tuple[tuple[str, int], ...] | None = None
    claims: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class ModelAccess:
    """The model that all systems share: an OpenAI-compatible address of their own, and the name to ask for."""

    base_url: str
    model: str
    api_key: str = "none"


Embed = Callable[[Sequence[str]], Sequence[Sequence[float]]]
"""Texts to vectors, one for each text."""


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What a system gets to start with: whom it will know, a folder of its own that survives, the model, the embedder.

    `dataset` is the name of the data set and `data` its directory, for systems that are fed its gold; `model` is None
    where none was named.
    """

    person: Person
    folder: Path
    dataset: str
    data: Path
    model: ModelAccess | None = None
    embed: Embed | None = None


class System(Protocol):
    """One system that knows one person. What it raises is counted as its failure, but for BenchErrors, which stop."""

    async def observe(self, session: Session) -> None:
        """Take in a session that has ended. The same session may come again after an interruption."""
        ...

    async def settle(self) -> None:
        """Finish what is pending, before a question is asked."""
        ...

    async def context(self, probe: Probe, *, budget: int, running: Sequence[Turn] = ()) -> Retrieved:
        """What to tell a model for a question, in about `budget` tokens; `running` is the talk it is asked in.

        Changes nothing that a later answer depends on.
        """
        ...

    async def aclose(self) -> None: ...


@runtime_checkable
class RanksSessions(Protocol):
    """A system that tells apart from its context, which holds less, what of the past it would look at."""

    async def ranking(self, probe: Probe) -> tuple[str, ...]:
        """Session ids, best first. Its time is not that of `context`."""
        ...


@runtime_checkable
class HoldsMemories(Protocol):
    """A system that can list all that it holds, to be compared with what was said."""

    async def memories(self) -> Sequence[str]:
        """One text for each thing that holds after the last session taken in."""
        ...


@runtime_checkable
class HoldsPersonas(Protocol):
    """A system that keeps personas of aipersona in a database, to be scored field by field once it is closed."""

    @property
    def database(self) -> Path: ...

    @property
    def users(self) -> Sequence[str]:
        """The ids of those whom the database describes, for one person of the data set."""
        ...
