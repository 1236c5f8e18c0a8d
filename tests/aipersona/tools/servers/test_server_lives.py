"""The lives of MCP servers: started once, kept, lost, left alone, started again and ended; none can break a chat."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from aipersona.errors import ToolsUnavailable
from aipersona.tools.acting import Limits
from aipersona.tools.servers import Servers, Unavailable, server
from aipersona.tools.servers.file import ServerSpec
from aipersona.tools.servers.results import readable
from tests.aipersona.actor import Actor
from tests.aipersona.tools.servers.chats import HERE, chatting, is_running, made, pids, slim
from tests.aipersona.tools.servers.town import serving

pytestmark = pytest.mark.anyio

HANGING = {"command": sys.executable, "args": ["-c", "import sys; sys.stdin.read()"], "seconds": 0.2}


async def test_a_chat_goes_on_without_servers_that_do_not_come_and_says_so(tmp_path: Path) -> None:
    servers: dict[str, Any] = {
        "hangs": HANGING,
        "missing": {"command": "nonesuch-of-a-command"},
        "ends": {"command": sys.executable, "args": ["-c", "pass"]},
        "down": {"url": "http://127.0.0.1:9/mcp?key=secret"},
        "works": slim("echo"),
    }
    actor = Actor([("works__echo", {})], says="Done.")
    async with chatting(tmp_path, actor, **servers) as ai:
        reply = await ai.chat("alice", "Hello")
    assert reply.text == "Done."
    assert reply.calls[0].error is None
    assert {one.server: one.reason for one in reply.unavailable} == {
        "hangs": "it did not answer within 0.2 seconds",
        "missing": "it cannot be started: No such file or directory",
        "ends": "it ended, or the connection to it did",
        "down": "it cannot be reached",
    }


async def test_what_a_process_says_beside_its_answers_goes_to_its_log_or_nowhere(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    says: dict[str, Any] = {
        "command": sys.executable,
        "args": ["-S", "-c", "import sys; sys.exit('no vegetarian key')"],
    }
    servers: dict[str, Any] = {
        "loud": says,
        "kept": {**says, "log": str(tmp_path / "log")},
        "lost": {**says, "log": str(tmp_path)},
    }
    async with chatting(tmp_path, Actor(says="Done."), **servers) as ai:
        reply = await ai.chat("alice", "Hello")
    reasons = {one.server: one.reason for one in reply.unavailable}
    assert (set(reasons), reasons["lost"]) == ({"loud", "kept", "lost"}, "it cannot be started: Is a directory")
    assert (tmp_path / "log").read_text() == "no vegetarian key\n"
    assert capfd.readouterr() == ("", "")


async def test_without_the_extra_it_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "aipersona.tools.servers.server", None)
    async with chatting(tmp_path, Actor(), slim=slim("echo")) as ai:
        with pytest.raises(ToolsUnavailable, match=r"pip install 'aipersona\[mcp\]'"):
            await ai.chat("alice", "Hello")


async def test_a_server_that_refuses_says_with_which_status(tmp_path: Path, url: str) -> None:
    async with chatting(tmp_path, Actor(says="Done."), town={"url": url.replace("/mcp", "/other")}) as ai:
        reply = await ai.chat("alice", "Hello")
    assert reply.unavailable == (Unavailable(server="town", reason="it answered with HTTP status 404"),)


async def test_a_server_that_dies_in_a_call_is_reported_and_is_back_for_the_next_message(tmp_path: Path) -> None:
    actor = Actor([("slim__collapse", {})], [], [("slim__echo", {})], says="Sorry.")
    async with chatting(tmp_path, actor, slim=slim("collapse", "echo")) as ai:
        first = await ai.chat("alice", "Do it")
        assert (first.text, [one.server for one in first.unavailable]) == ("Sorry.", ["slim"])
        assert first.calls[0].error == "Unreachable: it ended, or the connection to it did"
        again = await ai.chat("alice", "And now?", session_id=first.session_id)
    assert (again.unavailable, len(pids(again))) == ((), 1)


async def test_one_that_stalls_in_a_call_is_left_alone_after_its_time(tmp_path: Path) -> None:
    actor = Actor([("slim__stall", {})], says="Sorry.")
    async with chatting(tmp_path, actor, slim=slim("stall", seconds=1)) as ai:
        reply = await ai.chat("alice", "Do it", limits=Limits(seconds=600))
    assert (reply.text, reply.calls[0].error) == ("Sorry.", "slim__stall did not answer within 1 seconds")


async def test_one_that_no_longer_answers_is_ended_and_started_again_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "LISTING", 0.2)
    now, args = 0.0, (str(HERE / "slim.py"), "deafen", "echo")
    servers = Servers([ServerSpec(name="slim", command=sys.executable, args=args)], clock=lambda: now)
    try:
        (offered,) = (await servers.offer()).toolsets
        first = json.loads(readable(await offered.server.call("echo", {})))["pid"]
        await offered.server.call("deafen", {})
        for _ in range(2):
            (missing,) = (await servers.offer()).unavailable
            assert missing.reason == "it did not answer within 0.2 seconds"
        now = 2.0
        assert (await servers.offer()).unavailable == []
        assert json.loads(readable(await offered.server.call("echo", {})))["pid"] != first
    finally:
        await servers.aclose()
    assert not is_running(first)


async def test_one_that_is_busy_with_a_call_is_not_taken_for_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "LISTING", 0.2)
    os.mkfifo(pipe := tmp_path / "pipe")
    actor = Actor([("slim__read", {"city": str(pipe)})], says="Done.")
    async with chatting(tmp_path, actor, slim=slim("read")) as ai:
        running = asyncio.create_task(ai.chat("alice", "Read it"))
        writing = await asyncio.to_thread(pipe.open, "w")  # opens when the server reads
        other = await ai.chat("bob", "Hello")
        writing.write("read at last")
        writing.close()
        reply = await running
    assert (other.unavailable, reply.unavailable) == ((), ())
    assert reply.calls[0].result == "read at last"


async def test_a_server_that_comes_back_at_its_address_is_used_again() -> None:
    now = 0.0
    with serving() as url:
        servers = Servers([ServerSpec(name="far", url=url)], clock=lambda: now)
        assert (await servers.offer()).unavailable == []
    (missing,) = (await servers.offer()).unavailable
    assert missing == Unavailable(server="far", reason="it cannot be reached")
    with serving(port=urlsplit(url).port or 0):
        assert (await servers.offer()).unavailable == [missing], "it is left alone for a while"
        now = 2.0
        assert (await servers.offer()).unavailable == []
        await servers.aclose()


async def test_a_process_serves_many_messages_and_ends_with_the_engine(tmp_path: Path) -> None:
    actor = Actor([("slim__echo", {})], [], [("slim__echo", {}), ("slim__echo", {})])
    async with chatting(tmp_path, actor, slim=slim("echo")) as ai:
        replies = [await ai.chat("alice", "One"), await ai.chat("alice", "Two")]
        found = pids(*replies)
        assert len(found) == 3
        assert len(set(found)) == 1
        assert is_running(found[0])
    assert not is_running(found[0])


def test_without_await_and_on_another_event_loop_it_is_the_same(tmp_path: Path) -> None:
    with made(tmp_path, Actor([("slim__echo", {})], [], [("slim__echo", {})]), slim=slim("echo")).sync as ai:
        found = pids(ai.chat("alice", "One"), ai.chat("alice", "Two"))
        assert len(set(found)) == 1
    assert not is_running(found[0])
    ai = made(tmp_path, Actor([("slim__echo", {})], [], [("slim__echo", {})]), slim=slim("echo"))
    (first,) = pids(asyncio.run(ai.chat("alice", "One")))
    assert not is_running(first), "the end of an event loop is the end of what runs on it"
    (second,) = pids(asyncio.run(ai.chat("alice", "Two")))
    assert first != second


async def test_a_server_that_does_not_come_is_left_alone_for_longer_each_time(tmp_path: Path) -> None:
    now, starts = 0.0, tmp_path / "starts"
    note = f"open({str(starts)!r}, 'a').write('x')"
    spec = ServerSpec(name="ends", command=sys.executable, args=("-S", "-c", note))
    servers = Servers([spec], clock=lambda: now)
    started: list[int] = []
    for second in range(40):
        now = float(second)
        offer = await servers.offer()
        assert [one.server for one in offer.unavailable] == ["ends"]
        if len(starts.read_text()) > len(started):
            started.append(second)
    assert started == [0, 2, 6, 14, 30]
