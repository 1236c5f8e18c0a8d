"""The public object, end to end: learning in batches, corrections, undo, moving and erasing, by many at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from aipersona import AIPersona, DraftEdit, DraftRequest, Turn
from aipersona.errors import (
    InvalidInput,
    ModelUnavailable,
    SessionChanged,
    StoreUnavailable,
    UnknownField,
    UnknownRevision,
    UnknownUser,
)
from aipersona.learning import Progress
from aipersona.settings import Settings
from aipersona.store.memory import MemoryStore
from tests.aipersona.kit import engine, hobbies, interests, note, observed, propose, said

pytestmark = pytest.mark.anyio

DIET = "preferences.diet"
CITY = "demographics.residence.city"
INTERESTS = "personality.interests"


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
    assert (await ai.learn("alice", minimum=3, every=2, most=1)).sessions == 2
    assert (await ai.learn("alice", every=2, most=1)).sessions == 1


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
    assert not (tmp_path / "default.db").exists()


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


async def test_a_session_that_tells_of_a_change_does_not_wait_for_others() -> None:
    ai = AIPersona(":memory:", drafter=hobbies, every=3)
    await ai.observe(said("I moved to Lisbon today.", sid="moved"), closed=False)
    report = await ai.end_session("alice", "moved")
    assert report is not None
    assert report.sessions == 1


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
