"""Tables of a run, as values: what stands in each cell is text already, the same for every form of the report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean

from personabench.datasets import ProbeKind
from personabench.oracle.changes import Judged, Moment, count_changes
from personabench.report.results import (
    Results,
    costs,
    failures,
    fields,
    held,
    summary,
    tokens,
)
from personabench.runs.plan import KINDS
from personabench.runs.records import FieldCount
from personabench.scores.outcomes import Summary

NONE = "–"

TITLES: dict[ProbeKind, str] = {
    "context": "Values in the context: FAMA, what is alive is shown and what is dead is not",
    "recall": "Evidence found: the share of the sessions with the answer among the first k",
    "choice": "Choices: the share of right ones",
    "answer": "Answers: the share of accepted ones",
    "calls": "Tool calls: the share of exactly right ones, and of right arguments",
    "gate": "Queries that need nothing personal: the share for which nothing personal shows",
}

SHOWN: dict[ProbeKind, tuple[str, ...]] = {
    "context": ("fama", "mpa", "faa"),
    "recall": ("recall@5", "recall@10", "recall@20", "ndcg@10"),
    "choice": ("choice",),
    "answer": ("answer",),
    "calls": ("calls", "arguments_precision", "arguments_recall"),
    "gate": ("gate", "unasked"),
}
"""The scores that a table shows, of those that were measured."""

LABELS = {
    "fama": "FAMA",
    "mpa": "live shown (MPA)",
    "faa": "dead not shown (FAA)",
    "ndcg@10": "NDCG@10",
    "choice": "right",
    "answer": "accepted",
    "calls": "exact",
    "arguments_precision": "arguments, precision",
    "arguments_recall": "arguments, recall",
    "gate": "nothing shown",
    "unasked": "facts shown",
}


OF_TEXT: tuple[ProbeKind, ...] = ("context", "gate")
"""The kinds that look at the text of a context, so that its length belongs beside them."""

CHANGES = (
    *("judged", "correct", "wrong", "omitted", "of them without a trace", "correct, share"),
    *("correct, old never learned", "nothing to remove", "overtaken"),
)


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table: the first `texts` columns are texts, the others figures; `notes` stand below."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    texts: int = 1
    notes: tuple[str, ...] = ()


def tables_of(results: Results) -> list[Table]:
    """Every table that there is something for."""
    found = [score_table(results, kind) for kind in KINDS]
    found += [
        cost_table(results),
        held_table(results),
        *field_tables(results),
        *change_tables(results),
        persona_table(results),
        failure_table(results),
    ]
    return [table for table in found if table is not None]


def facts_of(results: Results) -> list[tuple[str, str]]:
    """What was measured, as pairs of a name and a text."""
    manifest = results.manifest
    facts = [
        ("data set", f"{manifest.dataset}, {manifest.people} users, {manifest.sessions:,} sessions"),
        ("probes", f"{manifest.probes:,} for each system" + _only(manifest.groups)),
        ("fingerprint of the data", manifest.data[:16]),
        ("systems", ", ".join(manifest.systems)),
        ("versions", ", ".join(sorted(set(manifest.versions.values())))),
        ("model", manifest.model or "none"),
        ("embedder", manifest.embedder or "none"),
        ("prompts of the reader", manifest.reader if manifest.model else ""),
        ("prompts of the systems", ", ".join(sorted(_prompts(results)))),
        ("budget of a context", f"{manifest.budget:,} tokens"),
        ("seed", str(manifest.seed)),
        ("begun", manifest.started),
        ("left out of the data set", ", ".join(f"{n:,} {what}" for what, n in manifest.left_out.items())),
        ("not measured yet", f"{results.missing:,} probes" if results.missing else ""),
    ]
    return [(name, text) for name, text in facts if text]


def score_table(results: Results, kind: ProbeKind) -> Table | None:
    """The scores of one kind: a row for each system in each group. None where nothing was scored and nothing failed."""
    rows: list[tuple[str, ...]] = []
    notes: dict[str, None] = {}
    by_system = {system: results.of(system) for system in results.systems}
    for group in results.groups(kind):
        for system, probes in by_system.items():
            found = [summary(probes, kind, s, group=group, seed=results.manifest.seed) for s in SHOWN[kind]]
            main = found[0]
            if main.n + main.failed == 0:
                notes.update((f"not applicable to {system}: {reason}", None) for reason in main.not_applicable)
                continue
            shown = list(tokens([probe for probe in probes if kind in probe.kinds], group))
            extra = ((f"{fmean(shown):,.0f}" if shown else NONE),) if kind in OF_TEXT else ()
            rows.append((group, system, *map(estimate, found), *extra, f"{main.n:,}", f"{main.failed:,}"))
            if main.note and main.n:
                notes[main.note] = None
    if not rows:
        return None
    labels = tuple(LABELS.get(score, score) for score in SHOWN[kind])
    extra_columns = ("tokens",) if kind in OF_TEXT else ()
    return Table(
        title=TITLES[kind],
        columns=("group", "system", *labels, *extra_columns, "n", "failed"),
        rows=tuple(rows),
        texts=2,
        notes=("Means, with 95 % intervals from a bootstrap over users.", *notes),
    )


def cost_table(results: Results) -> Table | None:
    """What each system used: in all, and for one session."""
    rows: list[tuple[str, ...]] = []
    resumed = 0
    for system in results.systems:
        cost = costs(results, system)
        resumed += cost.resumed
        each = max(1, cost.sessions)
        rows.append(
            (
                system,
                f"{cost.sessions:,}",
                f"{cost.used.calls:,}",
                f"{cost.used.prompt_tokens:,}",
                f"{cost.used.completion_tokens:,}",
                f"{cost.used.embedded_texts:,}",
                f"{cost.used.failed:,}",
                f"{cost.used.calls / each:.2f}",
                f"{cost.used.prompt_characters / each:,.0f}",
                f"{cost.model_seconds:,.1f}",
                f"{cost.seconds:,.1f}",
                _milliseconds(cost.p50),
                _milliseconds(cost.p99),
                f"{cost.reading.calls:,}",
            )
        )
    if not rows:
        return None
    notes = [
        "Calls and tokens of the system, counted at the endpoint; those of the reader are in the last column.",
        "Model seconds are those of the first time that something was asked; seconds are wall time, model included.",
    ]
    if resumed:
        notes.append(f"{resumed} units were begun more than once; their seconds are those of the last attempt.")
    return Table(
        title="What it cost",
        columns=(
            "system",
            "sessions",
            "calls",
            "prompt tokens",
            "completion tokens",
            "texts embedded",
            "failed calls",
            "calls a session",
            "prompt characters a session",
            "model s",
            "s",
            "context() p50 ms",
            "p99 ms",
            "reader calls",
        ),
        rows=tuple(rows),
        notes=tuple(notes),
    )


def field_tables(results: Results) -> Iterator[Table]:
    """Learned fields against the gold: ever learned, holding at the end, and what should not be there."""
    scored = {system: found for system in results.systems if (found := fields(results, system)) is not None}
    if not scored:
        return
    for title, moment in (("What was ever learned, by field", "ever"), ("What holds at the end, by field", "end")):
        rows: list[tuple[str, ...]] = []
        for system, found in scored.items():
            counts = found.ever if moment == "ever" else found.end
            total = FieldCount(gold=0, learned=0, right=0)
            for count in counts.values():
                total += count
            rows += [(system, label, *_field_cells(count)) for label, count in (("all", total), *counts.items())]
        yield Table(
            title=title,
            columns=("system", "field", "gold", "learned", "right", "false", "omitted", "precision", "recall", "F1"),
            rows=tuple(rows),
            texts=2,
            notes=("Long documents are not judged.",),
        )
    yield Table(
        title="What should be gone, and what should not be there",
        columns=("system", "dead values", "gone at the end", "sessions without a memory", "of them written from"),
        rows=tuple(
            (system, f"{f.dead:,}", f"{f.gone:,}", f"{f.without_memory:,}", f"{f.written_without_memory:,}")
            for system, f in scored.items()
        ),
    )


def change_tables(results: Results) -> Iterator[Table]:
    """What became of the gold's updates and removals, by field, and the ones that are wrong or omitted."""
    scored = {s: found.changes for s in results.systems if (found := fields(results, s)) is not None and found.changes}
    if not scored:
        return
    moments: tuple[tuple[str, Moment], ...] = (("right after the session", "then"), ("at the end", "end"))
    for when, moment in moments:
        rows: list[tuple[str, ...]] = []
        for system, judged in scored.items():
            rows.append((system, "all", *_change_cells(judged, moment)))
            for label in dict.fromkeys(one.field for one in judged):
                rows.append((system, label, *_change_cells([o for o in judged if o.field == label], moment)))
        yield Table(
            title=f"Updates and removals, {when}",
            columns=("system", "field", *CHANGES),
            rows=tuple(rows),
            texts=2,
            notes=("As defined in personabench.oracle.changes; the last two columns are not judged.",),
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


def _change_cells(judged: Sequence[Judged], moment: Moment) -> tuple[str, ...]:
    found = count_changes(judged, moment)
    figures = (found.judged, found.correct, found.wrong, found.omitted, found.silent)
    others = (found.unlearned, found.nothing_to_remove, found.overtaken)
    return (*(f"{n:,}" for n in figures), _share(found.share), *(f"{n:,}" for n in others))


def held_table(results: Results) -> Table | None:
    """What the memories of each system hold of the gold, all by the same ruler."""
    rows: list[tuple[str, ...]] = []
    for system in results.systems:
        all_ = held(results, system)
        if all_ is None:
            continue
        rows.append(
            (
                system,
                f"{all_.held:,} of {all_.live:,}",
                f"{all_.ever_held:,} of {all_.ever:,}",
                f"{all_.dead_held:,} of {all_.dead:,}",
                f"{all_.memories:,}",
                f"{all_.false:,}",
            )
        )
    if not rows:
        return None
    return Table(
        title="What the memories hold at the end",
        columns=("system", "live values held", "values ever said held", "dead values held", "memories", "not gold"),
        rows=tuple(rows),
        notes=("A memory holds a value that it names; stances and days do not count (personabench.oracle.held).",),
    )


def persona_table(results: Results) -> Table | None:
    """What the databases of personas hold at the end."""
    rows: list[tuple[str, ...]] = []
    notes: list[str] = []
    for system in results.systems:
        kept = [u.persona for u in results.units if u.system == system and u.persona is not None]
        if kept:
            rejected: dict[str, int] = {}
            for one in kept:
                for reason, count in one.rejected.items():
                    rejected[reason] = rejected.get(reason, 0) + count
            most = sorted(rejected.items(), key=lambda item: (-item[1], item[0]))[:4]
            figures = (sum(one.claims for one in kept), sum(one.revisions for one in kept), sum(o.edits for o in kept))
            rows.append(
                (
                    system,
                    *(f"{figure:,}" for figure in figures),
                    f"{sum(rejected.values()):,}",
                )
            )
            if most:
                reasons = ", ".join(f"{reason} {count:,}" for reason, count in most)
                notes.append(f"{system}: rejected mostly because of {reasons}")
    if not rows:
        return None
    return Table(
        title="Personas at the end",
        columns=("system", "claims that hold", "revisions", "edits", "rejected"),
        rows=tuple(rows),
        notes=tuple(notes),
    )


def failure_table(results: Results) -> Table | None:
    """Every class of failures, the most frequent first."""
    found = failures(results)
    if not found:
        return None
    order = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    return Table(
        title="Failures",
        columns=("system", "at", "who", "failure", "message", "times"),
        rows=tuple((*(text or NONE for text in key), f"{count:,}") for key, count in order),
        texts=5,
        notes=("What failed has no score: it is neither a zero nor a pass.",),
    )


def estimate(found: Summary) -> str:
    """A mean with its interval, as "0.62 [0.55, 0.70]"."""
    if found.mean is None:
        return NONE
    if found.interval is None:
        return f"{found.mean:.3f}"
    return f"{found.mean:.3f} [{found.interval.low:.3f}, {found.interval.high:.3f}]"


def _field_cells(count: FieldCount) -> Sequence[str]:
    precision = count.right / count.learned if count.learned else None
    recall = count.right / count.gold if count.gold else None
    f1 = 2 * count.right / (count.learned + count.gold) if count.learned + count.gold else None
    whole = (count.gold, count.learned, count.right, count.learned - count.right, count.gold - count.right)
    return [*(f"{figure:,}" for figure in whole), *(_share(share) for share in (precision, recall, f1))]


def _share(value: float | None) -> str:
    return NONE if value is None else f"{value:.2f}"


def _milliseconds(value: float | None) -> str:
    return NONE if value is None else f"{value:,.2f}" if value < 10 else f"{value:,.0f}"


def _only(groups: Sequence[str]) -> str:
    return f", of the groups {', '.join(groups)} only" if groups else ""


def _prompts(results: Results) -> set[str]:
    return {prompt for unit in results.units if unit.persona for prompt in unit.persona.prompts}
