"""What is written of a run, a line of JSON each: one for every probe, one for every finished unit.

Everything but `timing` is the same whenever the same is measured again. What has its default is not written.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field

from personabench.datasets import ProbeKind
from personabench.endpoint import Counts
from personabench.oracle.changes import Judged
from personabench.scores.outcomes import Failing


class Record(BaseModel):
    """The form of every record: immutable, no unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


RecordT = TypeVar("RecordT", bound=Record)


class Failure(Record):
    """Who failed, and a class of failures; `detail` is a message that holds nothing of what was said."""

    who: Failing
    reason: str
    detail: str = ""


class Cost(Record):
    """What was asked of the model and the embedder, counted at the endpoint; see `Counts`."""

    calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    prompt_characters: int = 0
    embedded_texts: int = 0
    failed: int = 0

    def __add__(self, other: Cost) -> Cost:
        return Cost(**{name: getattr(self, name) + getattr(other, name) for name in Cost.model_fields})


def cost_between(before: Counts, after: Counts) -> Cost:
    """What an account used between two counts of it."""
    return Cost(**{name: getattr(after, name) - getattr(before, name) for name in Cost.model_fields})


class ProbeTiming(Record):
    """Milliseconds of `context()`, and seconds of the model for it and for the reader, as they were when asked."""

    context_ms: float | None = None
    model_seconds: float = 0.0
    reader_seconds: float = 0.0


class ProbeRecord(Record):
    """One probe put to one system.

    scores          by name, over all kinds that were scored.
    failures        by kind; a kind that failed has no score.   not_applicable   by kind, with the reason.
    sessions        how many sessions came before.   missed   how many of them the system failed to take in.
    tokens          of the context, about.   characters   of the context.
    cost            of the context.   reader_cost   of the model that read it.
    """

    dataset: str
    system: str
    user: str
    probe: str
    group: str
    kinds: tuple[ProbeKind, ...]
    scores: Mapping[str, float] = Field(default_factory=dict[str, float])
    failures: Mapping[str, Failure] = Field(default_factory=dict[str, Failure])
    not_applicable: Mapping[str, str] = Field(default_factory=dict[str, str])
    sessions: int
    missed: int = 0
    tokens: int | None = None
    characters: int | None = None
    cost: Cost = Cost()
    reader_cost: Cost = Cost()
    timing: ProbeTiming = ProbeTiming()


class FieldCount(Record):
    """Gold values, learned rows, and how many of them are pairs."""

    gold: int
    learned: int
    right: int

    def __add__(self, other: FieldCount) -> FieldCount:
        return FieldCount(
            gold=self.gold + other.gold, learned=self.learned + other.learned, right=self.right + other.right
        )


class FieldFigures(Record):
    """A learned persona against the gold: by field, ever and at the end (personabench.oracle.score), and each change.

    changes  what became of the updates and removals (personabench.oracle.changes).
    """

    ever: Mapping[str, FieldCount]
    end: Mapping[str, FieldCount]
    dead: int
    gone: int
    without_memory: int
    written_without_memory: int
    changes: tuple[Judged, ...] = ()


class HeldFigures(Record):
    """What the memories of a system hold of the gold at the end (personabench.oracle.held)."""

    memories: int
    false: int
    live: int
    held: int
    ever: int
    ever_held: int
    dead: int
    dead_held: int

    def __add__(self, other: HeldFigures) -> HeldFigures:
        return HeldFigures(**{name: getattr(self, name) + getattr(other, name) for name in HeldFigures.model_fields})


class PersonaFigures(Record):
    """What a database of personas holds at the end: claims that hold, edits accepted and rejected, prompts used."""

    claims: int
    revisions: int
    edits: int
    rejected: Mapping[str, int]
    prompts: tuple[str, ...]


class UnitTiming(Record):
    """Seconds of the last attempt at a unit, and seconds that the model took for it when it was first asked.

    `resumed` says that there was an attempt before, which was stopped.
    """

    seconds: float
    model_seconds: float
    resumed: bool = False


class UnitRecord(Record):
    """One system with one person, finished.

    characters  of the sessions.   errors  classes of what it raised outside of probes, counted.
    cost        of everything but the probes.
    """

    dataset: str
    system: str
    user: str
    sessions: int
    characters: int
    probes: int
    errors: Mapping[str, int] = Field(default_factory=dict[str, int])
    cost: Cost
    persona: PersonaFigures | None = None
    fields: FieldFigures | None = None
    held: HeldFigures | None = None
    timing: UnitTiming
