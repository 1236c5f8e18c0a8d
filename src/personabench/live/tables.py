"""The tables of what was lived."""

from __future__ import annotations

from collections.abc import Sequence

from personabench.live.plan import LivePlan
from personabench.live.scores import Lived
from personabench.report.table import NONE, Table, estimate
from personabench.scores.intervals import Estimate

WARM = 4
"""The session from which on a memory that learns every three sessions can know anything."""

OVER_PEOPLE = "95 % intervals from a bootstrap over people, where there are three at least"


def facts_of(plan: LivePlan, lived: Lived) -> list[tuple[str, str]]:
    people = {one.person for one in lived.episodes}
    sessions = {(one.person, one.number) for one in lived.episodes}
    return [
        ("benchmark", f"{len(people)} people, {len(sessions)} sessions ({plan.digest[:12]})"),
        ("assistant", plan.assistant),
        ("simulator", plan.simulator),
        ("context", f"{plan.budget} tokens"),
        ("model", plan.model or "none"),
        ("embedder", plan.embedder or "none"),
        *([("judge", _judges(plan, lived))] if plan.judged else []),
    ]


def tables_of(plan: LivePlan, lived: Lived) -> list[Table]:
    return [
        table
        for table in (
            _main(plan, lived),
            _gap(plan, lived),
            _judged(plan, lived),
            _care(plan, lived),
            _held(plan, lived),
        )
        if table is not None
    ]


def _main(plan: LivePlan, lived: Lived) -> Table:
    names = ("goal reached", "at first try", "messages", "questions")
    rows = tuple(
        (
            setting,
            *(_shown(lived.score(setting, name)) for name in names),
            _shown(lived.arguments(setting)),
            _shown(lived.score(setting, "F1")),
            _shown(lived.win_rate(setting)) if "golden" in plan.settings else NONE,
            _shown(lived.score(setting, "context tokens"), 0),
        )
        for setting in plan.settings
    )
    return Table(
        title="Settings",
        columns=("setting", *names, "arguments right", "profile F1", "against golden", "context tokens"),
        rows=rows,
        notes=(
            "goal reached: before the user gave up; at first try: nothing asked, nothing corrected",
            "messages: those of the user until the goal, or until giving up",
            "profile F1: what is held against what was told and is true, after each session",
            "against golden: how often better, a tie is half",
            OVER_PEOPLE,
        ),
    )


def _gap(plan: LivePlan, lived: Lived) -> Table | None:
    if not {"none", "golden"} <= set(plan.settings):
        return None
    rows = tuple(
        (
            setting,
            *(
                _shown(lived.closed(setting, name, first=first))
                for name in ("goal reached", "messages", "at first try")
                for first in (1, WARM)
            ),
        )
        for setting in plan.settings
        if setting not in ("none", "golden")
    )
    spans = ("all", f"from session {WARM}")
    columns = tuple(f"{name}, {span}" for name in ("goal reached", "messages", "at first try") for span in spans)
    return Table(
        title="The share of the gap between none and golden that is closed",
        columns=("setting", *columns),
        rows=rows,
        notes=("1 is as good as the golden persona, 0 as bad as none", OVER_PEOPLE),
    )


def _judged(plan: LivePlan, lived: Lived) -> Table | None:
    if not plan.judged:
        return None
    rows: list[tuple[str, ...]] = []
    for setting in plan.settings:
        failed, share = lived.unjudged(setting)
        satisfaction, similarity = lived.score(setting, "satisfaction"), lived.similarity(setting)
        rows.append((setting, _shown(satisfaction), _shown(similarity), f"{failed} of {share.n}", _shown(share, 3)))
    return Table(
        title="What the judge makes of it",
        columns=("setting", "satisfaction", "profile similarity", "judge failures", "their share"),
        rows=tuple(rows),
        notes=(
            f"judge: {_judges(plan, lived)}",
            "satisfaction: of the first reply to a wish, 1 to 10; profile similarity: what is held at the end against"
            " the truth of that day, 1 to 10",
            "judge failures: of all that it was asked; what it failed to judge counts in no mean",
            OVER_PEOPLE,
        ),
    )


def _judges(plan: LivePlan, lived: Lived) -> str:
    """Who judged, as the records say; the model of the plan where they do not."""
    return ", ".join(sorted({one.judge for one in lived.people if one.judge is not None})) or str(plan.model)


def _care(plan: LivePlan, lived: Lived) -> Table:
    by_rules = "the rule policy puts nothing into a call that its wish does not ask for: the last column is 0 by design"
    careful = (by_rules,) if plan.assistant == "policy" else ()
    names = ("dead value used", "seeming used", "private used", "not needed, used")
    rows = tuple((setting, *(_shown(lived.score(setting, name), 3) for name in names)) for setting in plan.settings)
    return Table(
        title="What no call should have held",
        columns=("setting", *names),
        rows=rows,
        notes=("shares of sessions with a wish", OVER_PEOPLE, *careful),
    )


def _held(plan: LivePlan, lived: Lived) -> Table | None:
    rows: list[tuple[str, ...]] = []
    for setting in plan.settings:
        stale, wrong = lived.staleness(setting), lived.held_wrong(setting)
        if stale is None or wrong is None:
            continue
        of_setting = [one for one in lived.people if one.setting == setting]
        rows.append(
            (
                setting,
                f"{stale.known} of {stale.told}",
                NONE if stale.median is None else f"{stale.median:g}",
                NONE if stale.half is None else str(stale.half),
                NONE if stale.before is None else f"{stale.before:g}",
                f"{wrong[0]:.2f}",
                f"{wrong[1]:.2f}",
                str(sum(len(one.failures) for one in of_setting)),
                f"{_mean([one.model_tokens for one in of_setting]):,.0f}",
            )
        )
    if not rows:
        return None
    return Table(
        title="How changes become known",
        columns=(
            "setting",
            "told changes known",
            "days from told to known, median",
            "days until half are known",
            "days from change to told, median",
            "dead values held at the end",
            "seemings held at the end",
            "failures of learning",
            "model tokens a person",
        ),
        rows=tuple(rows),
        notes=(
            "medians are over the changes that became known",
            "days until half are known (Kaplan-Meier): those that never became known count as waiting until the last"
            " session; none where fewer than half ever were",
            "changes are facts that begin; what only ends is counted among the dead values held",
            "values held at the end are means over people",
        ),
    )


def _mean(values: Sequence[int]) -> float:
    return sum(values) / len(values) if values else 0.0


def _shown(found: Estimate, digits: int = 2) -> str:
    return estimate(found.mean, found.interval, digits)
