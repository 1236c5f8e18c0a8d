"""Tables of what was learned: fields against the gold, its changes, and what memories of any form hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from personabench.oracle.changes import Judged, Moment, count_changes
from personabench.report.results import Results, fields, held, shares
from personabench.report.table import NONE, OVER_USERS, Table, estimate
from personabench.runs.records import FieldCount, FieldFigures, HeldFigures

_CHANGES = (
    *("judged", "correct", "wrong", "omitted", "of them without a trace", "correct, share"),
    *("correct, old never learned", "nothing to remove", "overtaken"),
)


def field_tables(results: Results) -> Iterator[Table]:
    """Learned fields against the gold: ever learned, holding at the end, and what should not be there."""
    scored = {system: found for system in results.systems if (found := fields(results, system))}
    if not scored:
        return
    for title, moment in (("What was ever learned, by field", "ever"), ("What holds at the end, by field", "end")):
        rows: list[tuple[str, ...]] = []
        for system, by_user in scored.items():
            counts = {user: found.ever if moment == "ever" else found.end for user, found in by_user.items()}
            totals = {user: sum(of_user.values(), _NOTHING) for user, of_user in counts.items()}
            rows.append((system, "all", *_field_cells(results, totals)))
            for label in next(iter(counts.values())):
                of_label = {user: of_user[label] for user, of_user in counts.items()}
                rows.append((system, label, *_field_cells(results, of_label)))
        yield Table(
            title=title,
            columns=("system", "field", "gold", "learned", "right", "false", "omitted", "precision", "recall", "F1"),
            rows=tuple(rows),
            texts=2,
            notes=("Long documents are not judged.", f"Shares{OVER_USERS}"),
        )
    yield Table(
        title="What should be gone, and what should not be there",
        columns=(
            *("system", "dead values", "gone at the end", "gone, share"),
            *("sessions without a memory", "of them written from", "written, share"),
        ),
        rows=tuple((system, *_gone_cells(results, by_user)) for system, by_user in scored.items()),
        notes=(f"Shares{OVER_USERS}",),
    )


_NOTHING = FieldCount(gold=0, learned=0, right=0)


def _field_cells(results: Results, counts: Mapping[str, FieldCount]) -> Sequence[str]:
    total = sum(counts.values(), _NOTHING)
    whole = (total.gold, total.learned, total.right, total.learned - total.right, total.gold - total.right)
    precision = {user: (float(count.right), count.learned) for user, count in counts.items()}
    recall = {user: (float(count.right), count.gold) for user, count in counts.items()}
    f1 = {user: (2.0 * count.right, count.learned + count.gold) for user, count in counts.items()}
    return [*(f"{figure:,}" for figure in whole), *(_share(results, parts) for parts in (precision, recall, f1))]


def _gone_cells(results: Results, by_user: Mapping[str, FieldFigures]) -> Sequence[str]:
    gone = {user: (float(found.gone), found.dead) for user, found in by_user.items()}
    written = {user: (float(f.written_without_memory), f.without_memory) for user, f in by_user.items()}
    return [
        f"{sum(found.dead for found in by_user.values()):,}",
        f"{sum(found.gone for found in by_user.values()):,}",
        _share(results, gone),
        f"{sum(found.without_memory for found in by_user.values()):,}",
        f"{sum(found.written_without_memory for found in by_user.values()):,}",
        _share(results, written),
    ]


def change_tables(results: Results) -> Iterator[Table]:
    """What became of the gold's updates and removals, by field, and the ones that are wrong or omitted."""
    scored: dict[str, Mapping[str, Sequence[Judged]]] = {}
    for system in results.systems:
        changes = {user: figures.changes for user, figures in fields(results, system).items()}
        if any(changes.values()):
            scored[system] = changes
    if not scored:
        return
    moments: tuple[tuple[str, Moment], ...] = (("right after the session", "then"), ("at the end", "end"))
    for when, moment in moments:
        rows: list[tuple[str, ...]] = []
        for system, by_user in scored.items():
            rows.append((system, "all", *_change_cells(results, by_user, moment)))
            for label in dict.fromkeys(one.field for judged in by_user.values() for one in judged):
                of_label = {user: [o for o in judged if o.field == label] for user, judged in by_user.items()}
                rows.append((system, label, *_change_cells(results, of_label, moment)))
        yield Table(
            title=f"Updates and removals, {when}",
            columns=("system", "field", *_CHANGES),
            rows=tuple(rows),
            texts=2,
            notes=(
                "As defined in personabench.oracle.changes; the last two columns are not judged.",
                f"Shares{OVER_USERS}",
            ),
        )
    missed = [
        (unit.system, unit.user, one.session_id, one.field, one.what, one.then, one.end, ", ".join(one.traces) or NONE)
        for unit in results.units
        for one in (unit.fields.changes if unit.fields is not None else ())
        if one.missed
    ]
    if missed:
        columns = ("system", "user", "session", "field", "change", "right after", "at the end", "trace in the log")
        yield Table(
            title="Updates and removals that are wrong or omitted", columns=columns, rows=tuple(missed), texts=8
        )


def _change_cells(results: Results, by_user: Mapping[str, Sequence[Judged]], moment: Moment) -> tuple[str, ...]:
    found = count_changes((one for judged in by_user.values() for one in judged), moment)
    of_users = {user: count_changes(judged, moment) for user, judged in by_user.items()}
    correct = {user: (float(count.correct), count.judged) for user, count in of_users.items()}
    figures = (found.judged, found.correct, found.wrong, found.omitted, found.silent)
    others = (found.unlearned, found.nothing_to_remove, found.overtaken)
    return (*(f"{n:,}" for n in figures), _share(results, correct), *(f"{n:,}" for n in others))


def held_table(results: Results) -> Table | None:
    """What the memories of each system hold of the gold, all by the same ruler."""
    rows: list[tuple[str, ...]] = []
    for system in results.systems:
        by_user = held(results, system)
        if by_user:
            rows.append((system, *_held_cells(results, by_user)))
    if not rows:
        return None
    return Table(
        title="What the memories hold at the end",
        columns=(
            *("system", "live values held", "share", "values ever said held", "share"),
            *("dead values held", "share", "memories", "not gold", "share"),
        ),
        rows=tuple(rows),
        notes=(
            "A memory holds a value that it names; stances and days do not count (personabench.oracle.held).",
            f"Shares{OVER_USERS}",
        ),
    )


def _held_cells(results: Results, by_user: Mapping[str, HeldFigures]) -> Sequence[str]:
    first, *others = by_user.values()
    total = sum(others, first)
    live = {user: (float(found.held), found.live) for user, found in by_user.items()}
    ever = {user: (float(found.ever_held), found.ever) for user, found in by_user.items()}
    dead = {user: (float(found.dead_held), found.dead) for user, found in by_user.items()}
    false = {user: (float(found.false), found.memories) for user, found in by_user.items()}
    return [
        f"{total.held:,} of {total.live:,}",
        _share(results, live),
        f"{total.ever_held:,} of {total.ever:,}",
        _share(results, ever),
        f"{total.dead_held:,} of {total.dead:,}",
        _share(results, dead),
        f"{total.memories:,}",
        f"{total.false:,}",
        _share(results, false),
    ]


def _share(results: Results, parts: Mapping[str, tuple[float, int]]) -> str:
    found = shares(results, parts)
    return estimate(found.mean, found.interval, 2)
