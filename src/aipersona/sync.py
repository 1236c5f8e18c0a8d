"""The same object without await: each call runs on one event loop in a thread of its own."""

from __future__ import annotations

import asyncio
import inspect
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from types import TracebackType
from typing import Any, Protocol, Self, TypeVar

from aipersona.errors import StoreUnavailable

T = TypeVar("T")


class Closable(Protocol):
    """What is made blocking here: AIPersona, or anything else that is async and can be closed."""

    async def aclose(self) -> None: ...


class SyncAIPersona:
    """AIPersona for scripts and notebooks: every public method, blocking. A context manager, or `close` it.

    Methods and their documentation are those of AIPersona; async iterators come out as lists.
    """

    def __init__(self, engine: Closable) -> None:
        self._engine = engine
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="aipersona", daemon=True)
        self._thread.start()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        found = getattr(self._engine, name)
        if not callable(found):
            return found
        return self._blocking(found)

    def _blocking(self, method: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            self._check_open()
            result = method(*args, **kwargs)
            if inspect.isawaitable(result):
                return self._run(_awaited(result))
            if isinstance(result, AsyncIterator):
                return self._run(_listed(result))  # pyright: ignore[reportUnknownArgumentType]
            return result

        call.__name__, call.__doc__ = method.__name__, method.__doc__
        return call

    def run(self, work: Callable[[], Awaitable[T]]) -> T:
        """What async work that uses the same object comes to, done on the same event loop.

        Raises: StoreUnavailable if this was closed; what the work raises.
        """
        self._check_open()
        return self._run(_awaited(work()))

    def _check_open(self) -> None:
        if self._loop.is_closed():
            raise StoreUnavailable("the database was closed: make another AIPersona")

    def _run(self, coroutine: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()

    def close(self) -> None:
        """Close the database and stop the thread."""
        if self._loop.is_closed():
            return
        try:
            self._run(self._engine.aclose())
        finally:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


async def _awaited(result: Any) -> Any:
    return await result


async def _listed(lines: AsyncIterator[Any]) -> list[Any]:
    return [line async for line in lines]
