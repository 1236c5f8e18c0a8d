"""What a person asks for in a session, what of them a right answer uses, and what it must leave alone."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, JsonValue

from personabench.generation.worded import Worded
from personabench.worlds.goals import Goal
from personabench.worlds.protocol import Row

TellingHow = Literal["is", "became", "ended", "seems"]
Why = Literal["dead", "sensitive", "somebody else's", "only seems", "not needed"]


class Telling(BaseModel):
    """Something that comes up by itself in a session: a fact that is so, that became so or that ended, or a seeming.

    `of` are ids of facts or of one seeming, told together ("we moved to Porto, and I start at a bank there").
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    how: TellingHow
    of: tuple[str, ...]
    text: str = ""


class Call(BaseModel):
    """A call of a world's tool."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tool: str
    arguments: dict[str, JsonValue]


class Need(BaseModel):
    """What of the person a right answer uses: the argument, the field, the fact, and the value as an argument.

    `required`: the tool cannot be called without it, so that an assistant that does not know has to ask.
    `answer` is what the user says when asked for it, `correction` when it was got wrong.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    parameter: str
    path: str
    fact: str
    value: JsonValue
    required: bool
    answer: str = ""
    correction: str = ""


class Avoid(BaseModel):
    """A value that no argument may hold, and why; `source` is the id of the fact or seeming that it comes from."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: str
    value: JsonValue
    why: Why
    source: str


class Query(BaseModel):
    """A wish that a world can fulfil.

    personal   the wish as somebody says it who takes nothing for granted: what is needed stands in it.
    neutral    its twin, which gives nothing of the person away.
    given      arguments that both say in words (the day, the number of nights).
    calls      what leads to the goal, from the setup; identifiers that a search returns are written "$id".
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    query_id: str
    scene: str
    worlds: tuple[str, ...]
    seed: int
    currency: str
    rows: dict[str, list[Row]] = {}
    personal: str = ""
    neutral: str = ""
    given: dict[str, JsonValue]
    needs: tuple[Need, ...]
    avoids: tuple[Avoid, ...]
    calls: tuple[Call, ...]
    goal: Goal


class Planned(BaseModel):
    """One session of a life: when it is, what comes up by itself, and what is asked for, if anything is.

    `unplayable` says why its scene came to nothing in its world. A part without words has an empty text. `worded` is
    what a model made of the texts, whatever was taken out afterwards; None where none wrote them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    person_id: str
    session_id: str
    number: int
    at: datetime
    tellings: tuple[Telling, ...]
    query: Query | None = None
    unplayable: str = ""
    worded: Worded | None = None

    @property
    def day(self) -> date:
        return self.at.date()
