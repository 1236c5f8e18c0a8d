"""Who a person is to begin with: the draw from which the rest of their life is made."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict

Household = Literal["alone", "flatmates", "couple", "family", "single parent", "with parents", "extended family"]
Income = Literal["low", "lower middle", "middle", "upper middle", "high"]
Written = Literal["en", "zh"]
"""The languages in which sessions can be written without a model."""


class Seed(BaseModel):
    """A person's origin. `country` is ISO 3166-1 alpha-2, languages are BCP 47, the first one is spoken at home.

    `written_in` is the language of the sessions: the first language where the writer has it, else English.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    person_id: str
    country: str
    city: str
    languages: tuple[str, ...]
    written_in: Written
    name: str
    gender: Literal["female", "male", "nonbinary"]
    born: date
    occupation: str
    field_of_work: str
    household: Household
    income: Income
