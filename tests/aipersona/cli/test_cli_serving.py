"""`aipersona keys`, and `aipersona serve` as a process."""

from __future__ import annotations

import re
import signal
import time
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
from openai import OpenAI

from tests.aipersona.cli.shell import Shell
from tests.aipersona.cli.stub_openai import Stub


def made(bare: Shell, *options: str) -> tuple[str, str]:
    """A new key: its id and its text."""
    text = bare.ok("keys", "create", "web", *options).out.strip()
    return text.split("_")[1], text


def test_a_key_is_shown_once_and_listed_without_its_secret(bare: Shell) -> None:
    key_id, text = made(bare, "--scope", "read", "--user", "alice", "--tenant", "acme", "--for", "90d")
    listed = bare.ok("keys", "list").out
    assert key_id in listed
    assert "read of alice" in listed
    assert text.split("_", 2)[2] not in listed
    (kept,) = bare.ok("keys", "list", "--json").json["keys"]
    assert (kept["tenant"], kept["scopes"], kept["user_id"]) == ("acme", ["read"], "alice")
    assert "digest" not in kept
    ends_at = datetime.fromisoformat(kept["ends_at"])
    assert timedelta(days=89) < ends_at - datetime.now(UTC) <= timedelta(days=90)


def test_a_key_is_replaced_with_an_overlap_and_taken_back(bare: Shell) -> None:
    old, _ = made(bare)
    new = bare.ok("keys", "rotate", old, "--overlap", "2h").out.split("_")[1]
    bare.ok("keys", "revoke", new)
    listed = {line.split()[0]: line for line in bare.ok("keys", "list").out.splitlines()[1:]}
    assert set(listed) == {old, new}
    assert "ended" in listed[new]
    assert "ended" not in listed[old]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("create", "web", "--scope", "root"), "scopes are read, write, call, admin, operate"),
        (("create", "web", "--for", "soon"), "a time is written 30m, 12h or 90d"),
        (("create", ""), "at least 1 character"),
        (("revoke", "123456789abc"), "no key '123456789abc'"),
        (("rotate", "x"), "no key 'x'"),
    ],
)
def test_what_cannot_be_a_key_is_told(bare: Shell, arguments: tuple[str, ...], told: str) -> None:
    made(bare)
    done = bare.run("keys", *arguments)
    assert done.code != 0
    assert told in done.err


def test_no_keys_are_told_how_to_make(bare: Shell) -> None:
    bare.ok("set", "alice", "preferences.diet", "vegan")
    assert "keys create" in bare.ok("keys", "list").out


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "example.org"])
def test_without_keys_only_this_machine_is_served(bare: Shell, host: str) -> None:
    done = bare.run("serve", "--no-auth", "--host", host)
    assert done.code == 1
    assert f"{host} is reached from others" in done.err


@contextmanager
def served(shell: Shell, *options: str, **more: str) -> Generator[str]:
    """The server's address while it runs as a process, which is told to end at the exit."""
    with shell.start("serve", "--port", "0", *options, **more) as server:
        assert server.stdout is not None
        assert server.stderr is not None
        try:
            found = re.search(rb"http://127\.0\.0\.1:\d+", server.stdout.readline())
            assert found is not None, server.stderr.read()
            yield found[0].decode()
        finally:
            server.send_signal(signal.SIGTERM)
        assert server.wait(60) in (0, -signal.SIGTERM, 128 + signal.SIGTERM)
        assert server.stderr.read() == b""


def test_the_server_serves_until_it_is_told_to_end(bare: Shell) -> None:
    _, text = made(bare)
    with (
        served(bare) as url,
        httpx2.Client(headers={"authorization": f"Bearer {text}"}, trust_env=False, timeout=30) as client,
    ):
        alice = f"{url}/v1/users/alice"
        assert client.put(f"{alice}/persona/preferences.diet", json={"value": "vegan"}).status_code == 200
        assert client.get(alice, headers={"authorization": "Bearer no"}).status_code == 401
    assert bare.persona("alice") == {"preferences": {"diet": "vegan"}}


def test_what_is_said_through_the_proxy_is_learned_and_told_to_the_next_call(shell: Shell, stub: Stub) -> None:
    plain = {"AIPERSONA_EVERY": "1", "AIPERSONA_NIGHTLY": "false"}
    with (
        served(shell, "--no-auth", "--upstream", stub.url, **plain) as url,
        OpenAI(base_url=f"{url}/v1", api_key="none", max_retries=0) as client,
        httpx2.Client(base_url=f"{url}/v1/users/alice", trust_env=False, timeout=30) as rest,
    ):

        def ask(text: str) -> str | None:
            said: Any = [{"role": "user", "content": text}]
            made = client.chat.completions.create(model="stub", user="alice", messages=said)
            return made.choices[0].message.content

        assert ask("I became vegetarian in March.") == stub.reply
        while not rest.get("/sessions").json().get("items"):
            time.sleep(0.05)  # what was said is recorded after the answer
        (item,) = rest.get("/sessions").json()["items"]
        rest.post(f"/sessions/{item['session']['session_id']}/close", json={"learn": False})
        assert rest.post("/learn", json={"wait": False}).status_code == 202
        assert stub.arrived.get(timeout=60) == 1
        while not rest.get("/persona").json()["revision"]:
            time.sleep(0.05)
        ask("Where do I eat tonight?")
        assert "vegetarian" in stub.prompts[-1]
        assert rest.get("/why/preferences.diet").json()["steps"][0]["claim"]["authority"] == "told"
