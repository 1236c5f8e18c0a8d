"""Recording: what was said in a proxied call is kept after its answer, and tried again while the database is away."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from aipersona.errors import StoreError
from aipersona.server.proxy import conversations
from aipersona.server.proxy.aside import aside
from aipersona.server.proxy.conversations import Place
from aipersona.server.proxy.replies import Replied, reply_of
from aipersona.server.serving import Caller
from aipersona.store.protocol import UserKey
from aipersona.telemetry.meters import count_lost
from aipersona.telemetry.model_calls import ModelCalled

logger = logging.getLogger("aipersona.server")

BREATH = 0.02
"""Seconds for which recording gives way to a client that calls again at once, unless that call is of the same user."""

LONGEST_WAIT = 0.25
"""Seconds for which the next call of a user waits until the one before it is recorded."""

PAUSES = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0)
"""Seconds after which what the database could not take is tried again."""

MOST_WAITING = 1000
"""Calls that may wait for the database to come back: more of them are lost."""

Find = Callable[[], Awaitable[Place]]


@dataclass(frozen=True, eq=False)
class _Waiting:
    """Whose call is to be recorded, and what has it be done at once."""

    key: UserKey
    hurry: asyncio.Event = field(default_factory=asyncio.Event)

    async def pause(self, seconds: float) -> None:
        """Wait so long, or until somebody is in a hurry."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self.hurry.wait(), seconds)
        self.hurry.clear()


class Recorder:
    """Records calls in the background, those of one user one after the other."""

    def __init__(self) -> None:
        self._tasks: dict[asyncio.Task[None], _Waiting] = {}
        self._ending = False

    async def settled(self, *, ending: bool = False) -> None:
        """Wait for what is being recorded, and for what comes to it meanwhile; at the end, what fails now is lost."""
        self._ending = ending
        while self._tasks:
            await self._hurried(self._tasks)

    async def settled_of(self, key: UserKey) -> bool:
        """Whether nothing is left to be recorded of a user, after a short wait for what is."""
        await self._hurried(self._of(key), LONGEST_WAIT)
        return not self._of(key)

    def _of(self, key: UserKey) -> dict[asyncio.Task[None], _Waiting]:
        return {task: one for task, one in self._tasks.items() if one.key == key}

    async def _hurried(self, some: Mapping[asyncio.Task[None], _Waiting], longest: float | None = None) -> None:
        for one in some.values():
            one.hurry.set()
        if some:
            await asyncio.wait(list(some), timeout=longest)

    def taking(
        self, caller: Caller, user_id: str, find: Find, called: ModelCalled, *, stream: bool
    ) -> Callable[[bytes], None]:
        """What takes the body of a good answer, once that came to its end, and has the call recorded.

        `find` tells where the call belongs; it may be asked again until it can.
        """

        def ended(body: bytes) -> None:
            waiting = _Waiting(UserKey(caller.principal.tenant, user_id))
            before = list(self._of(waiting.key))
            task = asyncio.create_task(self._record(caller, find, called, body, waiting, before, stream=stream))
            self._tasks[task] = waiting
            task.add_done_callback(self._tasks.pop)

        return ended

    async def _record(
        self,
        caller: Caller,
        find: Find,
        called: ModelCalled,
        body: bytes,
        waiting: _Waiting,
        before: Sequence[asyncio.Task[None]],
        *,
        stream: bool,
    ) -> None:
        await waiting.pause(BREATH)
        try:
            try:
                replied = await aside(len(body), reply_of, body, stream=stream)
                called.used(*replied.tokens)
            finally:
                called.finish()
            now = caller.serving.clock()
            if before:
                await asyncio.wait(before)
            for pause in (*PAUSES, None):
                try:
                    await self._keep(caller, await find(), replied, now)
                    return
                except StoreError:
                    if pause is None or self._ending or len(self._tasks) > MOST_WAITING:
                        raise
                await waiting.pause(pause)
        except Exception as error:
            count_lost(caller.principal.tenant)
            logger.warning("a call was not recorded: %s", type(error).__name__)

    async def _keep(self, caller: Caller, place: Place, replied: Replied, now: datetime) -> None:
        reply = replied.turn if replied.whole else None
        await conversations.record(caller.ai, place, reply, now=now, response_id=replied.response_id)
