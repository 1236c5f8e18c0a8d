"""The systems to be better than: nothing, everything, and plain retrieval by words or by vectors."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from aipersona import Session, Turn
from personabench.datasets import Probe
from personabench.errors import BenchError
from personabench.systems.protocol import Embed, Retrieved, Setting
from personabench.systems.tokens import count_tokens, fitting

K1, B = 1.5, 0.75


class Nothing:
    """No memory at all."""

    def __init__(self, setting: Setting) -> None:
        del setting

    async def observe(self, session: Session) -> None: ...

    async def settle(self) -> None: ...

    async def context(self, probe: Probe, *, budget: int, running: Sequence[Turn] = ()) -> Retrieved:
        return Retrieved(text="")

    async def aclose(self) -> None: ...


class GoldMemory(Nothing):
    """What the data set says that a perfect memory tells for a question, as far as it fits the budget.

    Raises: BenchError for a question of which it says nothing.
    """

    async def context(self, probe: Probe, *, budget: int, running: Sequence[Turn] = ()) -> Retrieved:
        if probe.memory is None:
            raise BenchError(f"the data set has no gold memory for {probe.probe_id!r}")
        return Retrieved(text="\n".join(fitting(probe.memory.split("\n"), budget)))


class FullHistory(Nothing):
    """The past as it was, the newest part that fits the budget."""

    def __init__(self, setting: Setting) -> None:
        super().__init__(setting)
        self._sessions: list[Session] = []

    async def observe(self, session: Session) -> None:
        self._sessions.append(session)

    async def context(self, probe: Probe, *, budget: int, running: Sequence[Turn] = ()) -> Retrieved:
        left = budget
        lines: list[str] = []
        sessions: dict[str, None] = {}
        past = ((session, turn) for session in self._sessions for turn in session.turns)
        for session, turn in reversed(list(past)):
            line = line_of(session, turn)
            left -= count_tokens(line) + 1
            if left < 0:
                break
            lines.append(line)
            sessions[session.session_id] = None
        return Retrieved(text="\n".join(reversed(lines)), sessions=tuple(sessions))


class Words(Nothing):
    """BM25 (k1 1.5, b 0.75) over turns; a session ranks as high as its text does."""

    def __init__(self, setting: Setting) -> None:
        super().__init__(setting)
        self._sessions: list[Session] = []
        self._turns: list[tuple[Session, Turn]] = []
        self._by_turn: list[Counter[str]] = []
        self._by_session: list[Counter[str]] = []

    async def observe(self, session: Session) -> None:
        self._sessions.append(session)
        self._turns.extend((session, turn) for turn in session.turns)
        self._by_turn.extend(word_counts(turn.content) for turn in session.turns)
        self._by_session.append(word_counts("\n".join(turn.content for turn in session.turns)))

    async def context(self, probe: Probe, *, budget: int, running: Sequence[Turn] = ()) -> Retrieved:
        by_turn, by_session = bm25(probe.query, self._by_turn), bm25(probe.query, self._by_session)
        return retrieved(self._sessions, self._turns, by_turn, by_session, budget)


class Vectors(Nothing):
    """Cosine of the shared embedder's vectors over turns; a session ranks as high as its best turn."""

    def __init__(self, setting: Setting) -> None:
        super().__init__(setting)
        if setting.embed is None:
            raise ValueError("the system `embedding` needs an embedder")
        self._embed: Embed = setting.embed
        self._sessions: list[Session] = []
        self._vectors: list[np.ndarray] = []

    async def observe(self, session: Session) -> None:
        if session.turns:
            self._sessions.append(session)
            self._vectors.append(_unit(self._embed([turn.content for turn in session.turns])))

    async def context(self, probe: Probe, *, budget: int, running: Sequence[Turn] = ()) -> Retrieved:
        query = _unit(self._embed([probe.query]))[0]
        scores = [vectors @ query for vectors in self._vectors]
        turns = [(session, turn) for session in self._sessions for turn in session.turns]
        flat = [float(score) for some in scores for score in some]
        return retrieved(self._sessions, turns, flat, [float(some.max()) for some in scores], budget)


def word_counts(text: str) -> Counter[str]:
    """How often each word stands in a text."""
    return Counter(_words(text))


def bm25(query: str, counts: Sequence[Counter[str]]) -> list[float]:
    """The score for a query of each text, of which the word counts are given."""
    lengths = [sum(count.values()) for count in counts]
    mean = sum(lengths) / len(lengths) if lengths else 0.0
    scores = [0.0] * len(counts)
    for word in dict.fromkeys(_words(query)):
        holding = [index for index, count in enumerate(counts) if word in count]
        weight = math.log(1 + (len(counts) - len(holding) + 0.5) / (len(holding) + 0.5))
        for index in holding:
            count = counts[index][word]
            scores[index] += weight * count * (K1 + 1) / (count + K1 * (1 - B + B * lengths[index] / (mean or 1.0)))
    return scores


def retrieved(
    sessions: Sequence[Session],
    turns: Sequence[tuple[Session, Turn]],
    by_turn: Sequence[float],
    by_session: Sequence[float],
    budget: int,
) -> Retrieved:
    """Turns in order of their scores until the budget is full; sessions in order of theirs; equal ones latest first."""
    order = sorted((i for i, score in enumerate(by_turn) if score > 0), key=lambda i: (-by_turn[i], -i))
    ranked = sorted((i for i, score in enumerate(by_session) if score > 0), key=lambda i: (-by_session[i], -i))
    return Retrieved(
        text="\n".join(fitting((line_of(*turns[index]) for index in order), budget)),
        sessions=tuple(sessions[i].session_id for i in ranked),
        turns=tuple((turns[i][0].session_id, turns[i][1].number) for i in order),
    )


def line_of(session: Session, turn: Turn) -> str:
    """A turn as a line: the day, who, and what was said."""
    at = turn.at or session.started_at
    return f"{at:%Y-%m-%d} {turn.speaker or turn.role}: {' '.join(turn.content.split())}"


_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W_]+")


def _words(text: str) -> list[str]:
    """Lower-case words without the commonest ones; Chinese, Japanese and Korean by character and pair of characters."""
    found = _WORD.findall(text.casefold())
    pairs = [a + b for a, b in pairwise(found) if len(a) == len(b) == 1 and a >= "\u3040"]
    return [word for word in (*found, *pairs) if word not in _COMMON]


_COMMON = frozenset(
    _WORD.findall(
        """a an and are as at be been but by can could did do does for from had has have he her him his how i if in is
        it its just me my no not of on or our she so some than that the their them then there these they this to up us
        was we were what when where which who will with would you your"""
    )
)


def _unit(vectors: Sequence[Sequence[float]]) -> np.ndarray:
    made = np.asarray(vectors, dtype=np.float32)
    return made / np.maximum(np.linalg.norm(made, axis=1, keepdims=True), 1e-9)
