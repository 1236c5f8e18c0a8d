from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from tests.aipersona.cli.shell import Shell


def test_a_user_moves_to_another_database_whole(learned: Shell, tmp_path: Path) -> None:
    file = str(tmp_path / "alice.jsonl")
    done = learned.ok("export", "alice", "--out", file)
    assert (done.out, done.err) == ("", f"10 lines written to {file}\n")
    other = Shell(tmp_path / "other")
    assert other.ok("import", file).out == "alice: 5 sessions, 3 revisions, 0 pending\n"
    assert other.ok("log", "alice").out == learned.ok("log", "alice").out
    assert other.ok("export", "alice").out == learned.ok("export", "alice").out


def test_an_export_is_for_its_owner_only(learned: Shell, tmp_path: Path) -> None:
    file = tmp_path / "alice.jsonl"
    learned.ok("export", "alice", "--out", str(file))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [name.name for name in tmp_path.iterdir() if name.suffix == ".part"] == []


def test_an_export_to_stdout_is_lines_of_json(learned: Shell) -> None:
    kinds = [json.loads(line)["kind"] for line in learned.ok("export", "alice").out.splitlines()]
    assert kinds == ["header", *["session"] * 5, *["revision"] * 3, "end"]


def test_an_export_that_cannot_be_written_is_an_error(learned: Shell, tmp_path: Path) -> None:
    done = learned.run("export", "alice", "--out", str(tmp_path / "nowhere" / "alice.jsonl"))
    assert done.code == 1
    assert done.err.endswith("No such file or directory\n")
    assert learned.run("export", "carol", "--out", str(tmp_path / "carol.jsonl")).code == 1
    assert not (tmp_path / "carol.jsonl").exists()


def test_a_file_that_is_no_export_changes_nothing(learned: Shell, tmp_path: Path) -> None:
    file = tmp_path / "alice.jsonl"
    learned.ok("export", "alice", "--out", str(file))
    file.write_text("".join(file.read_text().splitlines(keepends=True)[:-1]))
    done = learned.run("import", str(file), "--user", "copy")
    assert done.code == 1
    assert "the export is not complete" in done.err
    assert learned.sessions("copy") == 0


def test_a_user_can_be_taken_in_under_another_name(learned: Shell, tmp_path: Path) -> None:
    file = str(tmp_path / "alice.jsonl")
    learned.ok("export", "alice", "--out", file)
    learned.ok("import", file, "--user", "copy")
    assert learned.persona("copy") == learned.persona("alice")


def test_erase_removes_a_user_and_prints_the_receipt(learned: Shell) -> None:
    done = learned.ok("erase", "alice", "--yes")
    lines = [line.split() for line in done.out.splitlines()]
    assert lines[0][:3] == ["alice", "was", "erased"]
    assert ["sessions", "5"] in lines
    assert ["revisions", "3"] in lines
    assert learned.run("show", "alice").code == 1
    assert b"vegetarian" not in learned.database.read_bytes()


def test_erase_as_json_is_the_receipt(learned: Shell) -> None:
    receipt = learned.ok("erase", "alice", "--yes", "--json").json
    assert receipt["user_id"] == "alice"
    assert receipt["removed"]["turns"] == 6


@pytest.mark.parametrize("answer", ["n\n", "\n", ""])
def test_erase_asks_first_and_takes_nothing_else_for_a_yes(learned: Shell, answer: str) -> None:
    done = learned.run("erase", "alice", input=answer)
    assert done.code == 1
    assert "alice: 5 sessions, 3 revisions" in done.err
    assert learned.sessions("alice") == 5


def test_erase_does_it_after_a_yes(learned: Shell) -> None:
    learned.ok("erase", "alice", input="y\n")
    assert learned.sessions("alice") == 0
