"""Asking the user: what a tool puts to them, and how a choice comes back, whatever carries the call."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, kw_only=True)
class Form:
    """Some words for the user and the choices that they have; `revision` is the one that the words are true of."""

    words: str
    choices: tuple[str, ...]
    revision: int

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
