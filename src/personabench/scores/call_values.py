"""Whether a context holds every value that the gold calls of a request need, whatever a reader would make of it.

What a call needs of the past are its numbers and texts that the request does not say itself. On and off are no values:
a request whose calls hold nothing else cannot be scored so. A text is looked for like any value (`found`), underscores
read as spaces; a number stands as a number of its own, with any unit behind it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from personabench.datasets.model import Probe
from personabench.scores.found import is_found
from personabench.scores.outcomes import NotApplicable, Outcome, Scored
from personabench.scores.pages import read_page


def values_shown(context: str, probe: Probe) -> Outcome:
    """1 where each needed value stands in the context, else 0."""
    needed = list(needed_values(probe))
    if not needed:
        return NotApplicable(reason="the gold calls need no value that the request does not say")
    page = read_page(context)
    return Scored(
        value=float(
            all(
                _has_number(context, value) if isinstance(value, int | float) else is_found(page, value)
                for value in needed
            )
        )
    )


def needed_values(probe: Probe) -> Iterator[str | int | float]:
    """The texts and numbers of the gold calls that the request does not say."""
    asked = read_page(probe.query)
    for call in probe.calls:
        for value in call.arguments.values():
            for one in _plain(value):
                if isinstance(one, str):
                    if not is_found(asked, one):
                        yield one
                elif not _has_number(probe.query, one):
                    yield one


def _plain(value: object) -> Iterator[str | int | float]:
    if isinstance(value, str):
        if text := " ".join(value.replace("_", " ").split()):
            yield text
    elif isinstance(value, bool) or value is None:
        return
    elif isinstance(value, int | float):
        yield value
    elif isinstance(value, dict | list):
        parts: list[object] = list(value.values() if isinstance(value, dict) else value)  # pyright: ignore[reportUnknownArgumentType, reportUnknownMemberType]
        for inner in parts:
            yield from _plain(inner)


def _has_number(text: str, number: float) -> bool:
    return re.search(rf"(?<![\d.,:/-]){re.escape(f'{number:g}')}(?![\d:/]|[.,]\d)", text) is not None
