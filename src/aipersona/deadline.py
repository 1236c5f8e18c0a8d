"""What is waited for no longer than so many seconds: an answer does not depend on it."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

AnswerT = TypeVar("AnswerT")


async def answer_within(seconds: float, work: Coroutine[Any, Any, AnswerT]) -> AnswerT:
    """What comes of some work in time; late, it is left to end by itself: what a database is asked is not cut off.

    Raises: TimeoutError; what the work raises.
    """
    task = asyncio.create_task(work)
    try:
        await asyncio.wait({task}, timeout=seconds)
        if not task.done():
            raise TimeoutError
        return task.result()
    finally:
        if not task.done():
            task.add_done_callback(_ended)
            task.cancel()


def _ended(task: asyncio.Task[Any]) -> None:
    """Nobody is left to hear of it."""
    if not task.cancelled():
        task.exception()
