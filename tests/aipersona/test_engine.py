"""The public object, end to end: learning in batches, corrections, undo, moving and erasing, by many at once."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

import jsonpatch
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from aipersona import AIPersona, DraftEdit, DraftRequest, Query, Session, Turn
from aipersona.errors import (
    AIPersonaError,
    Conflict,
    InvalidEdit,
    InvalidInput,
    ModelUnavailable,
    SessionChanged,
    StoreUnavailable,
    UnknownField,
    UnknownRevision,
    UnknownUser,
)
from aipersona.learning import Progress
from aipersona.persona.model import Persona
from aipersona.persona.patch import JsonPatch
from aipersona.portable import digest
from aipersona.settings import Settings
from aipersona.store.memory import MemoryStore
from tests.aipersona.kit import NOON, engine, propose, said

pytestmark = pytest.mark.anyio

DIET = "preferences.diet"
CITY = "demographics.residence.city"
INTERESTS = "personality.interests"


def note(number: int, *, user: str = "alice") -> Session:
    """The session in which the user tells of hobby `number`; they are a day apart."""
    day = f"2026-{number // 28 + 1:02}-{number % 28 + 1:02}"
    return said(f"I love hobby{number}.", sid=f"n{number}", day=day, user=user)


def hobbies(request: DraftRequest) -> list[DraftEdit]:
    """Proposes the hobby that each session tells of."""
    return [
        propose(INTERESTS, s.turns[0].content.removeprefix("I love ").rstrip("."), s.turns[0].content, op="add",
                sid=s.session_id)
        for s in request.sessions
    ]  # fmt: skip


async def observed(ai: AIPersona, count: int) -> AIPersona:
    for number in range(count):
        await ai.observe(note(number))
    return ai


async def interests(ai: AIPersona) -> list[JsonValue]:
    return cast("list[JsonValue]", (await ai.persona("alice")).value(INTERESTS) or [])


async def pending(ai: AIPersona) -> int:
    (user,) = await ai.users()
    return user.pending


# Learning.


@pytest.mark.parametrize(("every", "batches"), [(1, [1] * 7), (3, [3, 3, 1]), (100, [7])])
async def test_pending_sessions_are_learned_in_batches_of_k_one_revision_each(every: int, batches: list[int]) -> None:
    seen: list[Progress] = []
    ai = await observed(AIPersona(":memory:", drafter=hobbies), 7)
    report = await ai.learn("alice", every=every, progress=seen.append)
    assert (report.sessions, report.turns, report.revisions, report.accepted) == (7, 7, len(batches), 7)
    assert [len(revision.session_ids) for revision in await ai.log("alice")] == batches
    assert [(p.done, p.total) for p in seen] == [(sum(batches[: n + 1]), 7) for n in range(len(batches))]
    assert await interests(ai) == [f"hobby{n}" for n in range(7)]
    again = await ai.learn("alice", every=every)
    assert (again.sessions, again.revisions) == (0, 0)


async def test_nothing_is_learned_while_fewer_than_the_minimum_are_pending() -> None:
    ai = await observed(AIPersona(":memory:", drafter=hobbies), 2)
    assert (await ai.learn("alice", minimum=3)).sessions == 0
    await ai.observe(note(2))
    assert (await ai.learn("alice", minimum=3)).sessions == 3


async def test_an_open_session_is_not_learned_from_until_it_is_closed() -> None:
    ai = AIPersona(":memory:", drafter=hobbies)
    await ai.observe(note(0), closed=False)
    assert (await ai.learn("alice")).sessions == 0
    await ai.end_session("alice", "n0", learn=False)
    assert (await ai.learn("alice")).sessions == 1


async def test_a_session_without_anything_to_learn_is_learned_once_all_the_same() -> None:
    ai = await observed(AIPersona(":memory:", drafter=lambda request: []), 2)
    assert (await ai.learn("alice")).sessions == 2
    assert await pending(ai) == 0


async def test_a_dry_run_shows_the_revisions_and_commits_none() -> None:
    ai = await observed(AIPersona(":memory:", drafter=hobbies), 4)
    dry = await ai.learn("alice", every=2, dry_run=True)
    assert (dry.dry_run, dry.revisions, dry.accepted, dry.sessions) == (True, 0, 4, 4)
    assert (await ai.log("alice"), await interests(ai), await pending(ai)) == ([], [], 4)
    await ai.learn("alice", every=2)
    wet = await ai.log("alice")
    assert [(r.number, r.session_ids, r.edits) for r in dry.proposed] == [
        (r.number, r.session_ids, r.edits) for r in wet
    ]


async def test_a_dry_run_of_sessions_that_say_nothing_numbers_its_revisions_on() -> None:
    ai = await observed(AIPersona(":memory:", drafter=lambda request: []), 2)
    dry = await ai.learn("alice", every=1, dry_run=True)
    assert [revision.number for revision in dry.proposed] == [1, 2]


async def test_sessions_that_arrive_late_take_their_place_in_time() -> None:
    edits = {
        "march": propose(CITY, "Porto", "I moved to Porto in March.", sid="march"),
        "january": propose(CITY, "Lisbon", "I live in Lisbon.", sid="january"),
    }
    ai = engine(*edits.values())
    await ai.observe(said("I moved to Porto in March.", sid="march", day="2026-04-01"))
    await ai.learn("alice")
    await ai.observe(said("I live in Lisbon.", sid="january", day="2026-01-15"))
    await ai.learn("alice")
    cities = [(await ai.persona("alice", as_of=date(2026, month, 20))).value(CITY) for month in (1, 2, 3, 4)]
    assert cities == ["Lisbon", "Lisbon", "Porto", "Porto"]
    assert (await ai.persona("alice", revision=1, as_of=date(2026, 1, 20))).value(CITY) is None


class Failing:
    """A drafter that fails on one session until it is mended."""

    def __init__(self, on: str, failure: BaseException) -> None:
        self.on, self.failure, self.mended = on, failure, False

    async def __call__(self, request: DraftRequest) -> Sequence[DraftEdit]:
        await asyncio.sleep(0)
        if not self.mended and any(session.session_id == self.on for session in request.sessions):
            raise self.failure
        return hobbies(request)


@pytest.mark.parametrize("failure", [ModelUnavailable("down"), ValueError("a bug"), asyncio.CancelledError()])
async def test_a_batch_that_fails_stays_pending_with_those_after_it_and_running_again_finishes(
    failure: BaseException,
) -> None:
    drafter = Failing("n3", failure)
    ai = await observed(AIPersona(":memory:", drafter=drafter, every=2), 6)
    with pytest.raises(type(failure)):
        await ai.learn("alice")
    assert (await interests(ai), await pending(ai)) == (["hobby0", "hobby1"], 4)
    drafter.mended = True
    assert (await ai.learn("alice")).sessions == 4
    assert await interests(ai) == [f"hobby{n}" for n in range(6)]
    assert len(await ai.log("alice")) == 3


async def test_learning_cancelled_in_the_middle_of_a_batch_leaves_it_pending(tmp_path: Path) -> None:
    begun = asyncio.Event()

    async def slow(request: DraftRequest) -> list[DraftEdit]:
        if request.sessions[0].session_id == "n2":
            begun.set()
            await asyncio.Event().wait()
        return hobbies(request)

    async with AIPersona(tmp_path / "p.db", drafter=slow, every=2) as ai:
        await observed(ai, 4)
        task = asyncio.create_task(ai.learn("alice"))
        await begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert (await interests(ai), await pending(ai)) == (["hobby0", "hobby1"], 2)
    async with AIPersona(tmp_path / "p.db", drafter=hobbies) as ai:
        await ai.learn("alice")
        assert len(await interests(ai)) == 4


@pytest.mark.parametrize("every", [0, -1])
async def test_a_batch_has_at_least_one_session(every: int) -> None:
    ai = await observed(AIPersona(":memory:", drafter=hobbies), 1)
    with pytest.raises(InvalidInput, match="at least 1"):
        await ai.learn("alice", every=every)
    with pytest.raises(InvalidInput, match="at least 1"):
        AIPersona(":memory:", every=every)


# Many hands.


@pytest.fixture(params=["file", "memory"])
def places(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], AIPersona]:
    """Makes engines on one database."""
    if request.param == "file":
        return lambda: AIPersona(tmp_path / "p.db", drafter=hobbies)
    store = MemoryStore()
    return lambda: AIPersona(store=store, drafter=hobbies)


async def test_forty_corrections_at_once_make_forty_revisions(places: Callable[[], AIPersona]) -> None:
    async with places() as ai:
        made = await asyncio.gather(*(ai.set("alice", INTERESTS, f"hobby{n}") for n in range(40)))
        assert sorted(revision.number for revision in made) == list(range(1, 41))
        assert [revision.number for revision in await ai.log("alice")] == list(range(1, 41))
        assert sorted(map(str, await interests(ai))) == sorted(f"hobby{n}" for n in range(40))


@pytest.mark.parametrize("k", [(2, 3), (1, 1), (4, 100)])
async def test_two_engines_that_learn_at_once_learn_each_session_once_and_leave_none(
    places: Callable[[], AIPersona], k: tuple[int, int]
) -> None:
    async with places() as one, places() as other:
        await observed(one, 13)
        reports = await asyncio.gather(*(ai.learn("alice", every=n) for ai, n in zip((one, other), k, strict=True)))
        learned = [sid for revision in await one.log("alice") for sid in revision.session_ids]
        assert sorted(learned) == sorted(f"n{n}" for n in range(13))
        assert sum(report.sessions for report in reports) == 13
        assert await pending(one) == 0
        assert all(claim.confirmations == 0 for claim in (await one.persona("alice")).persona.claims)


async def test_a_batch_of_which_another_engine_learned_a_part_is_learned_in_the_rest() -> None:
    store = MemoryStore()
    other = AIPersona(store=store, drafter=hobbies)
    meddled = False

    async def meddling(request: DraftRequest) -> list[DraftEdit]:
        nonlocal meddled
        if not meddled:
            meddled = True
            await other.learn("alice", every=1)
        return hobbies(request)

    ai = AIPersona(store=store, drafter=meddling, every=2)
    await observed(ai, 1)
    await ai.observe(note(1), closed=False)
    await ai.observe(note(2))
    report = await ai.learn("alice")
    assert (report.sessions, await pending(ai)) == (0, 0)
    await ai.end_session("alice", "n1", learn=False)
    assert (await ai.learn("alice")).sessions == 1
    assert len(await interests(ai)) == 3


async def test_learning_and_correcting_at_once_loses_nothing(places: Callable[[], AIPersona]) -> None:
    async with places() as ai:
        await observed(ai, 6)
        await asyncio.gather(
            ai.learn("alice", every=1), *(ai.set("alice", INTERESTS, f"by hand {n}") for n in range(6))
        )
        assert len(await interests(ai)) == 12
        assert len(await ai.log("alice")) == 12


async def test_a_user_erased_while_being_learned_from_stays_erased(places: Callable[[], AIPersona]) -> None:
    async with places() as other:
        await observed(other, 4)

        async def erasing(request: DraftRequest) -> list[DraftEdit]:
            if request.sessions[0].session_id == "n0":
                await other.erase("alice")
            return hobbies(request)

        ai = AIPersona(store=await other.store(), drafter=erasing, every=2)
        report = await ai.learn("alice")
        assert (report.sessions, report.revisions) == (0, 0)
        assert await other.users() == []


# Time.


async def test_what_was_true_on_a_day_and_what_was_believed_at_a_revision() -> None:
    now = [datetime(2026, 1, 1, tzinfo=UTC)]
    ai = AIPersona(":memory:", clock=lambda: now[0])
    for month, city in ((1, "Lisbon"), (3, "Porto"), (5, "Faro")):
        now[0] = datetime(2026, month, 1, tzinfo=UTC)
        await ai.set("alice", CITY, city)
    on = [(await ai.persona("alice", as_of=date(2026, month, 15))).value(CITY) for month in range(1, 7)]
    assert on == ["Lisbon", "Lisbon", "Porto", "Porto", "Faro", "Faro"]
    believed = [(await ai.persona("alice", revision=n)).value(CITY) for n in range(4)]
    assert believed == [None, "Lisbon", "Porto", "Faro"]
    assert (await ai.persona("alice", revision=1, as_of=date(2026, 4, 1))).value(CITY) == "Lisbon"
    assert (await ai.persona("alice", as_of=date(2025, 12, 31))).nested == {}
    with pytest.raises(UnknownRevision, match="no revision 4; the latest is 3"):
        await ai.persona("alice", revision=4)


async def test_why_tells_the_story_of_a_field_newest_first() -> None:
    ai = engine(propose(DIET, "vegetarian", "I am vegetarian."))
    await ai.observe(said("I am vegetarian."))
    await ai.learn("alice")
    await ai.set("alice", DIET, "vegan")
    newest, oldest = (await ai.why("alice", DIET)).steps
    assert (newest.claim.value, newest.holds, newest.replaced, newest.undo) == ("vegan", True, ("vegetarian",), 2)
    assert (oldest.claim.evidence[0].quote, oldest.holds, oldest.undo) == ("I am vegetarian", False, 1)
    assert [step.claim.path for step in (await ai.why("alice", "preferences")).steps] == [DIET, DIET]
    assert (await ai.why("alice", CITY)).steps == ()
    with pytest.raises(UnknownField, match=r"did you mean preferences\.diet"):
        await ai.why("alice", "preferences.diets")


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


# Moving and erasing.


async def exported(ai: AIPersona, file: Path, user: str = "alice") -> Path:
    lines = [f"{line}\n" async for line in ai.export(user)]
    await asyncio.to_thread(file.write_text, "".join(lines), "utf-8")
    return file


def bytes_in(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.iterdir())


async def lively() -> AIPersona:
    """A user with learned and rejected edits, a question, reverts, pending and open sessions."""

    def both(request: DraftRequest) -> list[DraftEdit]:
        return [*hobbies(request), *(propose(DIET, "secret", "never said", sid=s.session_id) for s in request.sessions)]

    ai = await observed(AIPersona(":memory:", drafter=both, clock=lambda: NOON), 4)
    await ai.learn("alice", every=2)
    await ai.set("alice", DIET, "素食")
    await ai.set("alice", DIET, "omnivore", authority="tool")
    await ai.set("alice", "life.instrument", "the cello")
    await ai.revert("alice", 1)
    await ai.revert("alice", 6)
    await ai.observe(note(4))
    await ai.observe(note(5), closed=False)
    return ai


@pytest.mark.parametrize("place", ["p.db", ":memory:"])
async def test_an_export_comes_in_elsewhere_with_the_same_digest(tmp_path: Path, place: str) -> None:
    ai = await lively()
    file = await exported(ai, tmp_path / "alice.jsonl")
    async with AIPersona(tmp_path / place if place != ":memory:" else place) as other:
        summary = await other.import_(file)
        assert [summary] == await ai.users() == await other.users()
        here, there = await ai.persona("alice"), await other.persona("alice")
        assert digest(here.persona) == digest(there.persona)
        assert await other.log("alice") == await ai.log("alice")
        assert await other.questions("alice") == await ai.questions("alice")
        again = await exported(other, tmp_path / "again.jsonl")
        assert again.read_bytes() == file.read_bytes()
        assert await other.import_(file) == summary
        assert again.read_bytes() == (await exported(other, tmp_path / "third.jsonl")).read_bytes()


async def test_an_import_under_another_id_is_that_user_and_keeps_who_spoke(tmp_path: Path) -> None:
    ai = AIPersona(":memory:", drafter=lambda request: [propose(DIET, "vegan", "I'm vegan.")])
    await ai.observe(said(("user", "I'm vegan.", "alice"), ("user", "I eat meat.", "Bob")))
    file = await exported(ai, tmp_path / "alice.jsonl")
    await ai.import_(file, user_id="alicia")
    await ai.import_(file, user_id="alicia")
    await ai.learn("alicia")
    assert (await ai.persona("alicia")).value(DIET) == "vegan"
    assert (await ai.persona("alice")).nested == {}
    with pytest.raises(InvalidInput):
        await ai.import_(file, user_id="")
    with pytest.raises(InvalidInput):
        await ai.import_(file, user_id="a\0")


async def test_an_import_that_contradicts_what_is_there_writes_nothing(tmp_path: Path) -> None:
    file = await exported(await lively(), tmp_path / "alice.jsonl")
    other = engine()
    await other.set("alice", CITY, "Faro")
    with pytest.raises(Conflict, match="import under another id"):
        await other.import_(file)
    another = engine()
    await another.observe(said("Something else.", sid="n3"))
    with pytest.raises(SessionChanged):
        await another.import_(file)
    assert [user.sessions for user in (*await other.users(), *await another.users())] == [0, 1]


def swapped(lines: list[str], a: int, b: int) -> list[str]:
    lines[a], lines[b] = lines[b], lines[a]
    return lines


SPOILS: dict[str, Callable[[list[str]], list[str]]] = {
    "empty": lambda lines: [],
    "cut": lambda lines: lines[:-1],
    "no header": lambda lines: lines[1:],
    "only a header": lambda lines: lines[:1],
    "two headers": lambda lines: [lines[0], *lines],
    "header last": lambda lines: [*lines[1:], lines[0]],
    "a line too many": lambda lines: [*lines, lines[1]],
    "two ends": lambda lines: [*lines, lines[-1]],
    "a revision missing": lambda lines: [*lines[:8], *lines[9:]],
    "revisions out of order": lambda lines: swapped(lines, 8, 9),
    "a revision twice": lambda lines: [*lines[:8], lines[7], *lines[8:]],
    "not JSON": lambda lines: [*lines[:3], "secret", *lines[3:]],
    "half a line": lambda lines: [*lines[:3], lines[3][:40]],
    "not an object": lambda lines: [*lines[:3], "[1]", *lines[3:]],
    "another kind": lambda lines: [*lines[:3], '{"kind": "secret"}', *lines[3:]],
    "a newer version": lambda lines: [lines[0].replace('"version": 1', '"version": 2'), *lines[1:]],
    "another format": lambda lines: [lines[0].replace("aipersona-user", "secret"), *lines[1:]],
    "no user": lambda lines: [lines[0].replace('"alice"', '""'), *lines[1:]],
    "another user's header": lambda lines: [lines[0].replace('"alice"', '"secret"'), *lines[1:]],
    "another user's session": lambda lines: [*lines[:1], lines[1].replace('"alice"', '"secret"'), *lines[2:]],
    "a session without turns": lambda lines: [lines[0], '{"kind": "session", "closed": true}', *lines[1:]],
    "another digest": lambda lines: [*lines[:-1], lines[-1].replace('"digest": "', '"digest": "0')],
    "another value": lambda lines: [line.replace('"value": "素食"', '"value": "secret"') for line in lines],
    "a claim without its number": lambda lines: [line.replace('"id": "1.0"', '"id": "secret"') for line in lines],
    "an unknown key": lambda lines: [line.replace('"cause"', '"a secret": 1, "cause"') for line in lines],
}  # fmt: skip


@pytest.mark.parametrize("spoil", SPOILS)
async def test_a_broken_export_is_refused_whole_and_nothing_of_it_is_told(tmp_path: Path, spoil: str) -> None:
    file = await exported(await lively(), tmp_path / "alice.jsonl")
    lines = file.read_text("utf-8").splitlines()
    assert len(lines) == 15
    spoilt = SPOILS[spoil](list(lines))
    assert spoilt != lines
    file.write_text("\n".join(spoilt), "utf-8")
    other = engine()
    with pytest.raises(InvalidInput) as error:
        await other.import_(file)
    assert "alice.jsonl" in str(error.value)
    assert "secret" not in str(error.value)
    assert await other.users() == []


async def test_a_file_that_holds_nothing_is_refused(tmp_path: Path) -> None:
    header, *_, end = [line async for line in (await lively()).export("alice")]
    empty = digest(Persona(user_id="alice"))
    broken = {**json.loads(end), "revisions": 0, "digest": empty}
    (tmp_path / "x.jsonl").write_text(f"{header}\n{json.dumps(broken)}\n", "utf-8")
    with pytest.raises(InvalidInput, match="holds nothing"):
        await engine().import_(tmp_path / "x.jsonl")
    with pytest.raises(InvalidInput, match="No such file"):
        await engine().import_(tmp_path / "absent.jsonl")


@given(st.data())
async def test_no_damage_to_an_export_gets_anything_in_or_any_other_error_out(data: st.DataObject) -> None:
    lines = [line async for line in (await lively()).export("alice")]
    text = "\n".join(lines)
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start, min(start + 30, len(text))))
    damaged = (
        text[:start] + data.draw(st.text(max_size=6) | st.sampled_from(["}", '"', "null", "9", "[]"])) + text[end:]
    )
    with TemporaryDirectory() as folder:
        file = Path(folder) / "a.jsonl"
        file.write_bytes(damaged.encode("utf-8", "replace"))
        other = engine()
        try:
            await other.import_(file)
        except InvalidInput:
            assert await other.users() == []


async def test_erasing_leaves_nothing_but_the_receipt(tmp_path: Path) -> None:
    planted = "xyzzyplugh"
    edit = propose(INTERESTS, planted, f"I love {planted}.", op="add")
    async with AIPersona(tmp_path / "p.db", drafter=lambda request: [edit]) as ai:
        await ai.observe(said(f"I love {planted}."))
        await ai.learn("alice")
        await ai.observe(said("I love tea.", user="bob"))
        await ai.context("alice", planted)
        receipt = await ai.erase("alice")
        assert receipt.removed == {"turns": 1, "sessions": 1, "entries": 1, "revisions": 1, "users": 1}
        assert [user.user_id for user in await ai.users()] == ["bob"]
        assert (await ai.context("alice", planted)).text == ""
        calls: list[Callable[[], Awaitable[object]]] = [
            lambda: ai.persona("alice"),
            lambda: ai.log("alice"),
            lambda: ai.learn("alice"),
            lambda: ai.why("alice", INTERESTS),
            lambda: ai.query("alice", Query(path="agenda.todos")),
            lambda: ai.questions("alice"),
            lambda: ai.forget("alice", INTERESTS),
            lambda: ai.revert("alice", 1),
            lambda: ai.patch("alice", []),
            lambda: ai.erase("alice"),
            lambda: anext(ai.export("alice")),
        ]
        for call in calls:
            with pytest.raises(UnknownUser):
                await call()
    assert planted.encode() not in bytes_in(tmp_path)


async def test_a_user_id_is_a_name_that_can_be_stored() -> None:
    ai = engine()
    for user in ("", "x" * 257, "a\0", "\ud800"):
        with pytest.raises(InvalidInput, match="a user_id has"):
            await ai.set(user, DIET, "vegan")
    await ai.set("用户 'x'; DROP TABLE users; --", DIET, "vegan")
    assert len(await ai.users()) == 1


async def test_tenants_do_not_see_each_other() -> None:
    store = MemoryStore()
    one, other = (AIPersona(store=store, tenant=tenant) for tenant in ("one", "other"))
    await one.set("alice", DIET, "vegan")
    assert await other.users() == []
    with pytest.raises(UnknownUser):
        await other.persona("alice")


async def test_a_given_store_is_the_only_one_ever_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aipersona.store.opening.default_file", lambda: tmp_path / "default.db")
    store = MemoryStore()
    ai = AIPersona(store=store)
    await ai.aclose()
    await ai.set("alice", DIET, "vegan")
    assert [user.user_id for user in await store.users(ai.tenant)] == ["alice"]
    assert bytes_in(tmp_path) == b""


async def test_an_engine_opens_its_file_again_after_it_was_closed(tmp_path: Path) -> None:
    ai = AIPersona(tmp_path / "p.db")
    await ai.set("alice", DIET, "vegan")
    await ai.aclose()
    await ai.aclose()
    assert (await ai.persona("alice")).value(DIET) == "vegan"
    await ai.aclose()


async def test_settings_from_the_environment_and_code_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIPERSONA_DATABASE", str(tmp_path / "env.db"))
    monkeypatch.setenv("AIPERSONA_EVERY", "2")
    monkeypatch.setenv("AIPERSONA_SPECIAL", "true")
    monkeypatch.setenv("AIPERSONA_TENANT", "acme")
    (tmp_path / "s.yaml").write_text("{name: s, fields: [{path: a.b, description: d, sensitivity: special}]}", "utf-8")
    monkeypatch.setenv("AIPERSONA_SCHEMA_FILE", str(tmp_path / "s.yaml"))
    async with AIPersona(drafter=hobbies) as ai:
        await ai.set("alice", "a.b", "x")
        await observed(ai, 4)
        assert (await ai.learn("alice")).revisions == 2
        assert ai.tenant == "acme"
    assert (tmp_path / "env.db").exists()
    async with AIPersona(":memory:", settings=Settings(), every=5, drafter=hobbies) as ai:
        await observed(ai, 4)
        assert (await ai.learn("alice")).revisions == 1


async def test_learning_without_a_model_says_how_to_name_one() -> None:
    ai = await observed(AIPersona(":memory:", settings=Settings(model=None)), 1)
    with pytest.raises(ModelUnavailable, match="no model is named"):
        await ai.learn("alice")
    assert await pending(ai) == 1


async def test_a_view_reads_as_a_mapping_and_a_changed_copy_changes_nothing() -> None:
    ai = await filled()
    view = await ai.persona("alice")
    assert view == view.nested
    assert (list(view), len(view), "nope" in view) == (list(view.nested), len(view.nested), False)
    assert view.value("preferences.nope.deeper") is None
    assert "vegetarian" not in repr(view)
    cast("dict[str, JsonValue]", view["preferences"])["diet"] = "meat"
    assert (await ai.persona("alice")).value(DIET) == "vegetarian"


async def test_a_session_may_grow_while_it_is_open_and_never_change() -> None:
    ai = engine()
    first = said("Hello.")
    assert await ai.observe(first, closed=False)
    assert not await ai.observe(first, closed=False)
    longer = first.model_copy(update={"turns": (*first.turns, Turn(number=2, role="user", content="More."))})
    assert await ai.observe(longer)
    assert not await ai.observe(longer)
    later = Turn(number=3, role="user", content="And more.")
    for other in (first, said("Goodbye."), longer.model_copy(update={"turns": (*longer.turns, later)})):
        with pytest.raises(SessionChanged):
            await ai.observe(other)


async def test_ending_a_session_learns_once_enough_are_pending() -> None:
    ai = AIPersona(":memory:", drafter=hobbies, every=2)
    for number in range(2):
        await ai.observe(note(number), closed=False)
    assert await ai.end_session("alice", "n0") is None
    report = await ai.end_session("alice", "n1")
    assert report is not None
    assert report.sessions == 2
    with pytest.raises(InvalidInput, match="has no session 'n9'"):
        await ai.end_session("alice", "n9")


# Without await.


def test_the_same_object_without_await(tmp_path: Path) -> None:
    with AIPersona(tmp_path / "p.db", drafter=hobbies).sync as ai:
        ai.observe(note(0))
        assert ai.learn("alice").sessions == 1
        assert ai.persona("alice").value(INTERESTS) == ["hobby0"]
        assert ai.context("alice", "hobby0").turns == (("n0", 1),)
        assert len(ai.export("alice")) == 4
        assert ai.tenant == "default"
        assert "preferences.diet" in ai.schema.by_path


def test_errors_come_through_the_sync_face_as_they_are(tmp_path: Path) -> None:
    with AIPersona(tmp_path / "p.db").sync as ai:
        with pytest.raises(UnknownUser):
            ai.persona("nobody")
        with pytest.raises(UnknownUser):
            ai.export("nobody")
        with pytest.raises(AttributeError):
            ai.nothing  # noqa: B018
        with pytest.raises(TypeError):
            ai.set("alice")
        ai.set("alice", DIET, "vegan")
    with pytest.raises(StoreUnavailable, match="closed"):
        ai.persona("alice")
    ai.close()


def test_an_error_inside_the_block_closes_the_database_and_passes(tmp_path: Path) -> None:
    face = AIPersona(tmp_path / "p.db").sync
    with pytest.raises(UnknownUser), face as ai:
        ai.persona("nobody")
    with pytest.raises(StoreUnavailable):
        face.users()


async def test_the_sync_face_works_where_an_event_loop_runs_already(tmp_path: Path) -> None:
    with AIPersona(tmp_path / "p.db").sync as ai:
        ai.set("alice", DIET, "vegan")
        assert ai.persona("alice").value(DIET) == "vegan"
