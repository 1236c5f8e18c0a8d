"""Cutting sessions to fit a model's context: whole turns, overlapping, nothing skipped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from aipersona.sessions.model import Session, Turn

OVERLAP = 2
"""Turns that a piece repeats from the one before it, so that a question and its answer stay together."""


def pieces_of(sessions: Sequence[Session], characters: int) -> Iterator[tuple[Session, ...]]:
    """Batches of sessions with at most about `characters` characters of turns each, in order.

    A session that is longer is cut between turns into pieces of its own; a single turn that is longer stays whole
    and has its piece to itself.
    """
    batch: list[Session] = []
    size = 0
    for session in sessions:
        length = _length(session.turns)
        if batch and size + length > characters:
            yield tuple(batch)
            batch, size = [], 0
        if length > characters:
            yield from ((piece,) for piece in cut(session, characters))
            continue
        batch.append(session)
        size += length
    if batch:
        yield tuple(batch)


def cut(session: Session, characters: int) -> Iterator[Session]:
    """The session in pieces of at most about `characters`; every turn is in one, the numbers stay."""
    start = 0
    while start < len(session.turns):
        end, size = start, 0
        while end < len(session.turns) and (end == start or size + len(session.turns[end].content) <= characters):
            size += len(session.turns[end].content)
            end += 1
        yield session.model_copy(update={"turns": session.turns[start:end]})
        if end >= len(session.turns):
            return
        fits = _length(session.turns[end - OVERLAP : end]) * 2 <= characters
        start = end - OVERLAP if fits and end - OVERLAP > start else end


def _length(turns: Sequence[Turn]) -> int:
    return sum(len(turn.content) for turn in turns)
