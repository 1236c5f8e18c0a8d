"""What a context shows of a persona for a query that needs nothing personal.

Two witnesses: the ids of what the system says it has put in, and the text itself, in which each value is looked for
(`found`). Either is enough. A value that the query itself names is no find in the text, and a few fields are allowed
always: how to address the user, and in which languages.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from personabench.datasets.model import Probe, Value
from personabench.scores.found import is_found
from personabench.scores.outcomes import NotApplicable, Outcome, Scored
from personabench.scores.pages import read_page

ALLOWED = ("demographics.name", "demographics.languages")
"""The fields that any context may show."""

ORDERS = (
    *("preferences.response_language", "preferences.response_style", "preferences.response_length"),
    *("preferences.formats", "preferences.workflows"),
)
"""The fields of what a user ordered about answers; it holds for an answer to anything."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Fact:
    """One thing that a system knows of a user: its id there, its field, and the wordings of its value."""

    fact_id: str
    path: str
    value: Value


@dataclass(frozen=True, kw_only=True)
class Gate:
    """Of `facts` that nobody asked for, those shown: by ids that the system gave, and by text; ids in order."""

    facts: int
    by_id: tuple[str, ...]
    by_text: tuple[str, ...]

    @property
    def shown(self) -> tuple[str, ...]:
        """Shown by either witness, each once."""
        return tuple(dict.fromkeys((*self.by_id, *self.by_text)))

    @property
    def outcome(self) -> Outcome:
        """1 where nothing is shown, else 0; not applicable where there was nothing to show."""
        if not self.facts and not self.shown:
            return NotApplicable(reason="nothing known that could be shown")
        return Scored(value=float(not self.shown))


def context_gate(text: str, probe: Probe, claims: Sequence[tuple[str, str]] = ()) -> Gate:
    """What a context shows for a probe that needs nothing: of its `unasked` values, and of the claims that are told.

    `claims` are the (field, value) pairs that a system says it has put in; those of the allowed fields are free.
    """
    facts = (Fact(fact_id=str(number), path="", value=value) for number, value in enumerate(probe.unasked))
    told = [f"{path}: {value}" for path, value in claims if not is_allowed(path)]
    return unasked(text, facts, query=probe.query, shown_ids=told)


def unasked(
    text: str,
    facts: Iterable[Fact],
    *,
    query: str = "",
    shown_ids: Sequence[str] = (),
    allowed: Collection[str] = ALLOWED,
) -> Gate:
    """The facts outside the allowed fields that a context shows; an id that no fact has counts as shown.

    `allowed` are paths of fields, or of sections with all their fields.
    """
    facts = tuple(facts)
    free = {fact.fact_id for fact in facts if is_allowed(fact.path, allowed)}
    judged = [fact for fact in facts if fact.fact_id not in free]
    page, asked = read_page(text), read_page(query)
    return Gate(
        facts=len(judged),
        by_id=tuple(dict.fromkeys(fact_id for fact_id in shown_ids if fact_id not in free)),
        by_text=tuple(
            dict.fromkeys(
                fact.fact_id for fact in judged if is_found(page, fact.value) and not is_found(asked, fact.value)
            )
        ),
    )


def is_allowed(path: str, allowed: Collection[str] = (*ALLOWED, *ORDERS)) -> bool:
    """Whether a field is one of the allowed ones or lies in one; by default, orders about answers are allowed."""
    return any(path == free or path.startswith(f"{free}.") for free in allowed)
