"""Handing out users: so many at once, the next one as soon as one has ended."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from contextlib import aclosing
from typing import Protocol

from aipersona.bulk.learned import Learned
from aipersona.engine import AIPersona
from aipersona.errors import UnknownUser

PAGE = 1000
"""How many users are listed at once."""


class BulkEngine(Protocol):
    """Learns from users; one result for each, in the order in which they end."""

    def check(self, ai: AIPersona) -> None:
        """Raises: InvalidInput for a database that it cannot open."""
        ...

    def learn(self, ai: AIPersona, users: Sequence[str], *, every: int | None) -> AsyncGenerator[Learned]:
        """Raises: WorkersUnavailable, InvalidInput; what a single user fails with is told in their result."""
        ...


async def pending_users(ai: AIPersona, users: Iterable[str] | None = None) -> list[str]:
    """Those who have sessions to learn from, by id: of the given users, or of all.

    Raises: StoreUnavailable.
    """
    if users is None:
        found: list[str] = []
        after: str | None = ""
        while after is not None:
            page = await ai.users(after=after, limit=PAGE)
            found += [one.user_id for one in page if one.pending]
            after = page[-1].user_id if len(page) == PAGE else None
        return found
    return [user_id for user_id in sorted(set(users)) if await _pending(ai, user_id)]


async def _pending(ai: AIPersona, user_id: str) -> int:
    try:
        return (await ai.user(user_id)).pending
    except UnknownUser:
        return 0


async def learn_users(
    ai: AIPersona, users: Iterable[str], *, engine: BulkEngine, every: int | None = None
) -> AsyncGenerator[Learned]:
    """Learn from what is pending of these users, `every` sessions per revision; one result for each, as they end.

    Closing it early leaves what was committed.

    Raises: ModelUnavailable where no model is named, or its extra or key is missing; InvalidInput for a database that
    the engine cannot open; WorkersUnavailable.
    """
    engine.check(ai)
    ai.check_drafter()
    async with aclosing(engine.learn(ai, list(dict.fromkeys(users)), every=every)) as ended:
        async for learned in ended:
            yield learned


async def as_they_end(
    begin: Callable[[str], asyncio.Future[Learned]], users: Iterable[str], at_once: int
) -> AsyncGenerator[Learned]:
    """What comes of users, `at_once` of them begun and not ended at any time; closed early, it cancels those."""
    waiting, running = iter(users), set[asyncio.Future[Learned]]()
    try:
        while True:
            while len(running) < at_once and (user_id := next(waiting, None)) is not None:
                running.add(begin(user_id))
            if not running:
                return
            ended, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            for one in ended:
                yield one.result()
    finally:
        for one in running:
            one.cancel()
        await asyncio.gather(*running, return_exceptions=True)
