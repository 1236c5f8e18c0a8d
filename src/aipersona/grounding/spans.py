"""Half-open stretches of a text, and the arithmetic on them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple


class Span(NamedTuple):
    """The characters `start` to `end` (exclusive) of a text, in code points."""

    start: int
    end: int

    def covers(self, other: Span) -> bool:
        return self.start <= other.start and other.end <= self.end

    def meets(self, other: Span) -> bool:
        """Whether the two share at least one character."""
        return self.start < other.end and other.start < self.end

    def moved(self, by: int) -> Span:
        return Span(self.start + by, self.end + by)


def rest_of(text: str, taken: Iterable[Span]) -> Iterator[Span]:
    """What is left of the text without the taken spans, in order, without white space at the ends and never empty."""
    at = 0
    for span in [*sorted(taken), Span(len(text), len(text))]:
        if span.start > at:
            left = trimmed(text, Span(at, span.start))
            if left.start < left.end:
                yield left
        at = max(at, span.end)


def trimmed(text: str, span: Span) -> Span:
    """The span without white space at its ends; an empty span where there is nothing else in it."""
    piece = text[span.start : span.end]
    left = len(piece) - len(piece.lstrip())
    return Span(span.start + left, max(span.start + left, span.start + len(piece.rstrip())))
