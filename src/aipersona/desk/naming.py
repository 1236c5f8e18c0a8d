"""Which row of the calendar or the to-dos the user's own words mean, where one is to be changed or ended."""

from __future__ import annotations

from collections.abc import Sequence

from aipersona.desk.said import Words, days_in
from aipersona.desk.writing import Refused, line_of
from aipersona.grounding import words_of
from aipersona.persona.claims import Claim
from aipersona.relevance import naming_words, share_named

NAMED = 0.6
"""The share of a name's words that a model must give, unless all that it gives are such words."""

ON_THE_DAY = 0.4
"""What it says for a row that the words name its day: less than half of its name."""


def row_named(which: str, rows: Sequence[Claim], words: Words) -> Claim:
    """The row that a model means and that the user's own words name, better than any other.

    Raises: Refused.
    """
    if not rows:
        raise Refused("nothing is there")
    by_id = [claim for claim in rows if claim.record_id == which.strip().strip("#[]")]
    best = _best(rows, words)
    meant = by_id or [claim for claim in rows if _fits(claim, which, words)]
    found = [claim for claim in best if claim in meant]
    if not found:
        raise Refused("the user's own words do not name it; ask them which one they mean")
    if len(found) > 1:
        raise Refused(f"several fit: {'; '.join(line_of(claim) for claim in found)}; ask the user which one")
    return found[0]


def _best(rows: Sequence[Claim], words: Words) -> list[Claim]:
    """The rows that the words name best, if they name any at all: by the words of its name, and its day."""
    said, days = _said(words.all), {day.isoformat() for day in days_in(words.all, words.day)}
    scored = [(share_named(claim, said) + ON_THE_DAY * (_day(claim) in days), claim) for claim in rows]
    most = max(score for score, _ in scored)
    return [claim for score, claim in scored if score == most > 0]


def _said(text: str) -> frozenset[str]:
    """Content words; single Chinese characters say too little."""
    return frozenset(word for word in words_of(text) if len(word) > 1 or word.isascii())


def _fits(claim: Claim, which: str, words: Words) -> bool:
    named = words_of(which)
    on = {day.isoformat() for day in days_in(which, words.day)}
    name = naming_words(claim)
    return not named or named <= name or share_named(claim, named) >= NAMED or _day(claim) in on


def _day(claim: Claim) -> object:
    return claim.row.get("date") or claim.row.get("due")
