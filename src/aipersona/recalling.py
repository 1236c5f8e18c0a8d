"""A user's past, asked: the stored turns and their vectors brought together; vectors that are missing computed.

A question never waits for the vectors of turns, and only shortly for its own: without it, words alone have to do.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from aipersona.errors import ModelError
from aipersona.grounding import words_of
from aipersona.purpose import gist_of
from aipersona.recall import Asked, Recalled
from aipersona.relevance import ENOUGH, relevant_claims, since_when
from aipersona.store.protocol import Store, TurnVector, UserKey

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from aipersona.embedding import Embedder
    from aipersona.embedding.protocol import Floats
    from aipersona.persona.model import Persona
    from aipersona.recall.model import Vector
    from aipersona.resident import Resident, Residents
    from aipersona.schema.fields import Schema

AT_ONCE = 128
"""Turns that are embedded, and then stored, at once."""

LONGEST_WAIT = 3.0
"""Seconds that a question's vector may take."""

MOST_READ = 4_096
"""Texts other than turns, such as what tools do, whose vectors are kept in memory."""

PAUSE = 30.0
"""Seconds for which an embedder that failed is not asked on the way to an answer."""


class Recalling:
    """Recalls with one embedder, or with words alone."""

    def __init__(self, store: Store, residents: Residents, embedder: Embedder | None) -> None:
        self._store, self._residents, self._embedder = store, residents, embedder
        self._indexing: dict[UserKey, asyncio.Lock] = {}
        self._rests_until = 0.0
        self._read: dict[str, Floats] = {}

    async def recall(
        self, key: UserKey, schema: Schema, asked: Asked, *, limit: int, sessions: int = 0
    ) -> tuple[Persona, Recalled]:
        """What a question brings back, and the persona that it was asked of; vector, changes and gist are filled in."""
        resident = await self._with_turns(key)
        vector = None
        if self._embedder is not None and resident.turns.dimensions is not None:
            vector = await self._vector(self._embedder, asked.text, resident.turns.dimensions)
        persona = resident.persona

        def changed(words: str) -> date | None:
            return day_of_change(persona, schema, words, asked.day)

        asked = replace(asked, vector=vector, changed=changed, gist=gist_of(asked.text))
        return persona, resident.turns.recall(asked, limit=limit, sessions=sessions)

    async def index(self, key: UserKey) -> int:
        """Compute and store the vectors of the user's turns that have none; how many turns were read.

        What was computed before a failure stays. Raises: ModelError.
        """
        embedder = self._embedder
        if embedder is None:
            return 0
        async with self._indexing.setdefault(key, asyncio.Lock()):
            resident = await self._with_turns(key)
            identity, waiting = resident.identity, resident.turns.without_vectors()
            if identity is None:
                return 0
            for start in range(0, len(waiting), AT_ONCE):
                some = waiting[start : start + AT_ONCE]
                texts = [turn.content for turn in some]
                vectors = await asyncio.to_thread(_as_bytes, embedder, texts)
                rows = [TurnVector(turn.session_id, turn.turn, made) for turn, made in zip(some, vectors, strict=True)]
                if not await self._store.put_vectors(key, embedder.name, rows, identity=identity):
                    return start  # the user was erased meanwhile
        return len(waiting)

    async def index_if_possible(self, key: UserKey) -> None:
        """The same on the way to something else: an embedder that fails is left alone for a while."""
        if not self._rests():
            try:
                await self.index(key)
            except ModelError:
                self._rest()

    async def near(self, question: str, texts: Sequence[str]) -> npt.NDArray[np.float64] | None:
        """How near texts are to a question by meaning, NaN for one that cannot be read; None where nothing tells."""
        if self._embedder is None or self._rests():
            return None
        try:
            return await asyncio.wait_for(asyncio.to_thread(self._near, self._embedder, question, texts), LONGEST_WAIT)
        except (ModelError, TimeoutError):
            self._rest()
            return None

    def _near(self, embedder: Embedder, question: str, texts: Sequence[str]) -> npt.NDArray[np.float64] | None:
        import numpy as np

        asked = embedder.embed_question(question)
        if not asked.any():
            return None
        if new := [text for text in dict.fromkeys(texts) if text not in self._read]:
            if len(self._read) + len(new) > MOST_READ:
                self._read = {}
                new = list(dict.fromkeys(texts))
            self._read |= zip(new, embedder.embed(new), strict=True)
        read = np.stack([self._read[text] for text in texts])
        return np.where(read.any(axis=1), np.vecdot(read, asked).astype(np.float64), np.nan)

    async def _with_turns(self, key: UserKey) -> Resident:
        return await self._residents.with_turns(key, self._embedder.name if self._embedder is not None else None)

    async def _vector(self, embedder: Embedder, text: str, dimensions: int) -> Vector | None:
        if self._rests():
            return None
        try:
            vector = await asyncio.wait_for(asyncio.to_thread(embedder.embed_question, text), LONGEST_WAIT)
        except (ModelError, TimeoutError):
            self._rest()
            return None
        return vector if vector.shape == (dimensions,) else None

    def _rests(self) -> bool:
        return time.monotonic() < self._rests_until

    def _rest(self) -> None:
        self._rests_until = time.monotonic() + PAUSE


def day_of_change(persona: Persona, schema: Schema, words: str, day: date) -> date | None:
    """The day since when what some words are most about is as it is on `day`: the latest of several."""
    known = schema.with_learned(entry.spec for entry in persona.learned)
    touched = relevant_claims(persona, known, words_of(words), day)
    return max((since_when(claim) for score, claim in touched if score >= ENOUGH * touched[0][0]), default=None)


def _as_bytes(embedder: Embedder, texts: list[str]) -> list[bytes]:
    """The vectors as they are stored; nothing for a text that the embedder cannot read."""
    return [vector.astype("<f4").tobytes() if vector.any() else b"" for vector in embedder.embed(texts)]
