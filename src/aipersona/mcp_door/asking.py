"""Asking the user: what a tool puts to them, and how a choice comes back, whatever carries the call."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, kw_only=True)
class Form:
    """Some words for the user and the choices that they have; `revision` is the one that the words are true of.

    `whole` is all of what is asked about, for comparing, where the words name only some of it.
    """

    words: str
    choices: tuple[str, ...]
    revision: int
    whole: str = ""

    def asks_as(self, other: Form) -> bool:
        """Whether it asks about the same as another one, if on another revision: an answer to one is one to both."""
        return (self.words, self.choices, self.whole) == (other.words, other.choices, other.whole)

    @property
    def digest(self) -> str:
        """What tells this question from every other one, and from the same one asked later."""
        whole = json.dumps([self.words, self.choices, self.revision])
        return hashlib.sha256(whole.encode()).hexdigest()


class CannotAsk(Exception):
    """The client has no way to ask its user, or the user did not answer."""


class Ask(Protocol):
    """Puts a form to the user."""

    async def __call__(self, form: Form) -> str | None:
        """The choice that the user made; None where they turned the question away.

        Raises: CannotAsk.
        """
        ...
