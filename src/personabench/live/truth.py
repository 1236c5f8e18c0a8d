"""What a memory could know of a life by a session, and how what it holds compares with it.

A fact can be known once it was told: by itself, in an answer or in a correction. Special categories (health, religion)
are not counted: a memory that keeps them only where it was asked to is right to leave them. Values compare by their
wordings, so that "plant-based" and "vegan" are one; a learned field counts whatever it is called.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from pydantic import JsonValue

from personabench.generation.life import Fact, Life, Seeming
from personabench.generation.query import Planned
from personabench.generation.seed import Written
from personabench.generation.standing import stands_in, values_of
from personabench.generation.wishing import SENSITIVE
from personabench.generation.writers.wordings import wordings
from personabench.live.answering import told_in
from personabench.live.records import Held, Learned

LEARNED = "life."
"""Where the truth keeps what no field of the built-in schema is for."""

Claims = Sequence[tuple[str, JsonValue]]
"""What a memory holds: fields and values, rows as objects."""


class Told:
    """What of a life was told so far, and since when the memory knows it."""

    def __init__(self, life: Life) -> None:
        self._life = life
        self._facts = {fact.fact_id: fact for fact in life.facts}
        self._seemings = {seeming.seeming_id: seeming for seeming in life.seemings}
        self._told: dict[str, date] = {}
        self._known: dict[str, date] = {}
        self._seemed: list[Seeming] = []
        self._written: Written = life.seed.written_in

    def hear(self, planned: Planned, said: Sequence[str]) -> None:
        """Take note of what the user's messages of a session tell, but for special categories."""
        for telling in planned.tellings:
            for one in telling.of:
                if one in self._facts and not self._facts[one].path.startswith(SENSITIVE):
                    self._told.setdefault(one, planned.day)
                elif one in self._seemings:
                    self._seemed.append(self._seemings[one])
        query = planned.query
        if query is None:
            return
        for need in query.needs:
            if need.fact in self._facts and told_in(need, query, said, self._written) is not None:
                self._told.setdefault(need.fact, planned.day)

    def on(self, day: date) -> list[Fact]:
        """What was told and holds on a day."""
        return [self._facts[one] for one in self._told if self._facts[one].holds_on(day)]

    def compare(self, claims: Claims, day: date) -> Held:
        """What a memory holds at the end of a day, against what was told by then."""
        now = self.on(day)
        held = [fact for fact in now if self._is_held(fact, claims)]
        for fact in held:
            self._known.setdefault(fact.fact_id, day)
        paths = {fact.path for fact in self._facts.values()}
        wrong = [
            (path, value)
            for path, value in claims
            if path in paths and not any(self._says(fact, path, value) for fact in self._life.on(day))
        ]
        dead = [
            one
            for one in wrong
            if any(self._says(fact, *one) for fact in self._facts.values() if not fact.holds_on(day))
        ]
        seeming = [one for one in wrong if one not in dead and any(self._seems(s, *one) for s in self._seemed)]
        return Held(
            right=len(held),
            missing=len(now) - len(held),
            wrong=len(wrong),
            dead=len(dead),
            seeming=len(seeming),
        )

    def learned(self) -> tuple[Learned, ...]:
        """The told changes, with the day on which each was first held."""
        changes = [self._facts[one] for one in self._told if self._facts[one].event is not None]
        return tuple(
            Learned(
                fact=fact.fact_id,
                happened=fact.valid_from or self._told[fact.fact_id],
                told=self._told[fact.fact_id],
                known=self._known.get(fact.fact_id),
            )
            for fact in changes
        )

    def _is_held(self, fact: Fact, claims: Claims) -> bool:
        return any(self._says(fact, path, value) for path, value in claims)

    def _says(self, fact: Fact, path: str, value: JsonValue) -> bool:
        """Whether a claim says what a fact says."""
        learned = fact.path.startswith(LEARNED)
        if fact.path != path and not (learned and _is_about(path, fact.path)):
            return False
        text = " ".join(str(one) for one in values_of(value))
        return all(self._stands(wanted, text) for wanted in _telling(fact))

    def _seems(self, seeming: Seeming, path: str, value: JsonValue) -> bool:
        text = " ".join(str(one) for one in values_of(value))
        return seeming.path == path and all(self._stands(one, text) for one in values_of(seeming.value) if one)

    def _stands(self, value: JsonValue, text: str) -> bool:
        forms: Iterable[str] = (str(value), *wordings(value, self._written), *wordings(value, "en"))
        folded = text.casefold()
        return any(stands_in(form.casefold(), folded) for form in forms) or (
            len(folded) > 3 and any(folded in form.casefold() for form in forms)
        )


def _telling(fact: Fact) -> list[JsonValue]:
    """The parts of a value that a claim has to say: of a row what tells it from others, of money the amount."""
    value = fact.value
    if not isinstance(value, dict):
        return [value]
    match fact.path:
        case "demographics.household":
            return [value["name"]] if value.get("name") else [value["who"]]
        case "preferences.tastes":
            return [value["item"], value["stance"]]
        case "finances.budgets":
            limit = value["limit"]
            return [limit["amount"] if isinstance(limit, dict) else limit]
        case "agenda.goals":
            return [value["what"]]
        case _:
            return [value["amount"]] if "amount" in value else [one for one in value.values() if one is not None]


def _is_about(path: str, wanted: str) -> bool:
    """Whether a learned field is what the truth calls `wanted`: a word of its name stands in the path."""
    words = wanted.removeprefix(LEARNED).split("_")
    return any(word in path for word in words if len(word) > 3)
