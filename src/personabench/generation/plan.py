"""What is to be generated: the same plan makes the same files, byte for byte."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

FORMAT = 1
"""Of the files that a generation writes; it changes when a reader of the old ones would read the new ones wrongly."""

DAYS_APART = 15
"""How far sessions are apart, on average."""

FIRST_DAY = date(2024, 1, 8)


class Plan(BaseModel):
    """So many people with so many sessions each, which come back to so many scenes of their lives."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    people: Annotated[int, Field(ge=1, le=100_000)]
    sessions: Annotated[int, Field(ge=1, le=1_000)] = 30
    scenes: Annotated[int, Field(ge=1, le=1_000)] = 20
    seed: int = 0
    writer: str = "scripted"
    begins: date = FIRST_DAY

    @property
    def ends(self) -> date:
        return self.begins + timedelta(days=DAYS_APART * self.sessions)

    def dice(self, person_id: str, what: str) -> Random:
        """What decides by chance for one person and one purpose, whoever else is generated."""
        return Random(f"{self.seed}/{person_id}/{what}")
