"""What a run wrote, read and summed up: means with intervals over users, failures, costs."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from personabench.datasets import ProbeKind
from personabench.runs.folder import RESULTS, UNITS, read_lines, read_manifest
from personabench.runs.plan import Manifest
from personabench.runs.records import Cost, FieldFigures, HeldFigures, ProbeRecord, UnitRecord
from personabench.scores.intervals import Estimate, cluster_share
from personabench.scores.outcomes import Failed, NotApplicable, Outcome, Result, Scored, Summary, summarise

ALL = "all"
"""The name of the group that holds every probe."""


@dataclass(frozen=True, kw_only=True)
class Results:
    """The manifest, the probes asked and the units finished; a run that is not finished has fewer of them."""

    manifest: Manifest
    probes: Sequence[ProbeRecord]
    units: Sequence[UnitRecord]

    @property
    def systems(self) -> tuple[str, ...]:
        """The systems of which there is something, in the order in which they were named."""
        seen = {one.system for one in (*self.probes, *self.units)}
        return tuple(name for name in self.manifest.systems if name in seen)

    @property
    def missing(self) -> int:
        """How many probes are still to be asked."""
        return len(self.manifest.systems) * self.manifest.probes - len(self.probes)

    def of(self, system: str) -> list[ProbeRecord]:
        return [probe for probe in self.probes if probe.system == system]

    def groups(self, kind: ProbeKind) -> list[str]:
        """All together first, then the groups by name; only the one where there is no other."""
        groups = sorted({probe.group for probe in self.probes if kind in probe.kinds})
        return [ALL, *groups] if len(groups) > 1 else groups


@dataclass(frozen=True, kw_only=True)
class Costs:
    """What a system used over all its finished units.

    seconds of wall time in the last attempt; model_seconds as first asked; milliseconds of `context()` at two ranks.
    """

    units: int
    resumed: int
    sessions: int
    characters: int
    learning: Cost
    asking: Cost
    reading: Cost
    seconds: float
    model_seconds: float
    p50: float | None
    p99: float | None

    @property
    def used(self) -> Cost:
        return self.learning + self.asking


def read_results(folder: Path) -> Results:
    """The results in a folder.

    Raises: BrokenResults.
    """
    return Results(
        manifest=read_manifest(folder),
        probes=read_lines(folder / RESULTS, ProbeRecord),
        units=read_lines(folder / UNITS, UnitRecord),
    )


def summary(probes: Iterable[ProbeRecord], kind: ProbeKind, score: str, *, group: str, seed: int) -> Summary:
    """Mean and interval of one score over the probes of a kind and a group."""
    asked = (probe for probe in probes if kind in probe.kinds and group in (ALL, probe.group))
    results = (
        Result(user_id=probe.user, probe_id=probe.probe, outcome=_outcome(probe, kind, score)) for probe in asked
    )
    return summarise(results, seed=seed)


def _outcome(probe: ProbeRecord, kind: ProbeKind, score: str) -> Outcome:
    if score in probe.scores:
        return Scored(value=probe.scores[score])
    if kind in probe.failures:
        return Failed(who=probe.failures[kind].who, reason=probe.failures[kind].reason)
    return NotApplicable(reason=probe.not_applicable.get(kind, f"no {score}"))


def failures(results: Results) -> Counter[tuple[str, str, str, str, str]]:
    """How often each system failed: system, what it was at, who failed, class of failure, message."""
    found: Counter[tuple[str, str, str, str, str]] = Counter()
    for probe in results.probes:
        for kind, failure in probe.failures.items():
            found[probe.system, kind, failure.who, failure.reason, failure.detail] += 1
    for unit in results.units:
        for reason, count in unit.errors.items():
            found[unit.system, "sessions", "system", reason, ""] += count
    return found


def costs(results: Results, system: str) -> Costs:
    """What a system used, over finished units and the probes asked."""
    units = [unit for unit in results.units if unit.system == system]
    probes = results.of(system)
    took = sorted(probe.timing.context_ms for probe in probes if probe.timing.context_ms is not None)
    return Costs(
        units=len(units),
        resumed=sum(unit.timing.resumed for unit in units),
        sessions=sum(unit.sessions for unit in units),
        characters=sum(unit.characters for unit in units),
        learning=_sum(unit.cost for unit in units),
        asking=_sum(probe.cost for probe in probes),
        reading=_sum(probe.reader_cost for probe in probes),
        seconds=math.fsum(unit.timing.seconds for unit in units),
        model_seconds=math.fsum(
            [*(unit.timing.model_seconds for unit in units), *(probe.timing.model_seconds for probe in probes)]
        ),
        p50=percentile(took, 0.5),
        p99=percentile(took, 0.99),
    )


def percentile(ordered: Sequence[float], share: float) -> float | None:
    """The smallest value that at least such a share of them does not exceed; None where there are none."""
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else None


def fields(results: Results, system: str) -> Mapping[str, FieldFigures]:
    """The field scores of a system, by user; empty where it has none."""
    return {u.user: u.fields for u in results.units if u.system == system and u.fields is not None}


def held(results: Results, system: str) -> Mapping[str, HeldFigures]:
    """What the memories of a system hold of the gold, by user; empty where it lists none."""
    return {u.user: u.held for u in results.units if u.system == system and u.held is not None}


def shares(results: Results, parts: Mapping[str, tuple[float, int]]) -> Estimate:
    """The share that parts are of their wholes, by user (part, whole), with its interval over users."""
    return cluster_share(parts, seed=results.manifest.seed)


def tokens(probes: Iterable[ProbeRecord], group: str) -> Iterator[int]:
    """The tokens of each context of a group."""
    return (p.tokens for p in probes if p.tokens is not None and group in (ALL, p.group))


def _sum(parts: Iterable[Cost]) -> Cost:
    total = Cost()
    for part in parts:
        total += part
    return total
