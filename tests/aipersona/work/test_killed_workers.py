"""Workers that are killed while they learn: the benchmark that counts it, at a small size."""

from __future__ import annotations

import pytest

from benchmarks import killed_workers
from tests.aipersona import postgres


@pytest.mark.parametrize("workers", [1, 2], ids=["one on SQLite", "two on PostgreSQL"])
def test_after_kills_at_random_moments_every_session_was_learned_once(
    workers: int, capfd: pytest.CaptureFixture[str]
) -> None:
    where = ["--database", postgres.shown(postgres.server().create())] if workers > 1 else []
    size = ["--kills", "4", "--users", "10", "--sessions", "6", "--up-to", "3", "--workers", str(workers)]
    code = killed_workers.main([*where, *size])
    told = capfd.readouterr().out.splitlines()
    assert {"sessions: 60", "learned once: 60", "lost: 0", "doubled: 0", "revisions: 20", "gaps: 0"} <= set(told)
    assert code == 0
