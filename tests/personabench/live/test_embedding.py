"""Lives with an embedder: who gets it, who cannot do without it, and what happens when it is gone."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from aipersona import Session
from personabench.cli import app
from personabench.endpoint import UpstreamDown
from personabench.errors import BenchError, MissingExtra, ModelDown, OtherRun
from personabench.live.engines import LocalEngine
from personabench.live.looking_up import looked_up
from personabench.live.plan import LivePlan, digest_of
from personabench.live.running import PLAN, live, read_episodes
from personabench.live.scores import Lived
from personabench.live.tables import facts_of
from personabench.systems import SYSTEMS, Embed, Entry, ModelAccess, Setting
from personabench.systems.baselines import Nothing
from tests.personabench.live.making import Letters, benchmark, people

pytestmark = pytest.mark.anyio


class Peer(Nothing):
    """A system that embeds the first turn of each session, by the embedder that it is given and nothing else."""

    model: ModelAccess | None = None

    def __init__(self, setting: Setting) -> None:
        super().__init__(setting)
        Peer.model, self._embed = setting.model, setting.embed

    async def observe(self, session: Session) -> None:
        assert self._embed is not None
        assert len(self._embed([session.turns[0].content])) == 1


class Mute:
    """A model that nobody asks."""

    model = "mute"

    def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        raise AssertionError(path)


def _plan(*settings: str, **more: object) -> LivePlan:
    small = {"people": 1, "sessions": 3, "embedder": "letters"}
    return LivePlan.model_validate({"digest": digest_of(benchmark()), "settings": settings, **small, **more})


async def _live(out: Path, embed: Embed | None) -> None:
    plan = _plan("gold-drafts-k1", embedder="letters" if embed is not None else None)
    await live(plan, benchmark(), out, LocalEngine(), embed=embed)


async def test_a_persona_finds_the_past_by_meaning_where_there_is_an_embedder(tmp_path: Path) -> None:
    letters = Letters()
    await _live(tmp_path, letters)
    life, sessions = people()[0]
    wishes = [one.query for one in sessions[:3] if one.query is not None]
    assert len(wishes) > 1
    for wish in wishes:
        assert any(wish.neutral in text for text in letters.texts), "what was said"
    assert looked_up(wishes[-1], life.seed.written_in) in letters.texts, "what is asked of the memory"


async def test_what_was_embedded_is_kept_with_the_results(tmp_path: Path) -> None:
    letters = Letters()
    await _live(tmp_path, letters)
    embedded = len(letters.texts)
    (tmp_path / "people.jsonl").unlink()
    await _live(tmp_path, letters)
    assert len(letters.texts) == embedded


@pytest.mark.parametrize("name", ["mem0", "langmem"])
async def test_a_peer_gets_the_model_and_the_embedder(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(SYSTEMS, name, Entry(home=f"{__name__}:Peer"))
    letters = Letters()
    await live(_plan(name, model="mute"), benchmark(), tmp_path, LocalEngine(), upstream=Mute(), embed=letters)
    assert read_episodes(tmp_path)[2][0].failures == ()
    assert len(letters.texts) == 3
    assert Peer.model is not None
    assert Peer.model.model == "mute"


@pytest.mark.parametrize("name", ["mem0", "langmem"])
def test_a_peer_without_what_it_needs_is_refused_before_anything_is_lived(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(SYSTEMS, name, Entry(home=f"{__name__}:Peer"))
    with pytest.raises(BenchError, match=f"{name}' needs an embedder: --embedder local, or openai:MODEL"):
        _plan("none", name, model="local", embedder=None).check()
    with pytest.raises(BenchError, match="needs a model"):
        _plan(name, model=None).check()
    _plan(name, model="local").check()
    monkeypatch.setitem(SYSTEMS, name, Entry(home=f"{__name__}:Peer", package="no-such-package"))
    with pytest.raises(MissingExtra, match="needs no-such-package"):
        _plan(name, model="local").check()


async def test_an_embedder_that_is_gone_ends_the_run_with_its_reason(tmp_path: Path) -> None:
    def gone(texts: Sequence[str]) -> list[list[float]]:
        raise UpstreamDown("the embedder does not answer: no wire")

    with pytest.raises(ModelDown, match="no wire"):
        await _live(tmp_path, gone)
    assert read_episodes(tmp_path)[2] == []


async def test_the_embedder_is_part_of_what_a_folder_holds(tmp_path: Path) -> None:
    await _live(tmp_path, Letters())
    assert json.loads((tmp_path / PLAN).read_text())["embedder"] == "letters"
    with pytest.raises(OtherRun, match="embedder None instead of 'letters'"):
        await _live(tmp_path, None)
    plan, episodes, lived = read_episodes(tmp_path)
    assert ("embedder", "letters") in facts_of(plan, Lived(episodes=episodes, people=lived))


def test_the_command_opens_the_embedder_that_it_is_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    letters, opened = Letters(), list[tuple[str, str | None]]()

    def open_embedder(name: str, *, base_url: str | None = None) -> Embed:
        opened.append((name, base_url))
        return letters

    monkeypatch.setattr("personabench.runs.open_embedder", open_embedder)
    given = ["live", str(benchmark()), "--out", str(tmp_path), "--settings", "gold-drafts-k1", "--people", "1"]
    more = ["--sessions", "2", "--embedder", "openai:letters", "--base-url", "http://127.0.0.1:9/v1"]
    result = CliRunner().invoke(app, [*given, *more])
    assert (result.exit_code, result.stderr) == (0, "")
    assert opened == [("openai:letters", "http://127.0.0.1:9/v1")]
    assert letters.texts
    assert read_episodes(tmp_path)[0].embedder == "openai:letters"
