"""Tables of what was learned: figures of all users together, and their intervals over users."""

from __future__ import annotations

from dataclasses import replace

from personabench.oracle.changes import Judged
from personabench.report.memory_tables import change_tables, field_tables, held_table
from personabench.runs import UnitRecord
from personabench.runs.records import FieldCount, FieldFigures, HeldFigures
from tests.personabench.report.made import asked, finished, results


def test_field_scores_of_all_users_are_added_up() -> None:
    one = FieldFigures(
        ever={"budgets": FieldCount(gold=4, learned=2, right=1)},
        end={"budgets": FieldCount(gold=1, learned=0, right=0)},
        dead=3, gone=2, without_memory=10, written_without_memory=1,
    )  # fmt: skip
    found = results(
        asked("ours", "ann", "old", 1.0), units=[finished("ours", user, fields=one) for user in ("ann", "bob")]
    )
    ever, end, gone = field_tables(found)
    assert ever.rows[1] == ("ours", "budgets", "8", "4", "2", "2", "6", "0.50", "0.25", "0.33")
    assert end.rows[1][-3:] == ("–", "0.00", "0.00")
    assert gone.rows == (("ours", "6", "4", "0.67", "20", "2", "0.10"),)


def test_changes_are_counted_by_field_and_those_that_were_missed_are_named() -> None:
    right = Judged(
        session_id="s1", field="to-dos", what="removal", learned_before=True, then="correct", end="overtaken", traces=()
    )
    lost = replace(right, then="omitted", end="omitted")
    told = replace(lost, session_id="s2", field="budgets", what="update", traces=("wrong_type",))
    figures = FieldFigures(ever={}, end={}, dead=0, gone=0, without_memory=0, written_without_memory=0)
    units = [
        finished("ours", user, fields=figures.model_copy(update={"changes": changes}))
        for user, changes in {"ann": (right, told), "bob": (lost,)}.items()
    ]
    then, end, missed = change_tables(results(asked("ours", "ann", "old", 1.0), units=units))
    assert then.rows == (
        ("ours", "all", "3", "1", "0", "2", "1", "0.33", "0", "0", "0"),
        ("ours", "to-dos", "2", "1", "0", "1", "1", "0.50", "0", "0", "0"),
        ("ours", "budgets", "1", "0", "0", "1", "0", "0.00", "0", "0", "0"),
    )
    assert end.rows[0] == ("ours", "all", "2", "0", "0", "2", "1", "0.00", "0", "0", "1")
    assert missed.rows == (
        ("ours", "ann", "s2", "budgets", "update", "omitted", "omitted", "wrong_type"),
        ("ours", "bob", "s1", "to-dos", "removal", "omitted", "omitted", "–"),
    )


def test_changes_are_written_with_a_unit_and_read_again() -> None:
    change = Judged(
        session_id="s1",
        field="to-dos",
        what="removal",
        learned_before=False,
        then="omitted",
        end="wrong",
        traces=("q",),
    )
    figures = FieldFigures(
        ever={}, end={}, dead=0, gone=0, without_memory=0, written_without_memory=0, changes=(change,)
    )
    line = finished("ours", "ann", fields=figures)
    assert UnitRecord.model_validate_json(line.model_dump_json(exclude_defaults=True)) == line


def test_shares_of_three_users_have_an_interval_that_is_drawn_user_by_user() -> None:
    counts = {"ann": (10, 10), "bob": (10, 5), "cid": (10, 0)}
    units = [
        finished(
            "ours",
            user,
            fields=FieldFigures(
                ever={"budgets": FieldCount(gold=gold, learned=10, right=right)},
                end={"budgets": FieldCount(gold=gold, learned=10, right=right)},
                dead=1, gone=1, without_memory=2, written_without_memory=0,
            ),
        )
        for user, (gold, right) in counts.items()
    ]  # fmt: skip
    ever, _, gone = field_tables(results(asked("ours", "ann", "old", 1.0), units=units))
    assert ever.rows[0][-3] == "0.50 [0.00, 1.00]", "a user with all right may be drawn three times"
    assert gone.rows[0][3] == "1.00 [1.00, 1.00]"


def test_memories_of_all_users_are_added_up_and_a_share_of_nothing_is_none() -> None:
    one = HeldFigures(memories=4, false=1, live=3, held=2, ever=5, ever_held=4, dead=0, dead_held=0)
    units = [finished("ours", user, held=one) for user in ("ann", "bob")]
    table = held_table(results(asked("ours", "ann", "old", 1.0), units=units))
    assert table is not None
    assert table.rows == (("ours", "4 of 6", "0.67", "8 of 10", "0.80", "0 of 0", "–", "8", "2", "0.25"),)


def test_a_system_without_memories_has_no_row() -> None:
    assert held_table(results(asked("ours", "ann", "old", 1.0), units=[finished("ours", "ann")])) is None
