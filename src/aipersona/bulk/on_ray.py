"""Bulk learning on Ray: each user is a task of a worker that opens the same database for itself.

The settings go along, with the model's key; providers' own variables (OPENAI_API_KEY, ...), model files and this
package are each machine's own. Workers are processes: SQLite lets one of them write at a time, and serves one machine;
PostgreSQL is the database for many.
"""

from __future__ import annotations

import asyncio
import logging
import os
import pickle
import socket
from collections.abc import AsyncGenerator, Callable, Collection, Generator, Sequence
from contextlib import aclosing, contextmanager
from importlib import import_module
from typing import Any

from aipersona.bulk.learned import Learned, learn_user
from aipersona.bulk.learning import as_they_end
from aipersona.bulk.local import at_least_one_job
from aipersona.engine import AIPersona
from aipersona.errors import InvalidInput, WorkersUnavailable
from aipersona.store.opening import sqlite_file

HERE = "local"
"""Ray's word for a cluster of its own on this machine, whatever runs here already and whatever the environment says."""

_RAY = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_ENABLE_UV_RUN_RUNTIME_ENV": "0"}
"""No word to anybody about its use; and workers run by this interpreter, not by another `uv run` of a copy."""

REACHED_WITHIN = 10.0
"""Seconds for the head of a cluster to take a connection: Ray itself would try for many minutes."""


class RayEngine:
    """Users on Ray: of this machine, or of the cluster at an address (HOST:PORT, ray://HOST:PORT, auto).

    `jobs` users at once, each in a process of its own, or as many as the cluster has processors.
    """

    def __init__(self, address: str | None = None, *, jobs: int | None = None) -> None:
        self._address = address or HERE
        self._jobs = at_least_one_job(jobs) if jobs is not None else None

    def check(self, ai: AIPersona) -> None:
        """Raises: InvalidInput for a database that workers cannot open."""
        if ai.is_in_memory:
            raise InvalidInput("a database in memory is this process's own: workers of Ray need a file or a server")
        file = sqlite_file(ai.database)
        if self._address != HERE and file is not None and (ai.database is None or not file.is_absolute()):
            named = f"the file {ai.database!r}" if ai.database is not None else "the default file"
            raise InvalidInput(
                f"workers of the Ray cluster at {self._address!r} cannot find {named}, which is looked for from here: "
                "name the whole path, or a database server that they reach"
            )

    async def learn(self, ai: AIPersona, users: Sequence[str], *, every: int | None) -> AsyncGenerator[Learned]:
        """One result for each user, as they end.

        Raises: WorkersUnavailable without Ray, or a cluster that cannot be reached; InvalidInput for a file that the
        cluster's other machines do not have, or what was given in code and cannot be sent.
        """
        file = sqlite_file(ai.database)
        make = ai.anew(database=None if file is None or file.is_absolute() else file.absolute())
        with _cluster(self._address) as ray:
            if file is not None:
                check_one_machine({node["NodeManagerAddress"] for node in ray.nodes() if node["Alive"]})
            processors = ray.cluster_resources().get("CPU", 1.0)
            at_once = self._jobs or max(1, int(processors))
            share = max(0.001, int(1000 * min(1.0, processors / at_once)) / 1000)  # the model's answers are waited for
            task, made = ray.remote(_learn_there).options(num_cpus=share), _sent(ray, make)

            def begin(user_id: str) -> asyncio.Future[Learned]:
                return asyncio.ensure_future(_ended(ray, user_id, task.remote(made, user_id, every)))

            async with aclosing(as_they_end(begin, users, at_once)) as ended:
                async for learned in ended:
                    yield learned


def check_one_machine(addresses: Collection[str]) -> None:
    """Raises: InvalidInput where an SQLite file would have to serve several machines."""
    if len(addresses) > 1:
        raise InvalidInput(
            f"the Ray cluster has {len(addresses)} machines, and an SQLite database serves one: name a PostgreSQL one"
        )


async def _ended(ray: Any, user_id: str, reference: Any) -> Learned:
    """What came of a task; of one whose worker died more often than Ray begins it again, that."""
    try:
        return await asyncio.wrap_future(reference.future())
    except ray.exceptions.RayError as error:
        cause = getattr(error, "cause", None) or error
        return Learned(
            user=user_id, error=WorkersUnavailable(f"a worker of Ray gave no result: {type(cause).__name__}")
        )
    except asyncio.CancelledError:
        ray.cancel(reference, force=True)  # what is committed stays, as if the power had gone
        raise


def _learn_there(make: Callable[[], AIPersona], user_id: str, every: int | None) -> Learned:
    async def learned() -> Learned:
        async with make() as ai:
            return await learn_user(ai, user_id, every)

    return asyncio.run(learned())


def _sent(ray: Any, make: Callable[[], AIPersona]) -> Any:
    try:
        return ray.put(make)
    except (TypeError, AttributeError, pickle.PicklingError):
        raise InvalidInput(
            "the model, drafter, embedder or clock given in code cannot be sent to workers: name it in the settings, "
            "or give a function of a module"
        ) from None


@contextmanager
def _cluster(address: str) -> Generator[Any]:
    """Ray, connected; left as it was found.

    Raises: WorkersUnavailable.
    """
    for name, value in _RAY.items():
        os.environ.setdefault(name, value)
    try:
        ray: Any = import_module("ray")
    except ImportError:
        raise WorkersUnavailable("the engine 'ray' needs its extra: pip install 'aipersona[ray]'") from None
    _check_reach(address)
    if ray.is_initialized():
        yield ray
        return
    try:
        ray.init(
            address=address,
            log_to_driver=False,
            logging_level=logging.ERROR,
            include_dashboard=False if address == HERE else None,
        )
    except (ConnectionError, RuntimeError, ValueError, OSError) as error:
        raise WorkersUnavailable(f"the Ray cluster at {address!r} cannot be used: {type(error).__name__}") from None
    try:
        yield ray
    finally:
        ray.shutdown()


def _check_reach(address: str) -> None:
    """Raises: WorkersUnavailable where nothing answers at HOST:PORT."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if not (host and port.isdigit()):
        return
    try:
        socket.create_connection((host, int(port)), REACHED_WITHIN).close()
    except (OSError, OverflowError, UnicodeError):
        raise WorkersUnavailable(f"the Ray cluster at {address!r} cannot be reached") from None
