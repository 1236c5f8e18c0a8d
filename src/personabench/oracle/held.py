"""What memories of any form hold of the gold, by the names of things and by amounts: one ruler for all systems.

A memory is a text. It names a gold value if at least 0.6 of the content words of the value's name stand in it and,
where the value has an amount, that number, too. Days and categories do not count, since free texts say them in any way;
stances do only for what is dead.

- `held`: the values that hold at the end of the sessions and that some memory names; `ever_held`: the same of every
  value that was added or changed in them.
- `dead_held`: values that were removed or replaced and that some memory names without saying that it is over, and
  without naming a value that holds. A value that came back, or changed in its stance only, is not dead here, and a
  memory that the thing is disliked now does not hold that it was liked.
- `false`: memories that name no value of the gold at all, dead ones and parts of long documents included. Of these a
  system keeps what the user said beside the gold, too: it compares systems, and is no share of inventions.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from personabench.oracle.documents import texts_of
from personabench.oracle.gold import Gold
from personabench.oracle.score import ENOUGH, FIELDS, Value, dead_values, gold_at_end, gold_ever
from personabench.oracle.words import overlap
from personabench.scores.found import says_over


@dataclass(frozen=True, kw_only=True)
class Held:
    """Counts; see the head of the module."""

    memories: int
    false: int
    live: int
    held: int
    ever: int
    ever_held: int
    dead: int
    dead_held: int


def score_held(folder: Path, gold: Gold, memories: Sequence[str]) -> Held:
    """What memories hold of a user's gold; `folder` is where the documents of the gold stand.

    Raises: OSError, ValueError for files that are not as Memora's.
    """
    live = [value for field in FIELDS for value in gold_at_end(gold, field)]
    ever = [value for field in FIELDS for value in gold_ever(gold, field)]
    alive = {value.name for value in live if value.name}
    dead = {value for _, value in dead_values(gold) if not value.name or value.name not in alive}
    parts = [text for session_id in sorted(gold.documents) for text in texts_of(folder, session_id)]
    return Held(
        memories=len(memories),
        false=sum(not _is_gold(memory, {*ever, *dead}, parts) for memory in memories),
        live=len(live),
        held=sum(any(_names(memory, value) for memory in memories) for value in live),
        ever=len(ever),
        ever_held=sum(any(_names(memory, value) for memory in memories) for value in ever),
        dead=len(dead),
        dead_held=sum(any(_holds_dead(memory, value, live) for memory in memories) for value in dead),
    )


def _holds_dead(memory: str, dead: Value, live: Collection[Value]) -> bool:
    if dead.stance is not None and (_AGAINST.search(memory) is None) != (dead.stance == "like"):
        return False
    return _names(memory, dead) and not says_over(memory) and not any(_names(memory, value) for value in live)


_AGAINST = re.compile(
    r"\bdislik|\bhat(?:e|es|ed|ing)\b|\bavoid|(?:n't|\bnot|\bnever)\s+(?:\w+\s+){0,2}(?:like|enjoy|care|fan|fond|into)"
    r"|讨厌|不喜欢",
    re.IGNORECASE,
)
"""Words of a dislike."""


def _is_gold(memory: str, values: Collection[Value], parts: Sequence[str]) -> bool:
    return any(_names(memory, value) for value in values) or any(overlap(part, memory) >= ENOUGH for part in parts)


def _names(memory: str, value: Value) -> bool:
    if value.name and overlap(value.name, memory) < ENOUGH:
        return False
    if value.amount is None:
        return bool(value.name)
    return value.amount in {float(number.replace(",", "")) for number in re.findall(r"\d[\d,]*(?:\.\d+)?", memory)}
