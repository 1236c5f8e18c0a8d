"""A living persona behind an OpenAI client that stays what it is.

    client = wrap_openai(OpenAI(), ai, user_id="alice", session_id="monday")
    asked = [{"role": "user", "content": "Where do we eat tonight?"}]
    client.chat.completions.create(model="gpt-5-mini", messages=asked)
    ai.sync.end_session("alice", "monday")

Every request to Chat Completions and Responses, whole or streamed, gets what is known of the user at the end of its
instructions, and what is said in it is kept as a session. All else of the client is untouched.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar, cast

from openai import AsyncOpenAI, OpenAI

from aipersona.adapters.conversation import LONGEST_WAIT, Conversation, blocking, new_name, reported
from aipersona.adapters.conversations import MOST_HELD, Conversations
from aipersona.adapters.history import continues
from aipersona.adapters.openai_messages import FORMS, Answer, Asked, Body, Calls, Form
from aipersona.deadline import answer_within

if TYPE_CHECKING:
    from aipersona.engine import AIPersona
    from aipersona.learning import LearnReport

Client = TypeVar("Client", bound=OpenAI | AsyncOpenAI)

USER_HEADER = "X-AIPersona-User"
SESSION_HEADER = "X-AIPersona-Session"
"""`extra_headers` by which one request names its user and its session. They are not sent on."""


def wrap_openai(
    client: Client,
    ai: AIPersona,
    *,
    user_id: str | None = None,
    session_id: str | None = None,
    budget: int = 1000,
) -> Client:
    """A client of the same type, over the same connections, whose answers know the user.

    The user of a request is named by its header `X-AIPersona-User`, else by `user_id`, else by its own argument `user`;
    a request that names none goes out as it is. Its session is named by `X-AIPersona-Session`, else by `session_id`,
    else it is the server's conversation that it names, else the one that its history goes on with; a new session is
    begun for every other one. Sessions without a name of yours end when the client is closed, the others with
    `AIPersona.end_session`. `budget` in tokens.

    Raises, from a request: InvalidInput for names that cannot be kept. Where the persona fails, the request goes out
    without it.
    """
    return ClientPersona(ai, user_id=user_id, session_id=session_id, budget=budget).on(client)


@dataclass(kw_only=True)
class _Exchange:
    """A request, the conversation that it belongs to, and what the model has done for the user's message so far."""

    form: Form
    body: Body
    asked: Asked
    conversation: Conversation
    whole: bool
    """Whether the request tells all that was said, or the server holds what came before."""
    begins: bool = False
    """Whether a conversation begins that nobody named: what was said in it before may be kept under another name."""


class ClientPersona:
    """What is known of users for the requests of OpenAI clients; see wrap_openai."""

    def __init__(
        self, ai: AIPersona, *, user_id: str | None = None, session_id: str | None = None, budget: int = 1000
    ) -> None:
        self._ai, self._user, self._name, self._budget = ai, user_id, session_id, budget
        self._named = Conversations(ai, budget=budget)
        self._unnamed: OrderedDict[Conversation, None] = OrderedDict()
        self._by_response: OrderedDict[str, Conversation] = OrderedDict()
        self._calls: OrderedDict[Conversation, Calls] = OrderedDict()
        self._choosing = threading.Lock()

    def on(self, client: Client) -> Client:
        """The client with a persona."""
        wrapped: Any = client.copy()
        if isinstance(client, AsyncOpenAI):
            wrapped.post, wrapped.close = self._async_post(wrapped.post), self._async_close(wrapped.close)
        else:
            wrapped.post, wrapped.close = self._post(wrapped.post), self._close(wrapped.close)
        plain = wrapped.copy

        def copy(**options: Any) -> Any:
            return self.on(plain(**options))

        wrapped.copy = wrapped.with_options = copy
        return wrapped

    async def aend(self, user_id: str, session_id: str, *, learn: bool = True) -> LearnReport | None:
        """End a session that has a name, also where it went on after `AIPersona.end_session`: see Conversation.end.

        Raises: StoreUnavailable; ModelError.
        """
        return await self._named.end(user_id, session_id, learn=learn)

    def end(self, user_id: str, session_id: str, *, learn: bool = True) -> LearnReport | None:
        """The same without await."""
        return self._ai.sync.run(lambda: self.aend(user_id, session_id, learn=learn))

    def _post(self, send: Callable[..., Any]) -> Callable[..., Any]:
        def post(path: str, *, body: Any = None, options: Any = None, stream: bool = False, **more: Any) -> Any:
            names, options = _own_headers(options or {})
            exchange = self._exchange(path, body, names)
            if exchange is None:
                return send(path, body=body, options=options, stream=stream, **more)
            told = blocking(self._ai, lambda: self._told(exchange), exchange.body)

            def take(answer: Callable[[], Answer]) -> None:
                blocking(self._ai, lambda: self._answered(exchange, answer), None)

            if stream and more.get("stream_cls") is not None:
                more["stream_cls"] = _recording(
                    more["stream_cls"], lambda seen: take(lambda: exchange.form.streamed(seen))
                )
                return send(path, body=told, options=options, stream=stream, **more)
            result = send(path, body=told, options=options, stream=stream, **more)
            if not _is_read_later(options):
                take(lambda: exchange.form.answer(_parsed(result)))
            return result

        return post

    def _async_post(self, send: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def post(path: str, *, body: Any = None, options: Any = None, stream: bool = False, **more: Any) -> Any:
            names, options = _own_headers(options or {})
            exchange = self._exchange(path, body, names)
            if exchange is None:
                return await send(path, body=body, options=options, stream=stream, **more)
            told = await self._told(exchange)
            if stream and more.get("stream_cls") is not None:

                async def take(seen: Sequence[Any]) -> None:
                    await self._answered(exchange, lambda: exchange.form.streamed(seen))

                more["stream_cls"] = _async_recording(more["stream_cls"], take)
                return await send(path, body=told, options=options, stream=stream, **more)
            result = await send(path, body=told, options=options, stream=stream, **more)
            if not _is_read_later(options):
                await self._answered(exchange, lambda: exchange.form.answer(_parsed(result)))
            return result

        return post

    def _close(self, close: Callable[[], None]) -> Callable[[], None]:
        def ended() -> None:
            blocking(self._ai, self._end_unnamed, None)
            close()

        return ended

    def _async_close(self, close: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
        async def ended() -> None:
            await self._end_unnamed()
            await close()

        return ended

    def _exchange(self, path: str, body: Any, names: Mapping[str, str]) -> _Exchange | None:
        """The exchange that a request begins, or goes on with; None for one that is none, or of nobody.

        Raises: InvalidInput.
        """
        if path not in FORMS or not isinstance(body, Mapping):
            return None
        form, body = FORMS[path], cast("Body", body)
        user = names.get(USER_HEADER.lower()) or self._user or body.get("user")
        if not isinstance(user, str):
            return None
        asked = Asked()
        with reported("what was said cannot be read"):
            asked = form.asked(body)
        held, before = body.get("conversation"), body.get("previous_response_id")
        whole = held is None and before is None
        name = names.get(SESSION_HEADER.lower()) or self._name
        if name is None and held is not None:
            name = held if isinstance(held, str) else str(cast("Body", held).get("id"))
        if name is not None:
            named = self._named.of(user, name)
            return _Exchange(form=form, body=body, asked=asked, conversation=named, whole=whole)
        with self._choosing:
            found = self._by_response.get(before) if isinstance(before, str) else self._that_goes_on(user, asked)
            if found is not None and found.user_id != user:
                found = None
            conversation = found or Conversation(self._ai, user, new_name("client"), budget=self._budget)
            self._unnamed[conversation] = None
            self._unnamed.move_to_end(conversation)
        return _Exchange(
            form=form, body=body, asked=asked, conversation=conversation, whole=whole, begins=found is None
        )

    def _that_goes_on(self, user: str, asked: Asked) -> Conversation | None:
        """The conversation without a name that a request goes on with, by what was said in it."""
        mine = [one for one in list(reversed(self._unnamed)) if one.user_id == user]
        return next((one for one in mine if continues(one.turns, asked.messages)), None)

    async def _told(self, exchange: _Exchange) -> Body:
        """The body to send; the user's words are kept before it is."""
        conversation, asked = exchange.conversation, exchange.asked
        message = asked.messages[-1] if asked.messages else _last_said(conversation)
        told = exchange.body
        if text := await conversation.instructions(message):
            with reported("the model answers without a persona"):
                told = exchange.form.told(exchange.body, text)
        if exchange.whole and not exchange.begins:
            await conversation.follow(asked.history)
        elif asked.messages:
            await conversation.hear(message, speaker=asked.history[-1].speaker)
        while len(self._unnamed) > MOST_HELD:
            oldest, _ = self._unnamed.popitem(last=False)
            with reported("a session was not ended"):
                await answer_within(LONGEST_WAIT, oldest.end(learn=False))
        return told

    async def _answered(self, exchange: _Exchange, answer: Callable[[], Answer]) -> None:
        """Keep what the model said, once it has made the calls that it needs."""
        conversation, asked = exchange.conversation, exchange.asked
        with reported("what was said is not recorded"):
            found = answer()
            calls = self._calls.pop(conversation, Calls())
            calls.add(asked.calls)
            if found.id is not None:
                _put(self._by_response, found.id, conversation)
            if found.calls.made:
                if not exchange.whole:
                    calls.add(found.calls)
                    _put(self._calls, conversation, calls)
                return
            texts = [*asked.texts, found.text]
            await conversation.reply("\n\n".join(text for text in texts if text), calls.noted())

    async def _end_unnamed(self) -> None:
        while self._unnamed:
            conversation, _ = self._unnamed.popitem()
            with reported("a session was not ended"):
                await conversation.end()


def _put(held: OrderedDict[Any, Any], key: Any, value: Any) -> None:
    held[key] = value
    while len(held) > MOST_HELD:
        held.popitem(last=False)


def _own_headers(options: Mapping[str, Any]) -> tuple[dict[str, str], Mapping[str, Any]]:
    """What a request's headers name, by header in lower case, and its options without them."""
    headers: Mapping[str, Any] = options.get("headers") or {}
    ours = {USER_HEADER.lower(), SESSION_HEADER.lower()}
    names = {key.lower(): str(value) for key, value in headers.items() if key.lower() in ours}
    if not names:
        return {}, options
    return names, {**options, "headers": {key: value for key, value in headers.items() if key.lower() not in ours}}


def _last_said(conversation: Conversation) -> str:
    return next((turn.content for turn in reversed(conversation.turns) if turn.role == "user"), "")


def _is_read_later(options: Mapping[str, Any]) -> bool:
    """Whether the caller reads the response by and by (`with_streaming_response`), so that nobody else can."""
    headers: Mapping[str, Any] = options.get("headers") or {}
    return headers.get("X-Stainless-Raw-Response") == "stream"


def _parsed(result: Any) -> Any:
    """A response, also where the client was asked for the raw one."""
    return result.parse() if hasattr(result, "http_response") else result


def _recording(stream_cls: Any, take: Callable[[Sequence[Any]], None]) -> Any:
    """The class of a stream that tells what came through it, once it is at its end."""

    class Recording(stream_cls):
        def __stream__(self) -> Any:
            plain: Any = super()
            seen: list[Any] = []
            for event in plain.__stream__():
                seen.append(event)
                yield event
            take(seen)

    return Recording


def _async_recording(stream_cls: Any, take: Callable[[Sequence[Any]], Awaitable[None]]) -> Any:
    class Recording(stream_cls):
        async def __stream__(self) -> Any:
            plain: Any = super()
            seen: list[Any] = []
            async for event in plain.__stream__():
                seen.append(event)
                yield event
            await take(seen)

    return Recording
