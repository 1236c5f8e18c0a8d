"""What may be given as a tool: functions, pydantic-ai tools and toolsets; which of them are the application's own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterable
from copy import copy
from dataclasses import replace
from inspect import isawaitable, iscoroutinefunction
from typing import Any, cast

from pydantic_ai import Tool
from pydantic_ai.toolsets import AbstractToolset, FunctionToolset

from aipersona.errors import InvalidInput
from aipersona.tools.filling import Trust

ToolLike = Callable[..., Any] | Tool[Any] | AbstractToolset[Any]
"""A function (its signature and docstring say what it takes), a Tool, or a toolset."""


def toolsets_of(tools: Iterable[ToolLike]) -> list[tuple[AbstractToolset[object], Trust]]:
    """Functions and tools as one toolset, and the toolsets; what is not made of functions here is somebody else's.

    Raises: InvalidInput for what is no tool, and for two functions of one name.
    """
    functions: dict[str, Tool[object]] = {}
    found: list[tuple[AbstractToolset[object], Trust]] = []
    for one in tools:
        if isinstance(one, AbstractToolset):
            found.append((cast("AbstractToolset[object]", one), "own" if isinstance(one, FunctionToolset) else "other"))
            continue
        tool = _tool(one)
        if tool.name in functions:
            raise InvalidInput(f"two tools are called {tool.name!r}")
        functions[tool.name] = tool
    return [(FunctionToolset(list(functions.values())), "own"), *found] if functions else found


def _tool(one: Callable[..., Any] | Tool[object]) -> Tool[object]:
    if not isinstance(one, Tool) and not callable(one):
        raise InvalidInput(f"a tool is a function, a Tool or a toolset, not {type(one).__name__}")
    tool = copy(cast("Tool[object]", one)) if isinstance(one, Tool) else Tool[object](one)
    schema = tool.function_schema
    if not schema.is_async and not iscoroutinefunction(schema.function):
        # In a thread of its own that ends with the process: one that hangs must not keep the process alive.
        tool.function_schema = replace(schema, function=_threaded(schema.function), is_async=True)
    return tool


def _threaded(function: Callable[..., Any]) -> Callable[..., Any]:
    async def call(*args: Any, **kwargs: Any) -> Any:
        loop = asyncio.get_running_loop()
        done: asyncio.Future[Any] = loop.create_future()

        def finish(result: Any, error: BaseException | None) -> None:
            if done.cancelled():
                return
            if error is None:
                done.set_result(result)
            else:
                done.set_exception(error)

        def work() -> None:
            result: Any = None
            error: BaseException | None = None
            try:
                result = function(*args, **kwargs)
            except BaseException as raised:
                error = raised if isinstance(raised, Exception) else RuntimeError(type(raised).__name__)
            if not loop.is_closed():
                loop.call_soon_threadsafe(finish, result, error)

        threading.Thread(target=work, name="aipersona tool", daemon=True).start()
        result = await done
        return await result if isawaitable(result) else result

    return call
