"""`aipersona learn` of everybody's sessions at once."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import pytest

from tests.aipersona.cli.shell import BOB, LISBON, STEAK, STORY, VEGETARIAN, Shell, session
from tests.aipersona.cli.stub_openai import Stub

CARL = session("c1", "2026-03-05", "I play padel a lot.", user="carl")


def test_a_file_of_several_users_becomes_their_personas(shell: Shell) -> None:
    done = shell.ok("learn", shell.write(*STORY, CARL), "--jobs", "2")
    assert "3 users: 7 sessions learned in 4 revisions" in done.out
    assert "7 new, 0 seen before" in done.out
    assert "of 3 users: 'bob', 1 session in 1 revision, 2 edits accepted, 0 rejected" in done.err
    assert shell.persona("alice")["preferences"] == {"diet": "vegetarian"}
    assert shell.persona("bob") == shell.persona("carl") == {"preferences": {"sports": ["padel"]}}


def test_a_folder_has_a_file_or_a_folder_for_each_user(shell: Shell) -> None:
    plain = shell.folder / "plain"
    plain.mkdir()
    for name, lines in {"alice": [STEAK, VEGETARIAN], "bob": [BOB]}.items():
        (plain / f"{name}.jsonl").write_text("\n".join(lines) + "\n")
    assert "2 users: 3 sessions learned" in shell.ok("learn", str(plain)).out
    people = shell.folder / "people"
    for name, said in {"eve": "I play padel a lot.", "dan": "We moved to Lisbon last weekend!"}.items():
        (people / name).mkdir(parents=True)
        talk = {"created_at": "2026-03-05T10:00:00Z", "messages": [{"role": "user", "content": said}]}
        (people / name / "talk.json").write_text(json.dumps(talk))
    assert "2 users: 2 sessions learned" in shell.ok("learn", str(people)).out
    assert shell.persona("dan") == {"demographics": {"residence": {"city": "Lisbon"}}}
    assert shell.persona("eve") == {"preferences": {"sports": ["padel"]}}


def test_learning_everybody_again_finds_nothing_pending(shell: Shell, stub: Stub) -> None:
    path = shell.write(*STORY)
    shell.ok("learn", path)
    asked = len(stub.requests)
    done = shell.ok("learn", path)
    assert "2 users: nothing is pending" in done.out
    assert len(stub.requests) == asked


def test_who_fails_is_named_and_the_same_command_goes_on_with_them(shell: Shell, stub: Stub) -> None:
    path = shell.write(STEAK, BOB, CARL)
    stub.statuses = {2: 400}
    done = shell.run("learn", path, "--json")
    assert done.code == 1
    assert [one["user"] for one in done.json["learned"]] == ["alice", "carl"]
    (failed,) = done.json["failed"]
    assert (failed["user"], failed["code"]) == ("bob", "model_refused")
    assert "'bob', failed: openai:stub answered with HTTP status 400" in done.err
    stub.statuses = {}
    assert "1 user: 1 session learned" in shell.ok("learn", path).out
    assert shell.persona("bob") == {"preferences": {"sports": ["padel"]}}


def test_a_session_that_changed_is_in_the_way_of_its_user_alone(shell: Shell) -> None:
    shell.ok("learn", shell.write(STEAK), "--user", "alice")
    other = session("s1", "2026-01-05", "I never said that.")
    done = shell.run("learn", shell.write(BOB, other, LISBON, CARL))
    assert done.code == 1
    assert "'alice': " in done.out
    assert "sessions.jsonl:2: session 's1' of user 'alice' is stored with other content" in done.out
    assert "2 users: 2 sessions learned" in done.out
    assert shell.sessions("alice") == 1


def test_a_line_that_cannot_be_read_is_an_error_before_anybody_is_learned_from(shell: Shell, stub: Stub) -> None:
    done = shell.run("learn", shell.write(BOB, "{", CARL))
    assert done.code == 1
    assert "sessions.jsonl:2: not JSON" in done.err
    assert "1 session stored: this is kept, and the same command goes on from there" in done.err
    assert stub.requests == []
    assert "2 users: 2 sessions learned" in shell.ok("learn", shell.write(BOB, CARL)).out


def test_an_empty_file_holds_nobody(shell: Shell) -> None:
    done = shell.run("learn", shell.write(end=""))
    assert (done.code, done.out) == (1, "")
    assert "it holds no sessions" in done.err


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--user", "bob", "--jobs", "2"], "--engine and --jobs are for many users"),
        (["--user", "bob", "--engine", "ray"], "--engine and --jobs are for many users"),
        (["--ray-address", "head:6379"], "--ray-address is for --engine ray"),
        (["--dry-run"], "--dry-run shows what would be learned of one user"),
        (["--jobs", "0"], "--jobs"),
        (["--engine", "spark"], "spark"),
    ],
)
def test_options_that_do_not_go_together_are_usage_errors(shell: Shell, more: list[str], said: str) -> None:
    done = shell.run("learn", shell.write(BOB), *more)
    assert done.code == 2
    assert said in " ".join(done.err.split())
    assert not shell.database.exists()


def test_without_a_model_everybody_s_sessions_wait_for_one(bare: Shell) -> None:
    done = bare.run("learn", bare.write(*STORY))
    assert done.code == 1
    assert done.err.startswith("error: no model is named")
    assert (bare.sessions("alice"), bare.sessions("bob")) == (5, 1)


def test_ray_makes_the_same_personas(shell: Shell, tmp_path: Path, ray_here: None) -> None:
    here = Shell(tmp_path / "here", shell.before)
    here.folder.mkdir()
    for one, engine in ((here, "local"), (shell, "ray")):
        assert "3 users: 7 sessions" in one.ok("learn", one.write(*STORY, CARL), "--engine", engine).out
    for user in ("alice", "bob", "carl"):
        assert shell.persona(user) == here.persona(user)
        assert [r["session_ids"] for r in shell.revisions(user)] == [r["session_ids"] for r in here.revisions(user)]


def test_a_cluster_elsewhere_is_refused_before_a_file_is_read(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(shell.folder)
    given = ["--engine", "ray", "--ray-address", "head.invalid:6379"]
    for database in ("people.db", ":memory:"):
        done = Shell(shell.folder, ["--database", database, *shell.before]).run("learn", "nowhere.jsonl", *given)
        assert done.code == 1
        assert "workers of" in done.err


def test_ctrl_c_keeps_the_users_that_were_learned_and_the_same_command_goes_on(shell: Shell, stub: Stub) -> None:
    command = ("learn", shell.write(BOB, CARL, STEAK), "--jobs", "2")
    stub.held = 3
    with shell.start(*command) as process:
        assert {stub.arrived.get(timeout=60) for _ in range(3)} == {1, 2, 3}
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    stub.release.set()
    assert (process.returncode, out) == (130, b"")
    assert b"interrupted; 3 sessions stored, " in err
    assert b"Traceback" not in err
    learned = sum(len(shell.revisions(user)) for user in ("alice", "bob", "carl"))
    assert learned < 3
    stub.held = None
    shell.ok(*command)
    assert sum(len(shell.revisions(user)) for user in ("alice", "bob", "carl")) == 3
