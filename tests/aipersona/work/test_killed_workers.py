"""Workers that are killed while they learn: the benchmark that counts it, at a small size."""

from __future__ import annotations

import pytest

from benchmarks import killed_workers


def test_after_kills_at_random_moments_every_session_was_learned_once(
    capfd: pytest.CaptureFixture[str],
) -> None:
    code = killed_workers.main(["--kills", "4", "--users", "12", "--sessions", "6"])
    told = capfd.readouterr().out.splitlines()
    assert {"sessions: 72", "learned once: 72", "lost: 0", "doubled: 0", "revisions: 24", "gaps: 0"} <= set(told)
    assert code == 0
