"""Hypothesis strategies for histories of a persona: statements, edits and revisions on a small calendar."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Literal

from hypothesis import strategies as st
from pydantic import JsonValue

from aipersona.persona.claims import Authority, Claim, Evidence
from aipersona.persona.edits import (
    AddEdit,
    AskEdit,
    ConfirmEdit,
    Edit,
    EndEdit,
    LearnEdit,
    RemoveEdit,
    SetEdit,
    SettleEdit,
    UpdateEdit,
)
from aipersona.persona.model import Persona
from aipersona.persona.revisions import Revision, fold, revert
from aipersona.schema.fields import FieldSpec, Kind

SCALARS = ("home.city", "work.employer")
SETS = ("likes.drinks", "health.diet")
RECORDS = ("todo.items", "money.spent")
KIND: dict[str, Kind] = {
    **dict.fromkeys(SCALARS, "scalar"),
    **dict.fromkeys(SETS, "set"),
    **dict.fromkeys(RECORDS, "records"),
}
FIRST_DAY = date(2025, 3, 1)
DAYS = 30
START = datetime(2025, 3, 1, 8, tzinfo=UTC)
CALENDAR = [FIRST_DAY + timedelta(days=n) for n in range(-1, DAYS + 1)]

texts = st.sampled_from(("Lisbon", "Paris", "lisbon ", "茶", "coffee", "Ärger"))
storable_texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)
json_values: st.SearchStrategy[JsonValue] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**80), 2**80)
    | st.floats(allow_nan=False, allow_infinity=False)
    | storable_texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(storable_texts, inner, max_size=3),
    max_leaves=6,
)
days = st.integers(0, DAYS - 1).map(lambda n: FIRST_DAY + timedelta(days=n))
maybe_days = st.none() | days
zones = st.sampled_from((UTC, timezone(timedelta(hours=9)), timezone(-timedelta(hours=3, minutes=30))))
minutes = st.integers(0, DAYS * 24 * 60).map(lambda n: START + timedelta(minutes=n))
moments = st.tuples(minutes, zones).map(lambda drawn: drawn[0].astimezone(drawn[1]))
columns: list[str] = ["what", "amount", "state"]
cells: list[JsonValue] = ["milk", "Milk ", "茶", 0, 1, 2, None]
rows: st.SearchStrategy[JsonValue] = st.dictionaries(st.sampled_from(columns), st.sampled_from(cells), max_size=3)
authorities: st.SearchStrategy[Authority] = st.sampled_from(("user_edit", "told", "imported", "inferred", "tool"))
evidence = st.builds(
    Evidence,
    session_id=st.sampled_from(("s1", "s2", "s3")),
    turn=st.integers(1, 9),
    quote=storable_texts,
    speaker=st.none() | st.just("ann"),
    at=moments,
)
specs = st.builds(FieldSpec, path=st.sampled_from(("likes.teas", "likes.snow")), description=storable_texts)
Op = Literal["set", "add", "update", "remove", "end", "confirm", "learn", "ask", "settle"]
OPS: tuple[Op, ...] = ("set", "set", "add", "add", "update", "remove", "end", "confirm", "learn", "ask", "settle")


def value_for(path: str) -> st.SearchStrategy[JsonValue]:
    """Values that a field of this path may hold."""
    if KIND[path] == "records":
        return rows
    return texts | st.integers(0, 3) | json_values


@st.composite
def edits(draw: st.DrawFn, made: Sequence[str], asked: Sequence[str]) -> Edit:
    """An edit of any kind; `made` and `asked` are the ids of rows and questions that it may aim at."""
    op = draw(st.sampled_from(OPS))
    if op == "learn":
        return LearnEdit(op="learn", spec=draw(specs))
    if op == "settle":
        return SettleEdit(op="settle", question_id=draw(st.sampled_from((*asked, "9.9"))), accepted=draw(st.booleans()))
    choice = SCALARS if op == "set" else SETS + RECORDS if op == "add" else RECORDS if op == "update" else tuple(KIND)
    path = draw(st.sampled_from(choice))
    value = draw(value_for(path))
    said_at = draw(moments)
    common = {
        "path": path,
        "authority": draw(authorities),
        "confidence": draw(st.floats(0, 1)),
        "evidence": tuple(draw(st.lists(evidence, max_size=2))),
        "said_at": said_at,
    }
    span = {"valid_from": draw(maybe_days), "valid_to": draw(maybe_days), "review_by": draw(maybe_days)}
    row = draw(st.sampled_from((*made, "9.9")))
    target: dict[str, object] = {"record_id": row} if KIND[path] == "records" else {}
    if KIND[path] == "set":
        target = {"item": value}
    if draw(st.integers(0, 9)) == 0:
        target = {}
    match op:
        case "set":
            return SetEdit.model_validate({"op": op, "value": value, **common, **span})
        case "add":
            return AddEdit.model_validate({"op": op, "kind": KIND[path], "value": value, **common, **span})
        case "update":
            return UpdateEdit.model_validate({"op": op, "record_id": row, "changes": value, **common, **span})
        case "remove":
            entirely = draw(st.integers(0, 3)) == 0
            return RemoveEdit.model_validate({"op": op, "on": draw(days), "entirely": entirely, **common, **target})
        case "end":
            return EndEdit.model_validate({"op": op, "on": draw(days), **common, **target})
        case "confirm":
            more = {"kind": KIND[path], "value": value, "on": draw(days), "review_by": span["review_by"]}
            return ConfirmEdit.model_validate({"op": op, **more, **common, **target})
        case _:
            return AskEdit.model_validate({"op": op, "proposed": value, **common})


@st.composite
def histories(
    draw: st.DrawFn, *, min_revisions: int = 1, max_revisions: int = 6, reverts: bool = True
) -> tuple[Revision, ...]:
    """The revisions of one user, in any order of saying; with `reverts`, some undo earlier ones, reverts included."""
    revisions: list[Revision] = []
    made: list[str] = []
    asked: list[str] = []
    for number in range(1, draw(st.integers(min_revisions, max_revisions)) + 1):
        if reverts and revisions and draw(st.integers(0, 3)) == 0:
            revisions.append(reverting(revisions, draw(st.integers(1, number - 1))))
            continue
        some = tuple(draw(st.lists(edits(made, asked), max_size=4)))
        made += [f"{number}.{i}" for i, edit in enumerate(some) if edit.op == "add"]
        asked += [f"{number}.{i}" for i, edit in enumerate(some) if edit.op == "ask"]
        revisions.append(revision(number, *some))
    return tuple(revisions)


def revision(number: int, *edits: Edit, reverts: int | None = None) -> Revision:
    """Revision `number` with these edits, by the optimizer, made an hour after the one before it."""
    at = START + timedelta(hours=number)
    return Revision(number=number, at=at, author="optimizer", cause="learned", edits=edits, reverts=reverts)


def reverting(revisions: Sequence[Revision], number: int) -> Revision:
    """The next revision, which reverts revision `number`."""
    undo = revert("ann", revisions, number)
    return revision(len(revisions) + 1, *([undo] if undo.put or undo.drop else []), reverts=number)


def claims_of(revisions: Sequence[Revision]) -> dict[str, Claim]:
    """The claims believed after these revisions, by id."""
    return {claim.id: claim for claim in fold("ann", revisions).claims}


def answers(persona: Persona, path: str) -> list[JsonValue]:
    """What a path shows on every day of the calendar."""
    words = path.split(".")
    found: list[JsonValue] = []
    for day in CALENDAR:
        place: JsonValue = persona.as_dict(day)
        for word in words:
            place = place.get(word) if isinstance(place, dict) else None
        found.append(place)
    return found
