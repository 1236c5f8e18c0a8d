"""Stage 4, the words: what the user says in a session, from what comes up and what is wished for.

A session's writer puts texts where there are none yet and changes nothing else. `Scripted` does it with phrases and
without a model.
"""

from __future__ import annotations

from random import Random
from typing import Protocol

from personabench.generation.life import Life
from personabench.generation.query import Need, Planned, Query
from personabench.generation.scene import BY_NAME
from personabench.generation.writers.protocol import Writer


class SessionWriter(Protocol):
    """Gives a session its words; what gets none, however often a model was asked, keeps its empty text.

    Raises: ModelDown.
    """

    @property
    def name(self) -> str: ...

    async def write(self, life: Life, session: Planned, dice: Random) -> Planned: ...


class Scripted:
    """Writes with phrases."""

    def __init__(self, phrases: Writer) -> None:
        self._phrases = phrases

    @property
    def name(self) -> str:
        return self._phrases.name

    async def write(self, life: Life, session: Planned, dice: Random) -> Planned:
        return self.written(life, session, dice)

    def written(self, life: Life, session: Planned, dice: Random) -> Planned:
        tellings = tuple(
            telling.model_copy(update={"text": self._phrases.tell(life, telling, session.day, dice)})
            for telling in session.tellings
        )
        query = self._asked(life, session.query, session, dice) if session.query is not None else None
        return session.model_copy(update={"tellings": tellings, "query": query})

    def _asked(self, life: Life, query: Query, session: Planned, dice: Random) -> Query:
        personal, neutral = self._phrases.ask(life, BY_NAME[query.scene], query, session.day, dice)
        needs = tuple(self._answered(life, need, session, dice) for need in query.needs)
        return query.model_copy(update={"personal": personal, "neutral": neutral, "needs": needs})

    def _answered(self, life: Life, need: Need, session: Planned, dice: Random) -> Need:
        return need.model_copy(
            update={
                "answer": self._phrases.answer(life, need, session.day, dice),
                "correction": self._phrases.correct(life, need, session.day, dice),
            }
        )
