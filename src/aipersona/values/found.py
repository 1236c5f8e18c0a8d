"""What a reader of text hands back, and the one way in which a single value fails to be read."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer

from aipersona.errors import InvalidValue

T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found(Generic[T_co]):
    """A value and where it stands: `text[start:end]` are the characters that say it."""

    value: T_co
    start: int
    end: int


MOST_FOUND = 10_000
"""Readers stop after so many values: a text with more of them is a table, not something said, and time is bounded."""


class Unreadable(InvalidValue, ValueError):
    """A value that cannot be read as what it should be.

    `expected` says what that was. What was given instead is never kept: it is the user's.
    """

    def __init__(self, expected: str) -> None:
        self.expected = expected
        super().__init__(f"cannot be read as {expected}")


def _plain(amount: Decimal) -> int | float:
    return int(amount) if amount == amount.to_integral_value() else float(amount)


Amount = Annotated[
    Decimal,
    Field(max_digits=15, allow_inf_nan=False),
    PlainSerializer(_plain, return_type=int | float, when_used="json"),
]
"""An exact amount. Fifteen digits at most, so that the plain number it becomes in JSON loses nothing."""


class Value(BaseModel):
    """The form of the values here: immutable, strict, no unknown keys, compared by content."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True)
