"""`aipersona mcp`, as MCP clients start it: a process that talks over standard input and output."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from pathlib import Path
from typing import IO, Any

import pytest
from anyio import to_thread
from mcp import Client, StdioServerParameters

from aipersona.mcp_door.tools import TOOLS
from tests.aipersona.cli.shell import Shell
from tests.aipersona.processes import running
from tests.aipersona.server.mcp_kit import DIET, MODES, Person, authorities, call, persona, refused, resource

pytestmark = pytest.mark.anyio

COMMAND = ["-c", "from aipersona.cli import main; main()"]


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


async def ok(shell: Shell, *arguments: str) -> str:
    """What a command writes; it must end well."""
    return (await to_thread.run_sync(partial(shell.ok, *arguments))).out


def environment(shell: Shell) -> dict[str, str]:
    return {**os.environ, **shell.environment}


@asynccontextmanager
async def started(
    shell: Shell, *arguments: str, person: Person | None = None, mode: str = "auto"
) -> AsyncGenerator[Client]:
    command = StdioServerParameters(
        command=sys.executable, args=[*COMMAND, "mcp", *arguments], env=environment(shell), cwd=str(shell.folder)
    )
    async with Client(command, mode=mode, elicitation_callback=person) as client:
        yield client


@pytest.mark.parametrize("mode", MODES)
async def test_a_client_starts_it_for_one_user_and_asks_them(shell: Shell, mode: str) -> None:
    await ok(shell, "set", "ann", DIET, "vegan")
    await ok(shell, "set", "bob", DIET, "omnivore")
    person = Person()
    async with started(shell, "--user", "ann", person=person, mode=mode) as client:
        assert {tool.name for tool in (await client.list_tools()).tools} == set(TOOLS)
        assert (await persona(client))["preferences"] == {"diet": "vegan"}
        await call(client, "remember", field=DIET, value="vegetarian")
        assert await authorities(client) == [("vegetarian", "user_edit")]
        assert (await resource(client, "aipersona://persona"))["persona"]["preferences"] == {"diet": "vegetarian"}
    assert "so far: vegan" in person.asked[0]
    assert "vegetarian" in await ok(shell, "show", "ann")
    assert "omnivore" in await ok(shell, "show", "bob")


async def test_without_elicitation_what_the_user_said_stands(shell: Shell) -> None:
    await ok(shell, "set", "ann", DIET, "vegan")
    async with started(shell, "--user", "ann") as client:
        assert (await call(client, "remember", field=DIET, value="omnivore"))["authority"] == "tool"
        assert "`aipersona forget`" in await refused(client, "forget", field=DIET)
    assert "vegan" in await ok(shell, "show", "ann")
    assert "omnivore" in await ok(shell, "questions", "ann")


async def test_read_only_offers_nothing_that_writes(shell: Shell) -> None:
    await ok(shell, "set", "ann", DIET, "vegan")
    async with started(shell, "--user", "ann", "--read-only", person=Person()) as client:
        tools = (await client.list_tools()).tools
        assert {tool.name for tool in tools} == {name for name, tool in TOOLS.items() if not tool.writes}
        assert await refused(client, "forget", field=DIET) == "this key does not allow forget"


def messages(*bodies: dict[str, Any]) -> bytes:
    return b"".join(json.dumps({"jsonrpc": "2.0", **body}).encode() + b"\n" for body in bodies)


HELLO = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}
SPOKEN = messages(
    {"id": 1, "method": "initialize", "params": HELLO},
    {"method": "notifications/initialized"},
    {"id": 2, "method": "tools/call", "params": {"name": "get_persona", "arguments": {}}},
)


@contextmanager
def process(shell: Shell) -> Generator[tuple[subprocess.Popen[bytes], IO[bytes], IO[bytes], IO[bytes]]]:
    """The command as a process, with its input, output and errors."""
    shell.ok("set", "ann", DIET, "vegan")
    command = [sys.executable, *COMMAND, "mcp", "--user", "ann"]
    with running(command, env=environment(shell), given=True) as made:
        assert made.stdin is not None
        assert made.stdout is not None
        assert made.stderr is not None
        yield made, made.stdin, made.stdout, made.stderr


def test_nothing_but_the_protocol_is_written_and_the_end_of_the_input_ends_it(shell: Shell) -> None:
    with process(shell) as (made, given, out, errors):
        given.write(b"this is no message\n" + SPOKEN)
        given.flush()
        answers = [json.loads(out.readline())]
        while answers[-1].get("id") != 2:
            answers.append(json.loads(out.readline()))
        assert {answer["jsonrpc"] for answer in answers} == {"2.0"}
        assert "vegan" in json.dumps(answers[-1])
        given.close()
        assert made.wait(60) == 0
        assert out.read() == b""
        assert b"vegan" not in errors.read()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it(shell: Shell, number: signal.Signals) -> None:
    with process(shell) as (made, given, out, errors):
        given.write(SPOKEN)
        given.flush()
        assert json.loads(out.readline())["id"] == 1
        made.send_signal(number)
        assert made.wait(60) == -number
        assert errors.read() == b""


def test_what_cannot_be_served_is_one_line(shell: Shell) -> None:
    missing = shell.run("mcp", "--user", "ann", "--read-only")
    assert (missing.code, missing.out) == (1, "")
    assert "there is no database" in missing.err
    assert not shell.database.exists()
    assert shell.run("mcp").code == 2
    long = shell.run("mcp", "--user", "x" * 300)
    assert (long.code, long.out) == (1, "")
    assert "a user_id has 1 to 256 characters" in long.err
