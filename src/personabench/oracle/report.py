"""The results as tables."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from personabench.oracle.changes import Judged, Moment, count_changes
from personabench.oracle.compare import Comparison
from personabench.oracle.score import Count, FieldScore, Score

MISSES = 20
"""How many misses of one user are shown."""


def print_comparisons(console: Console, comparisons: Sequence[Comparison], *, every: int) -> None:
    """One column a user, one line a check: right / n."""
    table = Table(title=f"Gold operations through the gate, {every} sessions per update, against the naive replay")
    table.add_column("right / n", no_wrap=True)
    for comparison in comparisons:
        table.add_column(comparison.user.replace("_", " "), justify="right")
    table.add_column("all", justify="right", no_wrap=True)
    for checks in zip(*(comparison.checks for comparison in comparisons), strict=True):
        right, of = sum(check.right for check in checks), sum(check.of for check in checks)
        cells = [
            f"{check.right}/{check.of}" if check.passed else f"[red]{check.right}/{check.of}[/]" for check in checks
        ]
        table.add_row(checks[0].name, *cells, f"{right}/{of} {100 * right / of if of else 0:.1f} %")
    table.add_section()
    left_out = [comparison.documents for comparison in comparisons]
    table.add_row("sessions on documents, left out (n)", *map(str, left_out), str(sum(left_out)))
    said = [len(comparison.contradicted) for comparison in comparisons]
    table.add_row("gold days contradicted by the words (n)", *map(str, said), str(sum(said)))
    console.print(table)
    if sum(said):
        console.print("Gold days that the user's own words contradict; the words were taken:")
    for comparison in comparisons:
        for line in comparison.contradicted:
            console.print(f"  {comparison.user} {escape(line)}", highlight=False)
        misses = [f"{check.name}: {miss}" for check in comparison.checks for miss in check.misses]
        for miss in misses[:MISSES]:
            console.print(f"[red]  {comparison.user} {escape(miss)}[/]", highlight=False)
        if len(misses) > MISSES:
            console.print(f"[red]  {comparison.user}: {len(misses) - MISSES} more[/]", highlight=False)


def print_score(console: Console, score: Score) -> None:
    """One line a field: what was ever learned, and what holds at the end."""
    table = Table(title=f"{score.user}: {score.learned_from} of {score.sessions} sessions learned from")
    table.add_column("field", no_wrap=True)
    for when in ("ever", "end"):
        for column in ("gold", "learned", "right", "false", "omitted", "prec.", "recall", "F1"):
            table.add_column(f"{when}\n{column}", justify="right", no_wrap=True)
    for line in score.fields:
        table.add_row(line.field.label, *_cells(line.ever), *_cells(line.end))
    table.add_section()
    table.add_row("all", *_cells(_sum(score.fields, "ever")), *_cells(_sum(score.fields, "end")))
    console.print(table)
    console.print(f"values no longer true that are gone at the end: {score.gone} of {score.dead}")
    wrote = len(score.written_without_memory)
    console.print(f"sessions without a memory that led to an edit: {wrote} of {score.without_memory}")
    console.print(f"sessions on documents, left out: {score.documents}, with {score.rows_of_documents} rows")
    console.print(f"rows of fields that the gold does not concern, not judged: {score.rows_of_other_fields}")


def print_changes(console: Console, judged: Sequence[Judged]) -> None:
    """One line a field: what became of the gold's updates and removals; then those that are wrong or omitted."""
    table = Table(title="Updates and removals: right after the session (then) and at the end")
    for column in ("field", "when"):
        table.add_column(column, no_wrap=True)
    for column in ("correct", "wrong", "omitted", "silently", "old unlearned", "nothing to remove", "overtaken"):
        table.add_column(column, justify="right", no_wrap=True)
    moments: tuple[Moment, Moment] = ("then", "end")
    for moment in moments:
        for label in dict.fromkeys(one.field for one in judged):
            table.add_row(label, moment, *_change_cells([one for one in judged if one.field == label], moment))
        table.add_row("all", moment, *_change_cells(judged, moment), end_section=True)
    console.print(table)
    for one in judged:
        if one.missed:
            why = ", ".join(one.traces) or "no trace in the log"
            line = f"  {one.session_id} {one.field}, {one.what}: then {one.then}, at the end {one.end}; {why}"
            console.print(line, highlight=False)


def _change_cells(judged: Sequence[Judged], moment: Moment) -> list[str]:
    count = count_changes(judged, moment)
    figures = (count.correct, count.wrong, count.omitted, count.silent)
    return [str(figure) for figure in (*figures, count.unlearned, count.nothing_to_remove, count.overtaken)]


def _sum(fields: Sequence[FieldScore], when: str) -> Count:
    return sum((line.ever if when == "ever" else line.end for line in fields), Count(gold=0, learned=0, right=0))


def _cells(count: Count) -> list[str]:
    figures = [count.gold, count.learned, count.right, count.learned - count.right, count.gold - count.right]
    return [*map(str, figures), _share(count.precision), _share(count.recall), _share(count.f1)]


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"
