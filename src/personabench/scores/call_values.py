"""Whether a context holds every value that the gold calls of a request need, whatever a reader would make of it.

What a call needs of the past are its texts and numbers that the gold memory states and the request does not: who sits
where, the narration tells, and what follows from the past by counting no text can hold. On and off are no values. A
value is looked for like any other one (`found`), underscores read as spaces.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import cast

from personabench.datasets.model import GoldCall, Probe, Value
from personabench.scores.found import is_found
from personabench.scores.outcomes import NotApplicable, Outcome, Scored
from personabench.scores.pages import read_page


def values_shown(context: str, probe: Probe) -> Outcome:
    """1 where each live value of a probe stands in the context, else 0."""
    if not probe.live:
        return NotApplicable(reason="the gold calls need no value of the past")
    page = read_page(context)
    return Scored(value=float(all(is_found(page, value) for value in probe.live)))


def needed_values(calls: Iterable[GoldCall], request: str, memory: str) -> tuple[Value, ...]:
    """The values of gold calls that a gold memory states and the request does not say."""
    asked, known = read_page(request), read_page(memory)
    texts = dict.fromkeys(text for call in calls for value in call.arguments.values() for text in _texts(value))
    return tuple(Value(text=text) for text in texts if is_found(known, text) and not is_found(asked, text))


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        if text := " ".join(value.replace("_", " ").split()):
            yield text
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield f"{value:g}"
    elif isinstance(value, Mapping):
        for inner in cast("Mapping[str, object]", value).values():
            yield from _texts(inner)
    elif isinstance(value, Sequence):
        for inner in cast("Sequence[object]", value):
            yield from _texts(inner)
