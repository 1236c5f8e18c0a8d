"""The index of one user's turns and sessions: it grows as sessions come, and never reaches into another user's."""

from __future__ import annotations

import math
from array import array
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING

from aipersona.grounding.words import terms_of
from aipersona.recall.model import Asked, Recalled, RecalledSession, RecalledTurn, WithoutVector
from aipersona.recall.when import time_asked_for
from aipersona.recall.wishes import wishes_in
from aipersona.recall.words import WordIndex
from aipersona.sessions.model import Session

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from aipersona.recall.fusing import Mask, Scores
    from aipersona.recall.model import Vector
    from aipersona.recall.vectors import TurnVectors

CLOSE = 3
"""How many of a question's words a turn has to share at most to be close to it."""

HELD = 1 / 3
"""The share of what the gist of a question tells that a turn has to hold at most to be close to it, words that no turn
holds apart."""

STANDS_OUT = 3.0
"""By how many deviations above the mean a turn's similarity makes it close to a question without shared words."""

LATELY = 6
"""How many of a running session's turns say what the question is about: the last ones."""

WISH = 3.0
"""What each kind of wish that a turn tells adds to its score, in deviations, where wishes are asked for."""

MATTER = 32
"""How many of their words are looked for at most: those that tell most."""


class TurnIndex:
    """The words, and as far as they have come in the vectors, of one user's turns.

    Sessions are in the order in which they were added, which is taken as the order in which they were held.
    """

    def __init__(self) -> None:
        self._turns: list[tuple[str, int, str, datetime, str]] = []
        self._days = array("i")
        self._session_of = array("i")
        self._sessions: dict[str, int] = {}
        self._starts: list[tuple[str, datetime]] = []
        self._start_days = array("i")
        self._numbers: list[dict[int, int]] = []
        self._known: dict[str, int] = {}
        self._turn_words = WordIndex()
        self._session_words = WordIndex()
        self._vectors: TurnVectors | None = None
        self._unembedded: dict[int, None] = {}
        self._in_order: tuple[npt.NDArray[np.intp] | None, npt.NDArray[np.intp]] | None = None
        self._terms: dict[int, frozenset[str]] = {}
        self._wishes = array("b")
        self._own: set[str] = set()

    def __len__(self) -> int:
        return len(self._turns)

    def add(self, session: Session, vectors: Mapping[int, Vector] | None = None) -> None:
        """Index the turns of a session that are not there yet: what the user and the assistant said.

        `vectors` holds vectors by turn number; those that come later are `put`.
        """
        known = self._known.get(session.session_id, 0)
        self._own.update(terms_of(session.speaker or ""))
        for turn in session.turns:
            if turn.number <= known or turn.role not in ("user", "assistant") or not turn.content.strip():
                continue
            is_other = turn.role == "user" and not session.is_by_user(turn)
            who = f"another person ({' '.join((turn.speaker or '').split())})" if is_other else turn.role
            words = Counter(terms_of(turn.content))
            place, number = self._place(session), len(self._turns)
            at = turn.at or session.started_at
            self._turns.append((session.session_id, turn.number, who, at, turn.content))
            self._days.append(at.date().toordinal())
            self._session_of.append(place)
            self._turn_words.add(number, words)
            self._session_words.add(place, words)
            self._numbers[place][turn.number] = number
            self._unembedded[number] = None
            self._in_order = None
        if session.turns:
            self._known[session.session_id] = max(known, session.turns[-1].number)
        if vectors:
            self.put(session.session_id, vectors)

    def _place(self, session: Session) -> int:
        place = self._sessions.setdefault(session.session_id, len(self._starts))
        if place == len(self._starts):
            self._starts.append((session.session_id, session.started_at))
            self._start_days.append(session.day.toordinal())
            self._numbers.append({})
        return place

    def put(self, session_id: str, vectors: Mapping[int, Vector]) -> None:
        """Set vectors of a session's turns by turn number; numbers that are not in the index are passed over.

        Zeros, or no numbers, say that a turn has no vector to come.

        Raises: ValueError for other dimensions than those before.
        """
        place = self._sessions.get(session_id)
        if place is None:
            return
        for turn, vector in vectors.items():
            number = self._numbers[place].get(turn)
            if number is None:
                continue
            if len(vector):
                if self._vectors is None:
                    from aipersona.recall.vectors import TurnVectors  # here, since numpy takes long to load

                    self._vectors = TurnVectors(len(vector))
                self._vectors.put(number, place, vector)
            self._unembedded.pop(number, None)

    @property
    def dimensions(self) -> int | None:
        """How many numbers each vector has; None as long as there is none."""
        return self._vectors.dimensions if self._vectors is not None else None

    def without_vectors(self) -> list[WithoutVector]:
        """The turns whose vectors have not come in, oldest first."""
        turns = (self._turns[number] for number in self._unembedded)
        return [WithoutVector(session_id=turn[0], turn=turn[1], content=turn[4]) for turn in turns]

    def search(
        self,
        query: str,
        *,
        limit: int = 8,
        exclude: Iterable[str] = (),
        close: bool = False,
        until: date | None = None,
    ) -> list[RecalledTurn]:
        """The turns that match best by their words alone, best first, later ones first among equals.

        `exclude` names sessions whose turns are left out; `close` and `until` are those of `Asked`.
        """
        if not self._turns:
            return []
        from aipersona.recall.fusing import best_first

        words = set(terms_of(query))
        scores = self._turn_words.scores(words)
        among = self._allowed(exclude, until) & (scores > 0)
        if close:
            among &= self._turn_words.shared(words) >= _enough(words)
        return [self._recalled(number, float(scores[number])) for number in best_first(scores, among, limit)]

    def recall(self, asked: Asked, *, limit: int = 8, sessions: int = 0) -> Recalled:
        """The turns, at most `limit`, and the sessions, at most `sessions`, that say most about a question.

        By words, vectors and time, as `aipersona.recall.fusing` says; what the user is called in the talk is no word of
        the question, as "I" is none. A turn without a vector is ranked by its words,
        as if its meaning were as near. What has neither a vector nor a word of the question is no answer, unless it
        tells a wish and wishes are asked for.
        """
        if not self._turns:
            return Recalled()
        from aipersona.recall import fusing

        turns_in = self._allowed((*asked.exclude, *([asked.running] if asked.running else [])), asked.until)
        session_of = self._int32(self._session_of)
        sessions_in = self._best(turns_in.astype("f8")) > 0
        words = set(terms_of(asked.text))
        words = words - self._own or words
        by_words = self._turn_words.scores(words)
        by_matter = fusing.standardized(self._session_words.scores(self._matter(words, asked)), sessions_in)
        best_words = fusing.standardized(self._best(by_words * turns_in), sessions_in)
        total = best_words + by_matter
        meaning, whole, known = self._meanings(asked)
        for near, words_for_it in ((meaning, best_words), (whole, by_matter)):
            if near is None:
                total += words_for_it
            else:
                best = self._best(_where(known & turns_in, near))
                total += fusing.filled(best, best > -2, words_for_it, sessions_in)
        scores = fusing.scaled(total, sessions_in)
        if self._vectors is not None:
            scores = fusing.spread(scores, *self._vectors.neighbours(len(self._starts)), sessions_in)
        scores *= self._dated(asked, sessions_in)

        own = fusing.standardized(by_words, turns_in)
        answers = turns_in & (by_words > 0)
        nearness = own
        if meaning is not None:
            nearness = fusing.filled(meaning, known, own, turns_in)
            answers |= turns_in & known
        gist = self._turn_words.covered(asked.gist)
        if asked.close:
            shared = gist.held if words == asked.gist else self._turn_words.shared(words)
            close = shared >= _enough(words)
            close |= (gist.held > 0) & (gist.shares >= HELD * gist.known)
            answers &= close | (known & (nearness >= STANDS_OUT)) if meaning is not None else close
        ranked = own + nearness + fusing.standardized(scores, sessions_in)[session_of]
        if asked.wishes:
            wished = self._wished()
            ranked += WISH * wished
            answers |= turns_in & (wished > 0)
        return Recalled(
            turns=tuple(
                self._recalled(n, float(ranked[n]), float(gist.shares[n]), int(gist.held[n]))
                for n in fusing.best_first(ranked, answers, limit)
            ),
            sessions=tuple(
                RecalledSession(session_id=self._starts[n][0], at=self._starts[n][1], score=float(scores[n]))
                for n in fusing.best_first(scores, sessions_in, sessions)
            ),
        )

    def _allowed(self, exclude: Iterable[str], until: date | None) -> Mask:
        """The turns that may be recalled."""
        import numpy as np

        allowed = np.ones(len(self._turns), dtype=np.bool_)
        for session_id in set(exclude):
            if (place := self._sessions.get(session_id)) is not None:
                allowed[list(self._numbers[place].values())] = False
        if until is not None:
            allowed &= self._int32(self._days) <= until.toordinal()
        return allowed

    def _matter(self, words: set[str], asked: Asked) -> set[str]:
        """The words of the question and those lately said in the running session that tell most."""
        said = {word for text in asked.before[-LATELY:] for word in terms_of(text)}
        lately = self._lately(asked.running)
        for number in lately:
            if number not in self._terms:
                self._terms[number] = frozenset(terms_of(self._turns[number][4]))
            said |= self._terms[number]
        self._terms = {number: self._terms[number] for number in lately}
        # in the index, the running session itself holds its words
        return words.union(self._session_words.rarest(said - words, MATTER, least=2 if lately else 1))

    def _lately(self, session_id: str | None) -> list[int]:
        """The last turns of a session."""
        place = self._sessions.get(session_id) if session_id is not None else None
        return list(self._numbers[place].values())[-LATELY:] if place is not None else []

    def _meanings(self, asked: Asked) -> tuple[Scores | None, Scores | None, Mask]:
        """How near each turn is to the question and to the whole matter, None where that has no vector."""
        import numpy as np

        count = len(self._turns)
        if self._vectors is None:
            return None, None, np.zeros(count, dtype=np.bool_)
        turns, known = self._vectors.turns(count)
        if asked.vector is None or not asked.vector.any():
            return None, None, known
        parts = [asked.vector, *(vector for vector in asked.before_vectors[-LATELY:] if vector.any())]
        parts.extend(turns[number] for number in self._lately(asked.running) if known[number])
        whole = np.mean(parts, axis=0, dtype=np.float32)
        both = np.stack([asked.vector, whole / (np.linalg.norm(whole) or 1)])[: 1 if len(parts) == 1 else 2]
        # vecdot, since a product of matrices wakes OpenBLAS's threads, which wait for a busy neighbour's
        near = np.vecdot(turns[:, None], both.astype(np.float32)).astype(np.float64)
        return near[:, 0], near[:, -1], known

    def _wished(self) -> Scores:
        """How much each turn says of how somebody wants something; nothing for the assistant's."""
        import numpy as np

        for _, _, who, _, content in self._turns[len(self._wishes) :]:
            self._wishes.append(0 if who == "assistant" else wishes_in(content))
        return np.frombuffer(self._wishes, dtype=np.int8).astype(np.float64)

    def _dated(self, asked: Asked, sessions_in: Mask) -> Scores:
        from aipersona.recall import fusing

        interval = time_asked_for(asked.text, asked.day, asked.changed)
        if interval is None:
            return fusing.recency(sessions_in)
        start, end = (day.toordinal() if day is not None else None for day in (interval.start, interval.end))
        return fusing.timeliness(self._int32(self._start_days), start, end)

    def _best(self, scores: Scores) -> Scores:
        """The highest of the turns' scores by session."""
        import numpy as np

        if self._in_order is None:
            session_of = self._int32(self._session_of)
            order = np.argsort(session_of, kind="stable")
            firsts = np.searchsorted(session_of[order], np.arange(len(self._starts)))
            # turns lie in the order of their sessions already unless sessions run side by side
            self._in_order = None if (np.diff(session_of) >= 0).all() else order, firsts
        order, firsts = self._in_order
        return np.maximum.reduceat(scores if order is None else scores[order], firsts)

    def _recalled(self, number: int, score: float, covered: float = 0.0, held: int = 0) -> RecalledTurn:
        session_id, turn, who, at, content = self._turns[number]
        return RecalledTurn(
            session_id=session_id, turn=turn, who=who, at=at, content=content, score=score, covered=covered, held=held
        )

    @staticmethod
    def _int32(numbers: array[int]) -> npt.NDArray[np.int32]:
        import numpy as np

        return np.frombuffer(numbers, dtype=np.int32)


def _enough(words: Collection[str]) -> int:
    return min(CLOSE, math.ceil(len(words) / 3))


def _where(known: Mask, near: Scores) -> Scores:
    """How near turns are, and less than any cosine where that is not known."""
    import numpy as np

    return np.where(known, near, -3.0)
