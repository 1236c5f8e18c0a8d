"""The answer: what a query asks for, and by which sign that was seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Asks = Literal["own", "circumstances", "somebody", "spoken_of", "particular", "nothing"]
"""What a query asks for.

    own            something of the user's life
    circumstances  something in which the user's circumstances matter
    somebody       something of a person's who is not said to be the user ("the patient"): the user's, if their past
                   tells of it
    spoken_of      something of what was spoken of, as it seems ("that report", "Marta's party"): what the past tells
    particular     any other particular (who, when, which one): what the past tells, if it tells nearly all of it
    nothing        nothing personal
"""


UNKNOWN = "not known what for"
"""A sentence without a sign: what is asked beside it decides."""


@dataclass(frozen=True, kw_only=True)
class Purpose:
    """What a query asks for, and the sign by which that was seen.

    `named` is who or what is spoken of, by name; `happened` whether what is asked is over and done, as far as it shows.
    """

    asks: Asks
    by: str
    named: str | None = None
    happened: bool = False

    @property
    def personal(self) -> bool:
        """Whether what is known of the user has a place in the answer, whatever was said before."""
        return self.asks in ("own", "circumstances")

    @property
    def of_the_past(self) -> bool:
        """Whether what was said before decides that."""
        return self.asks in ("somebody", "spoken_of", "particular")


def own(by: str) -> Purpose:
    return Purpose(asks="own", by=by)


def circumstances(by: str) -> Purpose:
    return Purpose(asks="circumstances", by=by)


def nothing(by: str) -> Purpose:
    return Purpose(asks="nothing", by=by)
