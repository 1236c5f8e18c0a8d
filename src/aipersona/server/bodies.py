"""What requests and responses hold. Requests are read leniently (days as text, lists), and unknown keys refused."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from aipersona.errors import InvalidInput, first_cause
from aipersona.persona.claims import Claim, Question
from aipersona.persona.query import Query
from aipersona.sessions.model import MAX_NAME_CHARACTERS, Json, Name, Role, Session, Text, ToolCall, Turn, utc
from aipersona.store.protocol import Stored

ItemT = TypeVar("ItemT")


class Given(BaseModel):
    """The form of what comes in."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class Page(BaseModel, Generic[ItemT]):
    """Some of a list, in order."""

    items: list[ItemT]
    next: str | None = Field(description="The `cursor` of the next page; null at the end.")


class TurnGiven(Given):
    """One message. Without `at` it was said when it arrives."""

    role: Role
    content: Text
    speaker: Name | None = Field(default=None, description="Who speaks, where a conversation has several people.")
    at: datetime | None = None
    tool_calls: list[ToolCall] = Field(default_factory=list[ToolCall])


class SessionGiven(Given):
    """A whole conversation, or what there is of one that goes on (`closed` false)."""

    started_at: datetime
    turns: list[TurnGiven]
    speaker: Name | None = Field(default=None, description="The user's name among the speakers, if it is not the id.")
    closed: bool = Field(default=True, description="Whether it is over: only then it is learned from.")


class TurnsGiven(Given):
    turns: Annotated[list[TurnGiven], Field(min_length=1)]


class CloseGiven(Given):
    learn: bool = Field(default=True, description="Learn when enough sessions are pending, or one tells of a change.")


class LearnGiven(Given):
    every: Annotated[int, Field(ge=1)] | None = Field(default=None, description="Sessions per revision.")
    dry_run: bool = Field(default=False, description="Show the revisions and commit nothing.")
    wait: bool = Field(default=True, description="If false, a worker does it soon, and the answer is 202 and null.")


class ConsolidateGiven(Given):
    dry_run: bool = False
    as_of: date | None = None


class ValueGiven(Given):
    value: Json = Field(description="A value of the field's type; for a set an item or list, for records a row.")
    valid_from: date | None = Field(default=None, description="The first day on which it holds.")
    valid_to: date | None = Field(default=None, description="The day on which it ends.")
    authority: Literal["user_edit", "imported"] = Field(
        default="user_edit",
        description="`user_edit`: the user asked for it; `imported`: the application's data.",
    )


class SettledGiven(Given):
    accept: bool = Field(description="Take the proposed value; otherwise what stands is kept.")


class ContextGiven(Given):
    query: Text = Field(description="What the user asks, or what the model is to do.")
    budget: Annotated[int, Field(ge=1, le=100_000)] = Field(default=1000, description="Tokens at most.")
    as_of: date | None = None
    running: Name | None = Field(default=None, description="The session in which the query comes up.")
    exclude: list[Name] = Field(default_factory=list[str], description="Sessions that are not recalled.")


class RecallGiven(Given):
    query: Text
    limit: Annotated[int, Field(ge=1, le=100)] = 8
    sessions: Annotated[int, Field(ge=0, le=100)] = 5
    as_of: date | None = None
    running: Name | None = None
    exclude: list[Name] = Field(default_factory=list[str])


class QueryGiven(Query):
    """What to compute over the rows of a record field."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=False, hide_input_in_errors=True)

    path: Annotated[str, Field(max_length=MAX_NAME_CHARACTERS)]


class TokenGiven(Given):
    user_id: Name
    scopes: Annotated[list[Literal["read", "write", "call"]], Field(min_length=1)] = Field(
        default_factory=lambda: ["read", "write"]
    )
    seconds: Annotated[int, Field(ge=1)] = Field(default=3600, description="How long it lasts; 30 days at most.")


class TokenMade(BaseModel):
    token: str
    user_id: str
    ends_at: datetime


class SessionKept(BaseModel):
    """A session as it is kept."""

    session: Session
    closed: bool
    learned: int | None = Field(description="The revision that learned from it.")

    @classmethod
    def of(cls, stored: Stored) -> SessionKept:
        return cls(session=stored.session, closed=stored.closed, learned=stored.learned)


class Observed(BaseModel):
    session_id: str
    new: bool = Field(description="Whether anything of it was not there before.")


class Grown(BaseModel):
    """How far a session goes now; what was said in it takes the scope `read`."""

    session_id: str
    started_at: datetime
    turns: int


class PersonaShown(BaseModel):
    """What holds on a day, as believed at a revision."""

    user_id: str
    as_of: date
    revision: int
    persona: dict[str, JsonValue]


class StepShown(BaseModel):
    """One claim in the story of a field: its words are in `claim.evidence`."""

    claim: Claim
    holds: bool = Field(description="Whether it holds on the day asked for.")
    replaced: list[JsonValue] = Field(description="The values that it took the place of.")
    undo: int = Field(description="The revision to revert to take it back.")


class WhyShown(BaseModel):
    """The story of a field, newest first, and the open questions about it."""

    user_id: str
    path: str
    as_of: date
    steps: list[StepShown]
    questions: list[Question]


def turns_of(given: list[TurnGiven]) -> tuple[Turn, ...]:
    """The turns, numbered from 1.

    Raises: InvalidInput.
    """
    try:
        return tuple(
            Turn(
                number=number,
                role=turn.role,
                content=turn.content,
                speaker=turn.speaker,
                at=aware(turn.at) if turn.at is not None else None,
                tool_calls=tuple(turn.tool_calls),
            )
            for number, turn in enumerate(given, start=1)
        )
    except ValidationError as error:
        raise InvalidInput(f"a turn: {first_cause(error)}") from None


def aware(moment: datetime) -> datetime:
    """The moment; without a zone it is taken as UTC."""
    return moment if moment.tzinfo is not None else utc(moment)
