"""What every store says of work to come: who is due, of all tenants, what failed, and what was asked for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Generator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from aipersona.persona.edits import RestoreEdit
from aipersona.store import work_rows
from aipersona.store.protocol import NEVER_SEEN, Store, UserKey
from aipersona.store.work import ConsolidateRule, Due, LearnRule
from tests.aipersona.test_store_contract import ANN, BACKENDS, Open, give, learn, revision, session

pytestmark = pytest.mark.anyio

BOB = UserKey("other", "bob")
LONG_AGO = datetime(1971, 1, 1, tzinfo=UTC)
MUCH_LATER = datetime(2200, 1, 1, tzinfo=UTC)
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)

EVERY_THREE = LearnRule(now=NOW, every=3, idle_since=LONG_AGO)
ALL_IDLE = LearnRule(now=NOW, every=3, idle_since=MUCH_LATER)
NIGHTLY = ConsolidateRule(now=NOW, night=NOW - HOUR, stale=LONG_AGO)


@pytest.fixture(params=list(BACKENDS))
def backend(request: pytest.FixtureRequest, tmp_path: Path) -> Generator[Open]:
    with BACKENDS[request.param](tmp_path) as opens:
        yield opens


@pytest.fixture
async def store(backend: Open) -> AsyncIterator[Store]:
    opened = await backend()
    yield opened
    await opened.aclose()


async def told(store: Store, key: UserKey, *names: str, closed: bool = True) -> str:
    """The user's identity, after sessions of these names."""
    for name in names:
        await store.observe(key, session(name, user=key.user_id), closed=closed)
    return (await store.head(key)).identity or ""


async def due(store: Store, rule: LearnRule | ConsolidateRule) -> list[UserKey]:
    return [one.key for one in await store.due(rule, limit=10)]


async def test_a_user_is_due_with_so_many_closed_sessions_in_whatever_tenant(store: Store) -> None:
    await told(store, ANN, "s1", "s2")
    await told(store, BOB, "s1", "s2", "s3")
    await told(store, ANN, "open", closed=False)
    assert await due(store, EVERY_THREE) == [BOB]
    await told(store, ANN, "s4")
    assert await due(store, EVERY_THREE) == [ANN, BOB]
    assert len(await store.due(EVERY_THREE, limit=1)) == 1


async def test_a_user_is_due_with_fewer_when_none_came_for_long(store: Store) -> None:
    await told(store, ANN, "s1")
    assert await due(store, EVERY_THREE) == []
    assert await due(store, ALL_IDLE) == [ANN]
    await learn(store, ANN, give("Berlin"), sessions=["s1"])
    assert await due(store, ALL_IDLE) == []


async def test_one_user_is_found_by_who_they_are_and_nobody_is_once_they_were_erased(store: Store) -> None:
    ann = await told(store, ANN, "s1", "s2", "s3")
    bob = await told(store, BOB, "s1")
    assert await store.due(EVERY_THREE, limit=1, identity=ann) == [Due(ANN, ann, 0, False)]
    assert await store.due(EVERY_THREE, limit=1, identity=bob) == []
    assert (await store.whose(ann), await store.whose(bob)) == (ANN, BOB)
    await store.erase(ANN)
    assert await store.whose(ann) is None
    again = await told(store, ANN, "s1", "s2", "s3")
    assert await store.due(EVERY_THREE, limit=1, identity=ann) == []
    assert await store.due(EVERY_THREE, limit=1, identity=again) == [Due(ANN, again, 0, False)]


async def test_open_sessions_are_closed_once_they_have_not_grown_for_long(store: Store) -> None:
    await told(store, ANN, "s1", "s2", closed=False)
    await told(store, BOB, "s1", closed=False)
    assert await store.close_idle(LONG_AGO, limit=10) == 0
    assert await store.close_idle(MUCH_LATER, limit=2) == 2
    assert await store.close_idle(MUCH_LATER, limit=2) == 1
    assert await store.close_idle(MUCH_LATER, limit=2) == 0
    kept = await store.sessions(ANN)
    assert [(s.position, s.closed) for s in kept] == [(3, True), (4, True)]
    assert (await store.head(ANN)).position == 4


async def close_idle(store: Store, monkeypatch: pytest.MonkeyPatch, meanwhile: Callable[[], Awaitable[object]]) -> int:
    """How many idle sessions are closed, with something done between finding and closing them.

    A store that closes what it finds in one go has no such moment: there it is done behind.
    """
    idle, loop, done = work_rows.idle, asyncio.get_running_loop(), list[object]()

    async def once() -> None:
        done.append(await meanwhile())

    def meddled(*args: Any) -> object:
        found = idle(*args)
        asyncio.run_coroutine_threadsafe(once(), loop).result(60)
        return found

    with monkeypatch.context() as patch:
        patch.setattr(work_rows, "idle", meddled)
        closed = await store.close_idle(MUCH_LATER, limit=10)
    if not done:
        await once()
    return closed


async def test_a_user_erased_while_idle_sessions_are_closed_stays_erased(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    await told(store, ANN, "s1", "s2", closed=False)
    await told(store, BOB, "s1", closed=False)
    await close_idle(store, monkeypatch, lambda: store.erase(ANN))
    assert await store.head(ANN) == NEVER_SEEN
    assert await store.users("acme") == []
    assert [s.closed for s in await store.sessions(BOB)] == [True]


async def test_the_next_user_of_an_erased_one_s_name_keeps_their_session_open(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def replace() -> None:
        await store.erase(ANN)
        await told(store, ANN, "s1", closed=False)

    await told(store, ANN, "s1", closed=False)
    await close_idle(store, monkeypatch, replace)
    assert [(s.position, s.closed) for s in await store.sessions(ANN)] == [(1, False)]
    assert (await store.head(ANN)).position == 1


async def test_a_session_closed_by_its_user_meanwhile_is_not_news_twice(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    await told(store, ANN, "s1", closed=False)
    await close_idle(store, monkeypatch, lambda: told(store, ANN, "s1"))
    assert [(s.position, s.closed) for s in await store.sessions(ANN)] == [(2, True)]
    assert (await store.head(ANN)).position == 2


async def test_what_was_asked_for_is_due_at_once_and_until_all_that_waited_was_learned(store: Store) -> None:
    ann = await told(store, ANN, "s1", "s2")
    await told(store, BOB, "s1", "s2", "s3")
    assert await store.ask(ANN, NOW)
    assert await store.due(EVERY_THREE, limit=1) == [Due(ANN, ann, 0, True)]
    await learn(store, ANN, give("Berlin"), sessions=["s1"])
    await store.worked(ANN, "learn", identity=ann, at=NOW, revision=1)
    assert await due(store, EVERY_THREE) == [ANN, BOB]
    await learn(store, ANN, give("Lisbon"), sessions=["s2"])
    await store.worked(ANN, "learn", identity=ann, at=NOW, revision=2)
    await told(store, ANN, "s3")
    assert await due(store, EVERY_THREE) == [BOB]


async def test_nothing_can_be_asked_for_where_no_session_waits(store: Store) -> None:
    assert not await store.ask(ANN, NOW)
    await told(store, ANN, "open", closed=False)
    assert not await store.ask(ANN, NOW)


async def test_what_is_done_without_a_worker_ends_the_failures_of_its_kind(store: Store) -> None:
    async def failed() -> set[str]:
        return {failure.kind for failure in await store.failures()}

    ann = await told(store, ANN, "s1", "s2")
    await store.failed(ANN, "learn", identity=ann, error="model_refused", at=NOW, again_at=None)
    await store.failed(ANN, "consolidate", identity=ann, error="model_refused", at=NOW, again_at=None)
    await learn(store, ANN, give("Berlin"))
    assert await failed() == {"learn", "consolidate"}
    await learn(store, ANN, give("Lisbon"), sessions=["s1"])
    assert await failed() == {"consolidate"}
    await told(store, ANN, "s3", "s4")
    assert await store.due(EVERY_THREE, limit=1) == [Due(ANN, ann, 0, False)]
    consolidated = revision(3).model_copy(update={"author": "optimizer"})
    await store.commit(ANN, consolidated, RestoreEdit(op="restore"))
    assert await failed() == set()
    assert await due(store, NIGHTLY) == [ANN]


async def test_what_was_asked_for_stays_asked_for_while_others_learn_some_of_it(store: Store) -> None:
    ann = await told(store, ANN, "s1", "s2")
    assert await store.ask(ANN, NOW)
    await learn(store, ANN, give("Berlin"), sessions=["s1"])
    assert await store.due(EVERY_THREE, limit=1) == [Due(ANN, ann, 0, True)]


async def test_what_failed_is_due_again_at_its_time(store: Store) -> None:
    ann = await told(store, ANN, "s1", "s2", "s3")
    await store.failed(ANN, "learn", identity=ann, error="model_refused", at=NOW, again_at=NOW + HOUR)
    assert await due(store, EVERY_THREE) == []
    assert await store.due(EVERY_THREE._replace(now=NOW + HOUR), limit=1) == [Due(ANN, ann, 1, False)]
    (failure,) = await store.failures()
    assert (failure.tenant, failure.user_id, failure.kind) == ("acme", "ann", "learn")
    assert (failure.error, failure.attempts, failure.at, failure.again_at) == ("model_refused", 1, NOW, NOW + HOUR)
    await store.worked(ANN, "learn", identity=ann, at=NOW, revision=1)
    assert await store.failures() == []


async def test_a_dead_letter_is_due_only_once_somebody_retries_or_asks(store: Store) -> None:
    for key in (ANN, BOB):
        who = await told(store, key, "s1", "s2", "s3")
        await store.failed(key, "learn", identity=who, error="model_refused", at=NOW, again_at=NOW)
        await store.failed(key, "learn", identity=who, error="model_unavailable", at=NOW, again_at=None)
    assert await due(store, EVERY_THREE._replace(now=MUCH_LATER)) == []
    assert [(f.user_id, f.attempts, f.error, f.again_at) for f in await store.failures()] == [
        ("ann", 2, "model_unavailable", None),
        ("bob", 2, "model_unavailable", None),
    ]
    assert [f.user_id for f in await store.failures(tenant="other", limit=5)] == ["bob"]
    assert await store.retry(tenant="acme", user_id="bob") == 0
    assert await store.retry(tenant="other") == 1
    assert await store.due(EVERY_THREE, limit=5) == [Due(BOB, (await store.head(BOB)).identity or "", 0, False)]
    assert await store.ask(ANN, NOW)
    assert await due(store, EVERY_THREE) == [ANN, BOB]
    assert await store.failures() == []


async def test_nobody_is_consolidated_twice_in_a_night_or_without_need(store: Store) -> None:
    ann = await told(store, ANN, "s1")
    assert await due(store, NIGHTLY) == []
    await learn(store, ANN, give("Berlin"), sessions=["s1"])
    assert await due(store, NIGHTLY) == [ANN]
    assert (await store.due(NIGHTLY, limit=1, identity=ann))[0].key == ANN
    await store.worked(ANN, "consolidate", identity=ann, at=NOW, revision=1)
    assert await due(store, NIGHTLY) == []
    tomorrow = NIGHTLY._replace(now=NOW + 24 * HOUR, night=NOW + 23 * HOUR)
    assert await due(store, tomorrow) == []
    assert await due(store, tomorrow._replace(stale=NOW + HOUR)) == [ANN]
    await learn(store, ANN, give("Lisbon"))
    assert await due(store, NIGHTLY) == []
    assert await due(store, tomorrow) == [ANN]


async def test_erasing_a_user_takes_their_work_along_and_none_comes_back(store: Store) -> None:
    ann = await told(store, ANN, "s1", "s2", "s3")
    await store.failed(ANN, "learn", identity=ann, error="model_refused", at=NOW, again_at=None)
    assert (await store.erase(ANN))["work"] == 1
    await store.failed(ANN, "learn", identity=ann, error="model_refused", at=NOW, again_at=None)
    await store.worked(ANN, "consolidate", identity=ann, at=NOW, revision=1)
    assert await store.failures() == []
    assert (await store.erase(ANN))["work"] == 0
    await told(store, ANN, "s1", "s2", "s3")
    await store.failed(ANN, "learn", identity=ann, error="model_refused", at=NOW, again_at=None)
    assert await due(store, EVERY_THREE) == [ANN]
