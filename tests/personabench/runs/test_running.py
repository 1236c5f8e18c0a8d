"""A run: sessions in order, probes at their places, whatever stops it; failures and costs stand beside the scores."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from personabench.datasets import Dataset, Value
from personabench.errors import BenchError, BrokenResults, ModelDown, OtherRun
from personabench.runs import Ended, Plan, run
from personabench.runs.folder import open_folder
from personabench.runs.plan import manifest_of
from tests.personabench.runs.made import (
    BREW,
    Broken,
    Diary,
    Model,
    add_systems,
    answer_probe,
    calls_probe,
    choice_probe,
    dataset,
    lines,
    now,
    person,
    plan,
    probe,
    untimed,
)

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def _systems(monkeypatch: pytest.MonkeyPatch) -> None:  # pyright: ignore[reportUnusedFunction]
    add_systems(monkeypatch)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "people.json").write_text("[]")
    return folder


async def measure(out: Path, planned: Plan, people: Dataset | None = None, **more: Any) -> Ended:
    return await run(planned, people or dataset(), out, clock=now, **more)


def letters(texts: Sequence[str]) -> list[list[float]]:
    return [[float(len(text)), 1.0] for text in texts]


async def test_sessions_come_in_order_and_each_probe_at_its_place(data: Path, tmp_path: Path) -> None:
    await measure(tmp_path / "out", plan(data, "diary"), dataset(person("ann")))
    assert Diary.events == [
        "ann opened, 0 files", "ann s1", "ann settled", "ann/early asked", "ann s2", "ann s3", "ann settled",
        "ann/end asked", "ann closed",
    ]  # fmt: skip


async def test_a_probe_is_scored_by_each_of_its_kinds(data: Path, tmp_path: Path) -> None:
    await measure(tmp_path / "out", plan(data, "diary"), dataset(person("ann")))
    early, end = lines(tmp_path / "out" / "results.jsonl")
    assert (early["probe"], early["sessions"]) == ("ann/early", 1)
    assert early["scores"] | {"fama": 0.0, "mpa": 0.0, "faa": 0.0} == early["scores"]
    # Both values are shown: 1 of 1 alive, 0 of 1 dead gone, half of the values dead.
    assert end["scores"] | {"fama": 0.5, "mpa": 1.0, "faa": 0.0} == end["scores"]
    assert (end["scores"]["recall@1"], end["scores"]["recall@5"]) == (0.0, 1.0)
    assert end["characters"] > end["tokens"] > 0


async def test_what_nobody_asked_for_is_scored_where_a_query_needs_nothing(data: Path, tmp_path: Path) -> None:
    unasked = (Value(text="oolong"), Value(text="tides"))
    people = dataset(person("ann", probe("ann", "gate", "gate", query="How do tides work?", unasked=unasked)))
    await measure(tmp_path / "out", plan(data, "diary", "none", kinds=("gate",)), people)
    talks, silent = lines(tmp_path / "out" / "results.jsonl")
    assert talks["scores"] == {"gate": 0.0, "unasked": 1.0}, "tides are in the query itself"
    assert silent["scores"] == {"gate": 1.0, "unasked": 0.0}


async def test_a_system_that_ranks_nothing_has_no_recall_rather_than_none_of_it(data: Path, tmp_path: Path) -> None:
    await measure(tmp_path / "out", plan(data, "none"), dataset(person("ann")))
    for line in lines(tmp_path / "out" / "results.jsonl"):
        assert line["not_applicable"] == {"recall": "the system does not rank sessions"}
        assert "recall@5" not in line["scores"]


async def test_the_same_is_measured_twice_with_the_same_numbers(data: Path, tmp_path: Path) -> None:
    systems = ("diary", "bm25", "full-history", "none")
    for out in ("one", "two"):
        await measure(tmp_path / out, plan(data, *systems))
    for name in ("results.jsonl", "units.jsonl"):
        assert untimed(tmp_path / "one" / name) == untimed(tmp_path / "two" / name)
    assert (tmp_path / "one" / "manifest.json").read_text() == (tmp_path / "two" / "manifest.json").read_text()


class Stopped(BaseException):
    pass


def stop_after(steps: int) -> Callable[[int, int, str], None]:
    def progress(done: int, total: int, what: str) -> None:
        if done == steps:
            raise Stopped

    return progress


@pytest.mark.parametrize("steps", range(1, 10))
async def test_a_stopped_run_goes_on_and_writes_nothing_twice(data: Path, tmp_path: Path, steps: int) -> None:
    planned = plan(data, "diary", "asking", model="made")
    await measure(tmp_path / "whole", planned, upstream=Model())
    model = Model()
    with pytest.raises(Stopped):
        await measure(tmp_path / "out", planned, upstream=model, progress=stop_after(steps))
    await measure(tmp_path / "out", planned, upstream=model)
    for name in ("results.jsonl", "units.jsonl"):
        assert untimed(tmp_path / "out" / name) == untimed(tmp_path / "whole" / name)
    asked = [body["messages"][0]["content"] for body in model.asked]
    assert len(asked) == len(set(asked)) == 3, "the model is asked nothing twice, though both users say the same"


async def test_a_finished_run_is_left_as_it_is(data: Path, tmp_path: Path) -> None:
    await measure(tmp_path / "out", plan(data, "diary"))
    before = (tmp_path / "out" / "results.jsonl").read_bytes()
    Diary.events.clear()
    assert await measure(tmp_path / "out", plan(data, "diary")) == Ended(measured=0, done_before=2, failures=0)
    assert Diary.events == []
    assert (tmp_path / "out" / "results.jsonl").read_bytes() == before


async def test_an_unfinished_unit_starts_from_an_empty_folder(data: Path, tmp_path: Path) -> None:
    planned = plan(data, "diary")
    with pytest.raises(Stopped):
        await measure(tmp_path / "out", planned, dataset(person("ann")), progress=stop_after(4))
    await measure(tmp_path / "out", planned, dataset(person("ann")))
    assert [event for event in Diary.events if "opened" in event] == ["ann opened, 0 files"] * 2
    (unit,) = lines(tmp_path / "out" / "units.jsonl")
    assert unit["timing"]["resumed"] is True


@pytest.mark.parametrize("name", ["results.jsonl", "units.jsonl"])
async def test_a_line_that_was_torn_off_is_measured_again(data: Path, tmp_path: Path, name: str) -> None:
    await measure(tmp_path / "whole", plan(data, "diary"))
    await measure(tmp_path / "out", plan(data, "diary"))
    path = tmp_path / "out" / name
    content = path.read_bytes()
    path.write_bytes(content[: content.rfind(b"\n", 0, -1) + 20])
    if name == "results.jsonl":  # a unit is finished after its last probe, so its line cannot be there yet
        units = tmp_path / "out" / "units.jsonl"
        units.write_bytes(units.read_bytes().split(b"\n")[0] + b"\n")
    await measure(tmp_path / "out", plan(data, "diary"))
    assert untimed(path) == untimed(tmp_path / "whole" / name)


async def test_a_line_that_is_broken_in_the_middle_is_named(data: Path, tmp_path: Path) -> None:
    await measure(tmp_path / "out", plan(data, "diary"))
    path = tmp_path / "out" / "results.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"user":"ann"', b'"user":7', 1))
    with pytest.raises(BrokenResults, match=r"results\.jsonl:1: is not as written: user"):
        await measure(tmp_path / "out", plan(data, "diary"))


@pytest.mark.parametrize(
    ("more", "cause"),
    [
        ({"budget": 500}, "now budget 500, not 1000"),
        ({"seed": 4}, "now seed 4, not 0"),
        ({"users": 1}, "now users 1, not none"),
        ({"kinds": ("recall",)}, "now kinds recall, not context, recall"),
        ({"groups": ("tastes",)}, "now groups tastes, not all"),
    ],
)
async def test_other_arguments_are_refused(data: Path, tmp_path: Path, more: dict[str, Any], cause: str) -> None:
    await measure(tmp_path / "out", plan(data, "diary"))
    with pytest.raises(OtherRun, match=cause):
        await measure(tmp_path / "out", plan(data, "diary", **more))


async def test_other_data_and_other_systems_are_refused(data: Path, tmp_path: Path) -> None:
    await measure(tmp_path / "out", plan(data, "diary"))
    with pytest.raises(OtherRun, match="now systems diary, none, not diary"):
        await measure(tmp_path / "out", plan(data, "diary", "none"))
    (data / "people.json").write_text("[1]")
    with pytest.raises(OtherRun, match="now data "):
        await measure(tmp_path / "out", plan(data, "diary"))


async def test_only_one_process_writes_to_a_folder(data: Path, tmp_path: Path) -> None:
    planned, people = plan(data, "diary"), [person("ann")]
    manifest = manifest_of(planned, dataset(*people), people, day="2026-01-01")
    with (
        open_folder(tmp_path / "out", manifest),
        pytest.raises(OtherRun, match="another process"),
        open_folder(tmp_path / "out", manifest),
    ):
        pass
    with open_folder(tmp_path / "out", manifest):
        pass


FAILING = {"opening": 1, "observe": 3, "settle": 2, "context": 0, "closing": 1}
"""Where a system fails, and how often it does outside of its two probes."""


@pytest.mark.parametrize("at", FAILING)
async def test_what_a_system_raises_is_counted_and_the_others_are_measured(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    monkeypatch.setattr(Broken, "at", at)
    out = tmp_path / "out"
    ended = await measure(out, plan(data, "broken", "diary"), dataset(person("ann")))
    broken = [line for line in lines(out / "results.jsonl") if line["system"] == "broken"]
    (unit,) = (line for line in lines(out / "units.jsonl") if line["system"] == "broken")
    errors = FAILING[at]
    assert sum(unit.get("errors", {}).values()) == errors
    failed = [line for line in broken if line.get("failures")]
    assert len(failed) == (0 if at == "closing" else 2)
    for line in failed:
        reason = "took in no session" if at == "observe" else "RuntimeError"
        assert line["failures"] == {kind: {"who": "system", "reason": reason} for kind in ("context", "recall")}
        assert "scores" not in line
    assert ended.failures == errors + len(failed)
    assert sum(line["system"] == "diary" for line in lines(out / "results.jsonl")) == 2
    for name in ("results.jsonl", "units.jsonl"):
        assert "espresso" not in (out / name).read_text(), "an error's message may hold what was said"


async def test_a_session_that_is_missed_is_said_beside_the_later_scores(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Broken, "at", "second session")
    await measure(tmp_path / "out", plan(data, "broken"), dataset(person("ann")))
    early, end = lines(tmp_path / "out" / "results.jsonl")
    assert ("missed" in early, end["missed"]) == (False, 1)
    assert end["scores"]["mpa"] == 0.0


async def test_a_model_that_is_down_stops_the_run_which_then_goes_on(data: Path, tmp_path: Path) -> None:
    planned, out = plan(data, "asking", model="made"), tmp_path / "out"
    with pytest.raises(ModelDown, match="does not answer"):
        await measure(out, planned, upstream=Model(left=2))
    assert not (out / "units.jsonl").exists()
    model = Model()
    assert (await measure(out, planned, upstream=model)).failures == 0
    assert len(model.asked) == 1, "two of three answers are on disk"


async def test_costs_of_learning_asking_and_reading_are_apart(data: Path, tmp_path: Path) -> None:
    people = dataset(person("ann", answer_probe("ann")))
    planned = plan(data, "asking", model="made", embedder="letters")
    await measure(tmp_path / "out", planned, people, upstream=Model(), embed=letters)
    (unit,) = lines(tmp_path / "out" / "units.jsonl")
    said = sum(len(session.turns[0].content) for session in person("ann").sessions)
    assert unit["cost"] == {"calls": 3, "prompt_tokens": 30, "completion_tokens": 6, "prompt_characters": said}
    for line in lines(tmp_path / "out" / "results.jsonl"):
        assert line["cost"] == {"embedded_texts": 1}
        assert line.get("reader_cost", {}).get("calls", 0) == int("answer" in line["kinds"])


async def test_a_reader_chooses_answers_and_calls_from_the_context(data: Path, tmp_path: Path) -> None:
    people = dataset(person("ann", choice_probe("ann"), answer_probe("ann"), calls_probe("ann")), tools=(BREW,))
    replies = {
        "choice": "(B)",
        "answer": "Oolong.",
        "calls": '{"calls": [{"name": "brew", "arguments": {"tea": "Oolong"}}]}',
    }
    for kind, reply in replies.items():
        planned = plan(data, "diary", model="made", kinds=(kind,))
        model = Model(reply)
        await measure(tmp_path / kind, planned, people, upstream=model)
        (line,) = lines(tmp_path / kind / "results.jsonl")
        assert line["scores"][kind] == 1.0
        (body,) = model.asked
        assert "I gave up espresso, I drink oolong now." in body["messages"][-1]["content"]
        assert "What do I drink?" in body["messages"][-1]["content"]


async def test_without_a_model_nothing_is_read(data: Path, tmp_path: Path) -> None:
    people = dataset(person("ann", choice_probe("ann"), answer_probe("ann")))
    await measure(tmp_path / "out", plan(data, "diary", kinds=("choice", "answer")), people)
    choice, answer = lines(tmp_path / "out" / "results.jsonl")
    assert choice["not_applicable"] == {"choice": "no model was named to read the context"}
    assert answer["scores"] == {"answer_shown": 1.0}, "that the answer is there can be said without a reader"


async def test_a_reply_that_cannot_be_read_is_the_readers_failure(data: Path, tmp_path: Path) -> None:
    people = dataset(person("ann", choice_probe("ann")))
    planned = plan(data, "diary", model="made", kinds=("choice",))
    ended = await measure(tmp_path / "out", planned, people, upstream=Model("Well, well."))
    (line,) = lines(tmp_path / "out" / "results.jsonl")
    assert line["failures"] == {"choice": {"who": "reader", "reason": "choice unreadable"}}
    assert ended.failures == 1


@pytest.mark.parametrize(
    ("planned", "cause"),
    [
        ({"systems": ("nobody",)}, "unknown system 'nobody'"),
        ({"systems": ()}, "at least one system"),
        ({"systems": ("asking",)}, "needs a model"),
        ({"systems": ("embedding",)}, "needs an embedder"),
        ({"systems": ("oracle",)}, "measured on memora only"),
        ({"systems": ("gold-memory",)}, "measured on vehiclemembench only"),
        ({"systems": ("none",), "groups": ("tates",)}, "no group 'tates'; it has: changes, tastes"),
        ({"systems": ("none",), "kinds": ("calls",)}, "no probe of these kinds: calls"),
    ],
)
async def test_what_cannot_be_measured_is_said_before_anything_is(
    data: Path, tmp_path: Path, planned: dict[str, Any], cause: str
) -> None:
    with pytest.raises(BenchError, match=cause):
        await measure(tmp_path / "out", Plan(dataset="made", data=data, **planned))
    assert not (tmp_path / "out").exists()


async def test_progress_counts_sessions_and_probes_also_of_what_was_done_before(data: Path, tmp_path: Path) -> None:
    seen: list[tuple[int, int, str]] = []

    def note(done: int, total: int, what: str) -> None:
        seen.append((done, total, what))

    await measure(tmp_path / "out", plan(data, "diary"), progress=note)
    assert [done for done, _, _ in seen] == list(range(1, 11))
    assert {total for _, total, _ in seen} == {10}
    assert (seen[0][2], seen[-1][2]) == ("diary, ann", "diary, bob")
    seen.clear()
    await measure(tmp_path / "out", plan(data, "diary"), progress=note)
    assert [done for done, _, _ in seen] == [5, 10]


async def test_the_manifest_says_what_was_measured(data: Path, tmp_path: Path) -> None:
    await measure(tmp_path / "out", plan(data, "bm25", users=1))
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    content = hashlib.sha256(b"[]").hexdigest()
    assert manifest["data"] == hashlib.sha256(f"people.json\0{2}\0{content}\n".encode()).hexdigest()
    assert (manifest["people"], manifest["sessions"], manifest["probes"]) == (1, 3, 2)
    assert manifest["started"] == "2026-01-01"
    assert manifest["versions"]["bm25"].startswith("aipersona ")


async def test_only_the_first_sessions_are_lived_through_where_so_many_are_wanted(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    await measure(out, plan(data, "diary", sessions_each=1))
    assert [event for event in Diary.events if event.startswith("ann ")] == [
        "ann opened, 0 files",
        "ann s1",
        "ann settled",
        "ann closed",
    ]
    assert {line["probe"] for line in lines(out / "results.jsonl")} == {"ann/early", "bob/early"}


async def test_who_has_no_probe_in_the_first_sessions_is_lived_through_all_the_same(data: Path, tmp_path: Path) -> None:
    alone = replace(person("ann"), probes=(probe("ann", "end"),))
    await measure(tmp_path / "out", plan(data, "diary", sessions_each=2), Dataset(name="made", people=(alone,)))
    assert "ann s2" in Diary.events
    assert "ann s3" not in Diary.events
    assert "ann settled" in Diary.events
    assert [line["sessions"] for line in lines(tmp_path / "out" / "units.jsonl")] == [2]


async def test_only_the_people_who_are_named_are_measured(data: Path, tmp_path: Path) -> None:
    await measure(tmp_path / "out", plan(data, "diary", only=("bob",)))
    assert [line["user"] for line in lines(tmp_path / "out" / "units.jsonl")] == ["bob"]
    with pytest.raises(BenchError, match="has no user 'eve'"):
        await measure(tmp_path / "other", plan(data, "diary", only=("bob", "eve")))
