"""What every data set becomes: people, what they said over time, and questions with what a right answer needs.

A reader turns a directory into `People`; everything after it (systems, runs, scores) knows only these values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from aipersona import Session

ProbeKind = Literal["context", "recall", "choice", "calls", "answer", "gate"]
"""What a probe can be scored by: values in the context, evidence found, a choice, tool calls, a free answer, silence.

A probe of the kind `gate` needs nothing personal: what of the user shows in its context was not asked for.
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Value:
    """A value that a text may name in any one of several wordings, `text` first."""

    text: str
    others: tuple[str, ...] = ()

    @property
    def wordings(self) -> tuple[str, ...]:
        return (self.text, *self.others)


@dataclass(frozen=True, kw_only=True, slots=True)
class GoldCall:
    """A tool call that a right answer makes; arguments are JSON values."""

    name: str
    arguments: Mapping[str, object] = field(default_factory=dict[str, object])


@dataclass(frozen=True, kw_only=True, slots=True)
class Probe:
    """One question put to a system about one user, with what the data set says of a right answer.

    probe_id   unique in the data set.
    kinds      every way in which it can be scored; fields that they don't need are empty.
    group      the data set's own class of question, for tables ("remembering", "temporal-reasoning").
    day        the day on which it is asked.
    sessions   how many of the user's sessions, in order, came before it; None means all.
    live       values that must show.  dead: values that held once and must not show any more.
    evidence_sessions, evidence_turns   where the answer stands: session ids; (session id, turn number) pairs.
    choices    the answers to choose from; `correct` is the index of the right one.
    calls      gold tool calls, in order.   answers: accepted free answers.
    absent     the past holds no answer, and a right reply says so.
    unasked    values that the query does not call for, and that must not show.
    speaker    who asks, where several people talk.
    memory     what a perfect memory would tell for it, in the data set's words; None where it does not say so.
    """

    probe_id: str
    user_id: str
    kinds: tuple[ProbeKind, ...]
    group: str
    query: str
    day: date
    sessions: int | None = None
    live: tuple[Value, ...] = ()
    dead: tuple[Value, ...] = ()
    evidence_sessions: tuple[str, ...] = ()
    evidence_turns: tuple[tuple[str, int], ...] = ()
    choices: tuple[str, ...] = ()
    correct: int | None = None
    calls: tuple[GoldCall, ...] = ()
    answers: tuple[str, ...] = ()
    absent: bool = False
    unasked: tuple[Value, ...] = ()
    speaker: str | None = None
    memory: str | None = None


@dataclass(frozen=True, kw_only=True)
class Person:
    """One user, or one group of people who talk together, with the sessions in order of time and the probes.

    `speakers` names the people of a group; it is empty where the user is the only one who speaks.
    """

    user_id: str
    sessions: tuple[Session, ...]
    probes: tuple[Probe, ...]
    speakers: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Dataset:
    """A data set as read: its people, the tools its calls may name (JSON schemas), and what was left out, counted.

    `assistant` is who requests are put to, in the words of a sentence that begins with "You are".
    """

    name: str
    people: tuple[Person, ...]
    tools: tuple[Mapping[str, object], ...] = ()
    assistant: str = "an assistant that carries out requests"
    left_out: Mapping[str, int] = field(default_factory=dict[str, int])
