from __future__ import annotations

import pytest

from tests.aipersona.cli.shell import BOB, BOOKS, LISBON, STEAK, STORY, VEGETARIAN, Shell, session
from tests.aipersona.cli.stub_openai import Stub


def test_what_a_file_says_of_a_user_becomes_the_persona(shell: Shell) -> None:
    done = shell.ok("learn", shell.write(*STORY), "--user", "alice")
    assert "alice: 5 sessions learned in 2 revisions" in done.out
    assert "5 new, 0 seen before, 1 of other users skipped" in done.out
    persona = shell.persona("alice")
    assert persona["preferences"] == {"diet": "vegetarian"}
    assert persona["demographics"] == {"residence": {"city": "Lisbon"}}
    assert [row["what"] for row in persona["finances"]["expenses"]] == ["coffee", "books"]


def test_json_is_one_object_with_the_counts_of_this_run(shell: Shell, stub: Stub) -> None:
    done = shell.ok("learn", shell.write(*STORY), "--user", "alice", "--every", "2", "--json")
    seconds = done.json.pop("seconds")
    assert done.json | {"seconds": seconds} == {
        "user": "alice",
        "sessions": 5,
        "turns": 6,
        "revisions": 3,
        "accepted": 5,
        "rejected": {"not_about_user": 1},
        "llm_calls": 3,
        "prompt_tokens": 300,
        "completion_tokens": 30,
        "seconds": done.json["seconds"],
    }
    assert seconds > 0
    assert len(stub.requests) == 3
    assert "2 of 5 sessions: revision 1" in done.err


def test_learning_again_finds_nothing_pending_and_asks_no_model(shell: Shell, stub: Stub) -> None:
    path = shell.write(*STORY)
    shell.ok("learn", path, "--user", "alice")
    asked = len(stub.requests)
    done = shell.ok("learn", path, "--user", "alice")
    assert "nothing is pending" in done.out
    assert "0 new, 5 seen before" in done.out
    assert shell.ok("learn", path, "--user", "alice", "--json").json["sessions"] == 0
    assert len(stub.requests) == asked
    assert len(shell.revisions("alice")) == 2


def test_a_file_without_the_user_names_those_it_has(shell: Shell) -> None:
    done = shell.run("learn", shell.write(*STORY), "--user", "carol")
    assert done.code == 1
    assert "none of its sessions is of user 'carol'; it holds those of 'alice' (5), 'bob' (1)" in done.err
    assert shell.run("users").out == ""


def test_an_empty_file_is_an_error(shell: Shell) -> None:
    done = shell.run("learn", shell.write(end=""), "--user", "alice")
    assert (done.code, done.out) == (1, "")
    assert "sessions.jsonl: it holds no sessions" in done.err


def test_a_file_that_is_not_there_is_an_error(shell: Shell) -> None:
    done = shell.run("learn", "nowhere.jsonl", "--user", "alice")
    assert (done.code, done.err) == (1, "error: nowhere.jsonl: there is no such file or folder\n")


def test_each_user_learns_their_own_part_of_a_file(shell: Shell) -> None:
    path = shell.write(*STORY)
    shell.ok("learn", path, "--user", "alice")
    shell.ok("learn", path, "--user", "bob")
    assert shell.persona("bob") == {"preferences": {"sports": ["padel"]}}
    assert "sports" not in shell.persona("alice")["preferences"]


def test_every_says_how_many_sessions_make_a_revision(shell: Shell) -> None:
    shell.ok("learn", shell.write(*STORY), "--user", "alice", "--every", "5")
    assert [len(revision["session_ids"]) for revision in shell.revisions("alice")] == [5]


@pytest.mark.parametrize("every", ["0", "-1", "two"])
def test_every_counts_from_one(shell: Shell, every: str) -> None:
    assert shell.run("learn", shell.write(STEAK), "--user", "alice", "--every", every).code == 2


def test_a_setting_that_cannot_be_read_is_an_error(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIPERSONA_EVERY", "0")
    done = shell.run("learn", shell.write(STEAK), "--user", "alice")
    assert done.code == 1
    assert done.err.startswith("error: the settings (AIPERSONA_...) cannot be used: every: ")


def test_without_a_model_the_sessions_wait_for_one(bare: Shell, shell: Shell) -> None:
    path = bare.write(*STORY)
    done = bare.run("learn", path, "--user", "alice")
    assert done.code == 1
    assert done.err.startswith("error: no model is named: use --model (or AIPERSONA_MODEL)")
    assert bare.sessions("alice") == 5
    assert "learned in 2 revisions" in shell.ok("learn", path, "--user", "alice").out


def test_a_local_model_that_was_not_pulled_says_how_to_pull_it(bare: Shell) -> None:
    done = bare.run("--model", "local", "learn", bare.write(STEAK), "--user", "alice")
    assert done.code == 1
    assert "`aipersona models pull` brings it" in done.err


def test_a_dry_run_shows_edits_with_quotes_and_rejections_with_reasons(shell: Shell) -> None:
    done = shell.ok("learn", shell.write(*STORY), "--user", "alice", "--dry-run")
    assert "set       preferences.diet = vegetarian (since 2026-02-01)  “I became vegetarian in February”" in done.out
    assert "rejected  not about user: set preferences.diet vegan  “My friend Ana is vegan.”" in done.out
    assert "Nothing was stored." in done.out


def test_a_dry_run_makes_no_database(shell: Shell) -> None:
    shell.ok("learn", shell.write(*STORY), "--user", "alice", "--dry-run")
    assert not shell.database.exists()


def test_a_dry_run_goes_on_from_what_is_stored_and_leaves_it(shell: Shell, stub: Stub) -> None:
    shell.ok("learn", shell.write(STEAK), "--user", "alice")
    exported = shell.ok("export", "alice").out
    done = shell.ok("learn", shell.write(STEAK, VEGETARIAN, LISBON), "--user", "alice", "--dry-run", "--json")
    assert 'preferences.diet = "steak every week"' in stub.prompts[-1]
    assert (done.json["dry_run"], done.json["sessions"], done.json["revisions"]) == (True, 2, 0)
    assert [edit["value"] for edit in done.json["proposed"][0]["edits"]] == ["vegetarian", "Lisbon"]
    assert done.json["proposed"][0]["number"] == 2
    assert shell.ok("export", "alice").out == exported
    assert shell.sessions("alice") == 1


def test_a_folder_of_memora_files_is_read(shell: Shell) -> None:
    folder = shell.folder / "memora" / "conversations"
    folder.mkdir(parents=True)
    talk = [{"turn": 1, "speaker": "user_agent", "message": "I became vegetarian in February."}]
    (folder / "session_0001.json").write_text(
        __import__("json").dumps({"session_id": 1, "date": "2026-03-05", "conversation": talk})
    )
    shell.ok("learn", str(folder.parent), "--user", "alice", "--format", "memora")
    assert shell.persona("alice") == {"preferences": {"diet": "vegetarian"}}


def test_an_unknown_format_is_a_usage_error(shell: Shell) -> None:
    assert shell.run("learn", shell.write(BOB), "--user", "bob", "--format", "csv").code == 2


def test_a_session_of_another_day_is_learned_on_top(shell: Shell) -> None:
    shell.ok("learn", shell.write(STEAK), "--user", "alice")
    shell.ok("learn", shell.write(VEGETARIAN, name="more.jsonl"), "--user", "alice")
    assert shell.persona("alice", "--as-of", "2026-01-20") == {"preferences": {"diet": "steak every week"}}
    assert shell.persona("alice", "--as-of", "2026-03-20") == {"preferences": {"diet": "vegetarian"}}
    assert shell.persona("alice", "--revision", "1") == {"preferences": {"diet": "steak every week"}}


def test_user_ids_that_could_steer_a_terminal_are_harmless(shell: Shell) -> None:
    done = shell.run("learn", shell.write(session("x", "2026-01-01", "hi", user="\x1b[2Jeve")), "--user", "alice")
    assert done.code == 1
    assert "\x1b" not in done.err
    assert "eve" in done.err


def test_the_last_word_is_a_command_that_goes_on(shell: Shell) -> None:
    done = shell.ok("learn", shell.write(BOOKS), "--user", "alice")
    assert done.out.rstrip().endswith("aipersona show alice")
