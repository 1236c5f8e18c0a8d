"""What is asked of a user's past, and what comes back."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Vector: TypeAlias = npt.NDArray[np.float32]

Changed = Callable[[str], date | None]
"""The day on which what some words are about changed ("I moved"), or None if no such change is known."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A question to a user's past.

    `vector` is the question's, None where there is no embedder; zeros count as none. `running` names the session in
    which the question is asked, if its turns are in the index; what was said before it elsewhere comes in `before`,
    with a vector each in `before_vectors` or none at all. `day` is today, for "last week"; `until` the last day on
    which a turn may have been said; `exclude` names sessions that are left out, as the running one always is. `close`
    leaves out turns that share less than a third of the question's words (three are always enough), hold less than a
    third of what its `gist` tells, the words that say what is asked, and do not stand out by their vectors. With
    `wishes`, turns that tell how somebody wants something come earlier. `changed`
    knows the days of changes, for "before I moved".
    """

    text: str
    day: date
    vector: Vector | None = None
    running: str | None = None
    before: Sequence[str] = ()
    before_vectors: Sequence[Vector] = ()
    exclude: Sequence[str] = ()
    until: date | None = None
    close: bool = False
    wishes: bool = False
    gist: Collection[str] = ()
    changed: Changed | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class RecalledTurn:
    """A turn that a question brings back; `score` is comparable within one answer only.

    `who` said it: user, assistant, or another person in the room, by name. `covered` is the share (0 to 1) of what the
    question's gist tells that the turn holds, `held` how many of its words; 0 where no gist was given.
    """

    session_id: str
    turn: int
    who: str
    at: datetime
    content: str
    score: float
    covered: float = 0.0
    held: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class RecalledSession:
    """A session that a question brings back; `score` lies between 0 and 1, comparable within one answer only."""

    session_id: str
    at: datetime
    score: float


@dataclass(frozen=True, kw_only=True)
class Recalled:
    """The turns and the sessions that say most about a question, best first."""

    turns: tuple[RecalledTurn, ...] = ()
    sessions: tuple[RecalledSession, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class WithoutVector:
    """A turn in the index whose vector has not come in yet."""

    session_id: str
    turn: int
    content: str
