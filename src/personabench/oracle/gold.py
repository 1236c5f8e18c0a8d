"""Memora's gold operations: what each session file says that the user's words change.

Read straight from the session files, so that nothing here depends on how aipersona reads sessions. A file names one
operation, with its data, and marks the turns whose words state it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, TypeAdapter

from personabench.oracle.said_days import SaidDay, said_day
from personabench.oracle.words import content_words, sentences

Action = Literal["add", "update", "delete"]
Stance = Literal["like", "dislike"]


@dataclass(frozen=True, kw_only=True)
class Taste:
    """`replaces` is the liked thing that this one takes the place of."""

    item: str
    stance: Stance
    category: str
    replaces: str | None = None


@dataclass(frozen=True, kw_only=True)
class StepGoal:
    steps: int


@dataclass(frozen=True, kw_only=True)
class Budget:
    """US dollars a week at most."""

    category: str
    dollars: int


@dataclass(frozen=True, kw_only=True)
class Expense:
    """US dollars spent; `day` is what the words say, or else the day of the session."""

    what: str
    dollars: float
    day: date


@dataclass(frozen=True, kw_only=True)
class Steps:
    count: int
    day: date


@dataclass(frozen=True, kw_only=True)
class Todo:
    task: str
    area: Literal["work", "personal"]


@dataclass(frozen=True, kw_only=True)
class Event:
    event: str
    day: date
    kind: str


Thing = Taste | StepGoal | Budget | Expense | Steps | Todo | Event


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One gold operation and the turn that states it; `turns` are all turns marked as sharing it.

    `said` is the day that the words name for an expense or event, and `file_day` the one of the file: where they
    differ, the words count.
    """

    session_id: str
    day: date
    action: Action
    thing: Thing
    turn: int
    turns: Mapping[int, str]
    said: SaidDay | None = None
    file_day: date | None = None

    @property
    def words(self) -> str:
        """The message of the stating turn."""
        return self.turns[self.turn]

    @property
    def contradicted(self) -> bool:
        """Whether the words name another day than the file."""
        return self.said is not None and self.said.day != self.file_day

    @property
    def quote(self) -> str:
        """The sentence of the stating turn that shares most words with the thing; the whole message if none does."""
        wanted = content_words(" ".join(naming_words(self.thing)))
        shared = [(len(wanted & content_words(sentence)), sentence) for sentence in sentences(self.words)]
        best = max(count for count, _ in shared)
        nearest = [sentence for count, sentence in shared if count == best]
        return nearest[0] if best and len(nearest) == 1 else self.words


@dataclass(frozen=True, kw_only=True)
class Gold:
    """A user's gold: the operations in order, and the sessions that have none.

    `documents` are sessions that work on a long document (a mail, a note, a proposal); they are not replayed.
    """

    user: str
    session_days: Mapping[str, date]
    operations: tuple[Operation, ...]
    without_memory: frozenset[str]
    documents: frozenset[str]

    @property
    def days(self) -> tuple[date, ...]:
        """The days on which there were sessions, in order."""
        return tuple(sorted(set(self.session_days.values())))

    def within(self, sessions: Collection[str]) -> Gold:
        """The gold of these sessions only, which must be the first ones."""
        kept = tuple(operation for operation in self.operations if operation.session_id in sessions)
        return replace(
            self,
            session_days={session_id: day for session_id, day in self.session_days.items() if session_id in sessions},
            operations=kept,
            without_memory=self.without_memory & frozenset(sessions),
            documents=self.documents & frozenset(sessions),
        )


def naming_words(thing: Thing) -> tuple[str, ...]:
    """The words by which a thing is named."""
    match thing:
        case Taste():
            return (thing.item, *([thing.replaces] if thing.replaces else []))
        case StepGoal():
            return (f"{thing.steps:,}", "steps")
        case Budget():
            return (thing.category, f"${thing.dollars}")
        case Expense():
            return (thing.what, f"${thing.dollars:.2f}")
        case Steps():
            return (f"{thing.count:,}", "steps")
        case Todo():
            return (thing.task,)
        case Event():
            return (thing.event,)


def read_gold(folder: Path) -> Gold:
    """The gold of one user's folder, in the order of its sessions.

    Raises: FileNotFoundError without session files; ValueError for a file with an operation that has no mapping.
    """
    files = sorted((folder / "conversations").glob("session_*.json"))
    if not files:
        raise FileNotFoundError(f"no session files in {folder / 'conversations'}")
    operations: list[Operation] = []
    without: set[str] = set()
    documents: set[str] = set()
    days: dict[str, date] = {}
    for file in files:
        record = _SessionFile.model_validate_json(file.read_bytes())
        days[file.stem] = record.date
        if record.session_type == "no_memory":
            without.add(file.stem)
        elif "content_data" in record.operation_details:
            documents.add(file.stem)
        else:
            operations.append(_operation(record, file.stem))
    return Gold(
        user=folder.name,
        session_days=days,
        operations=tuple(operations),
        without_memory=frozenset(without),
        documents=frozenset(documents),
    )


class _Turn(BaseModel):
    turn: int
    message: str
    share_memory: bool = False


class _SessionFile(BaseModel):
    session_type: Literal["no_memory", "activity", "preference", "goal"]
    operation: Action | None
    operation_details: dict[str, JsonValue] = Field(default_factory=dict)
    date: date
    conversation: list[_Turn]


class _Preference(BaseModel):
    item: str
    preference: Stance
    subcategory: str
    old_item: str | None = None


class _Goal(BaseModel):
    subcategory: str
    item: int


class _Activity(BaseModel):
    category: Literal["step_tracker", "food_expenses", "todo_list", "calendar_event"]
    item: dict[str, JsonValue]


class _Steps(BaseModel):
    model_config = ConfigDict(extra="ignore")
    step_count: int


class _Expense(BaseModel):
    expense_type: str
    amount: float


class _Todo(BaseModel):
    task_type: Literal["work_tasks", "personal_tasks"]
    description: str


class _Event(BaseModel):
    event_type: str
    event_name: str
    date: str


_DAYS_FROM_SESSION: TypeAdapter[int] = TypeAdapter(int)


def _operation(record: _SessionFile, session_id: str) -> Operation:
    if record.operation is None:
        raise ValueError(f"{session_id} has a memory and no operation")
    turns = {turn.turn: turn.message for turn in record.conversation if turn.share_memory}
    if not turns:
        raise ValueError(f"{session_id} marks no turn that states its operation")
    said: SaidDay | None = None
    file_day: date | None = None
    match record.session_type:
        case "preference":
            thing: Thing = _taste(_Preference.model_validate(record.operation_details))
        case "goal":
            thing = _goal(_Goal.model_validate(record.operation_details))
        case _:
            activity = _Activity.model_validate(record.operation_details)
            said = said_day(" ".join(turns.values()), record.date)
            file_day = _file_day(activity, record.date)
            thing = _activity(activity, record.date, said.day if said is not None else file_day)
    dated = isinstance(thing, Event | Expense) and record.operation != "delete"
    return Operation(
        session_id=session_id,
        day=record.date,
        action=record.operation,
        thing=thing,
        turn=_stating_turn(thing, turns),
        turns=turns,
        said=said if dated else None,
        file_day=file_day if dated else None,
    )


def _taste(found: _Preference) -> Taste:
    return Taste(
        item=found.item,
        stance=found.preference,
        category=found.subcategory.replace("_", " "),
        replaces=found.old_item,
    )


def _goal(found: _Goal) -> StepGoal | Budget:
    if found.subcategory == "daily_steps":
        return StepGoal(steps=found.item)
    return Budget(category=found.subcategory, dollars=found.item)


def _file_day(activity: _Activity, session_day: date) -> date:
    """The day of the file: offsets such as "+21 days" count from the day of the session."""
    if activity.category != "calendar_event":
        return session_day
    offset = _Event.model_validate(activity.item).date
    return session_day + timedelta(days=_DAYS_FROM_SESSION.validate_python(offset.removesuffix(" days")))


def _activity(activity: _Activity, session_day: date, day: date) -> Thing:
    match activity.category:
        case "step_tracker":
            return Steps(count=_Steps.model_validate(activity.item).step_count, day=session_day)
        case "food_expenses":
            spent = _Expense.model_validate(activity.item)
            return Expense(what=spent.expense_type, dollars=spent.amount, day=day)
        case "todo_list":
            todo = _Todo.model_validate(activity.item)
            return Todo(task=todo.description, area="work" if todo.task_type == "work_tasks" else "personal")
        case "calendar_event":
            event = _Event.model_validate(activity.item)
            return Event(event=event.event_name, day=day, kind=event.event_type.replace("_", " "))


def _stating_turn(thing: Thing, turns: Mapping[int, str]) -> int:
    """The first of the marked turns that has most of the words that name the thing."""
    wanted = content_words(" ".join(naming_words(thing)))
    return max(turns, key=lambda number: (len(wanted & content_words(turns[number])), -number))
