"""A queue that fails, with errors that are none of ours: what was asked for and what waits is learned all the same."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest

from aipersona import AIPersona
from aipersona.work import Worker
from aipersona.work.queue import Queue
from tests.aipersona.kit import hobbies
from tests.aipersona.work.test_worker import Clock, Gate, revisions, tell, until

pytestmark = pytest.mark.anyio

UNFORESEEN = r"unforeseen KeyError at tests\S+:\d+"


async def test_a_request_that_cannot_be_queued_is_kept_and_found_by_a_sweep(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def failing(_: Queue, jobs: object) -> int:
        raise KeyError("alice", jobs)

    async with AIPersona(tmp_path / "people.db", drafter=hobbies) as ai:
        await tell(ai, "alice", 0)
        async with Worker(ai, sweep=3600, clock=Clock()) as worker:
            with monkeypatch.context() as patch:
                patch.setattr(Queue, "put", failing)
                assert await worker.due("default", "alice")
            await worker.sweep()
            await until(revisions(ai, alice=1))
    (told,) = (message for message in caplog.messages if "asked" in message)
    assert re.fullmatch(f"a user who was asked for could not be queued: {UNFORESEEN}", told)
    assert "alice" not in caplog.text


async def test_a_next_job_that_cannot_be_queued_is_tried_again_and_its_error_told_without_its_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    gate, tried, loop = Gate(), asyncio.Event(), asyncio.get_running_loop()

    def failing(_: Queue, jobs: object) -> int:
        loop.call_soon_threadsafe(tried.set)
        raise KeyError("alice", jobs)

    async with AIPersona(tmp_path / "people.db", drafter=gate) as ai:
        await tell(ai, "alice", 0, 1, 2, 3, 4, 5)
        async with Worker(ai, sweep=3600, clock=Clock()):
            await gate.entered.wait()
            with monkeypatch.context() as patch:
                patch.setattr(Queue, "put", failing)
                gate.opened.set()
                await tried.wait()
            await until(revisions(ai, alice=2))
    assert caplog.messages
    for message in caplog.messages:
        assert re.fullmatch(f"a user's next job could not be queued: {UNFORESEEN}", message)
