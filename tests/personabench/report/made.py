"""Results of a run that never was: probes, units and their manifest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from personabench.datasets import ProbeKind
from personabench.report.results import Results
from personabench.runs import Failure, Manifest, ProbeRecord, UnitRecord
from personabench.runs.records import Cost, ProbeTiming, UnitTiming


def manifest(*systems: str, model: str | None = None, probes: int = 6) -> Manifest:
    return Manifest(
        dataset="made", data="0123456789abcdef00", systems=systems, versions=dict.fromkeys(systems, "aipersona 0.1.0"),
        model=model, embedder=None, reader="answer@1:00", users=None, groups=(), kinds=("context", "recall"),
        budget=1000, seed=0, people=3, sessions=9, probes=probes, left_out={"lists": 2}, started="2026-01-01",
    )  # fmt: skip


def asked(system: str, user: str, group: str, fama: float | None, **more: Any) -> ProbeRecord:
    kinds: tuple[ProbeKind, ...] = ("context", "recall")
    scores = {} if fama is None else {"fama": fama, "mpa": fama, "faa": 1.0, "recall@10": fama, "ndcg@10": fama}
    for k in (1, 3, 5, 20):
        if fama is not None:
            scores[f"recall@{k}"] = fama
    failed = Failure(who="system", reason="TimeoutError")
    given: dict[str, Any] = {
        "probe": f"{user}/{group}",
        "kinds": kinds,
        "scores": scores,
        "failures": {} if fama is not None else dict.fromkeys(kinds, failed),
        "tokens": 100,
        "characters": 350,
        "timing": ProbeTiming(context_ms=4.0),
    }
    return ProbeRecord(
        dataset="made", system=system, user=user, group=group, sessions=3, **(given | more),
    )  # fmt: skip


def finished(system: str, user: str, **more: Any) -> UnitRecord:
    given: dict[str, Any] = {"cost": Cost(), "timing": UnitTiming(seconds=1.5, model_seconds=1.0)}
    return UnitRecord(dataset="made", system=system, user=user, sessions=3, characters=900, probes=2, **(given | more))


def results(*probes: ProbeRecord, units: Sequence[UnitRecord] = (), model: str | None = None) -> Results:
    systems = tuple(dict.fromkeys(probe.system for probe in probes))
    return Results(manifest=manifest(*systems, model=model), probes=probes, units=units)
