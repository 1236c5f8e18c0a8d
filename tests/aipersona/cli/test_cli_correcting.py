from __future__ import annotations

import asyncio

import pytest

from aipersona import AIPersona
from tests.aipersona.cli.shell import Shell


def test_set_gives_a_value_at_once_and_names_its_undo(learned: Shell) -> None:
    done = learned.ok("set", "alice", "preferences.diet", "vegan", "--from", "2026-03-10")
    assert done.out.splitlines()[1:] == [
        "  set       preferences.diet = vegan (since 2026-03-10)",
        "  undo      aipersona revert alice 4",
    ]
    assert learned.persona("alice")["preferences"]["diet"] == "vegan"
    assert learned.persona("alice", "--as-of", "2026-03-09")["preferences"]["diet"] == "vegetarian"
    assert "set by hand, by the user" in learned.ok("why", "alice", "preferences.diet").out


def test_set_can_say_until_when(learned: Shell) -> None:
    learned.ok("set", "alice", "preferences.diet", "vegan", "--from", "2026-03-10", "--until", "2026-03-20")
    assert learned.persona("alice", "--as-of", "2026-03-19")["preferences"]["diet"] == "vegan"
    assert learned.persona("alice", "--as-of", "2026-03-20")["preferences"]["diet"] == "vegetarian"


def test_a_row_is_json(learned: Shell) -> None:
    learned.ok("set", "alice", "finances.budgets", '{"category": "dining", "limit": "30 EUR per week"}')
    assert learned.persona("alice")["finances"]["budgets"] == [
        {"id": "4.0", "category": "dining", "limit": {"amount": 30, "currency": "EUR", "period": "week"}}
    ]


@pytest.mark.parametrize("value", ["dining", '{"category": "di', "[", '{"budget": 3}', "[1]"])
def test_what_is_no_row_is_refused_where_rows_are_kept(learned: Shell, value: str) -> None:
    done = learned.run("set", "alice", "finances.budgets", value)
    assert (done.code, done.out) == (1, "")
    assert "category, limit" in done.err


def test_a_text_that_begins_as_json_does_is_a_text(learned: Shell) -> None:
    learned.ok("set", "alice", "preferences.diet", "[mostly] vegan")
    assert learned.persona("alice")["preferences"]["diet"] == "[mostly] vegan"


def test_set_makes_a_user(shell: Shell) -> None:
    shell.ok("set", "dora", "preferences.diet", "vegan")
    assert shell.persona("dora") == {"preferences": {"diet": "vegan"}}


def test_a_new_field_is_made_only_when_asked_for(learned: Shell) -> None:
    done = learned.run("set", "alice", "preferences.tea", "oolong")
    assert done.code == 1
    assert "unknown field 'preferences.tea'" in done.err
    assert "with --new" in done.err
    learned.ok("set", "alice", "preferences.tea", "oolong", "--new")
    assert learned.persona("alice")["preferences"]["tea"] == "oolong"
    learned.ok("set", "alice", "preferences.tea", "sencha")
    assert learned.persona("alice")["preferences"]["tea"] == "sencha"


def test_special_categories_are_refused_unless_they_are_wanted(learned: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    done = learned.run("set", "alice", "health.allergies", "nuts")
    assert done.code == 1
    assert "special category" in done.err
    monkeypatch.setenv("AIPERSONA_SPECIAL", "true")
    learned.ok("set", "alice", "health.allergies", "nuts")


def test_a_day_is_written_as_iso(learned: Shell) -> None:
    done = learned.run("set", "alice", "preferences.diet", "vegan", "--from", "someday")
    assert done.code == 2
    assert "a day is written 2026-03-01, or today" in done.err
    learned.ok("set", "alice", "preferences.diet", "vegan", "--from", "yesterday")


def test_forget_takes_back_and_why_says_how_to_restore(learned: Shell) -> None:
    learned.ok("forget", "alice", "preferences.diet")
    assert "preferences" not in learned.persona("alice")
    out = learned.ok("why", "alice", "preferences.diet").out
    assert "vegetarian (taken back)" in out
    assert "restore     aipersona revert alice 4" in out
    learned.ok("revert", "alice", "4")
    assert learned.persona("alice")["preferences"]["diet"] == "vegetarian"


def test_forget_of_one_row_leaves_the_others(learned: Shell) -> None:
    learned.ok("forget", "alice", "finances.expenses", "--item", "coffee")
    assert [row["what"] for row in learned.persona("alice")["finances"]["expenses"]] == ["books"]
    assert learned.run("forget", "alice", "finances.expenses", "--item", "tea").code == 1


def test_revert_undoes_one_revision_and_reverting_that_brings_it_back(learned: Shell) -> None:
    before = learned.persona("alice")
    done = learned.ok("revert", "alice", "1")
    assert "undid revision 1" in done.out
    assert "out       preferences.diet = vegetarian (since 2026-02-01)" in done.out
    assert "undo      aipersona revert alice 4" in done.out
    assert "preferences" not in learned.persona("alice")
    assert learned.persona("alice")["finances"] == before["finances"]
    learned.ok("revert", "alice", "4")
    assert learned.persona("alice") == before


def _imported_against_what_was_told(shell: Shell) -> str:
    """A conflict that only the user can settle; the id of the question."""

    async def conflict() -> str:
        async with AIPersona(shell.database) as ai:
            await ai.set("alice", "preferences.diet", "pescatarian", authority="imported")
            return (await ai.questions("alice"))[0].id

    return asyncio.run(conflict())


def test_a_question_is_shown_with_the_commands_that_settle_it(learned: Shell) -> None:
    question = _imported_against_what_was_told(learned)
    out = learned.ok("questions", "alice").out
    assert "now         vegetarian  (told by the user)" in out
    assert "proposed    pescatarian  (imported by the application)" in out
    assert f"accept      aipersona questions alice --accept {question}" in out
    assert "1 open question: aipersona questions alice" in learned.ok("show", "alice").out
    assert f"question {question}" in learned.ok("why", "alice", "preferences.diet").out
    assert learned.ok("questions", "alice", "--json").json["questions"][0]["proposed"] == "pescatarian"


@pytest.mark.parametrize(("choice", "diet"), [("--accept", "pescatarian"), ("--keep", "vegetarian")])
def test_a_question_is_settled_once(learned: Shell, choice: str, diet: str) -> None:
    question = _imported_against_what_was_told(learned)
    learned.ok("questions", "alice", choice, question)
    assert learned.persona("alice")["preferences"]["diet"] == diet
    assert learned.ok("questions", "alice").out == "no open questions\n"
    assert "has no open question" in learned.run("questions", "alice", choice, question).err


def test_a_question_is_not_both_accepted_and_kept(learned: Shell) -> None:
    assert learned.run("questions", "alice", "--accept", "1", "--keep", "1").code == 2
