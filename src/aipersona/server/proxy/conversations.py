"""Conversations: which session a message list belongs to, and what of it is new there.

The rule, since OpenAI clients send the whole conversation with each call and name none:

1. A session that is named (`X-AIPersona-Session`) is that session.
2. Else the longest beginning of the list that was recorded before tells the conversation. One that ends in a reply is
   surely the same; one that ends in the user's own words is the same call again, within the idle time, and otherwise
   something that is said anew.
3. Else it is a new conversation.

What was recorded is not recorded again. After the idle time, or once its session is closed, a conversation goes on in a
new session that holds what is new.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from aipersona.engine import AIPersona
from aipersona.errors import InvalidInput
from aipersona.server.proxy.messages import digest_of_response, digests_of, overlap
from aipersona.sessions.model import Turn
from aipersona.store.protocol import Prefix, UserKey

KEPT = 90 * 86_400.0
"""Seconds for which a message list is known again."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a call's messages belong: the session, and how many of them it has, or another one before it had."""

    user_id: str
    session_id: str
    known: int
    turns: tuple[Turn, ...]


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
    found = {row.digest: row for row in await store.prefixes(key, [*digests, *before])}
    session, known, since = None, 0, 0.0
    for number in range(len(digests), 0, -1):
        row = found.get(digests[number - 1])
        if row is not None and (row.replied or now.timestamp() - row.at <= idle):
            session, known, since = row.session_id, number, row.at
            break
    if session is None and before and before[0] in found:
        session, since = found[before[0]].session_id, found[before[0]].at
    if named is not None:
        if session != named:
            stored = await store.session(key, named)
            known = max(known, overlap(stored.session.turns, turns) if stored is not None else 0)
        session = named
    elif session is None or now.timestamp() - since > idle:
        session = _new_name(now)
    return Place(user_id=user_id, session_id=session, known=known, turns=tuple(turns))


async def record(
    ai: AIPersona, place: Place, reply: Turn | None, *, now: datetime, response_id: str | None = None
) -> None:
    """Keep what is new of a call and what it was answered with.

    Raises: StoreUnavailable, SessionChanged; InvalidInput for what cannot be kept.
    """
    new = [*place.turns[place.known :], *([reply] if reply is not None else [])]
    if not new:
        return
    session = place.session_id
    try:
        await ai.append(place.user_id, session, new)
    except InvalidInput:
        session = _new_name(now)  # it was closed meanwhile
        await ai.append(place.user_id, session, new)
    asked = digests_of([*place.turns, *([reply] if reply is not None else [])])
    at = now.timestamp()
    rows = {digest: Prefix(digest, session, False, at) for digest in asked[len(place.turns) - 1 : len(place.turns)]}
    if reply is not None:
        rows[asked[-1]] = Prefix(asked[-1], session, True, at)
    if response_id is not None:
        digest = digest_of_response(response_id)
        rows[digest] = Prefix(digest, session, True, at)
    await (await ai.store()).put_prefixes(UserKey(ai.tenant, place.user_id), list(rows.values()), older=at - KEPT)


def _new_name(now: datetime) -> str:
    return f"call-{now:%Y%m%dT%H%M%S}-{secrets.token_hex(4)}"
