"""Recall: a user's past turns by their words. In: turns and a query. Out: the turns that say most about it.

BM25 (Robertson and Zaragoza 2009, k1 1.5, b 0.75) over content words, with pairs of characters for Chinese, Japanese
and Korean. One index holds the turns of one user; it grows as sessions come, and never reaches into another user's.
"""

from __future__ import annotations

import heapq
import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from aipersona.grounding.words import terms_of
from aipersona.sessions.model import Session

K1 = 1.5
B = 0.75


@dataclass(frozen=True, kw_only=True, slots=True)
class RecalledTurn:
    """A turn that a query brings back; `score` is comparable within one answer only."""

    session_id: str
    turn: int
    role: str
    at: datetime
    content: str
    score: float


class TurnIndex:
    """The word index of one user's turns."""

    def __init__(self) -> None:
        self._turns: list[tuple[str, int, str, datetime, str]] = []
        self._lengths: list[int] = []
        self._postings: dict[str, list[tuple[int, int]]] = {}
        self._sessions: dict[str, int] = {}
        self._total = 0

    def __len__(self) -> int:
        return len(self._turns)

    def add(self, session: Session) -> None:
        """Index the turns of a session that are not there yet: what the user and the assistant said."""
        known = self._sessions.get(session.session_id, 0)
        for turn in session.turns:
            if turn.number <= known or turn.role not in ("user", "assistant") or not turn.content.strip():
                continue
            words = Counter(terms_of(turn.content))
            number = len(self._turns)
            self._turns.append(
                (session.session_id, turn.number, turn.role, turn.at or session.started_at, turn.content)
            )
            length = sum(words.values())
            self._lengths.append(length)
            self._total += length
            for word, count in words.items():
                self._postings.setdefault(word, []).append((number, count))
        if session.turns:
            self._sessions[session.session_id] = max(known, session.turns[-1].number)

    def search(self, query: str, *, limit: int = 8, exclude: Iterable[str] = ()) -> list[RecalledTurn]:
        """The turns that match best, best first; `exclude` names sessions to leave out (the running one)."""
        left_out = frozenset(exclude)
        scores: dict[int, float] = {}
        count = len(self._turns)
        mean = self._total / count if count else 1.0
        for word in set(terms_of(query)):
            postings = self._postings.get(word)
            if not postings:
                continue
            weight = math.log(1 + (count - len(postings) + 0.5) / (len(postings) + 0.5))
            for number, frequency in postings:
                norm = K1 * (1 - B + B * self._lengths[number] / mean)
                scores[number] = scores.get(number, 0.0) + weight * frequency * (K1 + 1) / (frequency + norm)
        best = heapq.nlargest(limit + 8 * len(left_out), scores.items(), key=lambda pair: (pair[1], pair[0]))
        found = (self._recalled(number, score) for number, score in best)
        return [turn for turn in found if turn.session_id not in left_out][:limit]

    def _recalled(self, number: int, score: float) -> RecalledTurn:
        session_id, turn, role, at, content = self._turns[number]
        return RecalledTurn(session_id=session_id, turn=turn, role=role, at=at, content=content, score=score)
