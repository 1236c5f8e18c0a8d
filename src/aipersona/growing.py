"""Growing sessions: messages are added to one that goes on, by however many writers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from pydantic import ValidationError

from aipersona.errors import InvalidInput, SessionChanged, first_cause
from aipersona.sessions.model import Session, Turn
from aipersona.store.protocol import Store, UserKey

TRIES = 50
"""How often a writer starts over because another one was first."""


async def append(
    store: Store, key: UserKey, session_id: str, turns: Sequence[Turn], *, now: datetime, closed: bool = False
) -> Session:
    """The session as it is stored with these turns behind what there was of it: see `grow`."""

    async def write(grown: Session) -> None:
        await store.observe(key, grown, closed=closed)

    return await grow(store, key, session_id, turns, now=now, write=write)


async def grow(
    store: Store,
    key: UserKey,
    session_id: str,
    turns: Sequence[Turn],
    *,
    now: datetime,
    write: Callable[[Session], Awaitable[object]],
) -> Session:
    """The session with these turns behind what there is of it, as `write` stored it; a new one begins with them.

    Turns are numbered anew; those without a time were said now.

    Raises: InvalidInput for a closed session, and for what cannot be kept; SessionChanged after `TRIES` lost races.
    """
    for attempt in range(TRIES):
        stored = await store.session(key, session_id)
        if stored is not None and stored.closed:
            raise InvalidInput(f"session {session_id!r} is closed; start another one")
        grown = _grown(key, session_id, stored.session if stored is not None else None, turns, now)
        try:
            await write(grown)
        except SessionChanged:
            if attempt == TRIES - 1:
                raise
        else:
            return grown
    raise AssertionError


def _grown(key: UserKey, session_id: str, before: Session | None, turns: Sequence[Turn], now: datetime) -> Session:
    kept = before.turns if before is not None else ()
    last = kept[-1] if kept else None
    numbers = range(last.number + 1 if last is not None else 1, 2**31)
    now = max([now, *(turn.at for turn in kept[-1:] if turn.at is not None)])
    new = [turn.model_copy(update={"number": n, "at": turn.at or now}) for n, turn in zip(numbers, turns, strict=False)]
    started = new[0].at if new and new[0].at is not None else now
    try:
        return Session(
            user_id=key.user_id,
            session_id=session_id,
            started_at=before.started_at if before is not None else started,
            turns=(*kept, *new),
            speaker=before.speaker if before is not None else None,
        )
    except ValidationError as error:
        raise InvalidInput(f"the session: {first_cause(error)}") from None
