"""Drafts: what a model, or a script in its place, proposes after sessions. Nothing in a draft is believed yet."""

from __future__ import annotations

from collections.abc import Awaitable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, Protocol, cast

from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError

from aipersona.errors import InvalidInput, first_cause
from aipersona.persona.model import Persona
from aipersona.persona.revisions import ModelCall
from aipersona.schema.fields import Schema
from aipersona.sessions.model import Json, Session, Text

Op = Literal["set", "add", "update", "remove", "end", "confirm"]


class DraftEdit(BaseModel):
    """One proposed change: flat, so that small models and strict providers can write it.

    `value` is a scalar, an item of a set, or the row of a record field as a dictionary of its columns; to change or
    remove a row, the columns that identify it (or its `id`) and those that change. `quote` are the user's own words
    that state it, in one of `turns` of session `session_id`. Days are ISO dates; left out, they are read from the
    words ("since January") or are the day of the session.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    op: Op
    path: Text
    value: Json = None
    session_id: Text
    turns: tuple[int, ...] = ()
    quote: Text = ""
    valid_from: date | None = None
    valid_to: date | None = None
    reason: Text = ""

    def __init__(
        self,
        op: Op,
        path: str,
        value: JsonValue = None,
        session_id: str = "",
        turns: Sequence[int] = (),
        quote: str = "",
        valid_from: date | str | None = None,
        valid_to: date | str | None = None,
        reason: str = "",
    ) -> None:
        super().__init__(
            op=op,
            path=path,
            value=value,
            session_id=session_id,
            turns=turns,
            quote=quote,
            valid_from=valid_from,
            valid_to=valid_to,
            reason=reason,
        )


def texts_of(value: JsonValue) -> Iterator[str]:
    """The texts and numbers in a value, as they may stand in words."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from texts_of(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts_of(inner)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield f"{value:g}"


@dataclass(frozen=True)
class DraftRequest:
    """What a drafter is shown: what is believed so far, the new sessions, and the fields that there are."""

    persona: Persona
    sessions: tuple[Session, ...]
    schema: Schema


class Doubted(BaseModel):
    """What a model proposed and a drafter itself does not believe, and why; it is kept among what was rejected."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    draft: DraftEdit
    why: str


class Drafts(BaseModel):
    """A drafter's proposals and the model calls that they cost.

    `strict` asks the gate to accept only values whose words stand in the quote: small models need it. `doubted` never
    becomes an edit, but stays visible in the log.
    """

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    edits: tuple[DraftEdit, ...]
    doubted: tuple[Doubted, ...] = ()
    calls: tuple[ModelCall, ...] = ()
    strict: bool = False


class Drafter(Protocol):
    """Proposes edits for new sessions of one user."""

    async def draft(self, request: DraftRequest) -> Drafts:
        """The proposals.

        Raises: ModelError. An answer that cannot be read is an error, never an empty list.
        """
        ...


class ScriptedFunction(Protocol):
    def __call__(self, request: DraftRequest, /) -> Sequence[DraftEdit] | Awaitable[Sequence[DraftEdit]]: ...


class ScriptedDrafter:
    """A drafter made of a plain function, sync or async: the seam for tests, replays and rules of one's own."""

    def __init__(self, function: ScriptedFunction) -> None:
        self._function = function

    async def draft(self, request: DraftRequest) -> Drafts:
        proposed = self._function(request)
        if isinstance(proposed, Awaitable):
            proposed = await proposed
        return Drafts(edits=tuple(_checked(proposed)))


def _checked(proposed: object) -> Iterator[DraftEdit]:
    """What a function gave, as drafts; a dictionary of a draft's fields does as well.

    Raises: InvalidInput that says which one is none, without its content.
    """
    if isinstance(proposed, str | bytes) or not isinstance(proposed, Iterable):
        raise InvalidInput(f"a drafter gives a list of DraftEdits, not {type(proposed).__name__}")
    for number, edit in enumerate(cast("Iterable[object]", proposed), start=1):
        if isinstance(edit, DraftEdit):
            yield edit
            continue
        try:
            yield DraftEdit.model_validate(edit)
        except ValidationError as error:
            raise InvalidInput(f"draft {number} is no DraftEdit: {first_cause(error)}") from None
