"""One probe put to one system: its context, and what that scores by each kind of the probe."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from personabench.datasets import Probe, ProbeKind
from personabench.runs.reader import READ, Reads
from personabench.runs.records import Failure
from personabench.scores.answers import answer_shown
from personabench.scores.call_values import values_shown
from personabench.scores.evidence import session_evidence, sessions_of
from personabench.scores.fama import context_fama
from personabench.scores.gate import context_gate
from personabench.scores.outcomes import Failed, NotApplicable, Outcome, Scored
from personabench.systems import RanksSessions, Retrieved, System
from personabench.worker import Worker

SHOWN_ANSWER = "answer_shown"
"""The score that an accepted answer stands in the context, whatever a reader makes of it."""

SHOWN_VALUES = "values_shown"
"""The score that every value stands in the context that the gold calls need."""


async def timed_context(system: System, probe: Probe, *, budget: int) -> tuple[Retrieved, float]:
    """What a system returns, and in how many milliseconds; the ranking of sessions where it is told apart, untimed."""
    started = time.perf_counter()
    retrieved = await system.context(probe, budget=budget)
    milliseconds = 1000 * (time.perf_counter() - started)
    if "recall" in probe.kinds and isinstance(system, RanksSessions):
        retrieved = replace(retrieved, sessions=await system.ranking(probe))
    return retrieved, milliseconds


async def outcomes(
    retrieved: Retrieved, probe: Probe, reader: Reads | None, *, worker: Worker, check: Callable[[], None]
) -> dict[ProbeKind, Mapping[str, Outcome]]:
    """The outcomes of each kind by the names of the scores; a kind without any has one outcome, under its own name.

    The reader blocks in the worker's thread; `check` is called after it, and raises where the model was not there.
    """
    found: dict[ProbeKind, Mapping[str, Outcome]] = {}
    for kind in probe.kinds:
        if kind == "context":
            found[kind] = _context(retrieved, probe)
        elif kind == "recall":
            found[kind] = _recall(retrieved, probe)
        elif kind == "gate":
            found[kind] = _gate(retrieved, probe)
        else:
            assert kind in READ
            asked = kind == "answer" and probe.answers and not probe.absent
            shown = {SHOWN_ANSWER: answer_shown(retrieved.text, probe)} if asked else {}
            if kind == "calls" and probe.live:
                shown = {SHOWN_VALUES: values_shown(retrieved.text, probe)}
            if reader is None:
                found[kind] = {kind: NotApplicable(reason="no model was named to read the context"), **shown}
            else:
                found[kind] = {**await worker.run(partial(reader.read, kind, probe, retrieved.text)), **shown}
                check()
    return found


def parts(
    found: Mapping[ProbeKind, Mapping[str, Outcome]],
) -> tuple[dict[str, float], dict[str, Failure], dict[str, str]]:
    """Outcomes as scores by name, failures by kind, and reasons by kind why there is nothing to score."""
    scores: dict[str, float] = {}
    failures: dict[str, Failure] = {}
    not_applicable: dict[str, str] = {}
    for kind, by_name in found.items():
        for name, outcome in by_name.items():
            if isinstance(outcome, Scored):
                scores[name] = outcome.value
            elif isinstance(outcome, Failed):
                failures[kind] = Failure(who=outcome.who, reason=outcome.reason)
            else:
                not_applicable[kind] = outcome.reason
    return scores, failures, not_applicable


def _context(retrieved: Retrieved, probe: Probe) -> Mapping[str, Outcome]:
    fama = context_fama(retrieved.text, probe)
    if fama.mpa is None:
        return {"context": fama.outcome}
    return {"fama": fama.outcome, "mpa": Scored(value=fama.mpa), "faa": Scored(value=fama.faa)}


def _gate(retrieved: Retrieved, probe: Probe) -> Mapping[str, Outcome]:
    gate = context_gate(retrieved.text, probe, retrieved.claims)
    return {"gate": gate.outcome, "unasked": Scored(value=len(gate.shown))}


def _recall(retrieved: Retrieved, probe: Probe) -> Mapping[str, Outcome]:
    ranked = retrieved.sessions
    if ranked is None and retrieved.turns is not None:
        ranked = sessions_of(retrieved.turns)
    if ranked is None:
        return {"recall": NotApplicable(reason="the system does not rank sessions")}
    evidence = session_evidence(ranked, probe)
    if evidence is None:
        return {"recall": NotApplicable(reason="the probe names no sessions")}
    by_cutoff = {f"recall@{k}": Scored(value=share) for k, share in evidence.recall.items()}
    return {**by_cutoff, "ndcg@10": Scored(value=evidence.ndcg[10])}
