"""One conversation between a user and somebody else's assistant: what it is told of the user, and what is said in it.

    conversation = Conversation(ai, "alice", "monday")
    await conversation.hear("Where do we eat tonight?")
    text = await conversation.instructions("Where do we eat tonight?")  # for the system prompt of this one answer
    await conversation.reply("At the market hall.")
    await conversation.end()  # learns, once enough sessions are pending

This is all that an adapter needs. What fails in the persona is logged, as `aipersona.adapters`, by its kind and without
content, and costs the conversation its persona, not its answer; `end` alone raises. So does what takes longer than a
second: the model is asked without a persona, and what was said is stored by and by; `end` waits until it is.
"""

from __future__ import annotations

import asyncio
import inspect
import logging
import secrets
from collections.abc import Awaitable, Callable, Generator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from pydantic import ValidationError

from aipersona.adapters.history import Said, is_anew, speaker_of, storable, unheard
from aipersona.chat.talk import with_turn
from aipersona.deadline import answer_within
from aipersona.errors import AIPersonaError, InvalidInput, SessionChanged, first_cause
from aipersona.prompts import prompt
from aipersona.sessions.model import Session, ToolCall, Turn
from aipersona.store.protocol import user_key
from aipersona.telemetry.meters import count_context, count_lost

if TYPE_CHECKING:
    from aipersona.engine import AIPersona
    from aipersona.learning import LearnReport

T = TypeVar("T")

logger = logging.getLogger("aipersona.adapters")

NOT_AFTER_OTHERS = (
    "Not done: this is for what the user's own message asks for, before other tools were used. Ask the user."
)

UNREACHED = "Not done: what is known of the user cannot be reached now."

MOST_WAITING = 100
"""How many turns wait for a store that fails; older ones are given up."""

GOES_ON = "~continued~"
"""Stands between a session's name and a number where the conversation went on after the session was closed: what no
application calls a session of its own."""

LONGEST_WAIT = 1.0
"""Seconds for which an answer waits for the persona: to be told what is known, and to have kept what was said."""

_Pick = Callable[[Sequence[Turn]], Sequence[Said]]
"""What is to be added to a session that has these turns."""


@contextmanager
def reported(what: str, *, counted: Callable[[], None] | None = None) -> Generator[None]:
    """Log what the persona fails with, by its kind alone: whatever it is, the model's answer does not depend on it.

    `counted` is called then, too.
    """
    try:
        yield
    except Exception as error:
        kind = error.code if isinstance(error, AIPersonaError) else type(error).__name__
        logger.warning("%s: %s", what, kind)
        if counted is not None:
            counted()


def blocking(ai: AIPersona, work: Callable[[], Awaitable[T]], otherwise: T) -> T:
    """What async work of a persona comes to, for code that is not async; `otherwise` if it fails."""
    with reported("the persona cannot be reached"):
        return ai.sync.run(work)
    return otherwise


def new_name(prefix: str) -> str:
    """A name for a session that nobody named."""
    return f"{prefix}-{secrets.token_hex(8)}"


class Conversation:
    """A conversation of one user, kept as a session of that name; nothing is read or written before it is used.

    `budget` is that of `AIPersona.context`, in tokens. With `steering` the model is told of the tools by which the user
    has things remembered, corrected, forgotten and explained (`order`). What goes on after its session was closed is
    kept as another one, `NAME~continued~2`. As a context manager it ends at the exit.

    Raises: InvalidInput for names that cannot be kept.
    """

    def __init__(
        self,
        ai: AIPersona,
        user_id: str,
        session_id: str | None = None,
        *,
        budget: int = 1000,
        steering: bool = False,
    ) -> None:
        self._ai, self._key, self._budget, self._steering = ai, user_key(ai.tenant, user_id), budget, steering
        self._name = session_id if session_id is not None else new_name("talk")
        self._number = 1
        self._session = self._empty(self._name)
        self._stored = False
        self._before: tuple[Turn, ...] = ()
        self._waiting: list[_Pick] = []
        self._told: tuple[str, str] | None = None
        self._anew = False
        self._saving = asyncio.Lock()
        self._storing: set[asyncio.Task[None]] = set()

    @property
    def user_id(self) -> str:
        return self._key.user_id

    @property
    def session_id(self) -> str:
        """The name of the session that is kept."""
        return self._session.session_id

    @property
    def turns(self) -> tuple[Turn, ...]:
        """What was said, as far as this object knows."""
        return self._session.turns

    async def briefing(self, task: str) -> str:
        """What to tell a model of the user that is given a task by another model: the same without the tools."""
        with self._told_without():
            return await self._known(task)
        return ""

    async def instructions(self, said: str) -> str:
        """What to tell the model of the user, who now says this: a text for its instructions, "" if there is none.

        The same until the message is answered, however often it is asked for.
        """
        if self._told is not None and self._told[0] == said:
            return self._told[1]
        text = ""
        with self._told_without():
            text = await self._known(said)
            if self._steering:
                text = text or prompt("known").render(context="(nothing yet)")
                text += f"\n\n{prompt('orders').text}"
            self._told = (said, text)
        return text

    async def hear(self, said: str, *, speaker: str | None = None, before: Sequence[str] | None = None) -> None:
        """Keep what the user said. The last message once more, unanswered, is not said twice. `speaker` as in Said.

        `before` are the user's messages before it, as far as they are sent again with it: by them one that is to be
        answered anew is told from one that says the same once more. Its first answer stays.
        """
        message = Said(role="user", content=storable(said), speaker=speaker_of(speaker))
        earlier = None if before is None else [storable(text) for text in before if text.strip()]
        self._told, self._anew = None, False

        def pick(turns: Sequence[Turn]) -> Sequence[Said]:
            again = bool(turns) and turns[-1].role == "user" and turns[-1].content == message.content
            self._anew = earlier is not None and is_anew((*self._before, *turns), earlier, message.content)
            return () if again or self._anew or message.is_empty else (message,)

        await self._keep(pick)

    async def reply(self, text: str, calls: Sequence[ToolCall] = ()) -> None:
        """Keep what the assistant answered to the last message, and the calls that it made for it."""
        answer = Said(role="assistant", content=storable(text), calls=tuple(calls))

        def pick(turns: Sequence[Turn]) -> Sequence[Said]:
            return () if answer.is_empty or not turns or turns[-1].role == "assistant" else (answer,)

        await self._keep(pick, to_message=True)
        self._told = None

    async def follow(self, history: Sequence[Said]) -> None:
        """Keep what is new in a history that is told from the beginning, or from somewhere in between."""
        await self._keep(
            lambda turns: [said for said in unheard((*self._before, *turns), history) if not said.is_empty]
        )

    async def order(self, name: str, arguments: Mapping[str, Any], *, after_others: bool) -> str:
        """Do what the user's last message orders, by one of the tools of `orders`; what came of it, for the model.

        `after_others`: whether the model has read, for this message, what other tools return, which may order it, too.
        """
        if after_others:
            return NOT_AFTER_OTHERS
        if self._waiting:
            return UNREACHED
        session = self._up_to_message() if self._anew else self._session
        if not session.turns or not session.is_by_user(session.turns[-1]):
            return "Not done: there is no message of the user that asks for it."
        with reported("what the user ordered was not done"):
            steering = await self._ai.steering(session)
            method = next(tool for tool in steering.tools if tool.__name__ == name)
            parameters = inspect.signature(method).parameters
            given = {name: str(arguments[name]) for name in parameters if arguments.get(name) is not None}
            missing = [one for one in parameters.values() if one.name not in given and one.default is one.empty]
            if missing:
                return f"Not done: {missing[0].name!r} is missing."
            return str(await cast("Awaitable[object]", method(**given)))
        return UNREACHED

    async def end(self, *, learn: bool = True) -> LearnReport | None:
        """Close the session, and learn as `AIPersona.end_session` does; None if it did not, or nothing was said.

        Raises: StoreUnavailable; ModelError, and the session is closed all the same.
        """
        async with self._saving:
            self._told = None
            await self._save()
            if not self.turns:
                await self._find()
            if not self.turns:
                return None
            name, self._before = self.session_id, (*self._before, *self.turns)
            self._number += 1
            self._session, self._stored = self._empty(self._part(self._number)), False
        return await self._ai.end_session(self.user_id, name, learn=learn)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.end(learn=error is None)

    def _up_to_message(self) -> Session:
        """The session without what was answered to the last message."""
        places = [place for place, turn in enumerate(self.turns) if turn.role == "user"]
        return self._session.model_copy(update={"turns": self.turns[: places[-1] + 1] if places else ()})

    async def _known(self, said: str) -> str:
        """What is known of the user that bears on this, "" if nothing is."""
        reading = self._ai.context(self.user_id, said, budget=self._budget, running=self.session_id)
        known = await answer_within(LONGEST_WAIT, reading)
        return prompt("known").render(context=known.text) if known.text else ""

    def _told_without(self) -> AbstractContextManager[None]:
        """Around what may fail without keeping a model from answering."""
        count = partial(count_context, self._key.tenant, "unavailable")
        return reported("the model answers without a persona", counted=count)

    async def _keep(self, pick: _Pick, *, to_message: bool = False) -> None:
        """Store what is picked; `to_message`: it goes with the last message, which somebody else may have kept."""
        self._waiting = [*self._waiting, pick][-MOST_WAITING:]
        if len(self._storing) < MOST_WAITING:
            storing = asyncio.create_task(self._store_waiting(to_message))
            self._storing.add(storing)
            storing.add_done_callback(self._storing.discard)
            await asyncio.wait({storing}, timeout=LONGEST_WAIT)

    async def _store_waiting(self, to_message: bool) -> None:
        with reported("what was said is not recorded", counted=partial(count_lost, self._key.tenant)):
            async with self._saving:
                if to_message and not (self.turns and self.turns[-1].role == "user"):
                    await self._find()
                await self._save()

    async def _save(self) -> None:
        """Store what waits. A session that is there with other content was begun, or closed, elsewhere: it goes on."""
        try:
            await self._store_all()
        except SessionChanged:
            await self._find()
            await self._store_all()

    async def _store_all(self) -> None:
        session = self._session
        if not self._stored:
            session = session.model_copy(update={"started_at": self._ai.now()})
        waiting = self._waiting
        for pick in waiting:
            for said in pick(session.turns):
                session = with_turn(
                    session, said.role, said.content, clock=self._ai.now, calls=said.calls, speaker=said.speaker
                )
        if len(session.turns) > len(self._session.turns):
            await self._ai.observe(session, closed=False)
            self._session, self._stored = session, True
        self._waiting = [pick for pick in self._waiting if pick not in waiting]

    async def _find(self) -> None:
        """Go on with the session as it is stored; if it is closed, with the one that comes after it."""
        store = await self._ai.store()
        parts, number = list[Session](), 1
        found = await store.session(self._key, self._name)
        while found is not None and found.closed:
            parts.append(found.session)
            number += 1
            found = await store.session(self._key, self._part(number))
        opened = found.session if found is not None else self._empty(self._part(number))
        self._before = tuple(turn for part in parts for turn in part.turns)
        self._number, self._session, self._stored = number, opened, bool(opened.turns)

    def _part(self, number: int) -> str:
        """What the session is called in which the conversation goes on for that time."""
        return self._name if number == 1 else f"{self._name}{GOES_ON}{number}"

    def _empty(self, name: str) -> Session:
        try:
            return Session(user_id=self._key.user_id, session_id=name, started_at=self._ai.now(), turns=())
        except ValidationError as error:
            raise InvalidInput(f"the session: {first_cause(error)}") from None
