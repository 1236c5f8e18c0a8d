"""In which message of a session a user tells what a wish needs: as planned, or in a model's words for it."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import JsonValue

from personabench.generation.query import Need, Query
from personabench.generation.seed import Written
from personabench.generation.standing import stands_in
from personabench.generation.writers.wordings import wordings


def told_in(need: Need, query: Query, said: Sequence[str], written: Written) -> int | None:
    """The place among a user's messages of the first that tells a need; None where none does.

    It holds the planned answer or correction; or it comes after the wish, in words that are not planned, and the value
    stands in it, as it has to in whatever a model makes of an answer.
    """
    planned = [text for one in query.needs for text in _texts(one)]
    for place, text in enumerate(said):
        if any(one in text for one in _texts(need)):
            return place
        if place > 0 and is_said(need.value, text, written) and not any(one in text for one in planned):
            return place
    return None


def is_said(value: JsonValue, text: str, written: Written) -> bool:
    """Whether a value stands in a text, in any of its wordings."""
    return any(stands_in(form, text) for form in (str(value), *wordings(value, written)))


def _texts(need: Need) -> list[str]:
    return [text for text in (need.answer, need.correction) if text]
