"""`aipersona consolidate`, and the fields that a user's persona has learned."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.aipersona.cli.shell import STORY, Shell, session

DAYS = [f"2026-03-{day:02}" for day in range(2, 8)]
COFFEE = "coffee on most days, about 4.5 EUR each"


@pytest.fixture
def drinker(shell: Shell, bare: Shell) -> Shell:
    """A shell without a model, after one with a model has learned of a coffee on each of six days."""
    lines = [session(f"c{day}", day, "I spent 4.50 EUR on coffee today.") for day in DAYS]
    shell.ok("learn", shell.write(*lines), "--user", "alice", "--every", "2")
    return bare


def test_a_dry_run_shows_what_would_change_and_stores_nothing(drinker: Shell) -> None:
    done = drinker.ok("consolidate", "alice", "--as-of", "2026-03-07", "--dry-run")
    assert done.out.splitlines() == [
        "alice: would change as of 2026-03-07",
        f"  inferred    patterns.behaviour = {COFFEE}  (since 2026-03-02, from 6 claims)",
        "Nothing was stored.",
    ]
    assert len(drinker.revisions("alice")) == 3
    proposed = drinker.ok("consolidate", "alice", "--as-of", "2026-03-07", "--dry-run", "--json").json["proposed"]
    assert (proposed["number"], proposed["cause"]) == (4, "consolidation")


def test_consolidate_says_what_it_inferred_and_how_to_undo_it(drinker: Shell) -> None:
    done = drinker.ok("consolidate", "alice", "--as-of", "2026-03-07")
    assert done.out.splitlines() == [
        "alice: changed in revision 4",
        f"  inferred    patterns.behaviour = {COFFEE}  (since 2026-03-02, from 6 claims)",
        "  undo        aipersona revert alice 4",
    ]
    again = drinker.ok("consolidate", "alice", "--as-of", "2026-03-07")
    assert again.out == "alice: nothing to consolidate as of 2026-03-07\n"
    why = drinker.ok("why", "alice", "patterns.behaviour", "--as-of", "2026-03-07").out
    assert "known       inferred, 50% sure" in why
    assert why.count("“I spent 4.50 EUR on coffee today") == 6
    assert "revision 4, " in (log := drinker.ok("log", "alice").out)
    assert "consolidated by the optimizer" in log
    drinker.ok("revert", "alice", "4")
    assert "patterns" not in drinker.persona("alice", "--as-of", "2026-03-07")


def test_as_json_it_names_every_change(drinker: Shell) -> None:
    found = drinker.ok("consolidate", "alice", "--as-of", "2026-03-07", "--json").json
    (one,) = found["inferred"]
    assert (found["user"], found["as_of"], found["revision"]) == ("alice", "2026-03-07", 4)
    assert (one["path"], one["value"], one["since"], one["confirmed"]) == (
        "patterns.behaviour",
        COFFEE,
        "2026-03-02",
        False,
    )
    assert len(one["claims"]) == 6
    assert (found["merged"], found["ended"], found["llm_calls"]) == ([], [], 0)
    ended = drinker.ok("consolidate", "alice", "--as-of", "2027-03-07", "--json").json["ended"]
    assert ended == [{"path": "patterns.behaviour", "value": COFFEE, "reason": "faded"}]


def test_an_unknown_user_is_one_line_on_stderr(drinker: Shell) -> None:
    done = drinker.run("consolidate", "nobody")
    assert (done.code, done.out) == (1, "")
    assert "'nobody'" in done.err


def test_a_model_that_answers_something_else_is_told_and_changes_nothing(shell: Shell, drinker: Shell) -> None:
    done = shell.run("consolidate", "alice", "--as-of", "2026-03-07")
    assert (done.code, done.out) == (1, "")
    assert "gave no answer of the form asked for" in done.err
    assert "coffee" not in done.err
    assert len(drinker.revisions("alice")) == 3


def test_fields_of_a_user_are_those_that_were_learned_and_how_they_live(shell: Shell) -> None:
    shell.ok("learn", shell.write(*STORY), "--user", "bob")
    page = shell.ok("fields", "bob").out
    assert "preferences.sports  1         2026-03-05  2026-03-05" in page
    (learned,) = shell.ok("fields", "bob", "--json").json["learned"]
    assert (learned["path"], learned["kind"], learned["sessions"]) == ("preferences.sports", "set", 1)
    assert shell.run("fields", "nobody").code == 1
    assert "preferences.diet" in shell.ok("fields").out


def test_help_loads_nothing_of_what_it_describes() -> None:
    code = (
        "import sys; from typer.testing import CliRunner; from aipersona.cli.app import app\n"
        "assert 'consolidate' in CliRunner().invoke(app, ['--help']).stdout\n"
        "print(*(name for name in sys.modules if name.startswith('aipersona.') and 'consolidat' in name))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["aipersona.cli.consolidating"]
