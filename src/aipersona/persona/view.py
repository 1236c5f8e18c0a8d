"""A persona as applications read it: a nested mapping on one day, at one revision."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from pydantic import JsonValue

from aipersona.errors import InvalidInput
from aipersona.persona.claims import Claim
from aipersona.persona.model import Persona

Day = date | str
"""A day, or its ISO form."""


def as_day(given: Day | None, *, today: date) -> date:
    """The day meant: today if none is given, that of a moment, or the one that a text names.

    Raises: InvalidInput.
    """
    if isinstance(given, datetime):
        return given.date()
    try:
        return date.fromisoformat(given) if isinstance(given, str) else given or today
    except ValueError:
        raise InvalidInput("a day is written 2026-03-01") from None


@dataclass(frozen=True, kw_only=True, eq=False)
class PersonaView(Mapping[str, JsonValue]):
    """What holds on `as_of`, as believed at `revision`: view["preferences"]["diet"], view.value("preferences.diet")."""

    persona: Persona
    as_of: date

    @property
    def user_id(self) -> str:
        return self.persona.user_id

    @property
    def revision(self) -> int:
        return self.persona.revision

    @cached_property
    def nested(self) -> dict[str, JsonValue]:
        """The plain nested dictionary."""
        return self.persona.as_dict(self.as_of)

    def value(self, path: str) -> JsonValue:
        """The value at a path: a scalar, a list for sets and records, a dictionary for a section; None if unset."""
        found: JsonValue = self.nested
        for part in path.split("."):
            if not isinstance(found, dict) or part not in found:
                return None
            found = found[part]
        return found

    def claims(self, path: str) -> tuple[Claim, ...]:
        """The claims behind a path on that day: how each value is known, since when, in which words."""
        return self.persona.holding(path, self.as_of)

    def __getitem__(self, key: str) -> JsonValue:
        return self.nested[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.nested)

    def __len__(self) -> int:
        return len(self.nested)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, PersonaView):
            return self.nested == other.nested
        return self.nested == other

    __hash__ = None  # pyright: ignore[reportAssignmentType]

    def __repr__(self) -> str:
        return f"PersonaView(user_id={self.user_id!r}, revision={self.revision}, as_of={self.as_of})"
