"""Requests that may be sent twice: with an `Idempotency-Key` the second one gets the first one's answer.

Answers are kept for a day, by user and key, of users who are there. While one is being made, however long that takes,
others are refused; once nothing was heard of it for a minute, whoever made it was killed. A failure of the server
frees the key, so that the request can be sent again, and so does a refusal that passes. A request that was cut off may
have been done all the same: its key is not free before that minute is over.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from starlette.types import Message, Receive, Scope, Send

from aipersona.errors import StoreError
from aipersona.server.problems import Refused
from aipersona.server.serving import Caller
from aipersona.store.protocol import ANSWERS_KEPT, Answer, AnswerStore, UserKey, new_identity

STUCK = 60.0
RENEWED = 20.0
"""How often it is noted, in seconds, that an answer is still being made."""
LONGEST_KEY = 256

PASSING = frozenset({409, 412, 429})
"""Refusals that say how things stand at the moment: what they refused was not done."""

KEPT_HEADERS = ("content-type", "etag", "location")

Handle = Callable[[Scope, Receive, Send], Awaitable[None]]


async def answered_once(handle: Handle, scope: Scope, receive: Receive, send: Send, request_id: str) -> None:
    """Let a request be handled, or answer it as it was answered before.

    Raises: Refused where the key was used for another request, or the first one is not answered yet.
    """
    caller: Caller = scope["aipersona.caller"]
    if not 1 <= len(request_id) <= LONGEST_KEY or not request_id.isprintable():
        raise Refused(422, "invalid_request", f"an Idempotency-Key has 1 to {LONGEST_KEY} printable characters")
    body = await _whole(receive)
    key = UserKey(caller.principal.tenant, scope["path_params"]["user_id"])

    def clock() -> float:
        return caller.serving.clock().timestamp()

    now = clock()
    asked = Answer(request_id, _fingerprint(scope, body), now, owner=new_identity())
    store = await caller.ai.store()
    there = await store.begin_answer(key, asked, older=now - ANSWERS_KEPT, stuck=now - STUCK)
    if there is not None:
        await _again(there, asked, send)
        return
    made = _Recorder(send)
    try:
        async with _renewing(store, key, asked, clock):
            await handle(scope, _replayed(body, receive), made.send)
    except Exception:
        await store.end_answer(key, made.answer(asked, clock()))
        raise
    await store.end_answer(key, made.answer(asked, clock()))


@asynccontextmanager
async def _renewing(
    store: AnswerStore, key: UserKey, asked: Answer, clock: Callable[[], float]
) -> AsyncGenerator[None]:
    """Meanwhile it is noted again and again that the answer is being made, so that nobody takes its maker for dead."""

    async def renew() -> None:
        while True:
            await asyncio.sleep(RENEWED)
            with suppress(StoreError):  # the next time may do better
                await store.renew_answer(key, asked, at=clock())

    task = asyncio.create_task(renew())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait({task})


class _Recorder:
    """Passes a response on, and keeps it."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.status, self.headers, self.body, self.whole = 500, dict[str, str](), bytearray(), False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            given = {name.decode("latin-1"): value.decode("latin-1") for name, value in message["headers"]}
            self.headers = {name: given[name] for name in KEPT_HEADERS if name in given}
        elif message["type"] == "http.response.body":
            self.body += message.get("body", b"")
            self.whole = not message.get("more_body", False)
        await self._send(message)

    def answer(self, asked: Answer, at: float) -> Answer:
        """What is to be kept of the response: all, also where its client was gone, or nothing of what may pass."""
        if not self.whole or self.status >= 500 or self.status in PASSING:
            return asked
        return asked._replace(at=at, status=self.status, headers=self.headers, body=bytes(self.body))


async def _again(there: Answer, asked: Answer, send: Send) -> None:
    if there.fingerprint != asked.fingerprint:
        raise Refused(422, "key_used", "this Idempotency-Key was used for another request")
    if there.status is None:
        raise Refused(409, "in_progress", "the same request is being answered", {"retry-after": "1"})
    body = there.body or b""
    headers = {**(there.headers or {}), "content-length": str(len(body)), "idempotency-replayed": "true"}
    raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": there.status, "headers": raw})
    await send({"type": "http.response.body", "body": body})


async def _whole(receive: Receive) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Refused(400, "bad_request", "the request ended early")
        body += message.get("body", b"")
        if not message.get("more_body", False):
            return bytes(body)


def _replayed(body: bytes, receive: Receive) -> Receive:
    given = False

    async def replayed() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replayed


def _fingerprint(scope: Scope, body: bytes) -> str:
    """What makes two requests the same: method, path, query, `If-Match` and body."""
    head = f"{scope['method']} {scope['path']}?".encode() + scope.get("query_string", b"")
    expected = b", ".join(value for name, value in scope["headers"] if name == b"if-match")
    return hashlib.sha256(head + (b" " + expected if expected else b"") + b"\n" + body).hexdigest()
