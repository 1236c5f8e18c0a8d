"""The file that names the tools of a chat: what people paste into it works, and what is wrong is named, not shown."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from aipersona import AIPersona
from aipersona.errors import InvalidInput, InvalidToolsFile
from aipersona.settings import Settings
from aipersona.tools.filling import Wanted
from aipersona.tools.servers import ServerSpec, read_tools_file

SECRET = "sk-very-secret"


def written(folder: Path, told: object) -> Path:
    file = folder / "tools.json"
    file.write_text(told if isinstance(told, str) else json.dumps({"mcpServers": told}), encoding="utf-8")
    return file


def read(folder: Path, told: object, **environment: str) -> list[ServerSpec]:
    return read_tools_file(written(folder, told), environment)


def test_what_other_clients_read_is_read_here(tmp_path: Path) -> None:
    told = {
        "files": {"type": "stdio", "command": "npx", "args": ["-y", "files", "/home"], "env": {"A": "1"}, "timeout": 5},
        "search": {"type": "http", "url": "https://search.example/mcp", "headers": {"Authorization": "Bearer ${KEY}"}},
        "old": {"command": "old", "disabled": True, "env": {"KEY": "${NOT_SET}"}},
    }
    files, search = read(tmp_path, told, KEY=SECRET)
    assert (files.name, files.command, files.args, files.env) == ("files", "npx", ("-y", "files", "/home"), {"A": "1"})
    assert (search.url, search.headers) == ("https://search.example/mcp", {"Authorization": f"Bearer {SECRET}"})
    assert (search.trust, search.tools, search.seconds) == ("other", None, None)
    assert SECRET not in repr(search)


def test_what_is_ours_says_whose_the_server_is_and_what_fills_its_tools(tmp_path: Path) -> None:
    persona = {
        "search": {
            "city": "demographics.residence.city",
            "near": ["situation.location", "demographics.residence.city"],
            "budget": {"paths": ["finances.budgets"], "where": {"category": "restaurants"}, "column": "limit"},
            "name": None,
        }
    }
    told = {"town": {"command": "town", "persona": persona, "trust": "own", "tools": ["search"], "seconds": 5}}
    (town,) = read(tmp_path, told)
    assert (town.trust, town.tools, town.seconds) == ("own", ("search",), 5)
    fill = town.fill["search"]
    paths = {name: wanted.paths if wanted is not None else None for name, wanted in fill.items()}
    assert paths == {
        "city": ("demographics.residence.city",),
        "near": ("situation.location", "demographics.residence.city"),
        "budget": ("finances.budgets",),
        "name": None,
    }
    assert isinstance(fill["budget"], Wanted)
    assert fill["budget"].column == "limit"


def test_the_environment_fills_in_wherever_a_secret_may_stand(tmp_path: Path) -> None:
    told = {
        "a": {"command": "${HOME}/a", "args": ["--key=${KEY}", "$KEY"], "env": {"B": "${NONE:-b}"}, "cwd": "${HOME}"},
        "b": {"url": "https://${HOST}/mcp?key=${KEY}", "headers": {"X": "${NONE:-}"}},
    }
    a, b = read(tmp_path, told, HOME="/home/a", KEY=SECRET, HOST="b.example")
    assert (a.command, a.args, a.env, a.cwd) == ("/home/a/a", (f"--key={SECRET}", "$KEY"), {"B": "b"}, "/home/a")
    assert (b.url, b.headers) == (f"https://b.example/mcp?key={SECRET}", {"X": ""})


@pytest.mark.parametrize(
    ("told", "message"),
    [
        ("{", "it is not JSON: Expecting property name enclosed in double quotes, line 1, column 2"),
        ("[]", 'it must be an object with "mcpServers"'),
        ('{"servers": {}}', 'it must be an object with "mcpServers"'),
        ('{"mcpServers": {"a": {}, "a": {}}}', "a key stands twice"),
        ({"a": {"env": {"KEY": SECRET}}}, "server 'a': a server has a name, and either a command or a url"),
        ({"a": {"command": SECRET, "url": SECRET}}, "server 'a': a server has a name, and either"),
        ({"a": {"command": "a", "env": {"KEY": [SECRET]}}}, "server 'a': env.KEY: Input should be a valid string"),
        ({"a": {"command": "a", "trust": SECRET}}, "server 'a': trust: Input should be 'own' or 'other'"),
        ({"a": {"command": "a", "trsut": "own"}}, "server 'a': the key 'trsut' is not known; is it 'trust'?"),
        ({"a": {"command": "a", "tool": ["x"]}}, "server 'a': the key 'tool' is not known; is it 'tools'?"),
        ({"a": {"command": "a", "seconds": 0}}, "server 'a': seconds: Input should be greater than 0"),
        ({"a": {"command": "a", "persona": {"x": {"y": {"path": "z"}}}}}, "server 'a': persona.x.y.paths: Field req"),
        ({"a": {"command": "a", "persona": {"x": {"y": 3}}}}, "server 'a': persona.x.y: Input should be"),
        ({"a": {"url": f"file:///{SECRET}"}}, "server 'a': url: it must begin with http:// or https://"),
        ({"a": {"url": "https://a/sse", "type": "sse"}}, "server 'a': the transport 'sse' is out of use"),
        ({"a": "npx"}, "server 'a': Input should be"),
        (
            {"a": {"command": "a", "env": {"KEY": "Bearer ${NOT_SET}"}}},
            "server 'a': env.KEY: the environment has no NOT_SET; set it, or give ${NOT_SET:-a default}",
        ),
    ],
)
def test_what_is_wrong_is_named_and_no_secret_is_shown(tmp_path: Path, told: object, message: str) -> None:
    with pytest.raises(InvalidToolsFile) as failure:
        read(tmp_path, told, KEY=SECRET)
    assert message in str(failure.value)
    assert str(tmp_path / "tools.json") in str(failure.value)
    assert SECRET not in str(failure.value)


@pytest.mark.anyio
async def test_a_file_that_cannot_be_used_stops_a_chat_before_anything_is_kept(tmp_path: Path) -> None:
    model: Any = "openai:none"
    ai = AIPersona(
        ":memory:", model=model, settings=Settings(tools_file=tmp_path / "none.json", base_url="http://127.0.0.1:9")
    )
    with pytest.raises(InvalidInput, match=r"none\.json: No such file or directory"):
        await ai.chat("alice", "Hello")
    assert await ai.users() == []
