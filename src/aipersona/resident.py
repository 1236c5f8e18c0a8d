"""What is kept in memory of the users read lately: the persona at its newest revision and the index of their turns.

Only a cache: one look at the user's row tells whether another process has written since.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from itertools import groupby

from aipersona.persona.model import Persona
from aipersona.recall import TurnIndex
from aipersona.store.protocol import Head, Store, TurnVector, UserKey

USERS = 256
"""How many users are kept; a turn takes about 1 kB, and 1.5 kB more with a vector of 384 numbers."""


@dataclass
class Resident:
    """One user's persona and turns, as far as they were read, for as long as the user is of this identity.

    The vectors of the turns are those of one embedder, by name, or none are kept.
    """

    persona: Persona
    identity: str | None
    embedder: str | None = None
    turns: TurnIndex = field(default_factory=TurnIndex)
    position: int = 0


class Residents:
    """The users read lately, least recently used out first."""

    def __init__(self, store: Store, users: int = USERS) -> None:
        self._store, self._users = store, users
        self._kept: OrderedDict[UserKey, Resident] = OrderedDict()

    async def get(self, key: UserKey) -> Resident:
        """The user as of now; the turns may lag behind."""
        return await self._as_of(key, await self._store.head(key))

    async def with_turns(self, key: UserKey, embedder: str | None = None) -> Resident:
        """The user as of now with all turns indexed, and their vectors by this embedder as far as they are stored."""
        kept = self._kept.get(key)
        after = kept.position if kept is not None and kept.embedder == embedder else 0
        head, new = await self._store.news(key, after=after)
        resident = await self._as_of(key, head)
        if resident.embedder != embedder:
            resident.embedder, resident.turns, resident.position = embedder, TurnIndex(), 0
        if resident.position < after:  # it is another user of this id, or was forgotten meanwhile
            after, new = 0, await self._store.sessions(key)
        turns, position = resident.turns, head.position
        if resident.position >= position:
            return resident
        for stored in new:
            turns.add(stored.session)
            position = max(position, stored.position)
        if embedder is not None:
            _put(turns, await self._store.vectors(key, embedder, after=after))
        if resident.turns is turns:
            resident.position = max(resident.position, position)
        return resident

    async def _as_of(self, key: UserKey, head: Head) -> Resident:
        """The user with the newest persona."""
        resident = self._kept.get(key)
        if resident is None or resident.identity != head.identity:
            resident = Resident(persona=Persona(user_id=key.user_id), identity=head.identity)
            self._kept[key] = resident
        self._kept.move_to_end(key)
        if resident.persona.revision != head.revision:
            resident.persona = await self._store.load(key)
        while len(self._kept) > self._users:
            self._kept.popitem(last=False)
        return resident

    def forget(self, key: UserKey) -> None:
        """Drop what is kept of a user."""
        self._kept.pop(key, None)


def _put(turns: TurnIndex, rows: list[TurnVector]) -> None:
    """Put stored vectors into the index; those of other dimensions than the first ones are passed over."""
    if not rows:
        return
    import numpy as np

    dimensions = turns.dimensions or max(len(row.vector) // 4 for row in rows)
    fitting = (row for row in rows if len(row.vector) in (0, 4 * dimensions))
    for session_id, some in groupby(fitting, key=lambda row: row.session_id):
        turns.put(session_id, {row.turn: np.frombuffer(row.vector, dtype="<f4") for row in some})
