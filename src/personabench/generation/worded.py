"""How much of the words is a model's: what came of the phrases that it was shown and asked to write anew."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Literal

from pydantic import BaseModel, ConfigDict
from rapidfuzz import fuzz

NEARLY = 95
"""From which likeness on (rapidfuzz's ratio, of 100) a text is nearly the phrase that it was made from."""


class Worded(BaseModel):
    """What came of the phrases; each counts once in `own`, `nearly`, `same`, `kept` or `lost`.

    own    written in other words.         nearly  came back but for a few characters.
    same   came back, but for capitals, spaces and punctuation.
    kept   nothing that came back was of use, and the phrase stands.   lost  the same, and there are no words.
    again  were asked for more than once, whatever came of them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    own: int = 0
    nearly: int = 0
    same: int = 0
    kept: int = 0
    lost: int = 0
    again: int = 0

    @property
    def texts(self) -> int:
        return self.own + self.nearly + self.same + self.kept + self.lost


def worded_in_all(parts: Iterable[Worded | None]) -> Worded | None:
    """The sum of what was counted; None where nothing was."""
    counted = [part for part in parts if part is not None]
    if not counted:
        return None
    return Worded(**{name: sum(getattr(part, name) for part in counted) for name in Worded.model_fields})


def likeness(text: str, phrase: str) -> Literal["own", "nearly", "same"]:
    """How much of a text is still the phrase that it was made from."""
    one, other = _plain(text), _plain(phrase)
    if one == other:
        return "same"
    return "nearly" if fuzz.ratio(one, other) >= NEARLY else "own"


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", unicodedata.normalize("NFKC", text).casefold()))
