"""Bulk learning: the same personas wherever users are learned from, each session once, and no user in another's way."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from contextlib import aclosing
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from aipersona import AIPersona, DraftEdit, DraftRequest
from aipersona.bulk import BulkEngine, LocalEngine, RayEngine, learn_users, pending_users
from aipersona.bulk.on_ray import check_one_machine
from aipersona.errors import InvalidInput, ModelRefused, ModelUnavailable, WorkersUnavailable
from tests.aipersona.bulk.town import TOWN, city, dying_once, learned, meeting, personas, sessions, unlucky
from tests.aipersona.kit import hobbies

pytestmark = pytest.mark.anyio


@pytest.fixture(params=["local", "ray"])
def engine(request: pytest.FixtureRequest) -> BulkEngine:
    if request.param == "local":
        return LocalEngine(3)
    request.getfixturevalue("ray_here")
    return RayEngine()


async def one_by_one(folder: Path) -> dict[str, list[str]]:
    async with city(folder, name="plain.db") as ai:
        await ai.observe_all(sessions())
        for user in TOWN:
            await ai.learn(user)
        return await personas(ai)


async def test_everybody_becomes_who_they_become_one_by_one(engine: BulkEngine, tmp_path: Path) -> None:
    async with city(tmp_path) as ai:
        await ai.observe_all(sessions())
        ended = await learned(ai, engine)
        assert {user: one.report.sessions for user, one in ended.items() if one.report} == dict.fromkeys(TOWN, 4)
        assert await personas(ai) == await one_by_one(tmp_path)
        revisions = await ai.log(TOWN[0])
        assert [made.session_ids for made in revisions] == [("n0", "n1"), ("n2", "n3")]
        assert await pending_users(ai) == []
        assert await learned(ai, engine) == {}


@pytest.mark.parametrize(("error", "code"), [(ModelRefused, "model_refused"), (RuntimeError, "a_i_persona_error")])
async def test_what_one_user_fails_with_stops_no_other_and_is_told(
    engine: BulkEngine, tmp_path: Path, error: type[Exception], code: str
) -> None:
    async with city(tmp_path, drafter=unlucky(error)) as ai:
        await ai.observe_all(sessions())
        ended = await learned(ai, engine)
        (failed,) = (one for one in ended.values() if one.error is not None)
        assert failed.user == TOWN[2]
        assert failed.error is not None
        assert failed.error.code == code
        assert error is ModelRefused or "SECRET-WORD" not in str(failed.error)
        assert await pending_users(ai) == [TOWN[2]]
    async with city(tmp_path) as ai:
        assert list(await learned(ai, engine)) == [TOWN[2]]
        assert await personas(ai) == await one_by_one(tmp_path)


async def test_a_worker_that_dies_costs_nothing_and_learns_nothing_twice(ray_here: None, tmp_path: Path) -> None:
    async with city(tmp_path, drafter=partial(dying_once, tmp_path / "died")) as ai:
        await ai.observe_all(sessions())
        ended = await learned(ai, RayEngine())
        assert (tmp_path / "died").exists()
        assert [one.error for one in ended.values()] == [None] * len(TOWN)
        assert await personas(ai) == await one_by_one(tmp_path)


@pytest.mark.parametrize("engine", [LocalEngine(4), RayEngine(jobs=4)], ids=["local", "ray"])
async def test_as_many_users_as_asked_for_wait_for_the_model_at_once(
    engine: BulkEngine, ray_here: None, tmp_path: Path
) -> None:
    (tmp_path / "here").mkdir()
    async with city(tmp_path, drafter=partial(meeting, tmp_path / "here", 4)) as ai:
        await ai.observe_all(sessions())
        assert [one.error for one in (await learned(ai, engine)).values()] == [None] * len(TOWN)


async def test_two_runs_at_once_learn_each_session_once(tmp_path: Path) -> None:
    async with city(tmp_path) as ai, city(tmp_path) as other:
        await ai.observe_all(sessions())
        await asyncio.gather(learned(ai, LocalEngine(3)), learned(other, LocalEngine(3)))
        assert await personas(ai) == await one_by_one(tmp_path)


async def test_no_more_users_are_begun_than_asked_for_and_the_rest_are_left_when_it_is_closed(tmp_path: Path) -> None:
    asked: list[str] = []
    held = asyncio.Event()

    async def slow(request: DraftRequest) -> Sequence[DraftEdit]:
        asked.append(request.persona.user_id)
        if request.persona.user_id != TOWN[0]:
            await held.wait()
        return hobbies(request)

    async with city(tmp_path, drafter=slow) as ai:
        await ai.observe_all(sessions())
        async with aclosing(learn_users(ai, TOWN, engine=LocalEngine(2))) as ended:
            assert (await anext(ended)).user == TOWN[0]
            assert set(asked) <= set(TOWN[:2])
        held.set()
        assert await pending_users(ai) == TOWN[1:]


# What cannot be learned with is said before anything begins.


@pytest.mark.parametrize("address", [None, "head.invalid:6379"])
async def test_a_database_in_memory_is_for_this_process_alone(address: str | None) -> None:
    for database in (":memory:", "sqlite://"):
        with pytest.raises(InvalidInput, match="in memory is this process's own"):
            RayEngine(address).check(AIPersona(database, drafter=hobbies))
    LocalEngine().check(AIPersona(":memory:", drafter=hobbies))


@pytest.mark.parametrize("database", ["town.db", "sqlite:///town.db", None])
def test_a_file_that_is_found_from_here_alone_is_not_for_a_cluster(
    database: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AIPERSONA_DATABASE", raising=False)
    ai = AIPersona(database, drafter=hobbies)
    with pytest.raises(InvalidInput, match=r"head\.invalid:6379.*name the whole path, or a database server"):
        RayEngine("head.invalid:6379").check(ai)
    RayEngine().check(ai)
    for reachable in ("/data/town.db", "postgresql+psycopg://host/town"):
        RayEngine("head.invalid:6379").check(AIPersona(reachable, drafter=hobbies))


def test_one_file_serves_one_machine() -> None:
    check_one_machine({"10.0.0.1"})
    with pytest.raises(InvalidInput, match="2 machines, and an SQLite database serves one"):
        check_one_machine({"10.0.0.1", "10.0.0.2"})


@pytest.mark.parametrize("engine", [LocalEngine(), RayEngine()])
async def test_without_a_model_nobody_is_begun_with(engine: BulkEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AIPERSONA_MODEL", raising=False)
    with pytest.raises(ModelUnavailable, match="no model is named"):
        await anext(learn_users(AIPersona("town.db"), TOWN, engine=engine))


async def test_a_cluster_that_does_not_answer_is_an_error_and_no_long_wait(tmp_path: Path) -> None:
    async with city(tmp_path) as ai:
        for address in ("127.0.0.1:9", "ray://127.0.0.1:9", "127.0.0.1:99999"):
            with pytest.raises(WorkersUnavailable, match="cannot be reached"):
                await anext(learn_users(ai, TOWN, engine=RayEngine(address)))


async def test_without_ray_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    async with city(tmp_path) as ai:
        with pytest.raises(WorkersUnavailable, match=r"pip install 'aipersona\[ray\]'"):
            await anext(learn_users(ai, TOWN, engine=RayEngine()))


async def test_what_cannot_be_sent_to_workers_is_refused(ray_here: None, tmp_path: Path) -> None:
    with (tmp_path / "open").open("w") as held:

        def drafter(request: DraftRequest) -> list[Any]:
            held.write("x")
            return []

        async with city(tmp_path, drafter=drafter) as ai:
            with pytest.raises(InvalidInput, match="cannot be sent to workers"):
                await anext(learn_users(ai, TOWN, engine=RayEngine()))


@pytest.mark.parametrize("jobs", [0, -1])
def test_jobs_count_from_one(jobs: int) -> None:
    with pytest.raises(InvalidInput, match="at least 1"):
        LocalEngine(jobs)
    with pytest.raises(InvalidInput, match="at least 1"):
        RayEngine(jobs=jobs)
