"""A person's dated life: the hidden truth that systems are measured against, and what only looks like a change of it.

Truth is bi-temporal. `valid_from` and `valid_to` say when a fact held in the person's life; when it was told, and so
could be known, the sessions say.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, JsonValue

from personabench.generation.seed import Seed

Kind = Literal["scalar", "set", "records"]
Reveal = Literal["told", "asked", "shown"]
"""How a fact comes out: said unasked, only in answer to a question, or never in words but by how the user behaves."""

SeemingKind = Literal["trip", "joke", "friend", "article", "hypothetical", "past", "mood"]
EventKind = Literal[
    "move", "job", "retirement", "diet", "budget", "birth", "marriage", "separation", "illness", "recovery",
    "new interest", "dropped interest", "new taste", "dropped taste", "goal", "goal reached", "style", "pet",
]  # fmt: skip


class Fact(BaseModel):
    """One value of a field, on the days of [valid_from, valid_to); None is open. Values are written in English words
    of the shared vocabulary, proper names as they are.

    fact_id   unique within the person.        path  a field of the persona ("preferences.diet").
    value     a scalar, one item of a set, or a row of a record field, by column.
    record    names the row through its versions; None outside record fields.
    replaces  the fact that this one ended.    event  what brought it about; None for what was so at the start.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    fact_id: str
    path: str
    kind: Kind
    value: JsonValue
    record: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    replaces: str | None = None
    event: str | None = None
    reveal: Reveal = "told"

    def holds_on(self, day: date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day < self.valid_to)


class Seeming(BaseModel):
    """What sounds like a change and is none: a visit, a joke, a friend's preference, a quoted article, a dream of
    something else, a memory of long ago, a mood that passes.

    `path` and `value` are what a hasty reader would believe; `whose` is who it is really about ("a friend", "my
    brother"), None where it is about nobody.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    seeming_id: str
    kind: SeemingKind
    path: str
    value: JsonValue
    day: date
    until: date | None = None
    whose: str | None = None


class Event(BaseModel):
    """Something that happened: which facts it ended, and which it began. `told_after` is the days until the person
    mentions it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    event_id: str
    kind: EventKind
    day: date
    began: tuple[str, ...] = ()
    ended: tuple[str, ...] = ()
    told_after: int = 0


class Life(BaseModel):
    """A person between two days, both inclusive, with everything that holds or changes on them, in order of time."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seed: Seed
    begins: date
    ends: date
    facts: tuple[Fact, ...]
    seemings: tuple[Seeming, ...] = ()
    events: tuple[Event, ...] = ()

    @property
    def person_id(self) -> str:
        return self.seed.person_id

    def on(self, day: date) -> list[Fact]:
        """What holds on a day."""
        return [fact for fact in self.facts if fact.holds_on(day)]

    def at(self, path: str, day: date) -> list[Fact]:
        """What holds at a path on a day."""
        return [fact for fact in self.facts if fact.path == path and fact.holds_on(day)]

    def fact(self, fact_id: str) -> Fact:
        """Raises: KeyError."""
        return self._found(self.facts, fact_id)

    @staticmethod
    def _found(facts: Sequence[Fact], fact_id: str) -> Fact:
        for fact in facts:
            if fact.fact_id == fact_id:
                return fact
        raise KeyError(fact_id)
