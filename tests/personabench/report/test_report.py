"""The report: means with intervals, failures beside them, costs; as text, as a page, as pictures."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from inline_snapshot import snapshot

from personabench.errors import BrokenResults
from personabench.report import write_report
from personabench.report.charts import pictures_of
from personabench.report.markdown import as_markdown
from personabench.report.page import as_page
from personabench.report.picture import COLOURS
from personabench.report.results import Results, costs, failures, percentile
from personabench.report.table import Table
from personabench.report.tables import context_table, cost_table, facts_of, failure_table, score_table, tables_of
from personabench.runs.folder import MANIFEST, RESULTS, UNITS, append_line
from personabench.runs.records import Cost, ProbeTiming
from tests.personabench.report.made import asked, finished, results

CHARTS = all(find_spec(name) is not None for name in ("altair", "vl_convert"))


def two_systems() -> Results:
    users = ("ann", "bob", "cid")
    values = {"ours": (0.9, 0.8, 0.7), "theirs": (0.3, 0.2, None)}
    probes = [
        asked(system, user, group, value)
        for system, of_users in values.items()
        for user, value in zip(users, of_users, strict=True)
        for group in ("old", "new")
    ]
    used = Cost(calls=3, prompt_tokens=300, completion_tokens=30, prompt_characters=1200)
    units = [finished(system, user, cost=used) for system in values for user in users]
    return results(*probes, units=units, model="made-1")


def test_scores_stand_by_group_and_system_with_interval_and_failures() -> None:
    table = score_table(two_systems(), "context")
    assert table is not None
    assert table.columns == (
        "group",
        "system",
        "FAMA",
        "live shown (MPA)",
        "dead not shown (FAA)",
        "tokens",
        "n",
        "failed",
    )
    assert [row[:2] for row in table.rows] == [
        ("all", "ours"), ("all", "theirs"), ("new", "ours"), ("new", "theirs"), ("old", "ours"), ("old", "theirs"),
    ]  # fmt: skip
    assert table.rows[0][2:] == (
        "0.800 [0.700, 0.900]",
        "0.800 [0.700, 0.900]",
        "1.000 [1.000, 1.000]",
        "100",
        "6",
        "0",
    )
    assert table.rows[1][2] == "0.250", "with two users there is no interval"
    assert table.rows[1][-2:] == ("4", "2")
    assert "no interval: it takes 3 users, here are 2" in table.notes


def test_what_does_not_apply_to_a_system_is_a_note_and_no_row() -> None:
    bare = asked("none", "ann", "old", None, failures={}, not_applicable={"recall": "it ranks nothing"})
    table = score_table(results(asked("ours", "ann", "old", 1.0), bare), "recall")
    assert table is not None
    assert [row[1] for row in table.rows] == ["ours"]
    assert "not applicable to none: it ranks nothing" in table.notes


def test_what_shows_unasked_has_a_table_with_the_tokens_of_its_own_contexts() -> None:
    scores = {"gate": 0.0, "unasked": 3.0}
    gate = asked("ours", "ann", "old", 0.0, kinds=("gate",), scores=scores, tokens=40, probe="ann/gate")
    table = score_table(results(asked("ours", "ann", "old", 1.0), gate), "gate")
    assert table is not None
    assert table.columns == ("group", "system", "nothing shown", "facts shown", "tokens", "n", "failed")
    assert table.rows == (("old", "ours", "0.000", "3.000", "40", "1", "0"),)


def test_contexts_are_counted_as_empty_and_as_holding_an_accepted_answer() -> None:
    shown = ((1.0, 40, 300), (0.0, 40, 300), (0.0, 0, 0))
    probes = [
        asked(
            "ours", "ann", "old", None, kinds=("answer",), failures={}, scores={"answer_shown": there}, tokens=tokens,
            characters=characters, probe=f"ann/{number}",
        )
        for number, (there, tokens, characters) in enumerate(shown)
    ]  # fmt: skip
    failed = asked("ours", "ann", "old", None, tokens=None, characters=None)
    table = context_table(results(*probes, failed))
    assert table is not None
    assert table.rows == (("old", "ours", "3", "0.333", "27", "0.333"),)


def test_a_kind_that_was_not_measured_has_no_table() -> None:
    assert score_table(two_systems(), "choice") is None


def test_costs_are_those_of_all_units_and_probes_and_of_one_session() -> None:
    found = two_systems()
    table = cost_table(found)
    assert table is not None
    row = dict(zip(table.columns, table.rows[0], strict=True))
    assert row["calls"] == "9"
    assert row["prompt tokens"] == "900"
    assert row["calls a session"] == "1.00"
    assert row["prompt characters a session"] == "400"
    assert (row["model s"], row["s"]) == ("3.0", "4.5")
    assert (row["context() p50 ms"], row["p99 ms"]) == ("4.00", "4.00")
    assert costs(found, "ours").used.completion_tokens == 90


@pytest.mark.parametrize(("share", "value"), [(0.5, 50.0), (0.99, 99.0), (1.0, 100.0), (0.001, 1.0)])
def test_a_percentile_is_a_value_that_was_measured(share: float, value: float) -> None:
    assert percentile([float(n) for n in range(1, 101)], share) == value


def test_there_is_no_percentile_of_nothing() -> None:
    assert percentile([], 0.5) is None


def test_failures_are_counted_by_class() -> None:
    found = results(
        asked("ours", "ann", "old", None), asked("ours", "bob", "old", None), asked("ours", "cid", "old", 0.5),
        units=[finished("ours", "ann", errors={"OSError": 4})],
    )  # fmt: skip
    assert failures(found) == {
        ("ours", "context", "system", "TimeoutError", ""): 2,
        ("ours", "recall", "system", "TimeoutError", ""): 2,
        ("ours", "sessions", "system", "OSError", ""): 4,
    }
    table = failure_table(found)
    assert table is not None
    assert table.rows[0] == ("ours", "sessions", "system", "OSError", "–", "4")


def test_a_run_that_is_not_finished_says_so() -> None:
    facts = dict(facts_of(results(asked("ours", "ann", "old", 1.0))))
    assert facts["not measured yet"] == "5 probes"
    assert "not measured yet" not in dict(facts_of(two_systems()))


def test_markdown_can_be_read_as_it_is() -> None:
    table = Table(
        title="Scores", columns=("system", "n"), rows=(("ours", "1,000"), ("a|b", "2")), notes=("small", "Few.")
    )
    assert as_markdown("Title", [("model", "none")], [table], ["fama.png"]) == snapshot(
        """\
# Title

- model: none

## Scores

| system |     n |
| ------ | ----: |
| ours   | 1,000 |
| a\\|b   |     2 |

Small. Few.

![fama](fama.png)
"""
    )


def test_a_page_needs_nothing_else_and_shows_text_as_text() -> None:
    table = Table(title="A < B", columns=("system",), rows=(("<script>",),))
    page = as_page("T & T", [("model", "<b>")], [table], [])
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert "<h2>A &lt; B</h2>" in page
    assert not re.search(r"""(?:src|href)=["'](?!data:)""", page)
    assert "prefers-color-scheme: dark" in page


def write(found: Results, folder: Path) -> Path:
    (folder / MANIFEST).write_text(found.manifest.model_dump_json())
    for probe in found.probes:
        append_line(folder / RESULTS, probe)
    for unit in found.units:
        append_line(folder / UNITS, unit)
    return folder


def test_a_report_says_the_same_each_time(tmp_path: Path) -> None:
    folder = write(two_systems(), tmp_path)
    first = write_report(folder)
    assert write_report(folder).markdown == first.markdown == (folder / "report.md").read_text()
    assert first.markdown.count("\n## ") == len(tables_of(two_systems()))


def test_without_the_extra_there_are_tables_and_a_word_on_charts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(module: str) -> Any:
        raise ImportError(module)

    monkeypatch.setattr("personabench.report.picture.import_module", missing)
    written = write_report(write(two_systems(), tmp_path))
    assert [path.name for path in written.files] == ["report.md", "report.html"]
    assert written.note == "no charts: a chart needs altair and vl-convert-python: pip install 'aipersona[report]'"


def test_a_folder_without_results_is_named(tmp_path: Path) -> None:
    with pytest.raises(BrokenResults, match=r"manifest\.json: is missing: this is no folder of results"):
        write_report(tmp_path)


@pytest.mark.skipif(not CHARTS, reason="altair and vl-convert-python are not installed (extra report)")
def test_charts_are_drawn_for_light_and_for_dark(tmp_path: Path) -> None:
    written = write_report(write(two_systems(), tmp_path))
    names = [path.name for path in written.files]
    assert names == ["report.md", "report.html", "fama-and-tokens.png", "recall.png", "costs.png"]
    for path in written.files[2:]:
        assert path.read_bytes().startswith(b"\x89PNG")
    page = (tmp_path / "report.html").read_text()
    assert page.count("data:image/svg+xml;base64,") == 6
    assert not re.search(r"""(?:src|href|srcset)=["'](?!data:)""", page)


@pytest.mark.skipif(not CHARTS, reason="altair and vl-convert-python are not installed (extra report)")
def test_a_run_without_scores_has_no_charts_of_them(tmp_path: Path) -> None:
    failed = asked("ours", "ann", "old", None, tokens=None, timing=ProbeTiming())
    written = write_report(write(results(failed), tmp_path))
    assert [path.name for path in written.files] == ["report.md", "report.html"]


@pytest.mark.skipif(not CHARTS, reason="altair and vl-convert-python are not installed (extra report)")
def test_a_system_has_the_same_colour_in_every_panel_whoever_else_is_drawn() -> None:
    used = Cost(calls=3, prompt_tokens=300, completion_tokens=30)
    names = ("one", "two", "three")
    probes = [asked(name, "ann", "old", 0.5) for name in names]
    units = [finished(name, "ann", cost=used if name != "one" else Cost()) for name in names]
    pictures = {picture.name: picture for picture in pictures_of(results(*probes, units=units))}
    orange = COLOURS[1]
    for name, marks in {"fama-and-tokens": 2, "recall": 11, "costs": 5}.items():
        assert pictures[name].light.count(orange) >= marks, name
    assert pictures["costs"].light.count(COLOURS[0]) < pictures["costs"].light.count(orange), "one costs no tokens"
