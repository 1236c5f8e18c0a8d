"""The book in which a life is kept while it is made: facts begin, end and replace each other, and events say why."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from random import Random

from pydantic import JsonValue

from personabench.generation.life import Event, EventKind, Fact, Kind
from personabench.generation.people.revealing import reveal_of

_SETS = (
    "demographics.languages", "personality.values", "personality.interests", "patterns.behaviour", "patterns.usage",
    "preferences.formats", "preferences.workflows", "health.conditions", "health.allergies",
)  # fmt: skip
_RECORDS = ("demographics.household", "preferences.tastes", "agenda.goals", "finances.budgets")


def kind_of(path: str) -> Kind:
    """How many values a field holds; those that are learned hold one."""
    return "set" if path in _SETS else "records" if path in _RECORDS else "scalar"


class Ledger:
    """The facts and events of one person so far. Identifiers count up in the order in which things are written down."""

    def __init__(self, person_id: str, rng: Random) -> None:
        self.rng = rng
        self._person_id = person_id
        self._facts: dict[str, Fact] = {}
        self._events: list[Event] = []
        self._rows = 0

    @property
    def facts(self) -> tuple[Fact, ...]:
        """In order of time."""
        return tuple(sorted(self._facts.values(), key=lambda fact: fact.valid_from or date.min))

    @property
    def events(self) -> tuple[Event, ...]:
        """In order of time."""
        return tuple(sorted(self._events, key=lambda event: event.day))

    def open(self, path: str, **columns: JsonValue) -> list[Fact]:
        """What holds with no end in sight, of a record field the rows with these values."""
        return [
            fact
            for fact in self._facts.values()
            if fact.path == path and fact.valid_to is None and columns.items() <= row_of(fact).items()
        ]

    def only(self, path: str) -> Fact | None:
        """The open value of a scalar field."""
        return next(iter(self.open(path)), None)

    def text(self, path: str) -> str:
        """The open value of a scalar field as text; empty where it has none."""
        fact = self.only(path)
        return str(fact.value) if fact is not None else ""

    def write(
        self,
        path: str,
        value: JsonValue,
        *,
        since: date | None = None,
        until: date | None = None,
        replaces: Fact | None = None,
        same_row: bool = False,
        event: str | None = None,
    ) -> Fact:
        """A new fact; one that it replaces ends as it begins, and is the same row if it is said to be."""
        record = None
        if kind_of(path) == "records":
            record = replaces.record if replaces is not None and same_row else self._next_row()
        fact = Fact(
            fact_id=f"{self._person_id}.f{len(self._facts) + 1}",
            path=path,
            kind=kind_of(path),
            value=value,
            record=record,
            valid_from=since,
            valid_to=until,
            replaces=replaces.fact_id if replaces is not None else None,
            event=event,
            reveal=reveal_of(path, self.rng, changed=event is not None),
        )
        if replaces is not None and since is not None:
            self.close(replaces, since)
        self._facts[fact.fact_id] = fact
        return fact

    def close(self, fact: Fact, day: date) -> None:
        """The fact holds until the day before."""
        self._facts[fact.fact_id] = fact.model_copy(update={"valid_to": day})

    def happening(self, kind: EventKind, day: date) -> Happening:
        """An event to be filled; what is put into it counts at once."""
        return Happening(self, f"{self._person_id}.e{len(self._events) + 1}", kind, day)

    def keep(self, event: Event) -> None:
        self._events.append(event)

    def happened(self, kinds: Collection[EventKind]) -> list[date]:
        """The days of all events of these kinds, the last one last."""
        return sorted(event.day for event in self._events if event.kind in kinds)

    def tell_by(self, ends: date, told_after: dict[str, int]) -> None:
        """Sets when each event is told of: not after the last day, and not after what it began is over again."""
        for index, event in enumerate(self._events):
            over = [until for fact in event.began if (until := self._facts[fact].valid_to) is not None]
            latest = min([(ends - event.day).days, *((day - event.day).days - 1 for day in over)])
            told = max(0, min(told_after[event.event_id], latest))
            self._events[index] = event.model_copy(update={"told_after": told})

    def _next_row(self) -> str:
        self._rows += 1
        return f"{self._person_id}.r{self._rows}"


class Happening:
    """One event while it is being written down."""

    def __init__(self, ledger: Ledger, event_id: str, kind: EventKind, day: date) -> None:
        self._ledger = ledger
        self._event = Event(event_id=event_id, kind=kind, day=day)

    def begins(self, path: str, value: JsonValue) -> Fact:
        """Something holds from now on that had no value before."""
        return self._began(self._ledger.write(path, value, since=self._event.day, event=self._event.event_id))

    def becomes(self, old: Fact | None, path: str, value: JsonValue, *, same_row: bool = True) -> None:
        """A value takes the place of another, or begins where there was none; nothing where it stays the same."""
        if old is None:
            self.begins(path, value)
        elif old.value != value:
            self._began(
                self._ledger.write(
                    path, value, since=self._event.day, replaces=old, same_row=same_row, event=self._event.event_id
                )
            )
            self._ended(old)

    def changes(self, path: str, value: JsonValue) -> None:
        """A scalar field holds another value."""
        self.becomes(self._ledger.only(path), path, value)

    def ends(self, fact: Fact | None) -> None:
        """A fact is over, and nothing takes its place."""
        if fact is not None:
            self._ledger.close(fact, self._event.day)
            self._ended(fact)

    def done(self) -> bool:
        """Keeps the event, if anything came of it, and says whether."""
        if not self._event.began and not self._event.ended:
            return False
        self._ledger.keep(self._event)
        return True

    def _began(self, fact: Fact) -> Fact:
        self._event = self._event.model_copy(update={"began": (*self._event.began, fact.fact_id)})
        return fact

    def _ended(self, fact: Fact) -> None:
        self._event = self._event.model_copy(update={"ended": (*self._event.ended, fact.fact_id)})


def row_of(fact: Fact) -> dict[str, JsonValue]:
    """The columns of a fact that is a row; none otherwise."""
    return fact.value if isinstance(fact.value, dict) else {}
