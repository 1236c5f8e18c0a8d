"""Charts of what was lived: how it goes from session to session, and how long changes take to be known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from personabench.live.plan import LivePlan
from personabench.live.scores import Lived
from personabench.report.picture import COLOURS, Picture, altair, picture_of

CURVES = {
    "messages": ("Messages until the goal, by session", "messages of the user, mean"),
    "goal reached": ("Goal reached, by session", "share of wishes"),
    "F1": ("What is held against what was told and is true", "profile F1, mean"),
}
SPAN = 3
"""Sessions that one point of a curve is a mean of: itself and those before it."""


LONGEST = 120
"""Days of staleness that are drawn."""


def pictures_of(plan: LivePlan, lived: Lived) -> list[Picture]:
    """Every chart that there is something for.

    Raises: MissingExtra.
    """
    alt = altair()
    drawn: dict[str, Any] = {
        name.lower().replace(" ", "-"): _curve(alt, plan, lived, name, *titles) for name, titles in CURVES.items()
    }
    drawn["win-rate"] = _wins(alt, plan, lived)
    drawn["staleness"] = _staleness(alt, plan, lived)
    return [picture_of(name, chart) for name, chart in drawn.items() if chart is not None]


def _curve(alt: Any, plan: LivePlan, lived: Lived, name: str, title: str, axis: str) -> Any | None:
    """A line for each setting; a point is a mean over people and `SPAN` sessions."""
    last = max((one.number for one in lived.episodes), default=0)
    rows = [
        {"setting": setting, "session": number, "mean": found.mean}
        for setting in plan.settings
        for number in range(1, last + 1)
        if (found := lived.score(setting, name, first=max(1, number - SPAN + 1), last=number)).mean is not None
    ]
    if not rows:
        return None
    chart = (
        alt.Chart(alt.Data(values=rows))
        .mark_line(strokeWidth=2)
        .encode(
            x=alt.X("session:Q", title="session", axis=alt.Axis(tickMinStep=1)),
            y=alt.Y("mean:Q", title=axis, scale=alt.Scale(zero=False)),
            color=_colour(alt, plan, rows),
        )
        .properties(width=560, height=300)
    )
    return _titled(alt, chart, plan, lived, title, f"means over {SPAN} sessions")


def _wins(alt: Any, plan: LivePlan, lived: Lived) -> Any | None:
    if "golden" not in plan.settings:
        return None
    rows: list[dict[str, Any]] = [
        {"setting": setting, "mean": found.mean, "low": found.interval.low, "high": found.interval.high}
        for setting in plan.settings
        if setting != "golden" and (found := lived.win_rate(setting)).mean is not None and found.interval is not None
    ]
    if not rows:
        return None
    base = alt.Chart(alt.Data(values=rows)).encode(y=alt.Y("setting:N", title=None, sort=list(plan.settings)))
    title = "sessions better than golden, a tie is half"
    most = max(0.6, *(row["high"] for row in rows))
    x = alt.X("mean:Q", title=title, scale=alt.Scale(domain=[0, most]), axis=alt.Axis(tickCount=6))
    bars = base.mark_bar(height=15).encode(x=x, color=_colour(alt, plan, rows, legend=False))
    rules = base.mark_rule(strokeWidth=1.5).encode(x=alt.X("low:Q", title=title), x2="high:Q")
    chart = (bars + rules).properties(width=480, height=26 * len(rows))
    return _titled(alt, chart, plan, lived, "Against the golden persona", "rules: 95 % intervals over people")


def _staleness(alt: Any, plan: LivePlan, lived: Lived) -> Any | None:
    """The share of told changes that are known so many days after they were told."""
    rows: list[dict[str, Any]] = []
    for setting in plan.settings:
        stale = lived.staleness(setting)
        if stale is None or not stale.told:
            continue
        ends = sorted({0, LONGEST, *(day for day in stale.days if day < LONGEST)})
        rows += [
            {"setting": setting, "days": day, "share": sum(took <= day for took in stale.days) / stale.told}
            for day in ends
        ]
    if not rows:
        return None
    chart = (
        alt.Chart(alt.Data(values=rows))
        .mark_line(strokeWidth=2, interpolate="step-after")
        .encode(
            x=alt.X("days:Q", title="days since it was told", scale=alt.Scale(domain=[0, LONGEST])),
            y=alt.Y("share:Q", title="share of told changes that are known", scale=alt.Scale(domain=[0, 1])),
            color=_colour(alt, plan, rows),
        )
        .properties(width=560, height=300)
    )
    return _titled(alt, chart, plan, lived, "How long a change takes to be known", "")


def _colour(alt: Any, plan: LivePlan, rows: Sequence[Mapping[str, Any]], *, legend: bool = True) -> Any:
    """The settings that are drawn, each with the colour of its place among all of the run."""
    drawn = {row["setting"] for row in rows}
    colours = {name: COLOURS[place % len(COLOURS)] for place, name in enumerate(plan.settings) if name in drawn}
    scale = alt.Scale(domain=list(colours), range=list(colours.values()))
    shown = alt.Legend(symbolType="stroke", symbolStrokeWidth=3) if legend else None
    return alt.Color("setting:N", title="setting", scale=scale, legend=shown)


def _titled(alt: Any, chart: Any, plan: LivePlan, lived: Lived, title: str, note: str) -> Any:
    people = len({one.person for one in lived.episodes})
    told = [f"{people} people; assistant {plan.assistant}, simulator {plan.simulator}", note]
    subtitle = "; ".join(part for part in told if part)
    return chart.properties(title=alt.TitleParams(title, subtitle=[subtitle], anchor="start", fontSize=15, offset=14))
