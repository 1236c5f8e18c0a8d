"""What of the records makes a score: by setting, over people, with intervals from a bootstrap over people.

The paper's three in a form that needs no judge (goal reached with the right personal arguments, agreement of what is
held with the truth, messages until the goal), and what lives that change are for: staleness, false changes believed,
dead and unneeded values in calls. Sessions without a wish count only for what is held.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np

from personabench.live.records import EpisodeRecord, PersonRecord
from personabench.scores.intervals import DRAWS, FEWEST_USERS, Estimate, Interval, cluster_interval, cluster_share

Value = Callable[[EpisodeRecord], float | None]
"""What one session adds to a mean; None where it adds nothing."""


def _wish(value: Callable[[EpisodeRecord], float]) -> Value:
    return lambda one: value(one) if one.scene is not None else None


VALUES: Mapping[str, Value] = {
    "goal reached": _wish(lambda one: float(one.reached)),
    "at first try": _wish(lambda one: float(one.first_try)),
    "messages": _wish(lambda one: float(one.turns)),
    "questions": _wish(lambda one: float(one.questions)),
    "F1": lambda one: one.held.f1 if one.held is not None else None,
    "context tokens": _wish(lambda one: float(one.tokens)),
    "dead value used": _wish(lambda one: float("dead" in one.misused)),
    "seeming used": _wish(lambda one: float("only seems" in one.misused or "somebody else's" in one.misused)),
    "private used": _wish(lambda one: float("sensitive" in one.misused)),
    "not needed, used": _wish(lambda one: float("not needed" in one.misused)),
    "satisfaction": lambda one: one.satisfaction,
}
"""The scores that are means over sessions."""


@dataclass(frozen=True, kw_only=True)
class Lived:
    """The records of all settings."""

    episodes: Sequence[EpisodeRecord]
    people: Sequence[PersonRecord]
    seed: int = 0

    def of(self, setting: str, *, first: int = 1, last: int | None = None) -> list[EpisodeRecord]:
        """The sessions of a setting with a number in [first, last]."""
        return [
            one
            for one in self.episodes
            if one.setting == setting and one.number >= first and (last is None or one.number <= last)
        ]

    def score(self, setting: str, name: str, *, first: int = 1, last: int | None = None) -> Estimate:
        """The mean of a score over sessions, and its interval over people."""
        found = by_person(self.of(setting, first=first, last=last), VALUES[name])
        return cluster_interval(found, seed=self.seed)

    def arguments(self, setting: str, *, first: int = 1) -> Estimate:
        """The share of personal arguments that were right in the end."""
        parts: dict[str, tuple[float, int]] = {}
        for one in self.of(setting, first=first):
            right, needs = parts.get(one.person, (0.0, 0))
            parts[one.person] = (right + one.right, needs + one.needs)
        return cluster_share(parts, seed=self.seed)

    def closed(self, setting: str, name: str, *, first: int = 1, low: str = "none", high: str = "golden") -> Estimate:
        """The share of the gap between `low` and `high` that a setting closes; 1 is as good as `high`.

        The ratio of the differences of means, over the same draws of people for all three settings.
        """
        found = {one: by_person(self.of(one, first=first), VALUES[name]) for one in (setting, low, high)}
        people = sorted(found[setting].keys() & found[low].keys() & found[high].keys())
        if not people:
            return Estimate(n=0, clusters=0, mean=None, interval=None, note="nothing was scored")
        sums = {one: np.array([sum(by[person]) for person in people]) for one, by in found.items()}
        sizes = {one: np.array([len(by[person]) for person in people]) for one, by in found.items()}

        def ratio(picked: np.ndarray) -> np.ndarray:
            mean = {one: sums[one][picked].sum(-1) / sizes[one][picked].sum(-1) for one in found}
            gap = mean[high] - mean[low]
            with np.errstate(divide="ignore", invalid="ignore"):
                return np.where(gap == 0, np.nan, (mean[setting] - mean[low]) / gap)

        whole = float(ratio(np.arange(len(people))))
        mean = None if np.isnan(whole) else whole
        n = int(sizes[setting].sum())
        if mean is None or len(people) < FEWEST_USERS:
            return Estimate(n=n, clusters=len(people), mean=mean, interval=None, note=None)
        drawn = ratio(np.random.default_rng(self.seed).integers(0, len(people), size=(DRAWS, len(people))))
        edges = np.nanquantile(drawn, (0.025, 0.975))
        return Estimate(
            n=n,
            clusters=len(people),
            mean=mean,
            interval=Interval(low=float(edges[0]), high=float(edges[1])),
            note=None,
        )

    def win_rate(self, setting: str, *, against: str = "golden") -> Estimate:
        """How often a setting does better than another in a session: goal first, then messages; a tie is half."""
        other = {(one.person, one.number): one for one in self.of(against)}
        values: dict[str, list[float]] = {}
        for one in self.of(setting):
            if one.scene is not None and (rival := other.get((one.person, one.number))) is not None:
                values.setdefault(one.person, []).append(won(one, rival))
        return cluster_interval(values, seed=self.seed)

    def similarity(self, setting: str) -> Estimate:
        """How like the truth what was held at the end is, as a judge saw it, 1 to 10; one value of each person."""
        found = {
            one.person: [one.judged_similarity]
            for one in self.people
            if one.setting == setting and one.judged_similarity is not None
        }
        return cluster_interval(found, seed=self.seed)

    def unjudged(self, setting: str) -> tuple[int, Estimate]:
        """How often a judge failed, and the share that this is of all that it was asked."""
        satisfied = by_person(self.of(setting), VALUES["satisfaction"])
        people = self._of_people(setting)
        parts: dict[str, tuple[float, int]] = {}
        for one in people:
            judged = len(satisfied.get(one.person, ())) + (one.judged_similarity is not None)
            parts[one.person] = (one.judge_failures, judged + one.judge_failures)
        return sum(one.judge_failures for one in people), cluster_share(parts, seed=self.seed)

    def staleness(self, setting: str) -> Staleness | None:
        """How long told changes took to be known; None for a setting that keeps no fields."""
        if not any(one.held is not None for one in self.of(setting)):
            return None
        ends = {one.person: one.day for one in sorted(self.of(setting), key=lambda one: one.number)}
        changes = [(ends.get(one.person), change) for one in self._of_people(setting) for change in one.learned]
        days = [(change.known - change.told).days for _, change in changes if change.known is not None]
        waited = [(end - change.told).days for end, change in changes if change.known is None and end is not None]
        late = [(change.told - change.happened).days for _, change in changes]
        return Staleness(
            told=len(changes),
            known=len(days),
            days=tuple(days),
            median=median(days) if days else None,
            half=half_known(days, waited),
            before=median(late) if late else None,
        )

    def _of_people(self, setting: str) -> list[PersonRecord]:
        return [one for one in self.people if one.setting == setting]

    def held_wrong(self, setting: str) -> tuple[float, float] | None:
        """Dead values, and things that only seemed so, held by a person at the end; means over people."""
        last = {one.person: one.held for one in self.of(setting) if one.held is not None}
        if not last:
            return None
        ends = list(last.values())
        return sum(one.dead for one in ends) / len(ends), sum(one.seeming for one in ends) / len(ends)


@dataclass(frozen=True, kw_only=True)
class Staleness:
    """Told changes, those known by the end, the days from being told to being known, and those from the change to
    being told, which no system can help. `half` is when half are known, the unknown ones counted: see `half_known`."""

    told: int
    known: int
    days: tuple[int, ...]
    median: float | None
    half: int | None
    before: float | None


def by_person(episodes: Sequence[EpisodeRecord], value: Value) -> dict[str, list[float]]:
    """What the sessions of each person add to a mean."""
    found: dict[str, list[float]] = {}
    for one in episodes:
        if (added := value(one)) is not None:
            found.setdefault(one.person, []).append(added)
    return found


def half_known(known: Sequence[int], waited: Sequence[int]) -> int | None:
    """The days after which half of what was told is known, by Kaplan and Meier (1958); None if that never comes.

    `known` are the days that it took, `waited` those for which what was still unknown at the end had waited.
    """
    left = 1.0
    for day in sorted(set(known)):
        waiting = sum(days >= day for days in (*known, *waited))
        left *= 1 - known.count(day) / waiting
        if left <= 0.5:
            return day
    return None


def won(one: EpisodeRecord, rival: EpisodeRecord) -> float:
    """1 for a better session, 0 for a worse one, a half for one as good: of two that failed none is better."""
    mine, theirs = ((each.reached, -each.turns if each.reached else 0) for each in (one, rival))
    return 0.5 if mine == theirs else float(mine > theirs)
