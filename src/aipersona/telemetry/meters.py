"""Metrics: every instrument, and what is counted with it. Tenants are labels, users never are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Literal

from opentelemetry.metrics import get_meter

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_MODEL_SECONDS = (0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92)
_TOKENS = (1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864)
"""Boundaries of buckets: those of models are the ones that the gen_ai conventions ask for."""

meter = get_meter("aipersona")

OPERATION_SECONDS = meter.create_histogram(
    "aipersona.operation.duration",
    "s",
    "How long an operation took.",
    explicit_bucket_boundaries_advisory=[*_SECONDS, 60.0, 300.0],
)
MODEL_SECONDS = meter.create_histogram(
    "gen_ai.client.operation.duration",
    "s",
    "How long a call of a model took.",
    explicit_bucket_boundaries_advisory=_MODEL_SECONDS,
)
MODEL_TOKENS = meter.create_histogram(
    "gen_ai.client.token.usage",
    "{token}",
    "Tokens of a call of a model, as it counts them.",
    explicit_bucket_boundaries_advisory=_TOKENS,
)
REQUEST_SECONDS = meter.create_histogram(
    "http.server.request.duration",
    "s",
    "How long a request took, until the last byte of its answer.",
    explicit_bucket_boundaries_advisory=_SECONDS,
)
_REVISIONS = meter.create_counter("aipersona.revisions", "{revision}", "Revisions that were committed.")
_SESSIONS = meter.create_counter("aipersona.sessions.learned", "{session}", "Sessions that were learned from.")
_EDITS = meter.create_counter("aipersona.edits", "{edit}", "Edits of committed revisions, accepted and rejected.")
_CONTEXTS = meter.create_counter("aipersona.contexts", "{context}", "Contexts by what there was to tell.")
_LOST = meter.create_counter("aipersona.recordings.failed", "{recording}", "Calls whose words were not kept.")
_WORKERS = meter.create_gauge("aipersona.workers", "{worker}", "Workers that learn for users in this process: 1, or 0.")

ContextState = Literal["applied", "empty", "unavailable"]


def count_revision(
    tenant: str, author: str, *, sessions: int, accepted: Sequence[str], rejected: Sequence[str]
) -> None:
    """Count a revision that was committed; `accepted` are the operations of its edits, `rejected` the reasons."""
    _REVISIONS.add(1, {"aipersona.tenant": tenant, "aipersona.author": author})
    if sessions:
        _SESSIONS.add(sessions, {"aipersona.tenant": tenant})
    for op, count in Counter(accepted).items():
        _EDITS.add(count, {"aipersona.tenant": tenant, "aipersona.result": "accepted", "aipersona.edit": op})
    for reason, count in Counter(rejected).items():
        _EDITS.add(count, {"aipersona.tenant": tenant, "aipersona.result": "rejected", "aipersona.edit": reason})


def count_context(tenant: str, state: ContextState) -> None:
    """Count a context: something was told, nothing is known that is called for, or it was not there in time."""
    _CONTEXTS.add(1, {"aipersona.tenant": tenant, "aipersona.state": state})


def count_lost(tenant: str) -> None:
    """Count what was said in a call and could not be recorded."""
    _LOST.add(1, {"aipersona.tenant": tenant})


def tell_working(*, runs: bool) -> None:
    """Tell whether a worker runs in this process."""
    _WORKERS.set(int(runs))
