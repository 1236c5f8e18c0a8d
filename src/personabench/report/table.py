"""A table as a value, and how figures stand in it."""

from __future__ import annotations

from dataclasses import dataclass

from personabench.scores.intervals import Interval

NONE = "–"
OVER_USERS = ", with 95 % intervals from a bootstrap over users where there are three at least."


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table: the first `texts` columns are texts, the others figures; `notes` stand below."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    texts: int = 1
    notes: tuple[str, ...] = ()


def estimate(mean: float | None, interval: Interval | None, digits: int) -> str:
    """A mean with its interval, as "0.62 [0.55, 0.70]"."""
    if mean is None:
        return NONE
    if interval is None:
        return f"{mean:.{digits}f}"
    return f"{mean:.{digits}f} [{interval.low:.{digits}f}, {interval.high:.{digits}f}]"
