"""Sessions: what was said, by whom, when. Immutable once observed, since they are the evidence of every claim."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, JsonValue, model_validator

MAX_TURN_CHARACTERS = 1_000_000
"""A longer turn is refused: it is a document, not something said, and it would not fit any model's context."""

Role = Literal["user", "assistant", "tool", "system"]


def is_storable(text: str) -> bool:
    """Whether a text is Unicode that every store takes."""
    try:
        _storable(text)
    except ValueError:
        return False
    return True


def _storable(text: str) -> str:
    """Lone surrogates have no UTF-8 form, so no store and no model could take them."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError(f"has a lone surrogate at character {error.start}, which is no Unicode text") from None
    if "\0" in text:
        raise ValueError(f"has a NUL character at character {text.index(chr(0))}")
    return text


Text = Annotated[str, AfterValidator(_storable)]
MAX_NAME_CHARACTERS = 256
Name = Annotated[str, Field(min_length=1, max_length=MAX_NAME_CHARACTERS), AfterValidator(_storable)]

MAX_JSON_DEPTH = 100


def _storable_json(value: JsonValue, depth: int = 0) -> JsonValue:
    """What JSON can write and read back unchanged: Unicode text, finite numbers, moderate nesting."""
    if depth > MAX_JSON_DEPTH:
        raise ValueError(f"is nested more than {MAX_JSON_DEPTH} deep")
    if isinstance(value, str):
        _storable(value)
    elif isinstance(value, float) and not math.isfinite(value):
        raise ValueError("holds a number that is not finite")
    elif isinstance(value, int) and value.bit_length() > 1023:
        raise ValueError("holds an integer beyond the range of a float")
    elif isinstance(value, dict):
        for key, inner in value.items():
            _storable(key)
            _storable_json(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            _storable_json(inner, depth + 1)
    return value


Json = Annotated[JsonValue, AfterValidator(_storable_json)]


def _fixed_offset(moment: datetime) -> datetime:
    """The same moment with an offset in whole minutes, the only one that JSON carries.

    In a time zone with rules, two equal moments in the hour that a clock change repeats would not compare as equal.
    """
    offset = moment.utcoffset() or timedelta(0)
    whole = timedelta(minutes=int(offset / timedelta(minutes=1)))
    if offset == whole:
        return moment.replace(tzinfo=timezone(whole), fold=0)
    try:
        return moment.astimezone(timezone(whole))
    except OverflowError:
        raise ValueError("lies outside the calendar") from None


Moment = Annotated[AwareDatetime, AfterValidator(_fixed_offset)]


class Frozen(BaseModel):
    """The form of every value here: immutable, strict, no unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True)


class ToolCall(Frozen):
    """A call that the assistant made in a turn, and what came back, if it is known."""

    name: Name
    arguments: Annotated[dict[str, JsonValue], AfterValidator(_storable_json)] = Field(default_factory=dict)
    result: Json = None


class Turn(Frozen):
    """One message of a session.

    `number` counts from 1 within the session. `speaker` names who speaks where a conversation has several people;
    without it, a `user` turn is the described user's.
    """

    number: Annotated[int, Field(ge=1, lt=2**31)]
    role: Role
    content: Annotated[str, Field(max_length=MAX_TURN_CHARACTERS), AfterValidator(_storable)]
    speaker: Name | None = None
    at: Moment | None = None
    tool_calls: tuple[ToolCall, ...] = ()


class Session(Frozen):
    """A conversation of one user with the assistant, perhaps with other people in it.

    `speaker` is the described user's name among the speakers, where it differs from `user_id`.
    """

    user_id: Name
    session_id: Name
    started_at: Moment
    turns: tuple[Turn, ...]
    speaker: Name | None = None

    @model_validator(mode="after")
    def _turns_in_order(self) -> Session:
        numbers = [turn.number for turn in self.turns]
        if numbers != sorted(set(numbers)):
            raise ValueError("turns are out of order or numbered twice")
        times = [turn.at for turn in self.turns if turn.at is not None]
        if times != sorted(times):
            raise ValueError("turns are out of order: a turn is dated before the one it follows")
        return self

    @property
    def day(self) -> date:
        """The calendar day of the session in its own time zone; relative times in it count from here."""
        return self.started_at.date()

    def day_of(self, turn: Turn) -> date:
        """The calendar day on which a turn was said."""
        return (turn.at or self.started_at).date()

    def turn(self, number: int) -> Turn | None:
        """The turn with that number, or None."""
        return next((turn for turn in self.turns if turn.number == number), None)

    def is_by_user(self, turn: Turn) -> bool:
        """Whether the described user spoke this turn.

        Only these turns can be evidence of what the user told. A turn of role `user` with another speaker's name is
        somebody else in the room; an assistant, tool or system turn never counts, whatever its speaker says.
        """
        if turn.role != "user":
            return False
        if turn.speaker is None:
            return True
        mine = self.speaker or self.user_id
        return turn.speaker.casefold().strip() == mine.casefold().strip()

    @property
    def user_turns(self) -> tuple[Turn, ...]:
        return tuple(turn for turn in self.turns if self.is_by_user(turn))

    def goes_on_from(self, before: Session, *, closed: bool) -> bool:
        """Whether this is the session `before`, or, where that was not closed yet, the same with more turns."""
        mine = (self.user_id, self.session_id, self.speaker, self.started_at)
        if mine != (before.user_id, before.session_id, before.speaker, before.started_at):
            return False
        same = self.turns[: len(before.turns)] == before.turns
        return same and (len(self.turns) == len(before.turns) or not closed)


def utc(moment: datetime) -> datetime:
    """The moment in UTC; a time without a zone is taken as UTC."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
