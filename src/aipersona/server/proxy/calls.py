"""Proxied calls: what is known of the user goes in, the call goes on, and what was said is recorded afterwards.

If the personas cannot be read in time the call goes on without; `X-AIPersona-Context` tells the client:

    applied      what is known was added
    empty        nothing is known that the call needs
    unavailable  the personas could not be read
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Literal

from pydantic import JsonValue
from starlette.datastructures import Headers
from starlette.responses import Response

from aipersona.deadline import answer_within
from aipersona.errors import AIPersonaError
from aipersona.server.proxy import conversations
from aipersona.server.proxy.conversations import Place
from aipersona.server.proxy.messages import turns_in, turns_of_input
from aipersona.server.proxy.replies import reply_of
from aipersona.server.proxy.splicing import Call, read_call, with_instructions, with_system_text
from aipersona.server.proxy.upstream import Upstream
from aipersona.server.serving import USER_HEADER, Caller
from aipersona.sessions.model import Turn
from aipersona.store.protocol import UserKey
from aipersona.telemetry.meters import count_context, count_lost
from aipersona.telemetry.model_calls import ModelCalled, Operation

logger = logging.getLogger("aipersona.server")

LONG = 256 * 1024
"""Bytes of a body from which on it is read in a thread: the loop has others to serve."""

BREATH = 0.02
"""Seconds for which recording gives way to a client that calls again at once, unless that call is of the same user."""

LONGEST_QUERY = 8_000
"""Characters of the user's last message that are asked of the past."""

State = Literal["applied", "empty", "unavailable"]


@dataclass(frozen=True)
class Form:
    """How a kind of call names what was said, and takes a text for the model."""

    path: str
    operation: Operation
    turns: Callable[[Call], list[Turn]]
    told: Callable[[Call, str], bytes | None]


def _messages(call: Call) -> list[Turn]:
    return turns_in(call.get("messages"))


def _input(call: Call) -> list[Turn]:
    return turns_of_input(call.get("input"))


CHAT = Form("/chat/completions", "chat", _messages, with_system_text)
RESPONSES = Form("/responses", "chat", _input, with_instructions)


@dataclass(frozen=True, eq=False)
class _Recording:
    """Whose call is being recorded, and what has it be done at once."""

    key: UserKey
    hurry: asyncio.Event = field(default_factory=asyncio.Event)


class Calls:
    """Answers proxied calls; what is to be recorded is done in the background, and waited for at the end."""

    def __init__(self, upstream: Upstream) -> None:
        self._upstream = upstream
        self._recording: dict[asyncio.Task[None], _Recording] = {}

    async def settled(self) -> None:
        """Wait for what is being recorded, and for what comes to it meanwhile."""
        while self._recording:
            await self._recorded(self._recording)

    async def _recorded(self, some: Mapping[asyncio.Task[None], _Recording]) -> None:
        for one in some.values():
            one.hurry.set()
        if some:
            await asyncio.wait(list(some))

    async def aclose(self) -> None:
        """Wait for what is being recorded, and close the connections."""
        await self.settled()
        await self._upstream.aclose()

    async def pass_on(self, method: str, path: str, headers: Headers, body: bytes) -> Response:
        """The upstream's answer to a request that concerns no user and calls no model."""
        return await self._upstream.answer(method, path, headers, body, told={}, ended=None, called=None)

    async def embed(self, headers: Headers, body: bytes) -> Response:
        """The upstream's embeddings."""
        called = self._called("embeddings", await _read(body))
        return await self._upstream.answer("POST", "/embeddings", headers, body, told={}, ended=None, called=called)

    async def answer(self, caller: Caller, form: Form, headers: Headers, body: bytes) -> Response:
        """The upstream's answer to a call that may name its user.

        Raises: Refused where it names another one than its key is bound to.
        """
        call = await _read(body)
        user_id = _user(caller, headers, call)
        if call is None or user_id is None:
            called = self._called(form.operation, call)
            return await self._upstream.answer("POST", form.path, headers, body, told={}, ended=None, called=called)
        turns = form.turns(call)
        place: Place | None = None
        told, state = None, "unavailable"

        async def read() -> str:
            nonlocal place
            place = await self._place(caller, user_id, turns, headers, call.get("previous_response_id"))
            return await self._told(caller, place)

        try:
            told = await answer_within(caller.serving.settings.context_seconds, read())
            state: State = "applied" if told else "empty"
        except (AIPersonaError, TimeoutError) as error:
            count_context(caller.principal.tenant, "unavailable")
            logger.warning("a call went on without a persona: %s", type(error).__name__)
        body = (form.told(call, told) if told else None) or body
        says = {"x-aipersona-context": state}
        if place is not None:
            says["x-aipersona-session"] = place.session_id
        called, ended = self._called(form.operation, call), None
        if place is not None:
            ended = self._recorder(caller, place, called, stream=call.get("stream") is True)
        return await self._upstream.answer("POST", form.path, headers, body, told=says, ended=ended, called=called)

    def _called(self, operation: Operation, call: Call | None) -> ModelCalled:
        """The call of the upstream's model, as it begins."""
        model = call.get("model") if call is not None else None
        return ModelCalled(operation, "openai", model, server=self._upstream.host)

    async def _place(
        self, caller: Caller, user_id: str, turns: list[Turn], headers: Headers, follows: JsonValue
    ) -> Place:
        serving, key = caller.serving, UserKey(caller.principal.tenant, user_id)
        # The call before this one may be what it goes on from.
        await self._recorded({task: one for task, one in self._recording.items() if one.key == key})
        return await conversations.find(
            caller.ai,
            user_id,
            turns,
            now=serving.clock(),
            idle=60 * serving.settings.session_idle,
            named=headers.get("x-aipersona-session"),
            follows=follows if isinstance(follows, str) else None,
        )

    async def _told(self, caller: Caller, place: Place) -> str:
        asked = next((turn.content for turn in reversed(place.turns) if turn.role == "user"), "")
        context = await caller.ai.context(
            place.user_id,
            asked[-LONGEST_QUERY:],
            budget=caller.serving.settings.context_budget,
            running=place.session_id,
        )
        return context.text

    def _recorder(self, caller: Caller, place: Place, called: ModelCalled, *, stream: bool) -> Callable[[bytes], None]:
        async def record(body: bytes, hurry: asyncio.Event) -> None:
            with suppress(TimeoutError):
                await asyncio.wait_for(hurry.wait(), BREATH)
            await self._record(caller, place, called, body, stream=stream)

        def ended(body: bytes) -> None:
            one = _Recording(UserKey(caller.principal.tenant, place.user_id))
            task = asyncio.create_task(record(body, one.hurry))
            self._recording[task] = one
            task.add_done_callback(self._recording.pop)

        return ended

    async def _record(self, caller: Caller, place: Place, called: ModelCalled, body: bytes, *, stream: bool) -> None:
        try:
            try:
                replied = reply_of(body, stream=stream)
                called.used(*replied.tokens)
            finally:
                called.finish()
            reply = replied.turn if replied.whole else None
            now = caller.serving.clock()
            await conversations.record(caller.ai, place, reply, now=now, response_id=replied.response_id)
        except Exception as error:
            # The next call of the conversation brings these messages along again.
            count_lost(caller.principal.tenant)
            logger.warning("a call was not recorded: %s", type(error).__name__)


async def _read(body: bytes) -> Call | None:
    return await asyncio.to_thread(read_call, body) if len(body) > LONG else read_call(body)


def _user(caller: Caller, headers: Headers, call: Call | None) -> str | None:
    """Whose call it is.

    Raises: Refused.
    """
    return caller.user(headers.get(USER_HEADER) or (call.get("user") if call is not None else None))
