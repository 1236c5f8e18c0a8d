"""Limits, and requests that come twice."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta

import httpx2
import pytest
from starlette.testclient import TestClient

from aipersona import DraftEdit
from aipersona.server import repeating
from aipersona.store.protocol import Answer, UserKey
from tests.aipersona.kit import NOON
from tests.aipersona.server.kit import application, client, key_for

ANN = "/v1/users/ann"
DIET = f"{ANN}/persona/preferences.diet"
SESSION = {"started_at": "2026-03-01T00:00:00Z", "turns": [{"role": "user", "content": "hello"}]}


def test_a_request_that_comes_again_is_answered_as_before_and_changes_nothing() -> None:
    with client() as served:
        once = {"idempotency-key": "one"}
        first = served.put(DIET, json={"value": "vegan"}, headers=once)
        again = served.put(DIET, json={"value": "vegan"}, headers=once)
        assert (again.status_code, again.content, again.headers["etag"]) == (200, first.content, first.headers["etag"])
        assert "idempotency-replayed" in again.headers
        assert served.get(ANN).json()["revision"] == 1
        for other in (served.put(DIET, json={"value": "omnivore"}, headers=once), served.delete(DIET, headers=once)):
            assert (other.status_code, other.json()["type"]) == (422, "urn:aipersona:key_used")
        assert served.put("/v1/users/bob/persona/preferences.diet", json={"value": "x"}, headers=once).is_success


def test_a_refusal_is_an_answer_and_a_failure_of_the_server_is_none() -> None:
    failing = True

    def drafter(request: object) -> list[object]:
        if failing:
            raise ConnectionError
        return []

    app, ai = application(drafter=drafter)
    admin = key_for(ai, "read", "write", "admin")
    with TestClient(app, headers=admin, raise_server_exceptions=False) as served:
        refused = served.put(f"{ANN}/persona/nothing", json={"value": 1}, headers={"idempotency-key": "r"})
        again = served.put(f"{ANN}/persona/nothing", json={"value": 1}, headers={"idempotency-key": "r"})
        assert (refused.status_code, again.content) == (404, refused.content)
        turns = [{"role": "user", "content": "hello"}]
        served.put(f"{ANN}/sessions/s1", json={"started_at": "2026-03-01", "turns": turns})
        served.put(f"{ANN}/sessions/s1", json={"started_at": "2026-03-01T00:00:00Z", "turns": turns})
        failed = served.post(f"{ANN}/learn", headers={"idempotency-key": "l"})
        assert (failed.status_code, failed.json()["type"]) == (500, "urn:aipersona:internal_error")
        failing = False
        assert served.post(f"{ANN}/learn", headers={"idempotency-key": "l"}).json()["revisions"] == 1


def test_a_refusal_that_passes_is_no_answer_and_another_expected_revision_is_another_request() -> None:
    with client() as served:
        served.put(DIET, json={"value": "vegan"})
        given, once = {"value": "omnivore"}, {"idempotency-key": "one"}
        assert served.put(DIET, json=given, headers={**once, "if-match": '"99"'}).status_code == 412
        made = served.put(DIET, json=given, headers={**once, "if-match": '"1"'})
        again = served.put(DIET, json=given, headers={**once, "if-match": '"1"'})
        assert (made.status_code, again.content, "idempotency-replayed" in again.headers) == (200, made.content, True)
        for other in ({**once, "if-match": '"2"'}, once):
            assert served.put(DIET, json=given, headers=other).json()["type"] == "urn:aipersona:key_used"
        changed = {**SESSION, "turns": [{"role": "user", "content": "hi"}]}
        served.put(f"{ANN}/sessions/s1", json=SESSION)
        for _ in range(2):
            refused = served.put(f"{ANN}/sessions/s1", json=changed, headers={"idempotency-key": "two"})
            assert (refused.status_code, "idempotency-replayed" in refused.headers) == (409, False)


@pytest.mark.anyio
async def test_the_same_request_at_the_same_time_is_made_once() -> None:
    app, ai = application(auth=False)
    transport = httpx2.ASGITransport(app)
    async with ai, httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1") as served:

        async def put() -> int:
            made = await served.put(DIET, json={"value": "vegan"}, headers={"idempotency-key": "one"})
            return made.status_code

        found = await asyncio.gather(*(put() for _ in range(10)))
        assert set(found) <= {200, 409}
        assert 200 in found
        assert (await ai.user("ann")).revision == 1


class SlowDrafter:
    """Proposes nothing, and that not before it is told to."""

    def __init__(self) -> None:
        self.calls, self.begun, self.told = 0, asyncio.Event(), asyncio.Event()

    async def __call__(self, _: object) -> list[DraftEdit]:
        self.calls += 1
        self.begun.set()
        await self.told.wait()
        return []


@pytest.mark.anyio
async def test_a_request_that_takes_longer_than_a_minute_is_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repeating, "RENEWED", 0.0)
    now, drafter, renewed = NOON, SlowDrafter(), asyncio.Event()
    app, ai = application(auth=False, drafter=drafter, clock=lambda: now)
    async with ai, httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://127.0.0.1") as served:
        await served.put(f"{ANN}/sessions/s1", json=SESSION)
        store, once = await ai.store(), {"idempotency-key": "l"}
        renew = store.renew_answer

        async def renew_and_tell(key: UserKey, answer: Answer, *, at: float) -> None:
            await renew(key, answer, at=at)
            if at == now.timestamp() != NOON.timestamp():
                renewed.set()

        monkeypatch.setattr(store, "renew_answer", renew_and_tell)
        first = asyncio.create_task(served.post(f"{ANN}/learn", headers=once))
        await asyncio.wait_for(drafter.begun.wait(), 30)
        now += timedelta(seconds=61)
        await asyncio.wait_for(renewed.wait(), 30)
        assert (await served.post(f"{ANN}/learn", headers=once)).status_code == 409
        drafter.told.set()
        learned = await first
        assert (await served.post(f"{ANN}/learn", headers=once)).content == learned.content
        assert drafter.calls == 1


@pytest.mark.anyio
async def test_a_request_that_was_cut_off_is_not_begun_again_for_a_minute() -> None:
    now, drafter = NOON, SlowDrafter()
    app, ai = application(auth=False, drafter=drafter, clock=lambda: now)
    async with ai, httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://127.0.0.1") as served:
        await served.put(f"{ANN}/sessions/s1", json=SESSION)
        once = {"idempotency-key": "l"}
        first = asyncio.create_task(served.post(f"{ANN}/learn", headers=once))
        await asyncio.wait_for(drafter.begun.wait(), 30)
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        drafter.told.set()
        assert (await served.post(f"{ANN}/learn", headers=once)).status_code == 409
        assert drafter.calls == 1
        now += timedelta(seconds=61)
        assert (await served.post(f"{ANN}/learn", headers=once)).is_success
        assert drafter.calls == 2


@pytest.mark.anyio
async def test_no_answer_is_kept_of_a_user_who_is_erased_or_was_never_there_or_is_only_read() -> None:
    app, ai = application(auth=False)
    async with ai, httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://127.0.0.1") as served:
        once, store = {"idempotency-key": "e"}, await ai.store()
        await served.put(DIET, json={"value": "vegan"})
        await served.post(f"{ANN}/context", json={"query": "dinner?"}, headers=once)
        erased = await served.delete(ANN, headers=once)
        assert (erased.status_code, erased.json()["removed"]["answers"]) == (200, 0)
        again = await served.delete(ANN, headers=once)
        assert (again.status_code, "idempotency-replayed" in again.headers) == (404, False)
        assert (await served.put(f"{ANN}/persona/nothing", json={"value": 1}, headers=once)).status_code == 404
        assert (await store.erase(UserKey(ai.tenant, "ann")))["answers"] == 0


@pytest.mark.parametrize("name", ["", "x" * 257, "a\tb"])
def test_an_idempotency_key_is_short_and_printable(name: str) -> None:
    with client() as served:
        assert served.put(DIET, json={"value": "vegan"}, headers={"idempotency-key": name}).status_code == 422


def test_a_key_is_served_so_often_and_others_are_not_hindered() -> None:
    app, ai = application(rate_limit="3/hour")
    with TestClient(app) as served:
        busy, other = key_for(ai, "read"), key_for(ai, "read")
        assert [served.get(ANN, headers=busy).status_code for _ in range(4)] == [404, 404, 404, 429]
        refused = served.get(ANN, headers=busy)
        assert refused.json()["type"] == "urn:aipersona:too_many_requests"
        assert int(refused.headers["retry-after"]) > 0
        assert served.get(ANN, headers=other).status_code == 404


def test_a_body_that_is_too_long_is_refused_announced_or_not() -> None:
    with client(request_bytes=1000) as served:
        long = b'{"value": "' + b"x" * 2000 + b'"}'
        assert served.put(DIET, content=long).json()["type"] == "urn:aipersona:too_long"
        pieces = (long[start : start + 100] for start in range(0, len(long), 100))
        streamed = served.put(DIET, content=pieces, headers={"content-type": "application/json"})
        assert streamed.json()["type"] == "urn:aipersona:too_long"
        assert served.get(ANN).status_code == 404


# A server that asks for no key.

HERE = ["127.0.0.1", "127.0.0.1:8377", "localhost:8377", "LOCALHOST", "[::1]:8377", "127.9.9.9"]
ELSEWHERE = [
    "evil.example",
    "evil.example:8377",
    "localhost.evil.example",
    "192.168.0.7:8377",
    "0.0.0.0",
    "",
    "[::1",
    "::",
]
PAGES_HERE = ["http://localhost:3000", "http://127.0.0.1:8377", "https://[::1]"]
PAGES_ELSEWHERE = [
    "https://evil.example",
    "null",
    "http://localhost.evil.example",
    "http://192.168.0.7",
    "http://[",
    "",
]
DOORS = [("GET", "/v1/users"), ("GET", "/healthz"), ("PUT", DIET), ("POST", "/v1/chat/completions"), ("POST", "/mcp")]


@pytest.fixture(scope="module")
def without_keys() -> Iterator[TestClient]:
    app, _ = application(auth=False)
    with TestClient(app, headers={"x-aipersona-user": "ann"}) as served:
        yield served


@pytest.mark.parametrize(("method", "path"), DOORS)
def test_without_keys_only_this_machine_is_answered(without_keys: TestClient, method: str, path: str) -> None:
    for host in HERE:
        assert without_keys.request(method, path, headers={"host": host}, content=b"{").status_code != 403
    for host in ELSEWHERE:
        refused = without_keys.request(method, path, headers={"host": host}, content=b"{")
        assert (refused.status_code, refused.json()["type"]) == (403, "urn:aipersona:not_local"), host


@pytest.mark.parametrize(("method", "path"), DOORS)
def test_without_keys_no_page_from_elsewhere_is_answered(without_keys: TestClient, method: str, path: str) -> None:
    here = {"host": "localhost"}
    for page in PAGES_HERE:
        assert without_keys.request(method, path, headers={**here, "origin": page}, content=b"{").status_code != 403
    for page in PAGES_ELSEWHERE:
        refused = without_keys.request(method, path, headers={**here, "origin": page}, content=b"{")
        assert (refused.status_code, refused.json()["type"]) == (403, "urn:aipersona:not_local"), page


def test_with_keys_the_key_is_what_counts() -> None:
    with client() as served:
        served.put(DIET, json={"value": "vegan"})
        found = served.get(ANN, headers={"host": "personas.example", "origin": "https://app.example"})
        assert found.status_code == 200
