"""Workers on an SQLite file: who is learned for without being called, and what becomes of failures."""

from __future__ import annotations

import asyncio
import base64
import logging
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from anyio import fail_after

from aipersona import AIPersona, DraftEdit, DraftRequest
from aipersona.errors import ModelRefused, ModelUnavailable, WorkUnavailable
from aipersona.optimizer.draft import Drafts, ScriptedDrafter
from aipersona.settings import Settings
from aipersona.store.protocol import Answer, UserKey
from aipersona.store.work import Failure
from aipersona.work import Worker
from aipersona.work.lease import OnlyOne
from tests.aipersona.kit import hobbies, note

pytestmark = pytest.mark.anyio

EARLY = datetime(2020, 1, 1, 12, tzinfo=UTC)
"""Before any session came: nobody is idle."""
LATE = datetime(2200, 1, 1, 12, tzinfo=UTC)
"""Long after: everybody is."""


class Clock:
    def __init__(self, now: datetime = EARLY) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


class Gate:
    """A drafter that holds every batch until it is opened."""

    def __init__(self) -> None:
        self.opened, self.entered = asyncio.Event(), asyncio.Event()
        self.inside = self.most = 0

    async def draft(self, request: DraftRequest) -> Drafts:
        self.inside += 1
        self.most = max(self.most, self.inside)
        self.entered.set()
        try:
            await self.opened.wait()
            return await ScriptedDrafter(hobbies).draft(request)
        finally:
            self.inside -= 1


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "people.db"


def working(ai: AIPersona, clock: Clock | None = None, *, patience: float = 30) -> Worker:
    return Worker(ai, sweep=0.05, patience=patience, clock=clock or Clock())


async def tell(ai: AIPersona, user: str, *numbers: int, closed: bool = True) -> None:
    for number in numbers:
        await ai.observe(note(number, user=user), closed=closed)


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    """Wait for something that a worker is to bring about."""
    with fail_after(60):
        while True:
            if await holds():
                return
            await asyncio.sleep(0.02)


def revisions(ai: AIPersona, **expected: int) -> Callable[[], Awaitable[bool]]:
    async def reached() -> bool:
        return {u.user_id: u.revision for u in await ai.users()} == expected

    return reached


def one_failure(worker: Worker, *, dead: bool) -> Callable[[], Awaitable[bool]]:
    async def there() -> bool:
        return [failure.again_at is None for failure in await worker.failed()] == [dead]

    return there


def in_the_queue(file: Path) -> bytes:
    """All that the tables of the queue hold, as it stands there and decoded."""
    held: list[bytes] = []
    with closing(sqlite3.connect(f"{file}.work")) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            for value in (value for row in connection.execute(f"SELECT * FROM {table}") for value in row):
                held.append(repr(value).encode())
                with suppress(ValueError, TypeError):
                    held.append(base64.b64decode(value, validate=True))
    return b"\n".join(held)


async def test_users_of_all_tenants_are_learned_for_as_they_become_due(file: Path) -> None:
    async with AIPersona(file, drafter=hobbies) as ai:
        other = ai.for_tenant("other")
        await tell(ai, "alice", 0, 1, 2, 3, 4, 5, 6)
        await tell(ai, "bob", 0, 1)
        await tell(other, "alice", 0, 1, 2)
        async with working(ai) as worker:
            await until(revisions(ai, alice=2, bob=0))
            await until(revisions(other, alice=1))
            await tell(ai, "bob", 2)
            await until(revisions(ai, alice=2, bob=1))
            assert await worker.due("default", "alice")
            await until(revisions(ai, alice=3, bob=1))
            assert not await worker.due("default", "alice")
            assert not await worker.due("default", "nobody")
            assert (worker.counts.sessions, worker.counts.revisions, worker.counts.failures) == (13, 5, 0)
        assert [len(revision.session_ids) for revision in await ai.log("alice")] == [3, 3, 1]
        identity = (await (await ai.store()).head(UserKey("other", "alice"))).identity or ""
    queued = in_the_queue(file)
    assert identity.encode() in queued
    assert b"alice" not in queued


async def test_a_user_who_was_idle_is_learned_for_with_fewer_and_open_sessions_are_closed(file: Path) -> None:
    clock = Clock()
    async with AIPersona(file, drafter=hobbies, settings=Settings(nightly=False)) as ai:
        await tell(ai, "alice", 0)
        await tell(ai, "bob", 0, closed=False)
        async with working(ai, clock) as worker:
            assert await worker.pending() == []
            clock.now = LATE
            await until(revisions(ai, alice=1, bob=1))
        (session,) = await (await ai.store()).sessions(UserKey("default", "bob"))
        assert session.closed


async def test_what_may_pass_is_tried_again_later_and_then_learned_once(file: Path) -> None:
    tries: list[int] = []

    def busy_first(request: DraftRequest) -> list[DraftEdit]:
        tries.append(len(request.sessions))
        if len(tries) == 1:
            raise ModelRefused("openai:x answered with HTTP status 429", answered=429)
        return hobbies(request)

    clock = Clock()
    async with AIPersona(file, drafter=busy_first) as ai:
        await tell(ai, "alice", 0, 1, 2)
        async with working(ai, clock) as worker:
            await until(one_failure(worker, dead=False))
            (failure,) = await worker.failed()
            assert failure == Failure(
                tenant="default",
                user_id="alice",
                kind="learn",
                error="model_refused",
                attempts=1,
                at=EARLY,
                again_at=EARLY + timedelta(seconds=10),
            )
            await worker.sweep()
            assert tries == [3]
            clock.now += timedelta(seconds=10)
            await until(revisions(ai, alice=1))
            assert tries == [3, 3]
        assert await worker.failed() == []


async def test_a_refused_key_is_given_up_at_once_until_somebody_retries(file: Path) -> None:
    keys = ["refused"]

    def refusing(request: DraftRequest) -> list[DraftEdit]:
        if keys:
            raise ModelRefused("openai:x answered with HTTP status 401", answered=401)
        return hobbies(request)

    async with AIPersona(file, drafter=refusing) as ai:
        await tell(ai, "alice", 0, 1, 2)
        async with working(ai) as worker:
            await until(one_failure(worker, dead=True))
            await worker.sweep()
            assert (worker.counts.failures, worker.counts.given_up) == (1, 1)
            keys.clear()
            assert await worker.retry("default", "alice") == 1
            await until(revisions(ai, alice=1))
        assert await worker.failed("default") == []


async def test_a_user_given_up_on_is_learned_for_again_once_learning_without_the_worker_succeeds(file: Path) -> None:
    keys = ["refused"]

    def refusing(request: DraftRequest) -> list[DraftEdit]:
        if keys:
            raise ModelRefused("openai:x answered with HTTP status 401", answered=401)
        return hobbies(request)

    async with AIPersona(file, drafter=refusing) as ai:
        await tell(ai, "alice", 0, 1, 2)
        async with working(ai) as worker:
            await until(one_failure(worker, dead=True))
            keys.clear()
            assert (await ai.learn("alice")).revisions == 1
            assert await worker.failed() == []
            await tell(ai, "alice", 3, 4, 5)
            await until(revisions(ai, alice=2))


async def test_after_the_attempts_of_the_settings_it_is_given_up_and_no_word_of_it_is_kept(
    file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(request: DraftRequest) -> list[DraftEdit]:
        raise KeyError(request.sessions[0].turns[0].content)

    clock = Clock()
    with caplog.at_level(logging.DEBUG):
        async with AIPersona(file, drafter=broken, settings=Settings(attempts=2)) as ai:
            await tell(ai, "alice", 0, 1, 2)
            async with working(ai, clock) as worker:
                await until(one_failure(worker, dead=False))
                clock.now += timedelta(minutes=1)
                await until(one_failure(worker, dead=True))
                (failure,) = await worker.failed()
    assert (failure.error, failure.attempts) == ("KeyError", 2)
    assert "hobby" not in caplog.text
    assert "alice" not in caplog.text
    queued = in_the_queue(file)
    assert b"learn" in queued
    assert b"hobby" not in queued


async def test_jobs_that_are_long_over_leave_the_queue(file: Path) -> None:
    def jobs() -> int:
        with closing(sqlite3.connect(f"{file}.work")) as connection:
            return connection.execute("SELECT count(*) FROM workflow_status").fetchone()[0]

    async def none() -> bool:
        return jobs() == 0

    clock = Clock()
    async with AIPersona(file, drafter=hobbies) as ai:
        await tell(ai, "alice", 0, 1, 2)
        async with working(ai, clock):
            await until(revisions(ai, alice=1))
            assert jobs() == 1
            clock.now = LATE
            await until(none)


async def test_at_night_the_users_who_changed_are_consolidated_once(file: Path) -> None:
    clock = Clock(EARLY.replace(hour=3))
    async with AIPersona(file, drafter=hobbies) as ai:
        await tell(ai, "alice", 0, 1, 2)
        async with working(ai, clock) as worker:

            async def consolidated() -> bool:
                return worker.counts.consolidated > 0

            await until(revisions(ai, alice=1))
            clock.now += timedelta(minutes=6)
            await until(consolidated)
            clock.now += timedelta(minutes=6)
            await worker.sweep()
        assert worker.counts.consolidated == 1


async def test_no_more_jobs_run_at_once_than_the_settings_allow(file: Path) -> None:
    gate = Gate()
    users = [f"u{number}" for number in range(5)]
    async with AIPersona(file, drafter=gate, settings=Settings(learn_concurrency=2)) as ai:
        for user in users:
            await tell(ai, user, 0, 1, 2)
        async with working(ai):

            async def full() -> bool:
                return gate.inside == 2

            await until(full)
            gate.opened.set()
            await until(revisions(ai, **dict.fromkeys(users, 1)))
    assert gate.most == 2


async def test_no_more_jobs_begin_in_a_minute_than_the_settings_allow(file: Path) -> None:
    users = [f"u{number}" for number in range(4)]
    async with AIPersona(file, drafter=hobbies, settings=Settings(learn_rate=2)) as ai:
        for user in users:
            await tell(ai, user, 0, 1, 2)
        async with working(ai) as worker:

            async def begun() -> bool:
                return worker.counts.revisions >= 2

            await until(begun)
            await worker.sweep()
        assert worker.counts.revisions == 2


async def test_what_runs_when_a_worker_stops_is_ended_or_left_to_the_next(file: Path) -> None:
    gate = Gate()
    async with AIPersona(file, drafter=gate) as ai:
        await tell(ai, "alice", 0, 1, 2)
        async with working(ai, patience=0):
            await gate.entered.wait()
        assert gate.inside == 0
        assert await revisions(ai, alice=0)()
        gate.entered.clear()
        worker = working(ai)
        await worker.start()
        await gate.entered.wait()
        gate.opened.set()
        await worker.aclose()
        assert await revisions(ai, alice=1)()
        assert await asyncio.to_thread(lambda: True)  # the loop's own executor is as it was


async def test_a_job_that_ends_its_workers_process_again_and_again_is_given_up(file: Path) -> None:
    gate = Gate()
    async with AIPersona(file, drafter=gate, settings=Settings(learn_concurrency=1)) as ai:
        await tell(ai, "alice", 0, 1, 2)
        await tell(ai, "bob", 0, 1, 2)
        async with working(ai) as worker:

            def died_often() -> int:
                with closing(sqlite3.connect(f"{file}.work", isolation_level=None)) as connection:
                    often = "UPDATE workflow_status SET recovery_attempts = 50 WHERE status = 'ENQUEUED'"
                    return connection.execute(often).rowcount

            async def queued() -> bool:
                return died_often() == 1

            await gate.entered.wait()
            await until(queued)
            gate.opened.set()
            await until(one_failure(worker, dead=True))
            (failure,) = await worker.failed()
            assert (failure.error, failure.attempts) == ("worker_died", 1)
            assert await worker.retry() == 1
            await until(revisions(ai, alice=1, bob=1))


async def test_a_user_erased_while_they_are_learned_for_does_not_come_back(file: Path) -> None:
    gate = Gate()
    async with AIPersona(file, drafter=gate) as ai:
        await tell(ai, "alice", 0, 1, 2)
        async with working(ai) as worker:
            await gate.entered.wait()
            await ai.erase("alice")
            gate.opened.set()
        assert await ai.users() == []
        assert await worker.failed() == []


async def test_an_sqlite_file_takes_one_worker(file: Path) -> None:
    async with AIPersona(file, drafter=hobbies) as ai:
        held = OnlyOne(Path(f"{file}.worker"))
        with pytest.raises(WorkUnavailable, match="another worker is at work on this database"):
            await working(ai).start()
        held.close()
        async with working(ai):
            with pytest.raises(WorkUnavailable, match="another worker"):
                await working(ai).start()


async def test_a_worker_that_could_do_nothing_does_not_start() -> None:
    async with AIPersona(":memory:", drafter=hobbies) as ai:
        with pytest.raises(WorkUnavailable, match="a store in memory has none"):
            await working(ai).start()
    async with AIPersona(":memory:", settings=Settings(model=None)) as ai:
        with pytest.raises(ModelUnavailable, match="no model is named"):
            await working(ai).start()


async def test_answers_of_more_than_a_day_ago_are_dropped_once_an_hour(file: Path) -> None:
    clock, ann = Clock(), UserKey("acme", "ann")
    async with AIPersona(file, drafter=hobbies, embedder="none") as ai:
        store, worker = await ai.store(), working(ai, clock)
        await store.observe(ann, note(1, user="ann"))

        async def answered(name: str) -> None:
            asked = Answer(name, "print", clock().timestamp(), owner=name)
            await store.begin_answer(ann, asked, older=0, stuck=0)
            await store.end_answer(ann, asked._replace(status=200, headers={}, body=b"what was said"))

        async def kept(name: str) -> bool:
            asked = Answer(name, "print", clock().timestamp(), owner="again")
            there = await store.begin_answer(ann, asked, older=0, stuck=0)
            await store.end_answer(ann, asked)
            return there is not None

        await answered("first")
        clock.now += timedelta(minutes=30)
        await answered("second")
        clock.now += timedelta(hours=23, minutes=45)
        await worker.sweep()
        assert (await kept("first"), await kept("second")) == (False, True)
        clock.now += timedelta(minutes=30)
        await worker.sweep()
        assert await kept("second")
        clock.now += timedelta(minutes=45)
        await worker.sweep()
        assert not await kept("second")
