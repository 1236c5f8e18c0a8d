"""`aipersona keys`, and `aipersona serve` as a process."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest

from tests.aipersona.cli.shell import Shell


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


def made(shell: Shell, *options: str) -> tuple[str, str]:
    """A new key: its id and its text."""
    text = shell.ok("keys", "create", "web", *options).out.strip()
    return text.split("_")[1], text


def test_a_key_is_shown_once_and_listed_without_its_secret(shell: Shell) -> None:
    key_id, text = made(shell, "--scope", "read", "--user", "alice", "--tenant", "acme", "--for", "90d")
    listed = shell.ok("keys", "list").out
    assert key_id in listed
    assert "read of alice" in listed
    assert text.split("_", 2)[2] not in listed
    (kept,) = shell.ok("keys", "list", "--json").json["keys"]
    assert (kept["tenant"], kept["scopes"], kept["user_id"]) == ("acme", ["read"], "alice")
    assert "digest" not in kept
    ends_at = datetime.fromisoformat(kept["ends_at"])
    assert timedelta(days=89) < ends_at - datetime.now(UTC) <= timedelta(days=90)


def test_a_key_is_replaced_with_an_overlap_and_taken_back(shell: Shell) -> None:
    old, _ = made(shell)
    new = shell.ok("keys", "rotate", old, "--overlap", "2h").out.split("_")[1]
    shell.ok("keys", "revoke", new)
    listed = {line.split()[0]: line for line in shell.ok("keys", "list").out.splitlines()[1:]}
    assert set(listed) == {old, new}
    assert "ended" in listed[new]
    assert "ended" not in listed[old]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("create", "web", "--scope", "root"), "scopes are read, write, admin, operate"),
        (("create", "web", "--for", "soon"), "a time is written 30m, 12h or 90d"),
        (("create", ""), "at least 1 character"),
        (("revoke", "123456789abc"), "no key '123456789abc'"),
        (("rotate", "x"), "no key 'x'"),
    ],
)
def test_what_cannot_be_a_key_is_told(shell: Shell, arguments: tuple[str, ...], told: str) -> None:
    made(shell)
    done = shell.run("keys", *arguments)
    assert done.code != 0
    assert told in done.err


def test_no_keys_are_told_how_to_make(shell: Shell) -> None:
    shell.ok("set", "alice", "preferences.diet", "vegan")
    assert "keys create" in shell.ok("keys", "list").out


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "example.org"])
def test_without_keys_only_this_machine_is_served(shell: Shell, host: str) -> None:
    done = shell.run("serve", "--no-auth", "--host", host)
    assert done.code == 1
    assert f"{host} is reached from others" in done.err


def test_the_server_serves_until_it_is_told_to_end(shell: Shell) -> None:
    _, text = made(shell)
    command = [sys.executable, "-m", "aipersona.cli", "serve", "--port", "0"]
    environment = {**os.environ, **shell.environment}
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        assert server.stderr is not None
        found = re.search(r"http://127\.0\.0\.1:\d+", server.stdout.readline())
        assert found is not None
        url = f"{found[0]}/v1/users/alice"
        with httpx2.Client(headers={"authorization": f"Bearer {text}"}, trust_env=False, timeout=30) as client:
            assert client.put(f"{url}/persona/preferences.diet", json={"value": "vegan"}).status_code == 200
            assert client.get(url, headers={"authorization": "Bearer no"}).status_code == 401
        server.send_signal(signal.SIGTERM)
        assert server.wait(30) in (0, -signal.SIGTERM)
        assert server.stderr.read() == ""
    assert shell.persona("alice") == {"preferences": {"diet": "vegan"}}
