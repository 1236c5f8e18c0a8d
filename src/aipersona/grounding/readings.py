"""What is read off a clause: whose fact it states, and how seriously it is meant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Subject = Literal["self", "other", "unclear"]
Mood = Literal["asserted", "hypothetical", "wished", "asked", "joking", "reported", "past", "negated"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Stance:
    """How the clause around a span is meant.

    `subject` is whose fact it is, `whose` the words for the other person where they are a relation or a name,
    `visiting` whether a place in it is one the person only visits.
    """

    subject: Subject
    mood: Mood
    visiting: bool = False
    whose: str | None = None
