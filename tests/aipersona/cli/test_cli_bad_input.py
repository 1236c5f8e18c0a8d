"""What comes in broken: the error names file, line and cause, what came before stays, and the same command finishes."""

from __future__ import annotations

import json
import sqlite3

import pytest

from tests.aipersona.cli.shell import BOOKS, LISBON, STEAK, VEGETARIAN, Shell, session
from tests.aipersona.cli.stub_openai import Stub

SECRET = "my secret garden"


def turns(*turns: dict[str, object]) -> str:
    return session("s9", "2026-03-09", turns=list(turns))


BROKEN = {
    "no JSON": (SECRET, "not JSON at column 1"),
    "a missing user_id": (json.dumps({"session_id": "s9", "started_at": "2026-01-01T10:00:00Z", "turns": []}),
                          "user_id is missing"),
    "an unknown role": (turns({"role": "narrator", "content": SECRET}), "turn 1: role: Input should be 'user'"),
    "turns numbered backwards": (
        turns({"number": 2, "role": "user", "content": SECRET}, {"number": 1, "role": "user", "content": "x"}),
        "turns are out of order or numbered twice",
    ),
    "turns dated backwards": (
        turns(
            {"role": "user", "content": SECRET, "at": "2026-03-09T11:00:00Z"},
            {"role": "user", "content": "x", "at": "2026-03-09T10:00:00Z"},
        ),
        "turns are out of order: a turn is dated before the one it follows",
    ),
    "a turn of 2 MB": (turns({"role": "user", "content": SECRET * 130_000}), "turn 1: content: String should have"),
    "a lone surrogate": (
        turns({"role": "user", "content": SECRET}).replace(SECRET, f"{SECRET}\\ud800"),
        "turn 1: content: ",
    ),
    "a time that is none": (session("s9", "2026-03-09").replace("2026-03-09T", "someday"), "started_at is not a time"),
}  # fmt: skip


@pytest.mark.parametrize("broken", BROKEN)
def test_a_bad_line_stops_there_and_loses_nothing(shell: Shell, stub: Stub, broken: str) -> None:
    line, cause = BROKEN[broken]
    shell.ok("learn", shell.write(STEAK), "--user", "alice")
    asked = len(stub.requests)
    path = shell.write(STEAK, VEGETARIAN, line, LISBON)
    done = shell.run("learn", path, "--user", "alice")
    assert done.code == 1
    assert done.out == ""
    assert done.err.startswith(f"error: {path}:3: {cause}")
    assert "2 sessions stored" in done.err
    assert SECRET not in done.err
    assert "Traceback" not in done.err
    assert len(stub.requests) == asked
    assert shell.sessions("alice") == 2
    assert len(shell.revisions("alice")) == 1
    shell.write(STEAK, VEGETARIAN, LISBON)
    shell.ok("learn", path, "--user", "alice")
    assert shell.persona("alice")["preferences"] == {"diet": "vegetarian"}


def test_a_file_that_ends_in_the_middle_of_a_line_is_finished_when_it_is_whole(shell: Shell) -> None:
    path = shell.write(STEAK, VEGETARIAN[: len(VEGETARIAN) // 2], end="")
    done = shell.run("learn", path, "--user", "alice")
    assert done.code == 1
    assert f"{path}:2: not JSON at column" in done.err
    assert "the file ends in the middle of this line" in done.err
    assert shell.sessions("alice") == 1
    shell.write(STEAK, VEGETARIAN)
    assert "1 new, 1 seen before" in shell.ok("learn", path, "--user", "alice").out


def test_a_time_without_a_zone_is_taken_as_utc_and_said_once(shell: Shell) -> None:
    path = shell.write(*(session(name, f"2026-01-0{day}T10:00:00", "hi") for day, name in enumerate("abc", 1)))
    done = shell.ok("learn", path, "--user", "alice", "--json")
    assert done.err.count("times without a zone are taken as UTC") == 1
    assert done.json["sessions"] == 3
    started = [json.loads(line) for line in shell.ok("export", "alice").out.splitlines()][1]
    assert started["session"]["started_at"] == "2026-01-01T10:00:00Z"


def test_a_session_seen_before_with_other_content_is_refused_by_file_and_line(shell: Shell) -> None:
    shell.ok("learn", shell.write(STEAK), "--user", "alice")
    changed = session("s1", "2026-01-05", SECRET)
    path = shell.write(VEGETARIAN, changed, LISBON)
    done = shell.run("learn", path, "--user", "alice")
    assert done.code == 1
    assert done.err.startswith(f"error: {path}:2: session 's1' of user 'alice' is stored with other content")
    assert SECRET not in done.err
    assert shell.sessions("alice") == 2
    shell.write(VEGETARIAN, LISBON)
    shell.ok("learn", path, "--user", "alice")
    assert shell.sessions("alice") == 3
    assert len(shell.revisions("alice")) == 2


def test_an_unknown_field_comes_with_its_likes(learned: Shell) -> None:
    for command in (["why", "alice", "preferences.diat"], ["set", "alice", "preferences.diat", "x"]):
        done = learned.run(*command)
        assert (done.code, done.out) == (1, "")
        assert done.err.startswith("error: unknown field 'preferences.diat'; did you mean preferences.diet")


def test_a_value_of_the_wrong_type_is_refused_without_repeating_it(learned: Shell) -> None:
    done = learned.run("set", "alice", "demographics.age", SECRET)
    assert done.code == 1
    assert done.err.startswith("error: demographics.age: not a whole number")
    assert SECRET not in done.err
    assert len(learned.revisions("alice")) == 3


def test_a_revision_that_is_not_there_cannot_be_reverted(learned: Shell) -> None:
    done = learned.run("revert", "alice", "99")
    assert (done.code, done.err) == (1, "error: user 'alice' has no revision 99; the latest is 3\n")
    assert len(learned.revisions("alice")) == 3


def test_a_database_of_a_newer_version_is_left_alone(learned: Shell) -> None:
    with sqlite3.connect(learned.database) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    before = learned.database.read_bytes()
    for command in (["show", "alice"], ["learn", learned.write(STEAK), "--user", "alice"]):
        done = learned.run(*command)
        assert done.code == 1
        assert "written by a newer version of aipersona" in done.err
    assert learned.database.read_bytes() == before


def test_a_file_that_is_no_database_is_an_error(shell: Shell) -> None:
    shell.database.write_bytes(b"not a database at all, but a text that is long enough" * 10)
    done = shell.run("users")
    assert done.code == 1
    assert done.err.startswith("error: cannot open the database: ")


def test_reading_does_not_make_a_database(shell: Shell) -> None:
    for command in (["users"], ["show", "alice"], ["erase", "alice", "--yes"], ["revert", "alice", "1"]):
        done = shell.run(*command)
        assert done.code == 1
        assert "there is no database" in done.err
    assert not shell.database.exists()


def test_a_full_disk_stops_and_the_same_command_finishes_with_room(shell: Shell) -> None:
    long = "The weather was fine and nothing else happened. " * 400
    lines = [STEAK, VEGETARIAN, *(session(f"long{n}", f"2026-04-{n:02}", long) for n in range(1, 20)), LISBON]
    path = shell.write(*lines)
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))"
    done = shell.process("learn", path, "--user", "alice", "--every", "30", prepare=limit)
    assert done.code == 1
    assert done.err.startswith("error: cannot write the database: ")
    assert "Traceback" not in done.err
    stored = shell.sessions("alice")
    assert 2 <= stored < len(lines)
    assert f"{stored} sessions stored" in done.err
    shell.ok("learn", path, "--user", "alice", "--every", "30")
    assert shell.sessions("alice") == len(lines)
    assert shell.persona("alice")["demographics"] == {"residence": {"city": "Lisbon"}}


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (500, "error: openai:stub answered with HTTP status 500"),
        (401, "error: openai:stub answered with HTTP status 401"),
    ],
)
def test_a_model_that_fails_is_an_error_and_the_batches_before_it_stay(
    shell: Shell, stub: Stub, status: int, said: str
) -> None:
    stub.statuses[2] = status
    path = shell.write(STEAK, VEGETARIAN, LISBON, BOOKS)
    done = shell.run("learn", path, "--user", "alice", "--every", "2", "--json")
    assert (done.code, done.out) == (1, "")
    assert said in done.err
    assert "4 sessions stored, 2 of 4 pending ones learned" in done.err
    assert shell.persona("alice") == {"preferences": {"diet": "vegetarian"}}
    stub.statuses.clear()
    assert shell.ok("learn", path, "--user", "alice", "--every", "2", "--json").json["sessions"] == 2
    assert shell.persona("alice")["demographics"] == {"residence": {"city": "Lisbon"}}


def test_garbage_from_a_model_is_an_error_and_never_nothing_learned(shell: Shell, stub: Stub) -> None:
    stub.garbage.add(1)
    path = shell.write(STEAK)
    done = shell.run("learn", path, "--user", "alice")
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("error: openai:stub gave no answer of the form asked for, 3 times")
    assert shell.revisions("alice") == []
    stub.garbage.clear()
    assert "1 session learned in 1 revision" in shell.ok("learn", path, "--user", "alice").out


def test_a_server_that_is_not_there_is_an_error(shell: Shell) -> None:
    nobody = Shell(shell.folder, ["--model", "openai:stub", "--base-url", "http://127.0.0.1:9/v1"])
    done = nobody.run("learn", nobody.write(STEAK), "--user", "alice")
    assert done.code == 1
    assert done.err.startswith("error: openai:stub cannot be reached")


def test_arguments_that_are_no_text_are_usage_errors(learned: Shell) -> None:
    for command in (
        ["show", "al\udcffice"],
        ["set", "alice", "preferences.diet", "\udcff"],
        ["chat", "alice", "\udcff"],
    ):
        done = learned.run(*command)
        assert done.code == 2
        assert "it is not UTF-8 text" in done.err


def test_a_user_needs_a_name(learned: Shell) -> None:
    for name in ("", "x" * 257):
        done = learned.run("set", name, "preferences.diet", "vegan")
        assert done.code == 1
        assert "a user_id has 1 to 256 characters" in done.err
