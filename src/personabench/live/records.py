"""What is written down of every session that is lived: the raw numbers, from which every score is computed."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, ConfigDict

from personabench.generation.query import Why


class Held(BaseModel):
    """How a memory compares with the truth at the end of a session, over what was told up to then.

    right   told values that hold and that it holds.       missing   those that it does not hold.
    wrong   values that it holds and that do not hold: dead, only seeming, or never so.
    dead    of these, those that held once.  seeming  those that only seemed so.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    right: int
    missing: int
    wrong: int
    dead: int = 0
    seeming: int = 0

    @property
    def f1(self) -> float | None:
        """None where there is nothing to hold and nothing is held."""
        whole = 2 * self.right + self.missing + self.wrong
        return 2 * self.right / whole if whole else None


class Learned(BaseModel):
    """One told change: when it happened, when it was told, and when the memory had it; None for not by the end."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    fact: str
    happened: date
    told: date
    known: date | None = None


class EpisodeRecord(BaseModel):
    """One session of one person under one setting.

    reached    the goal, before the user gave up.     first_try  with the first answer, nothing asked or corrected.
    turns      messages that the user needed, up to the one that was answered right or for the last time.
    needs, right   personal arguments that the goal asks for, and those right at the end.
    misused    why arguments should not have held what they held.   tokens, model_tokens  of the context; of all calls.
    scene      None for a session without a wish, which no score counts.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    setting: str
    person: str
    number: int
    day: date
    scene: str | None
    reached: bool = False
    first_try: bool = False
    gave_up: bool = False
    turns: int = 0
    questions: int = 0
    needs: int = 0
    right: int = 0
    calls: int = 0
    misused: tuple[Why, ...] = ()
    tokens: int = 0
    model_tokens: int = 0
    held: Held | None = None
    satisfaction: float | None = None
    """Judged, of the first reply; None where no judge was named, or it failed."""


class PersonRecord(BaseModel):
    """One person under one setting, once all sessions are lived: which changes were learned when, what failed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    setting: str
    person: str
    learned: tuple[Learned, ...] = ()
    failures: tuple[str, ...] = ()
    """Names of errors of learning, in order; the sessions after them were lived all the same."""
    model_tokens: int = 0
    judge: str | None = None
    """The judge's model and the versions of its prompts; None where there was none."""
    judged_similarity: float | None = None
    """Of what was held at the end; None where nothing keeps fields, no judge was named, or it failed."""
    judge_failures: int = 0
