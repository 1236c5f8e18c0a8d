"""Learning that nobody has to call: workers find who is due, queue the work durably and do it (docs/operations.md).

    async with AIPersona("personas.db", model="openai:gpt-5-mini") as ai, Worker(ai):
        ...  # serve; sessions are learned from as they come

A worker needs the extra `server`. `due`, `failed` and `retry` need no started worker: they speak to the tables alone.
"""

from __future__ import annotations

from aipersona.store.work import Due, Failure, Kind
from aipersona.work.worker import Counts, Worker

__all__ = ["Counts", "Due", "Failure", "Kind", "Worker"]
