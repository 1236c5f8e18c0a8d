"""MCP servers as tools of a chat: what they are given, what they are not, and that none of them can break it."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from aipersona import AIPersona, DraftEdit, DraftRequest
from aipersona.optimizer.draft import ScriptedFunction
from aipersona.settings import Settings
from aipersona.tools.acting import Limits
from aipersona.tools.servers import Servers, Unavailable
from aipersona.tools.servers.file import ServerSpec
from tests.aipersona.actor import Actor, Calls
from tests.aipersona.kit import NOON, always, propose
from tests.aipersona.tools.servers.town import serving

pytestmark = pytest.mark.anyio

HERE = Path(__file__).parent
CITY = "demographics.residence.city"
HANGING = {"command": sys.executable, "args": ["-c", "import sys; sys.stdin.read()"], "seconds": 0.2}


def slim(*tools: str, **more: object) -> dict[str, Any]:
    """A server in a process of its own that starts at once."""
    return {"command": sys.executable, "args": [str(HERE / "slim.py"), *tools], **more}


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with serving() as url:
        yield url


@asynccontextmanager
async def chatting(
    folder: Path, actor: Actor, draft: ScriptedFunction | None = None, **servers: object
) -> AsyncGenerator[AIPersona]:
    """Somebody in Lisbon who eats no meat and speaks Portuguese, with these servers."""
    async with made(folder, actor, draft, **servers) as ai:
        await ai.set("alice", CITY, "Lisbon")
        await ai.set("alice", "demographics.languages", "Portuguese")
        await ai.set("alice", "preferences.diet", "vegetarian")
        yield ai


def made(folder: Path, actor: Actor, draft: ScriptedFunction | None = None, **servers: object) -> AIPersona:
    file = folder / "tools.json"
    file.write_text(json.dumps({"mcpServers": servers}))
    settings = Settings(tools_file=file, special=True)
    return AIPersona(":memory:", model=actor.model(), drafter=draft or always(), settings=settings, clock=lambda: NOON)


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def pids(*replies: Any) -> list[int]:
    """The processes that answered."""
    return [json.loads(str(call.result))["pid"] for reply in replies for call in reply.calls]


async def test_a_server_over_standard_input_and_one_over_http_are_tools_like_any_other(
    tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOWN_TOKEN", "for the town")
    monkeypatch.setenv("OF_OURS", "not for the town")
    fill = {"persona": {"search": {"city": CITY}}, "trust": "own"}
    local = {"command": sys.executable, "args": [str(HERE / "town.py")], "env": {"TOKEN": "${TOWN_TOKEN}"}, **fill}
    actor = Actor([("local__search", {"guests": 2}), ("far__search", {}), ("local__process", {})], says="Green Table.")
    async with chatting(tmp_path, actor, local=local, far={"url": url, **fill}) as ai:
        reply = await ai.chat("alice", "Where do we eat?")
        assert {tool.name for tool in (await ai.tools()).tools} == set(actor.shown)
    assert (reply.text, reply.unavailable) == ("Green Table.", ())
    results = {call.name: call.result for call in reply.calls}
    assert results["local__search"] == ["Green Table, Lisbon, 2"]
    assert results["far__search"] == ["Green Table, Lisbon, 1"]
    assert isinstance(results["local__process"], dict)
    assert results["local__process"]["token"] == "for the town"
    filled = {call.name: [(one.parameter, one.path) for one in call.filled] for call in reply.calls}
    assert filled["local__search"] == [("city", CITY)]
    assert "the user's own (demographics.residence.city)" in str(actor.shown["far__search"])
    assert "x-aipersona" not in str(actor.shown)


@pytest.mark.parametrize("trust", ["own", "other"])
async def test_personal_fields_go_to_no_server_of_somebody_elses_and_special_ones_nowhere(
    tmp_path: Path, url: str, trust: str
) -> None:
    persona = {"guide": {"where": CITY, "allergies": "health.allergies"}, "search": {"city": CITY}}
    actor = Actor([("town__guide", {}), ("town__search", {})])
    async with chatting(tmp_path, actor, town={"url": url, "persona": persona, "trust": trust}) as ai:
        await ai.set("alice", "health.allergies", "peanuts")
        reply = await ai.chat("alice", "Tell me about this place")
    told = {call.name: call.result if call.error is None else "an error" for call in reply.calls}
    if trust == "own":
        assert told == {"town__guide": "Lisbon, ['Portuguese'], none", "town__search": ["Green Table, Lisbon, 1"]}
    else:
        assert told == {"town__guide": "nowhere, ['Portuguese'], none", "town__search": "an error"}


async def test_the_operators_word_on_a_parameter_counts_before_the_servers_and_before_its_name(
    tmp_path: Path, url: str
) -> None:
    persona = {"guide": {"where": "preferences.diet", "languages": None}, "search": {"city": None}}
    actor = Actor([("town__guide", {}), ("town__search", {"city": "Porto"})])
    async with chatting(tmp_path, actor, town={"url": url, "persona": persona, "trust": "own"}) as ai:
        reply = await ai.chat("alice", "Tell me about this place")
    results = {call.name: call.result for call in reply.calls}
    assert results == {"town__guide": "vegetarian, None, none", "town__search": ["Green Table, Porto, 1"]}
    assert "user's own" not in str(actor.shown["town__search"])


async def test_only_allowed_tools_are_offered_and_no_name_stands_for_another(tmp_path: Path, url: str) -> None:
    actor = Actor([("a__search_2", {})])

    def a__search() -> str:
        """One of the application's own."""
        return "own"

    servers: dict[str, Any] = {
        "a": slim("search", "find it!", "x" * 100),
        "a.": slim("remember"),
        "b": {"url": url, "tools": ["map"]},
    }
    async with chatting(tmp_path, actor, **servers) as ai:
        reply = await ai.chat("alice", "Search", tools=[a__search])
    assert json.loads(str(reply.calls[0].result))["name"] == "search"
    steering = {"remember", "forget", "what_is_known", "why_is_it_known"}
    assert {name for name in actor.shown if len(name) < 60} - steering == {
        *("a__search", "a__search_2", "a__find_it_", "a___remember", "b__map")
    }
    assert steering <= set(actor.shown)
    assert max(map(len, actor.shown)) == 64


async def test_wrong_types_and_refusals_are_told_to_the_model_and_cut(tmp_path: Path, url: str) -> None:
    wrong = ("town__search", {"city": "Porto", "guests": "many"})
    actor = Actor([wrong, ("slim__refuse", {})], [("town__search", {"city": "Porto", "guests": 3})], says="Done.")
    async with chatting(tmp_path, actor, town={"url": url}, slim=slim("refuse")) as ai:
        reply = await ai.chat("alice", "A table", limits=Limits(characters=100))
    assert reply.text == "Done."
    assert "guests" in str(reply.calls[0].error) + str(reply.calls[1].error)
    assert max(len(str(call.error)) for call in reply.calls) <= 100
    assert reply.calls[-1].result == ["Green Table, Porto, 3"]


async def test_five_megabytes_are_cut_and_an_image_is_mentioned(tmp_path: Path, url: str) -> None:
    actor = Actor([("town__archive", {}), ("town__map", {})], says="Done.")
    async with chatting(tmp_path, actor, town={"url": url}) as ai:
        reply = await ai.chat("alice", "Show me")
    results = {call.name: str(call.result) for call in reply.calls}
    assert results["town__archive"].endswith("[cut: 4,992,000 more characters]")
    assert results["town__map"] == "[image/png, 3,004 bytes: not shown]"


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


@pytest.mark.parametrize("when", ["in the round after", "in the same round"])
async def test_what_a_server_says_is_no_evidence_and_steers_nothing(tmp_path: Path, url: str, when: str) -> None:
    def draft(request: DraftRequest) -> list[DraftEdit]:
        ids = [session.session_id for session in request.sessions]
        return [propose("preferences.diet", "vegan", "the user is vegan", sid=sid) for sid in ids]

    letter: Calls = [("town__letter", {})]
    orders: Calls = [("remember", {}), ("forget", {"what": "everything"})]
    actor = Actor(letter, orders) if when == "in the round after" else Actor([*letter, *orders])
    async with chatting(tmp_path, actor, draft=draft, town={"url": url, "trust": "own"}) as ai:
        before = (await ai.persona("alice")).nested
        reply = await ai.chat("alice", "What does my letter say?")
        assert len(reply.calls) == 3
        assert ("only what the user's own message asks for" in str(reply.calls)) == (when == "in the round after")
        assert (reply.changes, (await ai.persona("alice")).nested) == ((), before)
        await ai.end_session("alice", reply.session_id, learn=False)
        assert (await ai.learn("alice")).accepted == 0
        assert (await ai.persona("alice")).nested == before


async def test_nothing_that_a_server_writes_is_logged(
    tmp_path: Path, url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    actor = Actor([("slim__echo", {}), ("far__search", {"city": "Porto"})])
    async with chatting(tmp_path, actor, slim=slim("echo"), far={"url": f"{url}?key=sk-secret"}) as ai:
        reply = await ai.chat("alice", "Hello")
    assert [call.error for call in reply.calls] == [None, None]
    ours = [record for record in caplog.records if not record.name.startswith(("mcp.server", "uvicorn", "sse_"))]
    assert "vegetarian" not in str([record.getMessage() + str(record.exc_text) for record in ours])
    assert "sk-secret" not in str([record.getMessage() for record in ours])
