"""A server in this process: an engine in memory, keys, and a client that shows one of them."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, TypeVar

import uvicorn
from fastapi import FastAPI
from pydantic import SecretStr
from starlette.testclient import TestClient

from aipersona import AIPersona, DraftEdit
from aipersona.access.keys import new_key
from aipersona.access.principals import Scope
from aipersona.server import ServerSettings, create_app
from tests.aipersona.kit import NOON, always

T = TypeVar("T")

SECRET = SecretStr("a secret of thirty-two bytes, or more")


def application(
    *edits: DraftEdit,
    auth: bool = True,
    drafter: Any = None,
    clock: Callable[[], datetime] = lambda: NOON,
    **settings: Any,
) -> tuple[FastAPI, AIPersona]:
    """An application over an engine in memory whose optimizer proposes these edits, and that engine."""
    ai = AIPersona(":memory:", drafter=drafter or always(*edits), embedder="none", clock=clock)
    made = ServerSettings.model_construct(**{**ServerSettings(token_secret=SECRET).model_dump(), **settings})
    return create_app(ai, settings=made, auth=auth, clock=clock), ai


def key_for(
    ai: AIPersona,
    *scopes: Scope,
    tenant: str = "default",
    user_id: str | None = None,
    ends_at: datetime | None = NOON + timedelta(days=1),
) -> dict[str, str]:
    """The headers that show a new key with these rights."""
    key, text = new_key(
        tenant=tenant, name="test", scopes=frozenset(scopes), now=NOON, user_id=user_id, ends_at=ends_at
    )
    finished(_kept(ai, key))
    return {"authorization": f"Bearer {text}"}


async def _kept(ai: AIPersona, key: Any) -> None:
    await (await ai.store()).put_keys(key)


def finished(work: Coroutine[Any, Any, None]) -> None:
    """Have some work done, on a loop of its own."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, work).result()


class Running:
    """An application that runs on a real socket, in a thread with a loop of its own; `logs`: so does uvicorn."""

    def __init__(self, app: FastAPI, *, logs: bool = False) -> None:
        self._app = app
        how: dict[str, Any] = {"log_config": None, "log_level": "info"} if logs else {"log_level": "critical"}
        config = uvicorn.Config(app, host="127.0.0.1", port=0, lifespan="on", ws="none", access_log=False, **how)
        self._server = uvicorn.Server(config)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._serve)
        self.url = ""

    def __enter__(self) -> Running:
        self._thread.start()
        while not self._server.started:
            assert self._thread.is_alive(), "the server did not start"
            self._thread.join(0.01)
        port = self._server.servers[0].sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join()
        self._loop.close()

    def _serve(self) -> None:
        self._loop.run_until_complete(self._server.serve())
        left = asyncio.all_tasks(self._loop)  # what watches over streams, as `asyncio.run` ends it
        for task in left:
            task.cancel()
        if left:
            self._loop.run_until_complete(asyncio.wait(left))

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """What work comes to on the server's loop."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    def settle(self) -> None:
        """Wait until what was to be recorded is."""
        self.run(self._app.state.calls.settled())


@contextmanager
def client(
    *edits: DraftEdit, scopes: Sequence[Scope] = ("read", "write", "call", "admin"), **more: Any
) -> Generator[TestClient]:
    """A client that may do what these scopes allow."""
    app, ai = application(*edits, **more)
    with TestClient(app, headers=key_for(ai, *scopes)) as made:
        yield made
