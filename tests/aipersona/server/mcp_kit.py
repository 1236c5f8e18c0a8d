"""The official MCP client before a running server, and a user who answers what it asks."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Generator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp_types import CallToolResult, ElicitRequestFormParams, ElicitResult, ErrorData

from aipersona import AIPersona, Session
from aipersona.access.principals import Scope
from tests.aipersona.server.kit import Running, application, finished, key_for

MODES = ("auto", "legacy")
"""Questions in rounds (2026-07-28 on), and as requests to the client (before)."""

DIET = "preferences.diet"
INTERESTS = "personality.interests"
EXPENSES = "finances.expenses"


@dataclass
class Person:
    """Who answers for the user: with `answer`, or with an action of MCP; `before` happens while they think."""

    answer: Any = "yes"
    action: Any = "accept"
    before: Callable[[], None] | None = None
    asked: list[str] = field(default_factory=list[str])

    async def __call__(self, context: object, params: Any) -> ElicitResult | ErrorData:
        del context
        assert isinstance(params, ElicitRequestFormParams)
        self.asked.append(params.message)
        if self.before is not None:
            before, self.before = self.before, None
            await asyncio.to_thread(before)
        if self.action == "error":
            return ErrorData(code=-1, message="nobody is there")
        content = {"answer": self.answer} if self.action == "accept" else None
        return ElicitResult(action=self.action, content=content)


@dataclass
class Door:
    """A running server with users, and clients for it."""

    running: Running
    ai: AIPersona
    mode: str

    def rest(self, method: str, path: str, headers: dict[str, str], **more: Any) -> httpx2.Response:
        with httpx2.Client(base_url=self.running.url, headers=headers, trust_env=False) as client:
            return client.request(method, path, **more)

    @asynccontextmanager
    async def client(
        self, headers: dict[str, str], person: Person | None = None, *, mode: str | None = None
    ) -> AsyncGenerator[Client]:
        """The official client, showing these headers; without a person it can ask nobody."""
        async with httpx2.AsyncClient(headers=headers, trust_env=False) as http:
            transport = streamable_http_client(f"{self.running.url}/mcp", http_client=http)
            async with Client(transport, mode=mode or self.mode, elicitation_callback=person) as client:
                yield client


@contextmanager
def opened(
    mode: str = "auto", *, sessions: Sequence[Session] = (), known: dict[str, Any] | None = None, **settings: Any
) -> Generator[Door]:
    """A running server that knows these fields of ann, in her own word, and these sessions."""
    app, ai = application(**settings)

    async def fill() -> None:
        for session in sessions:
            await ai.observe(session)
        for path, value in (known or {}).items():
            await ai.set("ann", path, value)

    finished(fill())
    with Running(app) as running:
        yield Door(running, ai, mode)


def anns(ai: AIPersona, *scopes: Scope) -> dict[str, str]:
    """The headers of a key that is bound to ann."""
    return key_for(ai, *(scopes or ("read", "write")), user_id="ann", ends_at=None)


def text_of(result: CallToolResult) -> str:
    return "\n".join(getattr(content, "text", "") for content in result.content)


async def call(client: Client, name: str, **arguments: Any) -> Any:
    """The data that a tool gives; it must not fail."""
    result = await client.call_tool(name, arguments)
    assert not result.is_error, text_of(result)
    return result.structured_content


async def refused(client: Client, name: str, **arguments: Any) -> str:
    """Why a tool fails; it must."""
    result = await client.call_tool(name, arguments)
    assert result.is_error, text_of(result)
    return text_of(result)


async def persona(client: Client) -> Any:
    return (await call(client, "get_persona"))["persona"]


async def authorities(client: Client, path: str = DIET) -> list[tuple[Any, str]]:
    """The values that hold at a field, with their authorities."""
    told = await call(client, "why", field=path)
    return [(value["value"], value["authority"]) for value in told["values"] if value["holds"]]


async def resource(client: Client, uri: str) -> Any:
    (content,) = (await client.read_resource(uri)).contents
    return json.loads(getattr(content, "text", ""))
