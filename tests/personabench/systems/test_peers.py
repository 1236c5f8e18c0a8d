"""The peers, where they are installed, against a model that always says the same."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from personabench.datasets import Person
from personabench.endpoint import Answers, Counts, Endpoint
from personabench.errors import MissingExtra
from personabench.systems import HoldsMemories, ModelAccess, Setting, System, opener
from tests.personabench.runs.made import person, probe

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:.*langgraph.*"),
]

PACKAGES = {"mem0": "mem0", "langmem": "langmem"}


def installed(name: str) -> Any:
    missing = find_spec(PACKAGES[name]) is None
    return pytest.param(name, marks=pytest.mark.skipif(missing, reason=f"{name} is not installed (extra peers)"))


PEERS = [installed(name) for name in PACKAGES]


def by_words(texts: Sequence[str]) -> list[list[float]]:
    return [[float("oolong" in text.lower()), float("espresso" in text.lower()), 0.1] for text in texts]


class Remembers:
    """A model that makes one memory of each session: of oolong if it is spoken of, else of espresso."""

    model = "made"

    def __init__(self) -> None:
        self.asked: list[str] = []

    def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        told = json.dumps(body["messages"])
        self.asked.append(told)
        fact = "The user drinks oolong" if "oolong" in told else "The user drinks espresso"
        message: dict[str, Any] = {"role": "assistant", "content": json.dumps({"memory": [{"text": fact}]})}
        if body.get("tools"):
            call = {"name": "Memory", "arguments": json.dumps({"content": fact})}
            message = {
                "role": "assistant",
                "content": None,
                "tool_calls": [{"id": "1", "type": "function", "function": call}],
            }
        return {
            "id": "1",
            "object": "chat.completion",
            "created": 0,
            "model": self.model,
            "choices": [{"index": 0, "finish_reason": "stop", "message": message}],
            "usage": {"prompt_tokens": 10, "completion_tokens": 2, "total_tokens": 12},
        }


@asynccontextmanager
async def lived(name: str, folder: Path, endpoint: Endpoint, whom: Person) -> AsyncGenerator[System]:
    access = ModelAccess(base_url=endpoint.base_url("peer"), model="made")
    setting = Setting(person=whom, folder=folder, dataset="made", data=Path(), model=access, embed=by_words)
    system = opener(name)(setting)
    for session in whom.sessions[:2]:
        await system.observe(session)
    await system.settle()
    try:
        yield system
    finally:
        await system.aclose()


@pytest.mark.parametrize("name", PEERS)
async def test_a_peer_tells_what_its_model_made_of_the_sessions(name: str, tmp_path: Path) -> None:
    with Endpoint(Remembers(), Answers(None), embedder=by_words) as endpoint:
        async with lived(name, tmp_path, endpoint, person("ann")) as system:
            found = await system.context(probe("ann", "x", query="Does the user drink oolong?"), budget=300)
        counts = endpoint.counts("peer")
    assert "The user drinks oolong" in found.text
    assert (counts.calls, counts.failed) == (2, 0)
    assert counts.embedded_texts > 0
    if name == "mem0":
        assert found.text.splitlines()[0] == "- 2025-06-03: The user drinks oolong", "a memory is of its session's day"
        assert found.sessions is not None
        assert found.sessions[0] == "s2"
    else:
        assert found.sessions is None


@pytest.mark.parametrize("name", PEERS)
async def test_a_peer_lists_all_that_it_holds(name: str, tmp_path: Path) -> None:
    with Endpoint(Remembers(), Answers(None), embedder=by_words) as endpoint:
        async with lived(name, tmp_path, endpoint, person("ann")) as system:
            assert isinstance(system, HoldsMemories)
            assert set(await system.memories()) == {"The user drinks espresso", "The user drinks oolong"}


@pytest.mark.parametrize("name", PEERS)
async def test_a_peer_that_starts_anew_asks_nothing_that_was_asked_before(name: str, tmp_path: Path) -> None:
    model, texts = Remembers(), set[str]()
    counted: list[Counts] = []
    with Endpoint(model, Answers(None), embedder=by_words) as endpoint:
        for folder in ("one", "two"):
            (tmp_path / folder).mkdir()
            async with lived(name, tmp_path / folder, endpoint, person("ann")) as system:
                found = await system.context(probe("ann", "x", query="Does the user drink oolong?"), budget=300)
            texts.add(found.text)
            counted.append(endpoint.counts("peer"))
    assert len(model.asked) == 2
    assert len(texts) == 1
    assert counted[1].calls == 2 * counted[0].calls


@pytest.mark.parametrize("name", PEERS)
async def test_a_peer_is_told_the_day_of_each_session(name: str, tmp_path: Path) -> None:
    model = Remembers()
    with Endpoint(model, Answers(None), embedder=by_words) as endpoint:
        async with lived(name, tmp_path, endpoint, person("ann")):
            pass
    assert "2025-06-02" in model.asked[0]
    assert "2025-06-03" in model.asked[1]


@pytest.mark.parametrize("name", ["mem0", "langmem"])
async def test_a_peer_that_is_not_installed_names_the_extra(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(module: str) -> Any:
        raise ImportError(module)

    monkeypatch.setattr(f"personabench.systems.{name}.import_module", missing)
    access = ModelAccess(base_url="http://127.0.0.1:9/v1", model="made")
    setting = Setting(person=person("ann"), folder=tmp_path, dataset="made", data=Path(), model=access, embed=by_words)
    from importlib import import_module

    opened: Any = import_module(f"personabench.systems.{name}")
    with pytest.raises(MissingExtra, match=r"pip install 'aipersona\[peers\]'"):
        (opened.Mem0 if name == "mem0" else opened.LangMem)(setting)
