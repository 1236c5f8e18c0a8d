"""Answers day by day, against an independent model, and for statements learned in another order than said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from aipersona.persona.apply import apply
from aipersona.persona.claims import Claim, value_key
from aipersona.persona.edits import AddEdit, ConfirmEdit, Edit, EndEdit, RemoveEdit, SetEdit, Statement, UpdateEdit
from aipersona.persona.model import Persona
from aipersona.persona.revisions import Revision, fold
from tests.aipersona.persona_strategies import (
    CALENDAR,
    DAYS,
    FIRST_DAY,
    KIND,
    RECORDS,
    SCALARS,
    SETS,
    START,
    answers,
    histories,
    maybe_days,
    reverting,
    revision,
)

# --- an independent model: what was said, painted on a calendar


@dataclass(frozen=True)
class Said:
    """A statement of the naive model; `on` is the day on which it was said, `target` a value or a row's number."""

    op: str
    path: str
    on: int
    value: JsonValue = None
    start: int | None = None
    end: int | None = None
    target: int | None = None


said_values: st.SearchStrategy[JsonValue] = st.sampled_from(("Lisbon", "Paris", "Rome"))
indexes = st.none() | st.integers(0, DAYS - 1)


@st.composite
def sayings(
    draw: st.DrawFn, ops: Sequence[str] = ("give", "give", "give", "remove", "end", "never", "update")
) -> list[Said]:
    """Statements in the order in which they were said."""
    found: list[Said] = []
    for on in sorted(draw(st.lists(st.integers(0, DAYS - 1), min_size=1, max_size=10))):
        path, op = draw(st.sampled_from(tuple(KIND))), draw(st.sampled_from(tuple(ops)))
        given_rows = [i for i, said in enumerate(found) if said.op == "give" and said.path == path]
        start, end = draw(indexes), draw(indexes)
        if start is not None and end is not None and end <= start:
            end = None
        value = draw(said_values) if path not in RECORDS else {"what": draw(said_values), "n": len(found)}
        target = draw(st.sampled_from(given_rows)) if given_rows and path in RECORDS else None
        if op == "update":
            if target is None:
                continue
            found.append(Said("update", path, on, value={"n": len(found)}, target=target))
        elif op == "give":
            found.append(Said("give", path, on, value=value, start=start, end=end))
        else:
            day = on if op == "remove" else draw(st.integers(on, DAYS - 1))
            found.append(Said(op, path, on, value=value, start=day, target=target))
    return found


def naive(said: Sequence[Said], path: str) -> list[JsonValue]:
    """The answers of a path, day by day, by painting each statement over the ones before it."""
    canvas: list[dict[str, JsonValue]] = [{} for _ in CALENDAR]
    for number, one in enumerate(said):
        if one.path != path:
            continue
        slot = {"scalar": "", "set": str(one.value), "records": str(one.target)}[KIND[path]]
        for index, shown in enumerate(canvas):
            day = index - 1
            match one.op:
                case "give":
                    mine = str(number) if KIND[path] == "records" else slot
                    if (one.start is None or day >= one.start) and (one.end is None or day < one.end):
                        shown[mine] = one.value
                case "update":
                    row = shown.get(slot)
                    if day >= one.on and isinstance(row, dict) and isinstance(one.value, dict):
                        shown[slot] = {**row, **one.value}
                case "never":
                    shown.pop(slot, None)
                case _:
                    if one.start is None or day >= one.start:
                        shown.pop(slot, None)
    if KIND[path] == "scalar":
        return [shown.get("") for shown in canvas]
    return [list(shown.values()) or None for shown in canvas]


def edit_of(said: Said, number: int, ids: dict[int, str]) -> Edit:
    """The same statement as an edit, said at a moment of its own."""

    def day(n: int | None) -> date | None:
        return None if n is None else FIRST_DAY + timedelta(days=n)

    at = START + timedelta(days=said.on, minutes=number)
    on = day(said.start) or at.date()
    item = said.value if KIND[said.path] == "set" else None
    row = ids.get(said.target) if said.target is not None else "no row"
    row = row if KIND[said.path] == "records" else None
    path, start, end = said.path, day(said.start), day(said.end)
    if said.op == "give" and path in SCALARS:
        return SetEdit(
            op="set", path=path, authority="told", said_at=at, value=said.value, valid_from=start, valid_to=end
        )
    if said.op == "give":
        kind = "set" if path in SETS else "records"
        return AddEdit(
            op="add",
            kind=kind,
            path=path,
            authority="told",
            said_at=at,
            value=said.value,
            valid_from=start,
            valid_to=end,
        )
    if said.op == "update":
        changes = said.value if isinstance(said.value, dict) else {}
        return UpdateEdit(op="update", path=path, authority="told", said_at=at, record_id=row or "", changes=changes)
    if said.op == "end":
        return EndEdit(op="end", path=path, authority="told", said_at=at, on=on, item=item, record_id=row)
    return RemoveEdit(
        op="remove",
        path=path,
        authority="told",
        said_at=at,
        on=on,
        item=item,
        record_id=row,
        entirely=said.op == "never",
    )


def learned(said: Sequence[Said], sizes: Sequence[int]) -> Persona:
    """The persona that learns these statements in their order, in revisions of these sizes, over and over."""
    ids: dict[int, str] = {}
    revisions: list[Revision] = []
    batch: list[Edit] = []
    for number, one in enumerate(said):
        ids[number] = f"{len(revisions) + 1}.{len(batch)}"
        batch.append(edit_of(one, number, ids))
        if len(batch) >= sizes[len(revisions) % len(sizes)]:
            revisions.append(revision(len(revisions) + 1, *batch))
            batch = []
    return fold("ann", [*revisions, revision(len(revisions) + 1, *batch)])


def plain(shown: list[JsonValue]) -> list[object]:
    """Answers without row ids and without an order among the values of a set."""
    found: list[object] = []
    for value in shown:
        if not isinstance(value, list):
            found.append(value)
            continue
        kept = [{k: v for k, v in x.items() if k != "id"} if isinstance(x, dict) else x for x in value]
        found.append(sorted(kept, key=str))
    return found


@given(sayings(), st.lists(st.integers(1, 4), min_size=1, max_size=3))
def test_every_day_answers_as_a_naive_replay_does(said: list[Said], sizes: list[int]) -> None:
    persona = learned(said, sizes)
    for path in KIND:
        assert plain(answers(persona, path)) == plain(naive(said, path)), path


# --- learning out of order


@st.composite
def scalar_sets(draw: st.DrawFn) -> list[SetEdit]:
    """Values of one scalar, each said at a moment of its own, with any validity."""
    found: list[SetEdit] = []
    for number, on in enumerate(sorted(draw(st.lists(st.integers(0, DAYS - 1), min_size=2, max_size=5)))):
        start, end = draw(maybe_days), draw(maybe_days)
        if start and end and end <= start:
            end = None
        at = START + timedelta(days=on, minutes=number)
        found.append(
            SetEdit(
                op="set", path="home.city", authority="told", said_at=at, value=number, valid_from=start, valid_to=end
            )
        )
    return found


def in_batches(edits: Sequence[Edit], cuts: Sequence[bool]) -> Persona:
    revisions: list[list[Edit]] = [[]]
    for edit, cut in zip(edits, cuts, strict=False):
        if cut:
            revisions.append([])
        revisions[-1].append(edit)
    return fold("ann", [revision(number, *some) for number, some in enumerate(revisions, start=1)])


@given(scalar_sets(), st.data())
def test_values_of_a_scalar_give_the_same_answers_in_whatever_order_and_batches_they_are_learned(
    said: list[SetEdit], data: st.DataObject
) -> None:
    mixed = data.draw(st.permutations(said))
    cuts = data.draw(st.lists(st.booleans(), min_size=len(said), max_size=len(said)))
    assert answers(in_batches(mixed, cuts), "home.city") == answers(in_batches(said, [True] * len(said)), "home.city")


@given(
    st.lists(st.tuples(st.sampled_from(("a", "b", "c")), st.integers(0, DAYS - 1)), min_size=1, max_size=5), st.data()
)
def test_a_row_ends_up_the_same_in_whatever_order_its_updates_are_learned(
    changes: list[tuple[str, int]], data: st.DataObject
) -> None:
    """Given that no update puts a column back to the value it had: then a change could not be told from none."""
    row = AddEdit(op="add", kind="records", path="todo.items", authority="told", said_at=START, value={"a": "first"})
    updates = [
        UpdateEdit(
            op="update",
            path="todo.items",
            authority="told",
            said_at=START + timedelta(days=on, minutes=number + 1),
            record_id="1.0",
            changes={column: number},
        )
        for number, (column, on) in enumerate(sorted(changes, key=lambda change: change[1]))
    ]
    mixed = data.draw(st.permutations(updates))
    every = [True] * (len(updates) + 1)
    assert answers(in_batches([row, *mixed], [False, *every]), "todo.items") == answers(
        in_batches([row, *updates], [False, *every]), "todo.items"
    )


@given(histories(min_revisions=2, reverts=False))
def test_a_statement_never_takes_the_place_of_one_said_after_it(revisions: Sequence[Revision]) -> None:
    persona = fold("ann", revisions[:-1])
    last = revisions[-1]
    for index, edit in enumerate(last.edits):
        after = apply(persona, [edit], revision=last.number, first=index)
        for day in CALENDAR:
            for path in persona.by_path:
                still = {claim.id for claim in after.holding(path, day)}
                said_after = {c.id for c in persona.holding(path, day) if c.said_at > _said_at(edit)}
                assert said_after <= still
        persona = after


def _said_at(edit: Edit) -> datetime:
    return edit.said_at if isinstance(edit, Statement) else datetime.min.replace(tzinfo=UTC)


@given(sayings(), st.data())
def test_confirming_what_holds_changes_no_answer_on_any_day(said: list[Said], data: st.DataObject) -> None:
    persona = learned(said, [1])
    day = data.draw(st.sampled_from(CALENDAR))
    for claim in persona.all_holding(day):
        after = apply(persona, [confirmation(claim, on=day)], revision=99)
        assert after.claims[-1].id == persona.claims[-1].id
        for path in KIND:
            assert answers(after, path) == answers(persona, path)


@given(histories(reverts=False), st.data())
def test_what_is_confirmed_last_holds_on_that_day_even_where_its_first_statement_was_reverted(
    revisions: Sequence[Revision], data: st.DataObject
) -> None:
    number = data.draw(st.integers(1, len(revisions)))
    day = data.draw(st.sampled_from(CALENDAR))
    reverted = fold("ann", [*revisions, reverting(revisions, number)])
    for claim in fold("ann", revisions).all_holding(day):
        after = apply(reverted, [confirmation(claim, on=day)], revision=99)
        held = {value_key(c.value) for c in after.holding(claim.path, day)}
        if claim.kind != "scalar":
            assert value_key(claim.value) in held


def confirmation(claim: Claim, *, on: date) -> ConfirmEdit:
    """That the user says the same again, after everything else."""
    return ConfirmEdit(
        op="confirm",
        path=claim.path,
        kind=claim.kind,
        value=claim.value,
        item=claim.value if claim.kind == "set" else None,
        record_id=claim.record_id,
        authority="told",
        said_at=START + timedelta(days=DAYS + 1),
        on=on,
    )
