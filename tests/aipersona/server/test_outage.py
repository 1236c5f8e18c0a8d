"""A database that goes away for a while under load: clear errors or waits, no call without an answer, nothing lost."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Generator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import event
from sqlalchemy.pool import Pool

from aipersona import AIPersona
from aipersona.server import ServerSettings, create_app, serving
from aipersona.server.proxy import recording
from aipersona.server.routes import health
from tests.aipersona.kit import NOON, hobbies
from tests.aipersona.processes import running
from tests.aipersona.server.kit import Running, key_for
from tests.aipersona.server.proxied import CHAT, REPLY, answering

HOLD = """
import sqlite3, sys
held = sqlite3.connect(sys.argv[1], isolation_level=None)
held.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
held.execute("ROLLBACK")
"""
"""Another process in the middle of a write, until its input ends."""

WRITERS = 6


@dataclass
class Town:
    """A server over an SQLite file, before a stub of its upstream."""

    running: Running
    client: httpx2.Client
    file: Path

    def put(self, user: str) -> httpx2.Response:
        return self.client.put(f"/v1/users/{user}/persona/preferences.diet", json={"value": f"diet of {user}"})

    def append(self, user: str) -> httpx2.Response:
        turns = [{"role": "user", "content": f"I am {user}"}]
        return self.client.post(f"/v1/users/{user}/sessions/s1/turns", json={"turns": turns})

    def chat(self, user: str) -> httpx2.Response:
        messages = [{"role": "user", "content": f"Dinner for {user}?"}]
        return self.client.post(CHAT, json={"model": "gpt", "user": user, "messages": messages})

    def holds(self, user: str) -> bool:
        """Whether what `put` and `append` acknowledged is there."""
        shown = self.client.get(f"/v1/users/{user}/persona").json()["persona"]
        kept = self.client.get(f"/v1/users/{user}/sessions/s1").json()["session"]["turns"]
        return shown == {"preferences": {"diet": f"diet of {user}"}} and [t["content"] for t in kept] == [
            f"I am {user}"
        ]

    def said(self, user: str) -> list[str]:
        """What was recorded of calls of the user."""
        self.running.settle()
        found = self.client.get(f"/v1/users/{user}/sessions").json()["items"]
        return [turn["content"] for item in found for turn in item["session"]["turns"] if "Dinner" in turn["content"]]


@pytest.fixture
def town(tmp_path: Path) -> Generator[Town]:
    file = tmp_path / "people.db"
    ai = AIPersona(file, drafter=hobbies, embedder="none", clock=lambda: NOON)
    headers = key_for(ai, "read", "write", "call", "admin")
    with answering() as stub:
        settings = ServerSettings(rate_limit="1000000/second", upstream_url=stub.url, context_seconds=0.5)
        with (
            Running(create_app(ai, settings=settings, clock=lambda: NOON)) as running,
            httpx2.Client(base_url=running.url, headers=headers, trust_env=False, timeout=60) as client,
        ):
            yield Town(running, client, file)


@contextmanager
def locked(file: Path) -> Generator[Callable[[], None]]:
    """The database while another process writes; what is given lets it end."""
    command = [sys.executable, "-c", HOLD, str(file)]
    with running(command, given=True) as holder:
        assert holder.stdin is not None
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"

        def release() -> None:
            holder.communicate()
            assert holder.returncode == 0

        try:
            yield release
        finally:
            if holder.returncode is None:
                release()


@contextmanager
def on_checkout(what: Callable[[Any], None]) -> Generator[None]:
    """Something done with each connection to a database before it is used."""

    def checked_out(connection: Any, _record: object, _proxy: object) -> None:
        what(connection)

    event.listen(Pool, "checkout", checked_out)
    try:
        yield
    finally:
        event.remove(Pool, "checkout", checked_out)


def test_writers_wait_while_another_process_writes_and_calls_go_on(town: Town) -> None:
    town.put("ann")
    names = [f"user{number}" for number in range(WRITERS)]
    with locked(town.file) as release, ThreadPoolExecutor(2 * WRITERS) as pool:
        writing: list[Future[httpx2.Response]] = [
            pool.submit(act, name) for name in names for act in (town.put, town.append)
        ]
        for name in ("ann", *names):
            answer = town.chat(name)
            assert answer.json() == REPLY
            assert answer.headers["x-aipersona-context"] == ("applied" if name == "ann" else "empty")
        assert town.client.get("/readyz").status_code == 200
        assert not any(one.done() for one in writing)
        release()
        assert {one.result(60).status_code for one in writing} == {200}
    assert all(town.holds(name) for name in names)
    assert [town.said(name) for name in names] == [[f"Dinner for {name}?"] for name in names]


def test_a_lock_that_outlasts_the_wait_is_a_503_that_says_when_to_come_again(town: Town) -> None:
    def impatient(connection: Any) -> None:
        connection.execute("PRAGMA busy_timeout = 20")

    assert town.put("ann").status_code == 200
    with locked(town.file), on_checkout(impatient), ThreadPoolExecutor(WRITERS) as pool:
        for refused in pool.map(town.put, [f"user{number}" for number in range(WRITERS)]):
            assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
            assert refused.json()["type"] == "urn:aipersona:store_unavailable"
            assert refused.json()["detail"] == "the database cannot be used now"
            assert "diet of" not in refused.text
        answer = town.chat("ann")
        assert (answer.json(), answer.headers["x-aipersona-context"]) == (REPLY, "applied")
    assert town.said("ann") == ["Dinner for ann?"], "what was said meanwhile is kept now"
    for name in ("ann", *(f"user{number}" for number in range(WRITERS))):
        assert town.put(name).status_code == 200
        assert town.append(name).status_code == 200
        assert (
            town.client.get(f"/v1/users/{name}/persona").json()["persona"]["preferences"]["diet"] == f"diet of {name}"
        )


def test_calls_go_on_without_a_database_that_is_silent_and_with_it_again(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.put("ann")
    monkeypatch.setattr(serving, "REMEMBERED", -1.0)  # every request looks its key up
    monkeypatch.setattr(serving, "LONGEST_LOOK", 0.2)
    back = threading.Event()

    def silent(_: Any) -> None:
        assert back.wait(60)

    names = [f"user{number}" for number in range(WRITERS)]
    with ThreadPoolExecutor(2 * WRITERS) as pool:
        with on_checkout(silent):
            try:
                writing = [pool.submit(act, name) for name in names for act in (town.put, town.append)]
                for _ in range(3):
                    answer = town.chat("ann")
                    assert (answer.json(), answer.headers["x-aipersona-context"]) == (REPLY, "unavailable")
                assert not any(one.done() for one in writing)
            finally:
                back.set()
        assert {one.result(60).status_code for one in writing} == {200}
    assert all(town.holds(name) for name in names)
    assert town.chat("ann").headers["x-aipersona-context"] == "applied"


def test_what_was_said_meanwhile_is_kept_when_the_database_is_back(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    town.put("ann")
    monkeypatch.setattr(serving, "REMEMBERED", -1.0)
    monkeypatch.setattr(recording, "PAUSES", (0.2,) * 100)

    def failing(connection: Any) -> None:
        connection.execute("SELECT 1 FROM no_table_of_that_name")

    with on_checkout(failing):
        for _ in range(3):
            assert town.chat("ann").headers["x-aipersona-context"] == "unavailable"
    town.running.settle()
    assert town.said("ann") == ["Dinner for ann?"]


def test_a_server_is_not_ready_whose_database_is_silent(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "LONGEST", 0.2)
    back = threading.Event()

    def silent(_: Any) -> None:
        assert back.wait(60)

    with on_checkout(silent):
        try:
            refused = town.client.get("/readyz", timeout=20)
        finally:
            back.set()
    assert (refused.status_code, refused.json()["type"]) == (503, "urn:aipersona:store_unavailable")
    assert town.client.get("/readyz").status_code == 200


def test_a_key_that_was_known_counts_on_while_the_database_fails_and_an_unknown_one_does_not(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.put("ann")
    monkeypatch.setattr(serving, "REMEMBERED", -1.0)

    def failing(connection: Any) -> None:
        connection.execute("SELECT 1 FROM no_table_of_that_name")

    with on_checkout(failing):
        answer = town.chat("ann")
        assert (answer.json(), answer.headers["x-aipersona-context"]) == (REPLY, "unavailable")
        assert town.client.get("/readyz").status_code == 503
        shown = town.client.get("/v1/users/ann/persona")
        assert (shown.status_code, shown.headers["retry-after"]) == (503, "1")
        unknown = key_for(AIPersona(":memory:"), "read", "write", "call", "admin")
        assert town.client.get("/v1/users/ann/persona", headers=unknown).status_code == 503
    assert town.chat("ann").headers["x-aipersona-context"] == "applied"
