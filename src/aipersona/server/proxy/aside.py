"""Work on bodies: a long one is read in a thread, since the loop has others to serve."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

LONG = 256 * 1024
"""Bytes of a body from which on it is read in a thread."""


async def aside(length: int, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """What some work on a body of this length gives."""
    return await asyncio.to_thread(work, *args, **kwargs) if length > LONG else work(*args, **kwargs)
