"""Corrections by hand: patches, undo, forgetting."""

from __future__ import annotations

import json
from datetime import date
from typing import Any, cast

import jsonpatch
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from aipersona import AIPersona
from aipersona.errors import (
    AIPersonaError,
    InvalidEdit,
    InvalidInput,
    RevisionConflict,
    UnknownField,
    UnknownRevision,
)
from aipersona.persona.patch import JsonPatch
from tests.aipersona.kit import NOON, engine, hobbies, interests, observed, propose, said

pytestmark = pytest.mark.anyio

DIET = "preferences.diet"
CITY = "demographics.residence.city"
INTERESTS = "personality.interests"


# Patches.


async def shown(ai: AIPersona) -> dict[str, JsonValue]:
    return (await ai.persona("alice")).nested


async def filled() -> AIPersona:
    ai = engine()
    await ai.set("alice", DIET, "vegetarian")
    await ai.set("alice", "demographics.income", "3000 EUR per month")
    await ai.set("alice", INTERESTS, ["chess", "tea", "the cello"])
    for task in ("renew my passport", "call the bank", "water the plants"):
        await ai.set("alice", "agenda.todos", {"task": task, "area": "personal"})
    return ai


def without_ids(value: JsonValue) -> JsonValue:
    if isinstance(value, dict):
        return {name: without_ids(inner) for name, inner in value.items() if name != "id"}
    return [without_ids(inner) for inner in value] if isinstance(value, list) else value


@pytest.mark.parametrize(
    ("patch", "path", "left"),
    [
        ([("remove", "/personality/interests/0"), ("remove", "/personality/interests/1")], INTERESTS, ["tea"]),
        ([("remove", "/personality/interests/0"), ("remove", "/personality/interests/0")], INTERESTS, ["the cello"]),
        ([("add", "/personality/interests/-", "go")], INTERESTS, ["chess", "tea", "the cello", "go"]),
        ([("add", "/personality/interests/0", "go")], INTERESTS, ["chess", "tea", "the cello", "go"]),
        ([("replace", "/personality/interests/1", "coffee")], INTERESTS, ["chess", "the cello", "coffee"]),
        ([("replace", "/personality/interests", ["tea", "go"])], INTERESTS, ["tea", "go"]),
        ([("remove", "/personality/interests")], INTERESTS, None),
        ([("remove", "/personality")], INTERESTS, None),
        ([("replace", "/preferences/diet", "vegan")], DIET, "vegan"),
        ([("add", "/preferences/diet", "vegan")], DIET, "vegan"),
        ([("remove", "/preferences/diet")], DIET, None),
        ([("add", "/demographics/residence/city", "Porto")], CITY, "Porto"),
        ([("replace", "/demographics/residence/city", "Porto")], CITY, "Porto"),
        ([("add", "/preferences", {"diet": "vegan", "response_style": "dry"})], "preferences.response_style", "dry"),
        ([("replace", "/demographics/income/amount", 3500)], "demographics.income.amount", 3500),
        ([("test", "/preferences/diet", "vegetarian"), ("replace", "/preferences/diet", "vegan")], DIET, "vegan"),
    ],
)
async def test_a_patch_means_what_the_rfc_says(patch: list[tuple[Any, ...]], path: str, left: JsonValue) -> None:
    ai = await filled()
    names: list[str] = ["op", "path", "value"]
    operations: JsonPatch = [dict(zip(names, operation, strict=False)) for operation in patch]
    revision = await ai.patch("alice", operations)
    assert (revision.number, revision.cause, revision.author) == (7, "patch", "user")
    assert (await ai.persona("alice")).value(path) == left


async def test_a_patch_moves_and_copies() -> None:
    ai = await filled()
    style = "/preferences/response_style"
    await ai.patch("alice", [{"op": "copy", "from": "/preferences/diet", "path": style}])
    assert (await ai.persona("alice"))["preferences"] == {"diet": "vegetarian", "response_style": "vegetarian"}
    await ai.patch("alice", [{"op": "move", "from": "/preferences/diet", "path": style}])
    assert (await ai.persona("alice"))["preferences"] == {"response_style": "vegetarian"}


async def test_a_patch_changes_and_removes_rows_where_they_stand() -> None:
    ai = await filled()
    before = cast("list[dict[str, JsonValue]]", (await ai.persona("alice")).value("agenda.todos"))
    await ai.patch(
        "alice",
        [
            {"op": "remove", "path": "/agenda/todos/0"},
            {"op": "replace", "path": "/agenda/todos/0/task", "value": "call the tax office"},
            {"op": "add", "path": "/agenda/todos/1/due", "value": "2026-07-01"},
            {"op": "remove", "path": "/agenda/todos/1/area"},
            {"op": "add", "path": "/agenda/todos/-", "value": {"task": "buy flour"}},
        ],
    )
    after = cast("list[dict[str, JsonValue]]", (await ai.persona("alice")).value("agenda.todos"))
    assert after[0] == {"id": before[1]["id"], "task": "call the tax office", "area": "personal"}
    assert without_ids(cast("JsonValue", after[1:])) == [
        {"task": "water the plants", "due": "2026-07-01"},
        {"task": "buy flour"},
    ]


async def test_a_value_given_again_confirms_it_and_lends_it_the_users_authority() -> None:
    ai = engine()
    await ai.set("alice", DIET, "vegan", authority="tool")
    await ai.patch("alice", [{"op": "replace", "path": "/preferences/diet", "value": "vegan"}])
    (claim,) = (await ai.persona("alice")).claims(DIET)
    assert (claim.authority, claim.confirmations) == ("user_edit", 1)


@pytest.mark.parametrize(
    ("patch", "error"),
    [
        ([{"op": "replace", "path": "/preferences/diet"}], InvalidInput),
        ([{"op": "explode", "path": "/preferences/diet"}], InvalidInput),
        ([{"op": "add", "path": "preferences/diet", "value": "x"}], InvalidInput),
        ([{"op": "add", "path": 7, "value": "x"}], InvalidInput),
        ([{"path": "/preferences/diet", "value": "x"}], InvalidInput),
        ([{"op": "remove", "path": "/personality/interests/9"}], InvalidInput),
        ([{"op": "remove", "path": "/personality/interests/x"}], InvalidInput),
        ([{"op": "remove", "path": "/demographics/name"}], InvalidInput),
        ([{"op": "add", "path": "", "value": "secret"}], InvalidInput),
        ([{"op": "replace", "path": "/personality/interests", "value": "secret"}], InvalidInput),
        ([{"op": "add", "path": "/preferences/diet/x", "value": "secret"}], InvalidInput),
        ([{"op": "test", "path": "/preferences/diet", "value": "secret"}], InvalidEdit),
        ([{"op": "test", "path": "/preferences/diet", "value": "vegetarian"}], InvalidEdit),
        ([], InvalidEdit),
        ([{"op": "add", "path": "/preferences/colour", "value": "secret"}], UnknownField),
        ([{"op": "add", "path": "/nowhere", "value": {"a": "secret"}}], UnknownField),
        ([{"op": "add", "path": "/agenda/todos/-", "value": "secret"}], InvalidInput),
        ([{"op": "replace", "path": "/preferences/diet", "value": ["secret"]}], InvalidInput),
        ([{"op": "replace", "path": "/preferences/diet", "value": {"a": "secret"}}], InvalidInput),
        ([{"op": "replace", "path": "/agenda/todos/0/due", "value": "secret"}], InvalidInput),
    ],
)
async def test_a_patch_without_meaning_changes_nothing_and_tells_nothing(
    patch: JsonPatch, error: type[AIPersonaError]
) -> None:
    ai = await filled()
    before = await shown(ai)
    with pytest.raises(error) as caught:
        await ai.patch("alice", patch)
    assert "secret" not in str(caught.value)
    assert "vegetarian" not in str(caught.value)
    assert await shown(ai) == before
    assert len(await ai.log("alice")) == 6


async def test_a_patch_is_taken_whole_or_not_at_all() -> None:
    ai = await filled()
    before = await shown(ai)
    good: JsonPatch = [{"op": "add", "path": "/personality/interests/-", "value": "go"}]
    for bad in ("/preferences/colour", "/demographics/age", "/demographics/sexuality", "/agenda/todos/-"):
        with pytest.raises(AIPersonaError):
            await ai.patch("alice", [*good, {"op": "add", "path": bad, "value": "blue"}])
    assert await shown(ai) == before


async def test_the_difference_of_two_revisions_is_a_patch_from_one_to_the_other() -> None:
    ai = await filled()
    await ai.set("alice", DIET, "vegan")
    await ai.forget("alice", INTERESTS, item="tea")
    await ai.forget("alice", "demographics")
    await ai.patch("alice", [{"op": "remove", "path": "/agenda/todos/0"}])
    views = [(await ai.persona("alice", revision=n)).nested for n in range(len(await ai.log("alice")) + 1)]
    for before, old in enumerate(views):
        for after, new in enumerate(views):
            patch = await ai.diff("alice", before, after)
            applied: Any = jsonpatch.apply_patch(old, patch)
            assert applied == new


def rows_of(*tasks: str) -> list[JsonValue]:
    return [{"task": task, "area": "work"} if n % 2 else {"task": task} for n, task in enumerate(tasks)]


items = st.lists(st.sampled_from(["chess", "tea", "go", "the cello"]), max_size=4, unique=True)
tasks = st.lists(st.sampled_from(["alpha", "bravo", "charlie", "delta"]), max_size=3, unique=True)


@st.composite
def states(draw: st.DrawFn) -> dict[str, JsonValue]:
    """What a persona may hold: a diet, interests, to-dos, or none of them."""
    state: dict[str, JsonValue] = {"demographics": {"name": "Alice"}}
    if draw(st.booleans()):
        state["preferences"] = {"diet": draw(st.sampled_from(["vegan", "halal"]))}
    if draw(st.booleans()):
        state["personality"] = {"interests": list(draw(items))}
    if draw(st.booleans()):
        state["agenda"] = {"todos": rows_of(*draw(tasks))}
    return state


def contents(document: dict[str, JsonValue]) -> dict[str, object]:
    """What a persona holds, whatever the order of its lists."""
    found: dict[str, object] = {}
    for section, inner in document.items():
        for name, value in cast("dict[str, JsonValue]", inner).items():
            if isinstance(value, list):
                value = sorted(json.dumps(without_ids(item)) for item in value)
            if value != []:
                found[f"{section}.{name}"] = value
    return found


@given(st.lists(states(), min_size=1, max_size=3))
async def test_a_patch_made_by_any_json_patch_library_leads_to_the_persona_it_was_made_for(
    wanted: list[dict[str, JsonValue]],
) -> None:
    ai = engine()
    await ai.set("alice", "demographics.name", "Alice")
    for aim in wanted:
        made: Any = jsonpatch.make_patch(without_ids(cast("JsonValue", await shown(ai))), aim)
        try:
            await ai.patch("alice", list(made.patch))
        except InvalidEdit as error:
            if "changes nothing" not in str(error):
                raise
        assert contents(await shown(ai)) == contents(aim)


# Undo and forgetting.


async def test_a_revision_is_undone_alone_and_the_undoing_too() -> None:
    ai = engine()
    for path, value in ((DIET, "vegan"), (CITY, "Porto"), (INTERESTS, "chess")):
        await ai.set("alice", path, value)
    full = await shown(ai)
    undone = await ai.revert("alice", 2)
    assert (undone.number, undone.reverts, undone.cause) == (4, 2, "revert 2")
    assert (await ai.persona("alice")).value(CITY) is None
    assert (await ai.persona("alice")).value(DIET) == "vegan"
    with pytest.raises(InvalidEdit, match="would change nothing"):
        await ai.revert("alice", 2)
    redone = await ai.revert("alice", 4)
    assert redone.number == 5
    assert await shown(ai) == full
    await ai.revert("alice", 5)
    assert (await ai.persona("alice")).value(CITY) is None
    with pytest.raises(UnknownRevision):
        await ai.revert("alice", 99)


async def test_undoing_a_learned_batch_keeps_what_was_said_as_evidence_and_does_not_learn_it_again() -> None:
    ai = await observed(AIPersona(":memory:", drafter=hobbies), 2)
    await ai.learn("alice")
    await ai.revert("alice", 1)
    assert await interests(ai) == []
    assert (await ai.learn("alice")).sessions == 0
    assert (await ai.context("alice", "hobby0")).turns == (("n0", 1),)


async def test_forgetting_takes_back_a_field_a_section_an_item_or_a_row_on_every_day() -> None:
    ai = await filled()
    await ai.forget("alice", INTERESTS, item="Tea")
    assert await interests(ai) == ["chess", "the cello"]
    (first, *_) = cast("list[dict[str, str]]", (await ai.persona("alice")).value("agenda.todos"))
    await ai.forget("alice", "agenda.todos", item=first["id"])
    await ai.forget("alice", "agenda.todos", item="call the bank")
    left = without_ids((await ai.persona("alice")).value("agenda.todos"))
    assert left == [{"task": "water the plants", "area": "personal"}]
    await ai.forget("alice", "preferences")
    for day in (date(2026, 1, 1), NOON.date(), date(2030, 1, 1)):
        assert (await ai.persona("alice", as_of=day)).value(DIET) is None
    revision = await ai.forget("alice", "demographics.income")
    await ai.revert("alice", revision.number)
    assert (await ai.persona("alice")).value("demographics.income.amount") == 3000


async def test_forgetting_reaches_what_was_said_after_the_clocks_now() -> None:
    ai = engine(propose(DIET, "vegan", "I'm vegan."))
    await ai.observe(said("I'm vegan.", day="2026-09-01"))
    await ai.learn("alice")
    await ai.forget("alice", DIET)
    assert (await ai.persona("alice", as_of=date(2026, 9, 2))).nested == {}


async def test_forgetting_a_field_closes_the_questions_about_it() -> None:
    ai = engine()
    await ai.set("alice", DIET, "vegan")
    await ai.set("alice", DIET, "omnivore", authority="tool")
    revision = await ai.forget("alice", "preferences")
    assert await ai.questions("alice") == []
    await ai.revert("alice", revision.number)
    assert len(await ai.questions("alice")) == 1


async def test_there_must_be_something_to_forget() -> None:
    ai = await filled()
    with pytest.raises(InvalidEdit, match=r"nothing is known at 'demographics\.name'"):
        await ai.forget("alice", "demographics.name")
    with pytest.raises(InvalidEdit, match="nothing to forget"):
        await ai.forget("alice", INTERESTS, item="secret")
    with pytest.raises(UnknownField, match=r"preferences\.diet"):
        await ai.forget("alice", "preferences.diets")


async def test_a_view_reads_as_a_mapping_and_a_changed_copy_changes_nothing() -> None:
    ai = await filled()
    view = await ai.persona("alice")
    assert view == view.nested
    assert (list(view), len(view), "nope" in view) == (list(view.nested), len(view.nested), False)
    assert view.value("preferences.nope.deeper") is None
    assert "vegetarian" not in repr(view)
    cast("dict[str, JsonValue]", view["preferences"])["diet"] = "meat"
    assert (await ai.persona("alice")).value(DIET) == "vegetarian"


# On the revision that was read.


async def test_a_correction_is_made_on_the_revision_that_it_expects_or_not_at_all() -> None:
    ai = engine()
    await ai.set("alice", DIET, "vegetarian", expected=0)
    await ai.set("alice", CITY, "Lisbon", expected=1)
    before = await ai.persona("alice")
    late = (
        ai.set("alice", DIET, "vegan", expected=1),
        ai.patch("alice", [{"op": "remove", "path": "/preferences/diet"}], expected=1),
        ai.forget("alice", DIET, expected=3),
        ai.revert("alice", 1, expected=0),
    )
    for correction in late:
        with pytest.raises(RevisionConflict, match="is at revision 2, not"):
            await correction
    assert await ai.persona("alice") == before
    assert len(await ai.log("alice")) == 2


async def test_tenants_of_one_engine_share_the_database_and_no_users() -> None:
    ai = engine()
    other = ai.for_tenant("acme")
    await ai.set("alice", CITY, "Lisbon")
    await other.set("alice", CITY, "Porto")
    assert (await ai.persona("alice")).value(CITY) == "Lisbon"
    assert (await other.persona("alice")).value(CITY) == "Porto"
    await other.erase("alice")
    assert [user.user_id for user in await ai.users()] == ["alice"]
    assert await other.users() == []


# Shown before it is made.


async def test_a_dry_run_shows_the_revision_that_would_be_made_and_makes_none() -> None:
    ai = engine()
    await ai.set("alice", DIET, "vegan")
    await ai.set("alice", DIET, "omnivore", authority="tool")
    (question,) = await ai.questions("alice")
    shown = (
        await ai.set("alice", CITY, "Lisbon", dry_run=True),
        await ai.patch("alice", [{"op": "remove", "path": "/preferences/diet"}], dry_run=True),
        await ai.forget("alice", DIET, dry_run=True),
        await ai.revert("alice", 1, dry_run=True),
        await ai.answer("alice", question.id, accept=False, dry_run=True),
    )
    assert [revision.number for revision in shown] == [3] * 5
    assert [edit.op for edit in shown[4].edits] == ["settle"]
    assert len(await ai.log("alice")) == 2
    with pytest.raises(RevisionConflict):
        await ai.set("alice", CITY, "Lisbon", dry_run=True, expected=1)
    assert await ai.set("alice", CITY, "Lisbon") == shown[0]


async def test_an_item_is_replaced_by_another_at_once_or_not_at_all() -> None:
    ai = engine()
    await ai.set("alice", INTERESTS, ["chess", "padel"])
    await ai.set("alice", INTERESTS, "go", replacing="chess")
    assert await interests(ai) == ["padel", "go"]
    with pytest.raises(InvalidEdit, match="nothing to change"):
        await ai.set("alice", INTERESTS, "tennis", replacing="chess")
    with pytest.raises(InvalidEdit, match="weaker authority"):
        await ai.set("alice", INTERESTS, "tennis", replacing="go", authority="tool")
    assert await interests(ai) == ["padel", "go"]
