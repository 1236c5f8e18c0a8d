"""Conversations: which session a message list belongs to, and what of it is new there.

The rule, since OpenAI clients send the whole conversation with each call and name none:

1. A session that is named (`X-AIPersona-Session`) is that session.
2. Else the longest beginning of the list that was recorded before tells the conversation. One that ends in a reply is
   surely the same; one that ends in the user's own words is the same call again, within the idle time, and otherwise
   something that is said anew.
3. Else it is a new conversation.

What was recorded is not recorded again. After the idle time, or once its session is closed, named or not, a
conversation goes on in a new session that holds what is new.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from aipersona.engine import AIPersona
from aipersona.errors import InvalidInput
from aipersona.growing import grow
from aipersona.server.proxy.messages import digest_of_name, digest_of_response, digests_of, overlap
from aipersona.sessions.model import Session, Turn
from aipersona.store.protocol import Prefix, UserKey

KEPT = 90 * 86_400.0
"""Seconds for which a message list is known again."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a call's messages belong: the session, and how many of them it has, or another one before it had.

    `named` is the session that the call names, `looked_at` when it was looked up (Unix time).
    """

    user_id: str
    session_id: str
    known: int
    turns: tuple[Turn, ...]
    named: str | None
    looked_at: float


async def find(
    ai: AIPersona,
    user_id: str,
    turns: Sequence[Turn],
    *,
    now: datetime,
    idle: float,
    named: str | None = None,
    follows: str | None = None,
) -> Place:
    """Where the turns of a call belong; `idle` in seconds, `follows` is the id of the response that it goes on from.

    Raises: StoreUnavailable; InvalidInput for a user or session id that cannot be one.
    """
    store, key = await ai.store(), UserKey(ai.tenant, user_id)
    digests = digests_of(turns)
    before = [digest_of_response(follows)] if follows is not None else []
    after = [digest_of_name(named)] if named is not None else []
    found = {row.digest: row for row in await store.prefixes(key, [*digests, *before, *after])}
    session, known, since = None, 0, 0.0
    for number in range(len(digests), 0, -1):
        row = found.get(digests[number - 1])
        if row is not None and (row.replied or now.timestamp() - row.at <= idle):
            session, known, since = row.session_id, number, row.at
            break
    if session is None and before and before[0] in found:
        session, since = found[before[0]].session_id, found[before[0]].at
    if named is not None:
        stored, follower = await store.session(key, named), found.get(after[0])
        if stored is not None and stored.closed and follower is not None:
            stored = await store.session(key, follower.session_id)
        goes_on = stored if stored is not None and not stored.closed else None
        name = goes_on.session.session_id if goes_on is not None else named if stored is None else _new_name(now)
        if session != name and goes_on is not None:
            known = max(known, overlap(goes_on.session.turns, turns))
        session = name
    elif session is None or now.timestamp() - since > idle:
        session = _new_name(now)
    return Place(
        user_id=user_id, session_id=session, known=known, turns=tuple(turns), named=named, looked_at=now.timestamp()
    )


async def record(
    ai: AIPersona, place: Place, reply: Turn | None, *, now: datetime, response_id: str | None = None
) -> None:
    """Keep what is new of a call and what it was answered with; nothing if the same call was recorded meanwhile.

    Raises: StoreUnavailable, SessionChanged; InvalidInput for what cannot be kept.
    """
    new = [*place.turns[place.known :], *([reply] if reply is not None else [])]
    if not new:
        return
    store, key, at = await ai.store(), UserKey(ai.tenant, place.user_id), now.timestamp()
    told = _told(place, reply, response_id)

    async def write(grown: Session) -> None:
        rows = [Prefix(digest, grown.session_id, replied, at) for digest, replied in told.items()]
        if place.named not in (None, grown.session_id):
            rows.append(Prefix(digest_of_name(place.named), grown.session_id, True, at))
        await store.record(key, grown, rows, older=at - KEPT, unless=next(iter(told)), since=place.looked_at)

    try:
        await grow(store, key, place.session_id, new, now=now, write=write)
    except InvalidInput:  # it was closed meanwhile
        await grow(store, key, _new_name(now), new, now=now, write=write)


def _told(place: Place, reply: Turn | None, response_id: str | None) -> dict[str, bool]:
    """The digests by which a call is known again, and whether each stands for a list that ends in a reply."""
    asked = digests_of([*place.turns, *([reply] if reply is not None else [])])
    told = dict.fromkeys(asked[len(place.turns) - 1 : len(place.turns)], False)
    if reply is not None:
        told[asked[-1]] = True
    if response_id is not None:
        told[digest_of_response(response_id)] = True
    return told


def _new_name(now: datetime) -> str:
    return f"call-{now:%Y%m%dT%H%M%S}-{secrets.token_hex(4)}"
