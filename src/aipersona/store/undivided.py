"""Database work that goes on to its end once begun, so that cancelling a caller tears no connection apart."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import wraps
from types import CoroutineType
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


class Running(Protocol):
    """What has such work; `running` is the work under way, to be waited for before closing."""

    running: set[asyncio.Task[Any]]


S = TypeVar("S", bound=Running)


def undivided(
    method: Callable[Concatenate[S, P], CoroutineType[Any, Any, R]],
) -> Callable[Concatenate[S, P], CoroutineType[Any, Any, R]]:
    """The method as a task of its own: a caller that is cancelled waits for it, or leaves it to finish."""

    @wraps(method)
    async def whole(self: S, *args: P.args, **kwargs: P.kwargs) -> R:
        task = asyncio.create_task(method(self, *args, **kwargs))
        self.running.add(task)
        task.add_done_callback(self.running.discard)
        task.add_done_callback(_seen)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            if not task.done():
                await asyncio.wait({task})
            raise

    return whole


def _seen(task: asyncio.Task[Any]) -> None:
    """Nobody is left to hear of the failure of work whose caller was cancelled."""
    if not task.cancelled():
        task.exception()
