"""Tables of a run, as values: what stands in each cell is text already, the same for every form of the report."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import fmean

from personabench.datasets import ProbeKind
from personabench.report.memory_tables import change_tables, field_tables, held_table
from personabench.report.results import ALL, Results, costs, failures, shares, summary, tokens
from personabench.report.table import NONE, OVER_USERS, Table, estimate
from personabench.runs.plan import KINDS
from personabench.runs.probing import SHOWN_ANSWER, SHOWN_VALUES
from personabench.runs.records import ProbeRecord

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


def tables_of(results: Results) -> list[Table]:
    """Every table that there is something for."""
    found = [score_table(results, kind) for kind in KINDS]
    found += [
        context_table(results),
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
            rows.append(
                (
                    group,
                    system,
                    *(estimate(one.mean, one.interval, 3) for one in found),
                    *extra,
                    f"{main.n:,}",
                    f"{main.failed:,}",
                )
            )
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
        notes=(f"Means{OVER_USERS}", *notes),
    )


def context_table(results: Results) -> Table | None:
    """What the contexts are like, whatever was asked: how many are empty, how long, whether the answer is there."""
    rows: list[tuple[str, ...]] = []
    groups = sorted({probe.group for probe in results.probes})
    by_system = {system: results.of(system) for system in results.systems}
    for group in [ALL, *groups] if len(groups) > 1 else groups:
        for system, probes in by_system.items():
            of_group = [p for p in probes if group in (ALL, p.group) and p.characters is not None]
            if not of_group:
                continue
            empty, answered = _share(results, of_group, _is_empty), _share(results, of_group, _holds_answer)
            lengths = list(tokens(of_group, ALL))
            length = f"{fmean(lengths):,.0f}" if lengths else NONE
            rows.append((group, system, f"{len(of_group):,}", empty, length, answered))
    if not rows:
        return None
    return Table(
        title="What the contexts are like",
        columns=("group", "system", "n", "empty", "tokens", "the answer stands in it"),
        rows=tuple(rows),
        texts=2,
        notes=(
            f"Shares{OVER_USERS}",
            "The answer: an accepted one, or every value that the gold calls need. "
            "It may be there in other words, too: the last column is the least.",
        ),
    )


def _share(results: Results, probes: Sequence[ProbeRecord], has: Callable[[ProbeRecord], bool | None]) -> str:
    """The share of the probes that have something; those of which it cannot be said are left out."""
    parts: dict[str, tuple[float, int]] = {}
    for probe in probes:
        found = has(probe)
        if found is not None:
            part, whole = parts.get(probe.user, (0.0, 0))
            parts[probe.user] = (part + found, whole + 1)
    found = shares(results, parts)
    return estimate(found.mean, found.interval, 3)


def _is_empty(probe: ProbeRecord) -> bool:
    return probe.characters == 0


def _holds_answer(probe: ProbeRecord) -> bool | None:
    found = probe.scores.get(SHOWN_ANSWER, probe.scores.get(SHOWN_VALUES))
    return None if found is None else bool(found)


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


def _milliseconds(value: float | None) -> str:
    return NONE if value is None else f"{value:,.2f}" if value < 10 else f"{value:,.0f}"


def _only(groups: Sequence[str]) -> str:
    return f", of the groups {', '.join(groups)} only" if groups else ""


def _prompts(results: Results) -> set[str]:
    return {prompt for unit in results.units if unit.persona for prompt in unit.persona.prompts}
