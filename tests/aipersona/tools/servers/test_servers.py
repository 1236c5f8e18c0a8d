"""MCP servers as tools of a chat: what they are given, what they are not, and what comes of their answers."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from aipersona import DraftEdit, DraftRequest
from aipersona.tools.acting import Limits
from aipersona.tools.servers import Servers
from aipersona.tools.servers.file import ServerSpec
from tests.aipersona.actor import Actor, Calls
from tests.aipersona.kit import propose
from tests.aipersona.tools.servers.chats import CITY, HERE, chatting, slim

pytestmark = pytest.mark.anyio


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
        reply = await ai.chat("alice", "Search", tools=[a__search], desk=False)
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


async def test_tools_too_large_or_too_many_for_a_prompt_are_left_out_and_named() -> None:
    args = (str(HERE / "slim.py"), "large", "twice", "twice", *(f"tool{number}" for number in range(200)))
    servers = Servers([ServerSpec(name="slim", command=sys.executable, args=args)])
    offer = await servers.offer()
    await servers.aclose()
    assert list(offer.toolsets[0].definitions)[:3] == ["slim__twice", "slim__tool0", "slim__tool1"]
    assert len(offer.toolsets[0].definitions) == 100
    assert offer.notes == [
        "server 'slim' has a tool 'large' whose parameters take more than 20,000 characters: it is left out",
        "server 'slim' has 201 tools: only the first 100 are offered; `tools` can name others",
    ]


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
