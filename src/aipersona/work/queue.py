"""The queue of work, durable in DBOS. DBOS keeps its state in module globals: nothing else touches them.

Its tables hold no user: a job is a kind of work and an identity, which means nobody once the user was erased. A queue
for each model limits how many jobs run at once and start in a minute, over all workers; a user has one job in the
queue at a time. DBOS runs no step and keeps no outcome of ours: a job that is run again finds in our tables what is
left to do, and what failed is kept there, too. So its rows can go when they are done.

DBOS is called from threads that it or we own, never from the event loop: its calls block, and the asynchronous ones
would replace the executor of the loop for good.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Collection, Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import sqlalchemy as sa

from aipersona.errors import WorkUnavailable
from aipersona.store import postgres
from aipersona.store.work import Kind

if TYPE_CHECKING:
    from dbos import DBOS, WorkflowStatus

WORKFLOW = "aipersona.work"
APPLICATION = "aipersona"
VERSION = "1"
"""Of the arguments of a job: workers of another version leave them alone."""
SCHEMA = "aipersona_work"
POLL_SECONDS = 0.25
CRASHES = 10
"""How often a job may take its worker's process down before it is given up."""

Run = Callable[[Kind, str], None]
"""Does a job and returns when it is done, in a thread of DBOS."""

_running: Run | None = None
_registered = False


class Job(NamedTuple):
    kind: Kind
    identity: str
    model: str
    """The name of the model that is asked, whose limits hold."""
    priority: int
    """The lowest number goes first."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Of one model, over all workers: jobs at once, and jobs begun in a minute."""

    at_once: int
    a_minute: int | None


class Queue:
    """The open queue of this process; `open` makes one. Every method blocks."""

    def __init__(self, dbos: type[DBOS], limits: Limits) -> None:
        self._dbos, self._limits = dbos, limits
        self._known: set[str] = set()

    @classmethod
    def open(cls, url: sa.URL, *, worker: str, limits: Limits, run: Run) -> Queue:
        """The queue of the database at `url`: a schema in it on PostgreSQL, a file beside an SQLite file.

        What a worker of this name had begun and not finished is queued again.

        Raises: WorkUnavailable if DBOS is not installed, in use by the application, or cannot open its tables.
        """
        global _running
        dbos = _dbos()
        _running = run
        try:
            dbos(
                config={
                    "name": APPLICATION,
                    "application_version": VERSION,
                    "executor_id": worker,
                    "system_database_url": _beside(url),
                    "dbos_system_schema": SCHEMA,
                    "use_listen_notify": False,
                    "db_engine_kwargs": _engine_options(url),
                    "log_level": "WARNING",
                    "enable_otlp": False,
                }
            )
            dbos.launch()
        except Exception as error:
            dbos.destroy()
            _running = None
            told = f"the queue of work cannot be opened: {type(error).__name__}"
            raise WorkUnavailable(told, passes=True) from None
        return cls(dbos, limits)

    def put(self, jobs: Iterable[Job]) -> int:
        """Queue the jobs of users who have none in the queue; how many."""
        from dbos import error as refused

        there = {status.deduplication_id for status in self._list("ENQUEUED", "PENDING", "DELAYED")}
        put = 0
        for job in jobs:
            if job.identity in there:
                continue
            there.add(job.identity)
            try:
                self._dbos.enqueue_workflow_with_options(
                    {
                        "workflow_name": WORKFLOW,
                        "queue_name": self._queue(job.model),
                        "deduplication_id": job.identity,
                        "priority": job.priority,
                        "app_version": VERSION,
                    },
                    job.kind,
                    job.identity,
                )
            except refused.DBOSQueueDeduplicatedError:
                continue  # another worker was first
            put += 1
        return put

    def _queue(self, model: str) -> str:
        name = f"model {model}"
        if name not in self._known:
            rate = self._limits.a_minute
            self._dbos.register_queue(
                name,
                global_concurrency=self._limits.at_once,
                limiter={"limit": rate, "period": 60.0} if rate is not None else None,
                polling_interval_sec=POLL_SECONDS,
                on_conflict="always_update",
            )
            self._known.add(name)
        return name

    def workers(self) -> set[str]:
        """The workers that have begun jobs."""
        return {status.executor_id for status in self._list("PENDING") if status.executor_id}

    def take_over(self, workers: Collection[str]) -> None:
        """Queue again what these dead workers had begun."""
        if workers:
            self._dbos._recover_pending_workflows(list(workers))  # pyright: ignore[reportPrivateUsage]

    def given_up(self) -> list[tuple[Kind, str]]:
        """The kinds and users of jobs during which the process ended more than `CRASHES` times; told once."""
        found = self._list("MAX_RECOVERY_ATTEMPTS_EXCEEDED", inputs=True)
        if found:
            self._dbos.delete_workflows([status.workflow_id for status in found])
        return [cast("tuple[Kind, str]", tuple(status.input["args"])) for status in found if status.input]

    def clean(self, before: datetime) -> None:
        """Delete jobs that were over before then."""
        while over := self._list("SUCCESS", "ERROR", "CANCELLED", before=before, limit=1000):
            self._dbos.delete_workflows([status.workflow_id for status in over])

    def _list(
        self, *states: str, inputs: bool = False, before: datetime | None = None, limit: int | None = None
    ) -> list[WorkflowStatus]:
        return self._dbos.list_workflows(
            name=WORKFLOW,
            status=list(states),
            completed_before=before.isoformat() if before is not None else None,
            load_input=inputs,
            load_output=False,
            limit=limit,
        )

    def close(self) -> None:
        """Stop taking jobs and close the tables; jobs that are done by now are marked so."""
        global _running
        self._dbos.destroy(workflow_completion_timeout_sec=5)
        _running = None


def _job(kind: Kind, identity: str) -> None:
    """A job as DBOS knows it."""
    if _running is not None:
        _running(kind, identity)


def _dbos() -> type[DBOS]:
    """DBOS, quiet and with our workflow.

    Raises: WorkUnavailable.
    """
    global _registered
    log = logging.getLogger("dbos")
    if not log.handlers:
        log.addHandler(logging.NullHandler())  # DBOS would write to stderr; what an application sets up is left alone
    try:
        module: Any = import_module("dbos")
    except ModuleNotFoundError:
        raise WorkUnavailable("a worker needs DBOS: pip install 'aipersona[server]'") from None
    if getattr(import_module("dbos._dbos"), "_dbos_global_instance", None) is not None:
        raise WorkUnavailable("DBOS is in use in this process already: run `aipersona worker` in one of its own")
    dbos: type[DBOS] = module.DBOS
    if not _registered:
        dbos.workflow(name=WORKFLOW, max_recovery_attempts=CRASHES)(_job)
        _registered = True
    return dbos


def _engine_options(url: sa.URL) -> dict[str, Any]:
    options: dict[str, Any] = {"hide_parameters": True, "pool_size": 5, "max_overflow": 5}
    if url.get_backend_name() == "postgresql":
        options["connect_args"] = {"application_name": APPLICATION, **postgres.connecting(url)}
    return options


def _beside(url: sa.URL) -> str:
    """The URL of the tables of the queue."""
    if url.get_backend_name() != "sqlite":
        return url.render_as_string(hide_password=False)
    file = f"{url.database}.work"
    with closing(sqlite3.connect(file, timeout=30)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")  # a setting of the file: readers do not wait for a writer
    return sa.URL.create("sqlite", database=file).render_as_string()
