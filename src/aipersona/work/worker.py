"""The worker: finds who is due, queues the work, does what the queue hands out, and keeps what failed.

Killed at any instant nothing is lost or done twice: what is due follows from the tables, and a session is learned by
one revision, whoever tries. The queue sees to order, limits and one job a user.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import Context
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Self, TypeVar

from aipersona.engine import AIPersona
from aipersona.errors import UnknownUser, WorkUnavailable, unforeseen
from aipersona.store.protocol import ANSWERS_KEPT, Store, UserKey, user_key
from aipersona.store.sql import SQLStore
from aipersona.store.work import Due, Failure, Kind
from aipersona.telemetry.meters import tell_working
from aipersona.work import lease, plan
from aipersona.work.queue import Job, Limits, Queue

ResultT = TypeVar("ResultT")

SWEEP_SECONDS = 5.0
PATIENCE_SECONDS = 30.0
AT_ONCE = 500
"""How many users are queued at a time: the next ones come when these are done."""
KEPT = timedelta(hours=1)
"""How long jobs that are over are kept, for the limit of jobs a minute counts them."""
REST = timedelta(minutes=5)
"""How long nobody is searched for whose persona may be consolidated, once there was nobody: it reads all users."""
FORGETTING = timedelta(hours=1)
"""How often answers are dropped that do not come again."""
DIED = "worker_died"
SOON = (0.05, 0.2, 0.5)
"""Seconds to wait for the queue to note that a user's job is over, before their next is queued."""

log = logging.getLogger("aipersona.work")


@dataclass(frozen=True, kw_only=True)
class Counts:
    """What a worker did since it started."""

    sessions: int = 0
    """Learned from."""
    revisions: int = 0
    consolidated: int = 0
    failures: int = 0
    """Tries that failed; those that gave up among them."""
    given_up: int = 0


class Worker:
    """Learns and consolidates for the users of all tenants of a database, for as long as it is started.

    `ai` is whose database, settings and model are used; `engines` gives the engine for a tenant, where tenants have
    models or schemas of their own (by default `ai.for_tenant`), all on the store of `ai`. They stay the caller's to
    close, after the worker. `sweep` is how often the tables are searched for who is due, in seconds; `patience` how
    long `aclose` lets what runs go on. One worker runs in a process at a time.
    """

    def __init__(
        self,
        ai: AIPersona,
        *,
        engines: Callable[[str], AIPersona] | None = None,
        sweep: float = SWEEP_SECONDS,
        patience: float = PATIENCE_SECONDS,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.counts = Counts()
        self._ai, self._settings = ai, ai.settings
        self._engines = engines or ai.for_tenant
        self._sweep_seconds, self._patience, self._clock = sweep, patience, clock
        self._queue: Queue | None = None
        self._lease: lease.Lease | None = None
        self._thread: ThreadPoolExecutor | None = None
        self._sweeping: asyncio.Task[None] | None = None
        self._doing: set[asyncio.Task[None]] = set()
        self._asking: set[asyncio.Task[None]] = set()
        self._cleaned = self._rested = self._forgot = datetime.fromtimestamp(0, UTC)
        self._stopping = False

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def start(self) -> None:
        """Begin to work, in the event loop that runs.

        Raises: WorkUnavailable without the extra, for a store in memory, or beside another worker on the same SQLite
        file or in the same process; ModelUnavailable if no model is set up to learn with; StoreUnavailable.
        """
        self._ai.require_model()
        store = await self._store()
        if not isinstance(store, SQLStore):
            raise WorkUnavailable("a worker needs a database to keep its queue in: a store in memory has none")
        if self._thread is not None:
            raise WorkUnavailable("this worker is started already")
        self._stopping = False
        self._thread = ThreadPoolExecutor(1, "aipersona-queue")
        loop = asyncio.get_running_loop()

        def run(kind: Kind, identity: str) -> None:
            self._wait_for(loop, kind, identity)

        limits = Limits(at_once=self._settings.learn_concurrency, a_minute=self._settings.learn_rate)
        try:
            self._lease = held = await self._in_thread(lambda: lease.take(store.url))
            self._queue = await self._in_thread(
                lambda: Queue.open(store.url, worker=held.worker, limits=limits, run=run)
            )
        except BaseException:
            await self.aclose()
            raise
        self._sweeping = asyncio.create_task(self._sweep_on())
        tell_working(runs=True)

    async def aclose(self) -> None:
        """Stop: what runs may end within the patience, and is cut off then; another worker, or the next, does it."""
        self._stopping = True
        ending = [task for task in (self._sweeping, *self._asking) if task is not None]
        for task in ending:
            task.cancel()
        await asyncio.gather(*ending, return_exceptions=True)
        self._sweeping = None
        if self._doing:
            _, late = await asyncio.wait(self._doing, timeout=self._patience)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        queue, held, thread = self._queue, self._lease, self._thread
        try:
            if queue is not None:
                await self._in_thread(queue.close)
        finally:
            if held is not None:
                await self._in_thread(held.close)
            if thread is not None:
                thread.shutdown()
            self._thread = self._queue = self._lease = None
            if queue is not None:
                tell_working(runs=False)

    async def due(self, tenant: str, user_id: str) -> bool:
        """Have a user's closed sessions learned from soon, however few; returns at once, False if none waits.

        Kept in the tables: a worker elsewhere finds it, too. What failed before is tried again.

        Raises: InvalidInput; StoreUnavailable.
        """
        store, key = await self._store(), user_key(tenant, user_id)
        if not await store.ask(key, self._clock()):
            return False
        identity = (await store.head(key)).identity
        if self._queue is not None and identity is not None:
            try:
                await self._put([Due(key, identity, 0, True)], "learn")
            except Exception as error:  # of DBOS or its database: the request is kept, and a sweep finds it
                log.warning("a user who was asked for could not be queued: %s", unforeseen(error))
        return True

    async def pending(self, *, limit: int = 100) -> list[Due]:
        """The users of all tenants who are due to be learned for now, those first who were asked for or waited longest.

        Raises: StoreUnavailable.
        """
        now = self._clock()
        return await (await self._store()).due(plan.learn_rule(self._settings, self._ai.every, now), limit=limit)

    async def failed(self, tenant: str | None = None, *, limit: int | None = None) -> list[Failure]:
        """What failed and was not done since, of one tenant or of all; without `again_at` it is a dead letter.

        Raises: StoreUnavailable.
        """
        return await (await self._store()).failures(tenant=tenant, limit=limit)

    async def retry(self, tenant: str | None = None, user_id: str | None = None) -> int:
        """Have what failed tried again now: one user's, a tenant's or everything; how many failures.

        Raises: StoreUnavailable.
        """
        return await (await self._store()).retry(tenant=tenant, user_id=user_id)

    async def sweep(self) -> int:
        """Search the tables for who is due and queue them; how many. A started worker does it again and again.

        Open sessions that are idle are closed, and what dead workers had begun is queued again. Once an hour the
        answers of a server to requests of more than a day ago are dropped.

        Raises: StoreUnavailable.
        """
        store, now = await self._store(), self._clock()
        await self._take_over()
        await store.close_idle(plan.idle_since(self._settings, now), limit=AT_ONCE)
        if now - self._forgot > FORGETTING:
            await store.drop_answers(older=now.timestamp() - ANSWERS_KEPT)
            self._forgot = now
        put = 0
        for rule in plan.rules(self._settings, self._ai.every, now):
            if rule.kind == "consolidate" and now < self._rested + REST:
                continue
            found = await store.due(rule, limit=AT_ONCE)
            if found:
                put += await self._put(found, rule.kind)
            elif rule.kind == "consolidate":
                self._rested = now
        return put

    async def _take_over(self) -> None:
        queue, held = self._queue, self._lease
        if queue is None or held is None:
            return
        for kind, identity in await self._in_thread(queue.given_up):
            key = await (await self._store()).whose(identity)
            if key is not None:
                await self._note(key, identity, kind, error=DIED, again_at=None)
        await self._in_thread(lambda: queue.take_over(held.dead(queue.workers())))
        if self._clock() - self._cleaned > KEPT / 10:
            await self._in_thread(lambda: queue.clean(self._clock() - KEPT))
            self._cleaned = self._clock()

    async def _sweep_on(self) -> None:
        while True:
            try:
                await self.sweep()
            except Exception as error:  # whatever it is, the next sweep may do better; its text is not for the log
                log.warning("the search for users who are due failed: %s", plan.code_of(error))
            await asyncio.sleep(self._sweep_seconds)

    async def _put(self, found: Sequence[Due], kind: Kind) -> int:
        queue = self._queue
        if queue is None:
            return 0
        jobs = [
            Job(kind, one.identity, self._engines(one.key.tenant).model_name, _priority(kind, one)) for one in found
        ]
        return await self._in_thread(lambda: queue.put(jobs))

    def _wait_for(self, loop: asyncio.AbstractEventLoop, kind: Kind, identity: str) -> None:
        """Have a job done by the event loop and wait for its end; called in a thread of the queue."""
        done: Future[None] = Future()
        with contextlib.suppress(RuntimeError):  # a loop that was closed takes nothing any more
            loop.call_soon_threadsafe(self._begin, kind, identity, done, context=Context())
        while not loop.is_closed():
            with contextlib.suppress(TimeoutError):
                done.result(timeout=1)
                return

    def _begin(self, kind: Kind, identity: str, done: Future[None]) -> None:
        if self._stopping:
            done.set_result(None)  # it is still due, and found again
            return
        task = asyncio.create_task(self._do(kind, identity))
        self._doing.add(task)

        def over(task: asyncio.Task[None]) -> None:
            self._doing.discard(task)
            done.set_result(None)
            error = task.exception() if not task.cancelled() else None
            if error is not None:  # of the store: what was to be noted is found again by a sweep
                log.warning("what came of a job could not be kept: %s", plan.code_of(error))
            elif not self._stopping:
                asking = asyncio.create_task(self._ask_for_more(kind, identity))
                self._asking.add(asking)
                asking.add_done_callback(self._asking.discard)

        task.add_done_callback(over)

    async def _do(self, kind: Kind, identity: str) -> None:
        """Do a job, if it is still due, and keep what came of it."""
        found = await self._due(kind, identity)
        if found is None:
            return
        try:
            revision = await (self._learn(found.key) if kind == "learn" else self._consolidate(found.key))
        except UnknownUser:
            return  # erased meanwhile
        except Exception as error:  # of any drafter, schema or library: it ends this job and no other
            attempts = found.attempts + 1
            again_at = plan.again_at(error, attempts, self._settings.attempts, self._clock())
            await self._note(found.key, identity, kind, error=plan.code_of(error), again_at=again_at)
        else:
            await (await self._store()).worked(found.key, kind, identity=identity, at=self._clock(), revision=revision)

    async def _learn(self, key: UserKey) -> int:
        report = await self._engines(key.tenant).learn(key.user_id, most=1)
        sessions, revisions = self.counts.sessions + report.sessions, self.counts.revisions + report.revisions
        self.counts = replace(self.counts, sessions=sessions, revisions=revisions)
        return (await (await self._store()).head(key)).revision

    async def _consolidate(self, key: UserKey) -> int:
        before = (await (await self._store()).head(key)).revision
        report = await self._engines(key.tenant).consolidate(key.user_id)
        self.counts = replace(self.counts, consolidated=self.counts.consolidated + 1)
        return before if report.revision is None else report.revision

    async def _note(self, key: UserKey, identity: str, kind: Kind, *, error: str, again_at: datetime | None) -> None:
        store, now = await self._store(), self._clock()
        await store.failed(key, kind, identity=identity, error=error, at=now, again_at=again_at)
        given_up = self.counts.given_up + (again_at is None)
        self.counts = replace(self.counts, failures=self.counts.failures + 1, given_up=given_up)

    async def _ask_for_more(self, kind: Kind, identity: str) -> None:
        """Queue the user's next job once the queue knows that this one is over; if it does not, a sweep will."""
        for seconds in SOON:
            await asyncio.sleep(seconds)
            try:
                found = await self._due(kind, identity)
                if found is None or await self._put([found], kind):
                    return
            except Exception as error:  # of the store, DBOS or its database
                log.warning("a user's next job could not be queued: %s", unforeseen(error))

    async def _due(self, kind: Kind, identity: str) -> Due | None:
        rule = plan.rule_of(kind, self._settings, self._ai.every, self._clock())
        if rule is None:
            return None
        return next(iter(await (await self._store()).due(rule, limit=1, identity=identity)), None)

    async def _store(self) -> Store:
        return await self._ai.store()

    async def _in_thread(self, call: Callable[[], ResultT]) -> ResultT:
        """What a call gives that blocks; whole, also for a caller who is cancelled.

        Raises: what it raises.
        """
        if self._thread is None:
            raise WorkUnavailable("the worker is not started")
        begun = asyncio.wrap_future(self._thread.submit(call))
        try:
            return await asyncio.shield(begun)
        except asyncio.CancelledError:
            await asyncio.wait({begun})
            raise


def _priority(kind: Kind, one: Due) -> int:
    if kind == "consolidate":
        return 3
    return 1 if one.asked else 2
