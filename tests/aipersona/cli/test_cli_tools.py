"""The tools of a chat on the command line: listed, used, and missed where a server does not come."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.aipersona.cli.shell import Shell
from tests.aipersona.cli.stub_openai import Stub

SLIM = Path(__file__).parents[1] / "tools" / "servers" / "slim.py"
STEERING = ["remember", "forget", "what_is_known", "why_is_it_known"]
DESK = [
    *("add_event", "list_events", "change_event", "cancel_event", "add_todo", "list_todos", "finish_todo"),
    *("take_note", "find_notes", "now", "calculate", "convert_units"),
]


@pytest.fixture
def tooled(learned: Shell, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """A shell with a tools file: a server of one's own, one of somebody else's, and one that does not come."""
    slim = {"command": sys.executable, "args": [str(SLIM), "search"]}
    city = "demographics.residence.city"
    fill = {"search": {"city": city, "odd": "health.allergies", "no": "x"}, "serch": {}}
    servers = {
        "own": {**slim, "trust": "own", "persona": {"search": {"city": city}}},
        "theirs": {**slim, "persona": fill},
        "gone": {"command": "nonesuch-of-a-command"},
    }
    file = learned.write(json.dumps({"mcpServers": servers}), name="tools.json")
    monkeypatch.setenv("AIPERSONA_TOOLS_FILE", file)
    return learned


def test_tools_are_listed_with_their_server_trust_and_what_fills_them(tooled: Shell) -> None:
    done = tooled.ok("tools")
    rows = [line.split() for line in done.out.splitlines()]
    assert rows[0] == ["tool", "server", "trust", "filled", "from"]
    assert rows[1] == ["own__search", "own", "own", "city:", "demographics.residence.city"]
    city, odd = "city: demographics.residence.city (withheld, personal)", "odd: health.allergies (withheld, special)"
    assert " ".join(rows[2]) == f"theirs__search theirs other {city}; {odd}"
    assert [row[0] for row in rows[3:]] == [*STEERING, *DESK]
    assert done.err.splitlines() == [
        "not reached: gone: it cannot be started: No such file or directory",
        "note: server 'theirs' has no tool 'serch'",
        "note: server 'theirs' has no parameter 'no' of its tool 'search'",
    ]
    found = tooled.ok("tools", "--json").json
    assert found["tools"][0]["filled"][0]["paths"] == ["demographics.residence.city"]
    assert [one["server"] for one in found["unavailable"]] == ["gone"]


def test_without_a_tools_file_a_chat_has_the_tools_to_steer_by_and_its_desk(bare: Shell) -> None:
    assert [line.strip() for line in bare.ok("tools").out.splitlines()] == ["tool", *STEERING, *DESK]
    assert not bare.database.exists()


def test_a_tools_file_that_cannot_be_used_is_an_error(learned: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIPERSONA_TOOLS_FILE", learned.write('{"mcpServers": {"a": {}}}', name="tools.json"))
    for command in (["tools"], ["chat", "alice", "Hello"]):
        done = learned.run(*command)
        assert done.code == 1
        assert done.err.endswith("tools.json, server 'a': a server has a name, and either a command or a url\n")


def test_a_chat_calls_them_says_what_it_missed_once_and_which_fields_went_where(tooled: Shell, stub: Stub) -> None:
    stub.calls.append(("own__search", {"odd": 1}))
    err = tooled.ok("chat", "alice", "--show-context", input="Where do I eat?\nAnd now?\n").err
    assert "--- own__search(odd: 1, city: Lisbon (from demographics.residence.city))\n" in err
    assert "demographics.residence.city: Lisbon (since 2026-02-28) [own__search, city]\n" in err
    assert err.count("without the tools of gone: it cannot be started: No such file or directory\n") == 1
