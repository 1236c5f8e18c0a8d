"""A running server before a stub upstream, with a user whose diet is known, and a client."""

from __future__ import annotations

import json
from collections.abc import Generator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx2

from aipersona import AIPersona
from tests.aipersona.kit import NOON
from tests.aipersona.server.kit import Running, application, key_for
from tests.aipersona.server.upstream import Stub, upstream

CHAT = "/v1/chat/completions"
_MESSAGE = {"role": "assistant", "content": "Try the tofu."}
_CHOICES = [{"index": 0, "finish_reason": "stop", "message": _MESSAGE}]
REPLY: dict[str, Any] = {"id": "c1", "object": "chat.completion", "choices": _CHOICES}
STREAM = [
    b'data: {"id":"c1","choices":[{"index":0,"delta":{"role":"assistant","content":"Try "},"logprobs":null}]}\n\n',
    b': a comment\r\n\r\ndata: {"id":"c1","choices":[{"index":0,"delta":{"content":"the tofu."}},'
    b'{"index":1,"delta":{"content":"x"}}]}\n\n',
    b'data: {"id":"c1","choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"unknown":{"a":[1]}}\n\n'
    b"data: [DONE]\n\n",
]
EVENTS = {"content-type": "text/event-stream"}


@dataclass
class Clock:
    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Served:
    client: httpx2.Client
    running: Running
    clock: Clock
    ai: AIPersona

    def chat(self, *said: str, stream: bool = False, headers: dict[str, str] | None = None) -> httpx2.Response:
        """A call whose messages are the user's and the assistant's by turns."""
        roles = ("user", "assistant")
        messages = [{"role": roles[n % 2], "content": text} for n, text in enumerate(said)]
        body = {"model": "gpt", "user": "ann", "messages": messages, **({"stream": True} if stream else {})}
        return self.client.post(CHAT, json=body, headers=headers)

    def kept(self, user: str = "ann") -> list[list[str]]:
        """The texts of the user's sessions."""
        self.running.settle()
        found = self.client.get(f"/v1/users/{user}/sessions")
        items: list[Any] = found.json()["items"] if found.is_success else []
        return [[turn["content"] for turn in item["session"]["turns"]] for item in items]


def answering() -> AbstractContextManager[Stub]:
    """A stub that answers each call with the same reply."""
    return upstream(pieces=[json.dumps(REPLY).encode()])


@contextmanager
def serving(stub: Stub, **settings: Any) -> Generator[Served]:
    """The server before a stub; without `auth` its client shows no key."""
    clock = Clock()
    told: dict[str, Any] = {"upstream_url": stub.url, **settings}
    app, ai = application(clock=clock, **told)
    key = key_for(ai, "read", "write", "call", ends_at=None) if settings.get("auth", True) else {}
    with Running(app) as running, httpx2.Client(base_url=running.url, headers=key, trust_env=False) as client:
        client.put("/v1/users/ann/persona/preferences.diet", json={"value": "vegan"})
        yield Served(client, running, clock, ai)
