from __future__ import annotations

import json

import pytest

from tests.aipersona.cli.shell import STEAK, STORY, Shell, session

HOSTILE = "[bold]vegan[/bold] \x1b[31mred\x1b]0;title\x07 :smile: \u202eleft"


def test_show_is_a_page_of_fields_with_since_when(learned: Shell) -> None:
    out = learned.ok("show", "alice", "--as-of", "2026-03-20").out
    assert out == (
        "alice, revision 3, as of 2026-03-20\n"
        "\n"
        "demographics\n"
        "  residence\n"
        "    city  Lisbon  (since 2026-02-28)\n"
        "\n"
        "preferences\n"
        "  diet    vegetarian  (since 2026-02-01)\n"
        "\n"
        "finances\n"
        "  expenses\n"
        "    row  what    amount   date        known\n"
        "    2.1  coffee  4.5 EUR  2026-03-06  since 2026-03-06\n"
        "    3.0  books   20 EUR   2026-03-07  since 2026-03-07\n"
    )


def test_show_as_json_has_the_nested_dictionary(learned: Shell) -> None:
    found = learned.ok("show", "alice", "--as-of", "2026-01-20", "--json").json
    assert found == {
        "user_id": "alice",
        "revision": 3,
        "as_of": "2026-01-20",
        "persona": {"preferences": {"diet": "steak every week"}},
    }


def test_show_at_a_revision_is_what_was_believed_then(learned: Shell) -> None:
    assert "steak" not in learned.ok("show", "alice", "--revision", "1").out
    assert learned.persona("alice", "--revision", "0") == {}
    assert "nothing is known" in learned.ok("show", "alice", "--revision", "0").out
    assert learned.run("show", "alice", "--revision", "4").code == 1


def test_an_unknown_user_is_an_error(learned: Shell) -> None:
    for command in (["show"], ["log"], ["questions"], ["export"], ["erase", "--yes"]):
        done = learned.run(command[0], "carol", *command[1:])
        assert (done.code, done.out) == (1, "")
        assert done.err == "error: no user 'carol' in this database; `aipersona users` lists them\n"


def test_why_tells_words_day_place_what_it_replaced_and_the_undo(learned: Shell) -> None:
    out = learned.ok("why", "alice", "preferences.diet", "--as-of", "2026-03-20").out
    assert out == (
        "preferences.diet of alice, as of 2026-03-20\n"
        "\n"
        "vegetarian\n"
        "  holds       since 2026-02-01\n"
        "  known       told by the user, 90% sure\n"
        "  words       “I became vegetarian in February”\n"
        "  said        2026-03-05 10:00 UTC, session s2, turn 1\n"
        "  replaced    steak every week\n"
        "  undo        aipersona revert alice 1  (with 1 other change of revision 1)\n"
        "\n"
        "steak every week (not any more)\n"
        "  held        from 2026-01-05 until 2026-02-01\n"
        "  known       told by the user, 90% sure\n"
        "  words       “I eat steak every week, I love it”\n"
        "  said        2026-01-05 10:00 UTC, session s1, turn 1\n"
        "  undo        aipersona revert alice 1  (with 1 other change of revision 1)\n"
    )


def test_the_undo_that_why_names_reaches_the_database_that_was_given(learned: Shell) -> None:
    given = Shell(learned.folder, ["--database", str(learned.database)])
    undo = f"AIPERSONA_DATABASE={learned.database} aipersona revert alice 1"
    assert undo in given.ok("why", "alice", "preferences.diet").out


def test_why_as_json_has_each_step_with_its_evidence(learned: Shell) -> None:
    found = learned.ok("why", "alice", "preferences.diet", "--json").json
    now, before = found["steps"]
    assert (found["user_id"], found["field"], now["value"], now["holds"]) == (
        "alice", "preferences.diet", "vegetarian", True
    )  # fmt: skip
    assert (now["replaced"], now["undo"]) == (["steak every week"], "aipersona revert alice 1")
    assert now["evidence"][0]["quote"] == "I became vegetarian in February"
    assert (before["value"], before["holds"], before["valid_to"]) == ("steak every week", False, "2026-02-01")


def test_why_of_a_section_tells_all_below_it(learned: Shell) -> None:
    out = learned.ok("why", "alice", "finances").out
    assert "finances.expenses: what books, amount 20 EUR, date 2026-03-07 (row 3.0)" in out
    assert "finances.expenses: what coffee" in out


def test_why_of_a_field_without_a_value_says_so(learned: Shell) -> None:
    assert "nothing is known about it" in learned.ok("why", "alice", "demographics.age").out


def test_log_shows_each_revision_with_its_edits_words_and_cost(learned: Shell) -> None:
    lines = learned.ok("log", "alice").out.splitlines()
    assert lines[0].startswith("revision 1, 20")
    assert lines[0].endswith("learned from 2 sessions: s1, s2")
    assert lines[1:3] == [
        "  set       preferences.diet = steak every week (since 2026-01-05)  “I eat steak every week, I love it”",
        "  set       preferences.diet = vegetarian (since 2026-02-01)  “I became vegetarian in February”",
    ]
    assert lines[3].startswith("  model     1 call of openai:stub, 100 + 10 tokens, ")
    assert "  rejected  1  (aipersona log alice --rejected)" in lines


def test_log_shows_rejected_edits_with_their_reasons_when_asked(learned: Shell) -> None:
    line = "  rejected  not about user: set preferences.diet vegan  “My friend Ana is vegan.”"
    assert line in learned.ok("log", "alice", "--rejected").out.splitlines()
    assert line not in learned.ok("log", "alice").out


def test_diff_shows_what_came_went_and_changed(learned: Shell) -> None:
    learned.ok("set", "alice", "preferences.diet", "vegan")
    learned.ok("forget", "alice", "finances.expenses", "--item", "books")
    assert learned.ok("diff", "alice", "2", "5").out.splitlines()[1:] == ["~  preferences.diet = vegan, was vegetarian"]
    assert learned.ok("diff", "alice", "3", "2").out.splitlines()[1:] == [
        "-  finances.expenses = what books, amount 20 EUR, date 2026-03-07 (row 3.0)"
    ]
    assert learned.ok("diff", "alice", "2", "2").out.splitlines()[1:] == ["nothing differs"]
    assert learned.ok("diff", "alice", "3", "4", "--json").json["patch"] == [
        {"op": "replace", "path": "/preferences/diet", "value": "vegan"}
    ]
    assert learned.run("diff", "alice", "1", "99").code == 1


def test_query_filters_and_counts_exactly(learned: Shell) -> None:
    ask = ("query", "alice", "finances.expenses")
    assert learned.ok(*ask).out.splitlines() == [
        "row  what    amount   date",
        "2.1  coffee  4.5 EUR  2026-03-06",
        "3.0  books   20 EUR   2026-03-07",
    ]
    assert [row["what"] for row in learned.ok(*ask, "--where", "amount>10", "--json").json["rows"]] == ["books"]
    assert [row["what"] for row in learned.ok(*ask, "--where", "what contains OFF", "--json").json["rows"]] == [
        "coffee"
    ]
    both = ("--where", "amount > 1", "--where", "what != books")
    assert [row["what"] for row in learned.ok(*ask, *both, "--json").json["rows"]] == ["coffee"]
    assert [row["what"] for row in learned.ok(*ask, "--since", "2026-03-07", "--json").json["rows"]] == ["books"]
    assert learned.ok(*ask, "--until", "2026-03-05").out == "no rows\n"
    assert learned.ok(*ask, "--sum", "amount").out.splitlines() == ["sum       of", "24.5 EUR  2 rows"]
    figures = learned.ok(*ask, "--max", "amount", "--group-by", "what", "--json").json["figures"]
    assert [(figure["group"], figure["value"]) for figure in figures] == [("coffee", 4.5), ("books", 20)]
    assert learned.ok(*ask, "--count", "--json").json["figures"][0]["value"] == 2


@pytest.mark.parametrize(
    "wrong",
    [
        ["--where", "amount ~ 10"],
        ["--where", "10"],
        ["--count", "--sum", "amount"],
        ["--group-by", "what"],
        ["--since", "last week"],
    ],
)
def test_a_query_that_makes_no_sense_is_a_usage_error(learned: Shell, wrong: list[str]) -> None:
    assert learned.run("query", "alice", "finances.expenses", *wrong).code == 2


def test_a_query_of_what_is_not_there_is_an_error(learned: Shell) -> None:
    assert "did you mean" in learned.run("query", "alice", "finances.expenses", "--sum", "amont").err
    assert "holds no rows" in learned.run("query", "alice", "preferences.diet").err
    assert learned.run("query", "alice", "finances.expenses", "--sum", "what").code == 1


def test_context_is_what_a_model_would_be_told(learned: Shell) -> None:
    done = learned.ok("context", "alice", "What did I spend on coffee?", "--as-of", "2026-03-20")
    assert "- diet: vegetarian (since 2026-02-01)" in done.out
    assert "coffee" in done.out
    assert "of 1000 tokens" in done.err
    small = learned.ok("context", "alice", "What did I spend on coffee?", "--budget", "20", "--json").json
    assert small["tokens"] <= 20
    assert learned.ok("context", "alice", "anything", "--budget", "0").out == ""


def test_users_are_listed_with_what_waits(learned: Shell) -> None:
    assert learned.ok("users").out.splitlines() == ["user   sessions  pending  revision", "alice  5         0        3"]


def test_fields_are_the_schema(bare: Shell) -> None:
    out = bare.ok("fields").out
    assert "preferences.diet" in out
    assert "rows: what, amount, date" in out
    paths = [field["path"] for field in bare.ok("fields", "--json").json["fields"]]
    assert "finances.expenses" in paths


def test_values_are_text_and_never_markup_or_terminal_codes(learned: Shell) -> None:
    learned.ok("set", "alice", "preferences.diet", HOSTILE)
    for command in (
        ["show", "alice"],
        ["why", "alice", "preferences.diet"],
        ["log", "alice"],
        ["diff", "alice", "3", "4"],
    ):
        out = learned.ok(*command).out
        assert "[bold]vegan[/bold] red :smile: left" in out
        assert "\x1b" not in out
        assert "\u202e" not in out
    assert learned.persona("alice")["preferences"]["diet"] == HOSTILE
    learned.ok("forget", "alice", "preferences.diet")


def test_nothing_is_cut_wrapped_or_coloured_in_a_pipe(shell: Shell) -> None:
    long = "I became vegetarian in February, " + "and so on, " * 60 + "as everybody knows by now."
    shell.ok("learn", shell.write(session("s1", "2026-03-05", long)), "--user", "alice")
    for command in (["why", "alice", "preferences.diet"], ["log", "alice"]):
        done = shell.ok(*command)
        assert any(long.rstrip(".") in line for line in done.out.splitlines())
        assert "\x1b" not in done.out
        assert "…" not in done.out


def test_a_narrow_terminal_wraps_and_cuts_nothing(learned: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "40")
    for command in (["show", "alice"], ["log", "alice"], ["why", "alice", "finances"], ["fields"]):
        out = learned.ok(*command).out
        assert "…" not in out
    words = learned.ok("why", "alice", "preferences.diet").out
    assert "became" in words
    assert "February" in words


def test_chinese_stays_chinese(shell: Shell) -> None:
    shell.ok("set", "林", "preferences.diet", "素食")
    assert "素食" in shell.ok("show", "林", "--json").out
    assert "素食" in shell.ok("show", "林").out


def test_log_as_json_can_be_read_back(learned: Shell) -> None:
    found = json.loads(learned.ok("log", "alice", "--json").out)
    assert [revision["number"] for revision in found["revisions"]] == [1, 2, 3]


def test_nothing_of_the_engine_is_there_for_a_user_without_revisions(bare: Shell) -> None:
    bare.run("learn", bare.write(STEAK), "--user", "alice")
    assert bare.ok("log", "alice").out == "alice has no revision yet\n"
    assert bare.ok("users", "--json").json["users"] == [
        {"user_id": "alice", "revision": 0, "sessions": 1, "pending": 1}
    ]
    assert len(STORY) == 6
