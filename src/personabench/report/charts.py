"""Charts of a run, drawn by Vega-Lite without a browser: each as PNG, and as SVG for light and for dark pages.

The colour of a system is the same in all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from statistics import fmean
from typing import Any

from personabench.datasets import ProbeKind
from personabench.report.picture import COLOURS, SHAPES, Picture, altair, picture_of
from personabench.report.results import ALL, Results, costs, held, shares, summary, tokens
from personabench.runs.records import HeldFigures
from personabench.scores.evidence import CUTOFFS
from personabench.scores.intervals import Estimate
from personabench.scores.outcomes import Summary

MOST_PANELS = 6
"""How many groups get a panel of their own; with more, only all together are drawn."""


def pictures_of(results: Results) -> list[Picture]:
    """Every chart that there is something for.

    Raises: MissingExtra.
    """
    alt = altair()
    drawn = {
        "fama-and-tokens": fama_chart(alt, results),
        "recall": recall_chart(alt, results),
        "answers": share_chart(alt, results),
        "memories": memories_chart(alt, results),
        "costs": cost_chart(alt, results),
    }
    return [picture_of(name, chart) for name, chart in drawn.items() if chart is not None]


def fama_chart(alt: Any, results: Results) -> Any | None:
    """FAMA over the tokens of the context, a panel for each group."""
    groups = _panels(results, "context")
    rows = [
        {**row, "tokens": fmean(shown)}
        for group in groups
        for system in results.systems
        for row in _rows(results, system, "context", "fama", group)
        if (shown := list(tokens(results.of(system), group)))
    ]
    if not rows:
        return None
    widest = max(1.0, *(row["tokens"] for row in rows))
    across = alt.Scale(domain=[-0.05 * widest, 1.08 * widest], nice=False)
    x = alt.X("tokens:Q", title="tokens of the context, mean", scale=across, axis=alt.Axis(tickCount=5))
    y = alt.Y("mean:Q", title="FAMA", scale=alt.Scale(domain=[-0.03, 1.03], nice=False))
    colour = _colour(alt, results, rows)
    base = alt.Chart().encode(x=x, color=colour)
    bars = base.mark_rule(strokeWidth=1.5, opacity=0.8).encode(y=alt.Y("low:Q", title="FAMA"), y2="high:Q")
    points = base.mark_point(size=90, filled=True, opacity=1).encode(y=y, shape=_shape(alt, results, rows))
    width = 560 if len(groups) == 1 else 220
    panels = [
        (bars + points)
        .properties(data=alt.Data(values=[row for row in rows if row["group"] == group]), width=width, height=280)
        .properties(title=f"{group} ({_n([row for row in rows if row['group'] == group])})")
        for group in groups
    ]
    title = "What a context shows: live values without dead ones"
    return _titled(alt, alt.hconcat(*panels, spacing=24), results, title, "rules: 95 % intervals over users")


def recall_chart(alt: Any, results: Results) -> Any | None:
    """Recall of sessions by how many are looked at, all groups together."""
    rows = [
        {**row, "k": k}
        for system in results.systems
        for k in CUTOFFS
        for row in _rows(results, system, "recall", f"recall@{k}", _whole(results, "recall"))
    ]
    if not rows:
        return None
    data = alt.Data(values=rows)
    x = alt.X(
        "k:Q",
        title="sessions looked at (k)",
        scale=alt.Scale(type="log", domain=[0.92, max(CUTOFFS) * 1.1]),
        axis=alt.Axis(values=list(CUTOFFS), format="d"),
    )
    y = alt.Y("mean:Q", title="recall@k", scale=alt.Scale(domain=[0, 1]))
    base = alt.Chart(data).encode(x=x, color=_colour(alt, results, rows))
    lines = base.mark_line(strokeWidth=2).encode(y=y)
    bars = base.mark_rule(strokeWidth=1.5, opacity=0.7).encode(y=alt.Y("low:Q", title="recall@k"), y2="high:Q")
    points = base.mark_point(size=80, filled=True, opacity=1).encode(y=y, shape=_shape(alt, results, rows))
    chart = (lines + bars + points).properties(width=560, height=320)
    title = "Evidence found: the sessions that hold the answer, among the first k"
    return _titled(alt, chart, results, title, f"{_n(rows)}; rules: 95 % intervals over users")


def share_chart(alt: Any, results: Results) -> Any | None:
    """Right choices, accepted answers and exact calls: what a reader makes of each system's context."""
    kinds: tuple[tuple[ProbeKind, str], ...] = (
        ("choice", "choices, right"),
        ("answer", "answers, accepted"),
        ("calls", "tool calls, exact"),
    )
    rows = [
        {**row, "kind": label}
        for kind, label in kinds
        for system in results.systems
        for row in _rows(results, system, kind, kind, _whole(results, kind))
    ]
    if not rows:
        return None
    panels: list[Any] = []
    for label in dict.fromkeys(row["kind"] for row in rows):
        of_kind = [row for row in rows if row["kind"] == label]
        panels.append(_bars(alt, results, of_kind, f"{label} ({_n(of_kind)})", "share"))
    title = "What a reader makes of the context"
    return _titled(alt, _below(alt, panels), results, title, "rules: 95 % intervals over users")


def memories_chart(alt: Any, results: Results) -> Any | None:
    """What the memories of each system hold of the gold at the end, and what it took to learn it."""
    found = {system: by_user for system in results.systems if (by_user := held(results, system))}
    if not found:
        return None
    live = sum(one.live for one in next(iter(found.values())).values())
    dead = sum(one.dead for one in next(iter(found.values())).values())
    panels: dict[str, Callable[[HeldFigures], tuple[float, int]]] = {
        f"live values held, of {live}": lambda one: (one.held, one.live),
        f"dead values still held, of {dead}": lambda one: (one.dead_held, one.dead),
        "memories that name no value of the gold": lambda one: (one.false, one.memories),
    }
    drawn: list[Any] = []
    for title, part in panels.items():
        rows = [
            row
            for system, by_user in found.items()
            for row in _row(system, ALL, shares(results, {user: part(one) for user, one in by_user.items()}))
        ]
        if rows:
            drawn.append(_bars(alt, results, rows, title, "share"))
    spent = {system: costs(results, system) for system in found}
    rows = [{"system": s, "mean": c.learning.prompt_tokens / max(1, c.sessions)} for s, c in spent.items()]
    if any(row["mean"] for row in rows):
        drawn.append(_bars(alt, results, rows, "prompt tokens for a session", "tokens"))
    return _titled(alt, _below(alt, drawn), results, "What the memories hold at the end", "")


def cost_chart(alt: Any, results: Results) -> Any | None:
    """Tokens and seconds for a session, and milliseconds for a context; panels without a cost are left out."""
    found = {system: costs(results, system) for system in results.systems}
    figures: dict[tuple[str, str], dict[str, float]] = {
        ("prompt tokens for a session", "tokens"): {
            s: c.learning.prompt_tokens / max(1, c.sessions) for s, c in found.items()
        },
        ("completion tokens for a session", "tokens"): {
            s: c.learning.completion_tokens / max(1, c.sessions) for s, c in found.items()
        },
        ("model time for a session", "seconds"): {s: c.model_seconds / max(1, c.sessions) for s, c in found.items()},
    }
    panels = [
        _bars(alt, results, [{"system": s, "mean": v} for s, v in by.items() if v], title, unit)
        for (title, unit), by in figures.items()
        if any(by.values())
    ]
    note = "systems that ask no model are left out but from the last panel" if panels else ""
    times = [
        {"system": system, "mean": value, "rank": rank}
        for system, cost in found.items()
        for rank, value in (("p50", cost.p50), ("p99", cost.p99))
        if value is not None and any(tokens(results.of(system), ALL))
    ]
    if times:
        panels.append(_times(alt, results, times))
    if not panels:
        return None
    return _titled(alt, _below(alt, panels), results, "What it costs", note)


def _below(alt: Any, panels: Sequence[Any]) -> Any:
    """Panels one below the other, each with scales of its own: merged ones would give a system another's colour."""
    return alt.vconcat(*panels).resolve_scale(color="independent").resolve_legend(shape="independent")


def _times(alt: Any, results: Results, times: Sequence[Mapping[str, Any]]) -> Any:
    """Half and all but a hundredth of the contexts, on one scale of powers of ten."""
    data = alt.Data(values=list(times))
    powers = [10.0**power for power in range(-3, 6)]
    x = alt.X(
        "mean:Q",
        title="milliseconds, logarithmic",
        scale=alt.Scale(type="log"),
        axis=alt.Axis(format="~g", values=powers),
    )
    y = alt.Y("system:N", title=None, sort=list(results.systems))
    base = alt.Chart(data).encode(y=y, color=_colour(alt, results, times, legend=False))
    lines = base.mark_line(strokeWidth=2).encode(x=x, detail="system:N")
    points = base.mark_point(size=90, filled=True, opacity=1).encode(
        x=x, shape=alt.Shape("rank:N", title="context()", scale=alt.Scale(domain=["p50", "p99"]))
    )
    height = 26 * len({row["system"] for row in times})
    return (lines + points).properties(width=480, height=height, title="time of context()")


def _bars(alt: Any, results: Results, rows: Sequence[Mapping[str, Any]], title: str, unit: str) -> Any:
    """A bar for each system with its figure beside it, and its interval where there is one; a share ends at 1."""
    data = alt.Data(values=list(rows))
    is_share = unit == "share"
    top = 1.0 if is_share else max(row["mean"] for row in rows)
    y = alt.Y("system:N", title=None, sort=list(results.systems))
    axis = alt.Axis(values=[0, 0.2, 0.4, 0.6, 0.8, 1], format=".1f") if is_share else alt.Axis(tickCount=6)
    x = alt.X("mean:Q", title=unit, scale=alt.Scale(domain=[0, 1.15 * top], nice=False), axis=axis)
    base = alt.Chart(data).encode(y=y)
    chart = base.mark_bar(height=15).encode(x=x, color=_colour(alt, results, rows, legend=False))
    spread = [row for row in rows if row.get("high", 0.0) > row.get("low", 0.0)]
    if spread:
        chart += base.mark_rule(strokeWidth=1.5).encode(x=alt.X("low:Q", title=unit), x2="high:Q")
    figures = base.mark_text(align="left", dx=5).encode(
        x=alt.X("edge:Q", title=unit), text=alt.Text("mean:Q", format=".2f" if is_share else ",.3~r")
    )
    figures = figures.transform_calculate(edge="isValid(datum.high) ? max(datum.high, datum.mean) : datum.mean")
    return (chart + figures).properties(width=480, height=26 * len(rows), title=title)


def _rows(results: Results, system: str, kind: ProbeKind, score: str, group: str) -> list[dict[str, Any]]:
    """One row, or none where nothing was scored; where there is no interval, it ends at the mean."""
    return _row(system, group, summary(results.of(system), kind, score, group=group, seed=results.manifest.seed))


def _row(system: str, group: str, found: Summary | Estimate) -> list[dict[str, Any]]:
    """One row, or none where there is no figure."""
    if found.mean is None:
        return []
    low, high = (found.interval.low, found.interval.high) if found.interval else (found.mean, found.mean)
    return [{"system": system, "group": group, "mean": found.mean, "low": low, "high": high, "n": found.n}]


def _whole(results: Results, kind: ProbeKind) -> str:
    groups = results.groups(kind)
    return groups[0] if groups else ALL


def _panels(results: Results, kind: ProbeKind) -> list[str]:
    groups = results.groups(kind)
    return groups if len(groups) <= MOST_PANELS else groups[:1]


def _n(rows: Sequence[Mapping[str, Any]]) -> str:
    """How many probes were scored: "n = 90", or "n = 85 to 90" where some failed for some system."""
    least, most = min(row["n"] for row in rows), max(row["n"] for row in rows)
    return f"n = {most}" if least == most else f"n = {least} to {most}"


def _colour(alt: Any, results: Results, rows: Sequence[Mapping[str, Any]], *, legend: bool = True) -> Any:
    scale = _scale(alt, results, rows, COLOURS)
    return alt.Color("system:N", title="system", scale=scale, legend=alt.Legend() if legend else None)


def _shape(alt: Any, results: Results, rows: Sequence[Mapping[str, Any]]) -> Any:
    return alt.Shape("system:N", title="system", scale=_scale(alt, results, rows, SHAPES))


def _scale(alt: Any, results: Results, rows: Sequence[Mapping[str, Any]], marks: Sequence[str]) -> Any:
    """The systems that are drawn, each with the mark of its place among all systems of the run."""
    drawn = {row["system"] for row in rows}
    of_system = {name: marks[place % len(marks)] for place, name in enumerate(results.manifest.systems)}
    domain = [name for name in of_system if name in drawn]
    return alt.Scale(domain=domain, range=[of_system[name] for name in domain])


def _titled(alt: Any, chart: Any, results: Results, title: str, note: str) -> Any:
    manifest = results.manifest
    told = [
        f"{manifest.dataset}, {manifest.people} users, {manifest.sessions} sessions, "
        + f"{manifest.probes} probes, contexts of {manifest.budget} tokens",
        f"model: {manifest.model}" if manifest.model else "",
        note,
    ]
    subtitle = "; ".join(part for part in told if part)
    return chart.properties(title=alt.TitleParams(title, subtitle=[subtitle], anchor="start", fontSize=15, offset=14))
