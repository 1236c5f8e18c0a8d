"""Lives lived with the rule policy: what memory is good for, what is bounded, and that a run can be taken up again."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Sequence
from contextlib import closing
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from random import Random

import anyio
import pytest
from typer.testing import CliRunner

from aipersona import Turn
from personabench.cli import app
from personabench.errors import BenchError, BrokenResults, OtherRun, UnknownSystem
from personabench.generation.life import Life
from personabench.generation.query import Planned
from personabench.generation.stages import PEOPLE as LIVES
from personabench.generation.stages import SESSIONS
from personabench.generation.writers.scripted import ScriptedWriter
from personabench.live.assistant import Acted, Made, Understood
from personabench.live.engines import LocalEngine, RayEngine, engine_of
from personabench.live.episode import MOST_TURNS, ContextText, Lived, live_session
from personabench.live.outcome import Outcome
from personabench.live.plan import LivePlan, digest_of
from personabench.live.policy import RulePolicy
from personabench.live.records import EpisodeRecord, PersonRecord
from personabench.live.report import write_live_report
from personabench.live.running import EPISODES, PEOPLE, Ended, live, read_episodes
from personabench.live.scores import Lived as Scores
from personabench.live.scores import half_known, won
from personabench.live.user import PATIENCE, Says, ScriptedUser
from personabench.worlds.catalogue import Worlds
from tests.personabench.live.making import Letters, benchmark, people

pytestmark = pytest.mark.anyio
SETTINGS = ("none", "golden", "told", "rag", "full-history", "gold-drafts-k1", "gold-drafts-k3")


def _plan(*settings: str, **more: object) -> LivePlan:
    return LivePlan.model_validate({"digest": digest_of(benchmark()), "settings": settings or SETTINGS, **more})


async def _live(plan: LivePlan, out: Path) -> Ended:
    return await live(plan, benchmark(), out, LocalEngine())


@cache
def _lived(out: Path) -> Scores:
    anyio.run(_live, _plan(), out)
    _, episodes, persons = read_episodes(out)
    return Scores(episodes=episodes, people=persons)


@pytest.fixture(scope="module")
def scores(tmp_path_factory: pytest.TempPathFactory) -> Scores:
    return _lived(tmp_path_factory.mktemp("lived"))


def _mean(scores: Scores, setting: str, name: str) -> float:
    mean = scores.score(setting, name).mean
    assert mean is not None
    return mean


def test_who_knows_the_truth_gets_everything_right_at_once(scores: Scores) -> None:
    assert _mean(scores, "golden", "at first try") == 1.0
    assert _mean(scores, "golden", "messages") == 1.0
    assert _mean(scores, "none", "at first try") < 0.6


def test_memory_closes_a_part_of_the_gap_and_never_more_than_what_was_told(scores: Scores) -> None:
    told = scores.closed("told", "at first try").mean
    learned = scores.closed("gold-drafts-k1", "at first try").mean
    later = scores.closed("gold-drafts-k3", "at first try").mean
    assert told is not None
    assert learned is not None
    assert later is not None
    assert 0 < later <= learned <= told <= 1


def test_what_is_learned_each_session_is_known_sooner(scores: Scores) -> None:
    each, third = scores.staleness("gold-drafts-k1"), scores.staleness("gold-drafts-k3")
    assert each is not None
    assert third is not None
    assert each.told == third.told > 0
    assert each.known >= third.known
    assert each.half is not None
    assert third.half is None or each.half <= third.half
    assert scores.staleness("rag") is None, "what keeps no fields has no staleness"


@pytest.mark.parametrize(
    ("known", "waited", "half"),
    [
        ([1, 2, 3, 4], [], 2),
        ([1, 2], [9, 9, 9], None),
        ([1, 2], [1, 1], 2),  # two were not watched long enough to say that they took longer
        ([5], [0, 0, 0], 5),
        ([], [3], None),
        ([], [], None),
    ],
)
def test_what_is_not_known_by_the_end_counts_as_waiting_until_then(
    known: list[int], waited: list[int], half: int | None
) -> None:
    assert half_known(known, waited) == half


def test_of_two_that_fail_none_wins(scores: Scores) -> None:
    failed = scores.of("none")[0].model_copy(update={"reached": False, "turns": 3})
    assert won(failed, failed.model_copy(update={"turns": 9})) == 0.5
    assert won(failed, failed.model_copy(update={"reached": True, "turns": 9})) == 0


def test_a_setting_wins_against_itself_half_of_the_time(scores: Scores) -> None:
    assert scores.win_rate("golden").mean == 0.5
    rate = scores.win_rate("none").mean
    assert rate is not None
    assert rate < 0.5


def test_a_run_that_was_stopped_goes_on_and_ends_with_the_same_numbers(tmp_path: Path) -> None:
    plan = _plan("none", "gold-drafts-k1")
    anyio.run(_live, plan, tmp_path / "whole")
    anyio.run(_live, plan, tmp_path / "torn")
    lines = (tmp_path / "torn" / PEOPLE).read_text().splitlines(keepends=True)
    (tmp_path / "torn" / PEOPLE).write_text("".join(lines[:5]) + lines[5][:20])
    with (tmp_path / "torn" / EPISODES).open("a") as file:
        file.write('{"setting": "none", "per')
    ended = anyio.run(_live, plan, tmp_path / "torn")
    assert (ended.lived, ended.lived_before) == (3, 5)
    assert read_episodes(tmp_path / "torn") == read_episodes(tmp_path / "whole")


async def test_ray_gives_the_same_numbers(tmp_path: Path) -> None:
    if find_spec("ray") is None:
        pytest.skip("ray is not installed (extra ray)")
    plan = _plan("golden", "gold-drafts-k3", people=2, sessions=4, embedder="letters")
    here, there = Letters(), Letters()
    await live(plan, benchmark(), tmp_path / "here", LocalEngine(), embed=here)
    await live(plan, benchmark(), tmp_path / "there", RayEngine(), embed=there)
    assert there.texts, "workers reach the embedder of this machine"
    assert set(there.texts) <= set(here.texts)

    def lived(out: Path) -> tuple[list[EpisodeRecord], list[PersonRecord]]:
        _, episodes, persons = read_episodes(out)
        persons.sort(key=lambda one: (one.setting, one.person))
        return sorted(episodes, key=lambda one: (one.setting, one.person, one.number)), persons

    assert lived(tmp_path / "there") == lived(tmp_path / "here")


@pytest.mark.parametrize("more", [{"model": "local"}, {"embedder": "local"}])
async def test_a_cluster_that_could_not_reach_a_model_is_refused_before_anything_starts(
    more: dict[str, str], tmp_path: Path
) -> None:
    elsewhere = RayEngine("head.invalid:6379")
    with pytest.raises(BenchError, match=r"head\.invalid:6379.*this machine only: leave out --ray-address"):
        await live(_plan("none", **more), benchmark(), tmp_path / "out", elsewhere)
    assert not (tmp_path / "out").exists()
    elsewhere.check(_plan("none"))
    for here in (RayEngine(), RayEngine("local"), LocalEngine()):
        here.check(_plan("none", **more))


def test_an_address_of_a_cluster_is_for_ray() -> None:
    with pytest.raises(BenchError, match="--ray-address is for --engine ray"):
        engine_of("local", "head.invalid:6379")


async def test_without_an_address_ray_is_on_this_machine_whatever_else_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[str] = []

    class Ray:
        @staticmethod
        def is_initialized() -> bool:
            return False

        @staticmethod
        def init(*, address: str, **more: object) -> None:
            begun.append(address)
            raise InterruptedError

    def imported(name: str) -> type[Ray]:
        return Ray

    monkeypatch.setattr("personabench.live.engines.import_module", imported)
    with closing(socket.create_server(("127.0.0.1", 0))) as head:
        address = f"127.0.0.1:{head.getsockname()[1]}"
        for engine in (RayEngine(), RayEngine(address)):
            with pytest.raises(InterruptedError):
                await anext(engine.live([]))
    assert begun == ["local", address]
    with pytest.raises(BenchError, match=f"{address}.*cannot be reached"):
        await anext(RayEngine(address).live([]))


def test_the_command_refuses_such_a_cluster_before_it_opens_the_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def opened(*given: object, **named: object) -> None:
        raise AssertionError("the model was opened")

    monkeypatch.setattr("personabench.runs.open_upstream", opened)
    given = ["live", str(benchmark()), "--out", str(tmp_path / "out"), "--settings", "aipersona-k1", "--model", "local"]
    result = CliRunner().invoke(app, [*given, "--engine", "ray", "--ray-address", "head.invalid:6379"])
    assert result.exit_code == 2
    assert result.stderr.startswith("error: workers of the Ray cluster at 'head.invalid:6379' cannot reach the model")
    assert not (tmp_path / "out").exists()


async def test_another_plan_does_not_go_into_the_same_folder(tmp_path: Path) -> None:
    await _live(_plan("none", people=1, sessions=1), tmp_path)
    with pytest.raises(OtherRun, match="settings"):
        await _live(_plan("golden", people=1, sessions=1), tmp_path)


def test_what_cannot_be_lived_is_said_before_anything_is(tmp_path: Path) -> None:
    with pytest.raises(UnknownSystem, match="golden"):
        _plan("goldn").check()
    with pytest.raises(UnknownSystem, match="gold-drafts-k1"):
        _plan("gold-drafts-k0").check()
    with pytest.raises(BenchError, match="needs a model"):
        _plan("aipersona-k3").check()
    with pytest.raises(BenchError, match="assistant"):
        _plan("none", assistant="butler").check()
    with pytest.raises(BenchError, match="personabench generate"):
        digest_of(tmp_path)
    with pytest.raises(BrokenResults, match="nothing was lived"):
        read_episodes(tmp_path)


def test_the_report_has_its_tables_and_names_no_machine(tmp_path: Path) -> None:
    anyio.run(_live, _plan("none", "golden", "gold-drafts-k3"), tmp_path)
    written = write_live_report(tmp_path)
    assert "The share of the gap between none and golden that is closed" in written.markdown
    assert "| gold-drafts-k3 |" in written.markdown
    assert "Medians are over the changes that became known" in written.markdown
    assert str(tmp_path) not in written.markdown
    assert written.note is not None or any(path.suffix == ".png" for path in written.files)


class _Stubborn:
    """An assistant that says the same whatever it is told."""

    name = "stubborn"

    def __init__(self, acted: Acted) -> None:
        self._acted = acted

    async def reply(self, talk: Sequence[Turn], context: str, world: Worlds, understood: Understood) -> Acted:
        return self._acted


class _Endless:
    """A simulator that is never done."""

    async def open(self) -> Says:
        return Says(text="Go.", tells={})

    async def hear(self, acted: Acted, outcome: Outcome) -> Says:
        return Says(text="Again.", tells={})


def _wish() -> tuple[Life, Planned]:
    for life, sessions in people():
        for session in sessions:
            if session.query is not None and len(session.query.needs) > 1:
                return life, session
    raise AssertionError("no wish needs two things")


NOTHING = ContextText(text="", tokens=0)


async def _session(assistant: RulePolicy | _Stubborn, life: Life, planned: Planned, patience: int = 4) -> Lived:
    user = ScriptedUser(life, planned, ScriptedWriter(), Random(1), patience=patience)
    return await live_session(life, planned, user, assistant, NOTHING, setting="none")


async def test_a_user_gives_up_on_an_assistant_that_does_nothing() -> None:
    life, planned = _wish()
    lived = await _session(_Stubborn(Acted(text="Certainly!")), life, planned)
    assert lived.record.gave_up
    assert not lived.record.reached
    assert lived.record.turns == 2, "asked once more, and then no more"


@pytest.mark.parametrize("patience", PATIENCE)
async def test_a_user_answers_the_same_question_only_so_often(patience: int) -> None:
    life, planned = _wish()
    assert planned.query is not None
    asks = tuple(need.parameter for need in planned.query.needs)
    lived = await _session(_Stubborn(Acted(text="Which?", asks=asks)), life, planned, patience)
    assert lived.record.gave_up
    assert lived.record.turns == patience


async def test_a_simulator_that_loops_is_ended() -> None:
    life, planned = _wish()
    lived = await live_session(life, planned, _Endless(), _Stubborn(Acted(text="Hm.")), NOTHING, setting="none")
    assert lived.record.turns == MOST_TURNS
    assert not lived.record.reached


async def test_what_the_policy_does_not_know_it_asks_for_and_then_does() -> None:
    life, planned = _wish()
    lived = await _session(RulePolicy(), life, planned)
    assert lived.record.reached
    assert lived.record.turns > 1
    assert not lived.record.first_try


async def test_a_call_with_a_value_that_was_to_be_avoided_is_counted() -> None:
    for life, sessions in people():
        for planned in sessions:
            query = planned.query
            avoid = next((one for one in query.avoids if one.why == "dead"), None) if query is not None else None
            need = next((one for one in query.needs if avoid and one.path == avoid.path), None) if query else None
            if avoid is not None and need is not None:
                call = Made(tool="find_restaurants", arguments={need.parameter: avoid.value})
                lived = await _session(_Stubborn(Acted(text="Done.", calls=(call,))), life, planned)
                assert "dead" in lived.record.misused
                return
    pytest.fail("no wish has a dead value to avoid")


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('"scene":"', '"scene":"no_', "there is no scene 'no_"),
        ('"worlds":["', '"worlds":["no_', "there is no world 'no_"),
        ('"fact":"', '"fact":"no_', "this life has no 'no_"),
    ],
)
async def test_a_benchmark_edited_into_what_cannot_be_lived_is_named_before_anything_is_lived(
    tmp_path: Path, old: str, new: str, named: str
) -> None:
    edited = shutil.copytree(benchmark(), tmp_path / "b")
    (edited / SESSIONS).write_text((edited / SESSIONS).read_text("utf-8").replace(old, new, 1), "utf-8")
    with pytest.raises(BrokenResults, match=rf"{SESSIONS}: p0001-s\d+: {named}"):
        await live(_plan("none"), edited, tmp_path / "out", LocalEngine())
    assert not (tmp_path / "out").exists()


async def test_nothing_is_lived_into_the_folder_of_a_benchmark(tmp_path: Path) -> None:
    folder = shutil.copytree(benchmark(), tmp_path / "b")
    with pytest.raises(OtherRun, match="holds a benchmark"):
        await live(_plan("none"), folder, folder, LocalEngine())


async def test_nobody_to_live_is_said_and_a_plan_that_was_emptied_is_named(tmp_path: Path) -> None:
    for name in (LIVES, SESSIONS):
        (tmp_path / name).write_text("")
    with pytest.raises(BrokenResults, match="holds nobody"):
        await live(_plan("none"), tmp_path, tmp_path / "out", LocalEngine())
    (tmp_path / "plan.json").write_text("\n")
    with pytest.raises(BrokenResults, match="holds no plan"):
        read_episodes(tmp_path)
