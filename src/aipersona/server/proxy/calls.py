"""Proxied calls: what is known of the user goes in, the call goes on, and what was said is recorded afterwards.

If the personas cannot be read in time the call goes on without; `X-AIPersona-Context` tells the client:

    applied      what is known was added
    empty        nothing is known that the call needs, or the key may not read
    unavailable  the personas could not be read
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Literal

from starlette.datastructures import Headers
from starlette.responses import Response

from aipersona.deadline import answer_within
from aipersona.server.proxy import conversations
from aipersona.server.proxy.aside import aside
from aipersona.server.proxy.conversations import Place
from aipersona.server.proxy.messages import turns_in, turns_of_input
from aipersona.server.proxy.recording import Recorder
from aipersona.server.proxy.splicing import Call, read_call, with_instructions, with_system_text
from aipersona.server.proxy.upstream import Upstream
from aipersona.server.serving import USER_HEADER, Caller, text_of_header
from aipersona.sessions.model import Turn
from aipersona.store.protocol import UserKey
from aipersona.telemetry.meters import count_context
from aipersona.telemetry.model_calls import ModelCalled, Operation

logger = logging.getLogger("aipersona.server")

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


class Calls:
    """Answers proxied calls; what is to be recorded is done in the background, and waited for at the end."""

    def __init__(self, upstream: Upstream) -> None:
        self._upstream = upstream
        self._recorder = Recorder()

    async def settled(self) -> None:
        """Wait for what is being recorded."""
        await self._recorder.settled()

    async def aclose(self) -> None:
        """Wait for what is being recorded, and close the connections."""
        await self._recorder.settled(ending=True)
        await self._upstream.aclose()

    async def pass_on(self, method: str, path: str, headers: Headers, body: bytes, *, query: str) -> Response:
        """The upstream's answer to a request that concerns no user and calls no model."""
        return await self._upstream.answer(method, path, headers, body, query=query, told={}, ended=None, called=None)

    async def embed(self, headers: Headers, body: bytes, *, query: str) -> Response:
        """The upstream's embeddings."""
        called = self._called("embeddings", await aside(len(body), read_call, body))
        return await self._upstream.answer(
            "POST", "/embeddings", headers, body, query=query, told={}, ended=None, called=called
        )

    async def answer(self, caller: Caller, form: Form, headers: Headers, body: bytes, *, query: str) -> Response:
        """The upstream's answer to a call that may name its user.

        Raises: Refused where it names another one than its key is bound to.
        """
        call = await aside(len(body), read_call, body)
        user_id = _user(caller, headers, call)
        called, ended, says = self._called(form.operation, call), None, dict[str, str]()
        if call is not None and user_id is not None:
            read = _Reading(caller, user_id, form, call, headers, self._recorder)
            told, state = await read.told(len(body))
            body = (await aside(len(body), form.told, call, told) if told else None) or body
            says = {"x-aipersona-context": state}
            if read.place is not None:
                says["x-aipersona-session"] = read.place.session_id
            if read.find is not None:
                ended = self._recorder.taking(caller, user_id, read.find, called, stream=call.get("stream") is True)
        return await self._upstream.answer(
            "POST", form.path, headers, body, query=query, told=says, ended=ended, called=called
        )

    def _called(self, operation: Operation, call: Call | None) -> ModelCalled:
        """The call of the upstream's model, as it begins."""
        model = call.get("model") if call is not None else None
        return ModelCalled(operation, "openai", model, server=self._upstream.host)


class _Reading:
    """What is read for a call before it goes on: where it belongs, and what its model is told."""

    def __init__(
        self, caller: Caller, user_id: str, form: Form, call: Call, headers: Headers, recorder: Recorder
    ) -> None:
        self._caller, self._form, self._call, self._recorder = caller, form, call, recorder
        self._key = UserKey(caller.principal.tenant, user_id)
        follows = call.get("previous_response_id")
        self._follows = follows if isinstance(follows, str) else None
        self._named = text_of_header(headers.get("x-aipersona-session"))
        self.place: Place | None = None
        self.find: Callable[[], Awaitable[Place]] | None = None

    async def told(self, length: int) -> tuple[str, State]:
        """What the model is told, as far as it can be read in time, for a body of this length."""
        caller = self._caller
        try:
            turns = await aside(length, self._form.turns, self._call)
            self.find = partial(self._found, turns, caller.serving.clock())
            told = await answer_within(caller.serving.settings.context_seconds, self._read(self.find, turns))
        except Exception as error:  # whatever it is, the call goes on
            count_context(caller.principal.tenant, "unavailable")
            logger.warning("a call went on without a persona: %s", type(error).__name__)
            return "", "unavailable"
        return told, "applied" if told else "empty"

    async def _read(self, find: Callable[[], Awaitable[Place]], turns: Sequence[Turn]) -> str:
        if await self._recorder.settled_of(self._key):  # the call before this one may be what it goes on from
            await find()
        if not self._caller.may_read:
            return ""
        asked = next((turn.content for turn in reversed(turns) if turn.role == "user"), "")
        context = await self._caller.ai.context(
            self._key.user_id,
            asked[-LONGEST_QUERY:],
            budget=self._caller.serving.settings.context_budget,
            running=self.place.session_id if self.place is not None else None,
        )
        return context.text

    async def _found(self, turns: Sequence[Turn], now: datetime) -> Place:
        if self.place is None:
            idle = 60 * self._caller.serving.settings.session_idle
            self.place = await conversations.find(
                self._caller.ai, self._key.user_id, turns, now=now, idle=idle, named=self._named, follows=self._follows
            )
        return self.place


def _user(caller: Caller, headers: Headers, call: Call | None) -> str | None:
    """Whose call it is.

    Raises: Refused.
    """
    return caller.user(text_of_header(headers.get(USER_HEADER)) or (call.get("user") if call is not None else None))
