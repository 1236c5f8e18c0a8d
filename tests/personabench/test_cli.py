"""The command line: what it prints, what it writes, how it ends."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from personabench.cli import app
from personabench.datasets import Dataset
from personabench.endpoint import Upstream
from tests.personabench.runs.made import Broken, Model, add_systems, answer_probe, dataset, lines, person


@pytest.fixture(autouse=True)
def _made(monkeypatch: pytest.MonkeyPatch) -> None:  # pyright: ignore[reportUnusedFunction]
    def load(name: str, folder: Path) -> Dataset:
        return dataset(person("ann", answer_probe("ann")))

    add_systems(monkeypatch)
    monkeypatch.setattr("personabench.datasets.load", load)


def use_model(monkeypatch: pytest.MonkeyPatch, model: Upstream) -> None:
    @contextmanager
    def opened(name: str, *, base_url: str | None = None) -> Generator[Upstream]:
        yield model

    monkeypatch.setattr("personabench.runs.open_upstream", opened)


def measure(out: Path, *more: str, system: str = "diary") -> Result:
    (out / "data").mkdir(exist_ok=True)
    given = ["run", "made", "--data", str(out / "data"), "--system", system, "--out", str(out / "run"), *more]
    return CliRunner().invoke(app, given)


def test_a_run_says_what_comes_next(tmp_path: Path) -> None:
    result = measure(tmp_path, system="diary, none")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == f"2 units measured; personabench report {tmp_path / 'run'}\n"
    again = measure(tmp_path, system="diary, none")
    assert again.stdout == f"0 units measured, 2 done before; personabench report {tmp_path / 'run'}\n"


def test_a_report_is_printed_and_written(tmp_path: Path) -> None:
    measure(tmp_path)
    result = CliRunner().invoke(app, ["report", str(tmp_path / "run")])
    assert result.exit_code == 0
    assert result.stdout.startswith("# personabench: made\n")
    assert result.stdout.strip() == (tmp_path / "run" / "report.md").read_text().strip()
    assert "report.html" in result.stderr


def test_failures_end_with_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Broken, "at", "context")
    for _ in ("now", "again"):
        result = measure(tmp_path, system="broken")
        assert (result.exit_code, result.stderr) == (1, "3 steps or probes failed: the report says which\n")


@pytest.mark.parametrize(
    ("system", "more", "message"),
    [
        ("dairy", (), "error: unknown system 'dairy'; did you mean 'diary'? known: "),
        ("diary", ("--kinds", "fama"), "error: unknown kind of probe 'fama'; known: context, recall"),
        ("diary", ("--groups", "x"), "error: made has no group 'x'; it has: changes, tastes"),
        ("diary", ("--reader", "loud"), "error: unknown reader 'loud'; known: plain, chat"),
        ("diary", ("--reader", "chat"), "error: the reader 'chat' needs a model: --model local, or the name of"),
        ("asking", (), "error: the system 'asking' needs a model: --model local, or the name of a server's"),
        ("diary", ("--model", "gpt"), "error: the model 'gpt' needs a key (OPENAI_API_KEY) or the address"),
    ],
)
def test_what_cannot_be_measured_is_one_line_and_ends_with_two(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, system: str, more: tuple[str, ...], message: str
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    result = measure(tmp_path, *more, system=system)
    assert result.exit_code == 2
    assert result.stderr.startswith(message)
    assert result.stderr.count("\n") == 1


def test_other_arguments_for_the_same_folder_end_with_two(tmp_path: Path) -> None:
    measure(tmp_path)
    result = measure(tmp_path, "--budget", "300")
    assert result.exit_code == 2
    assert "now budget 300, not 1000" in result.stderr


def test_a_model_that_is_down_ends_with_three_and_the_same_command_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_model(monkeypatch, Model(left=1))
    result = measure(tmp_path, "--model", "made", system="asking")
    assert result.exit_code == 3
    assert result.stderr == (
        f"error: the model does not answer; the results so far are in {tmp_path / 'run'}, "
        "the same command goes on from there\n"
    )
    use_model(monkeypatch, Model())
    assert measure(tmp_path, "--model", "made", system="asking").exit_code == 0
    assert len(lines(tmp_path / "run" / "results.jsonl")) == 3


def test_a_run_that_is_stopped_says_how_to_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*given: Any, **named: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("personabench.systems.baselines.Nothing.settle", stop)
    result = measure(tmp_path, system="none")
    assert result.exit_code == 130
    assert result.stderr.startswith(f"stopped; the results so far are in {tmp_path / 'run'}")


def test_a_folder_without_results_ends_with_two(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["report", str(tmp_path)])
    assert result.exit_code == 2
    assert "this is no folder of results" in result.stderr


def test_help_waits_for_nothing_heavy() -> None:
    code = """
import sys
from personabench.cli import app
try:
    app(["run", "--help"])
except SystemExit as ended:
    assert not ended.code
heavy = {"sqlalchemy", "numpy", "pydantic_ai", "aipersona.engine", "personabench.runs", "rich"}
print(sorted(heavy & sys.modules.keys()))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "DATASET" in done.stdout
    assert done.stdout.endswith("[]\n")
