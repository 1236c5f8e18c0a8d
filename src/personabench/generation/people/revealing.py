"""How a fact comes out: what people say by themselves, what only when asked, and what only their ways show."""

from __future__ import annotations

from random import Random

from personabench.generation.life import Reveal

_SHOWN = ("personality.mind", "personality.energy", "personality.nature", "personality.tactics", "patterns.")
_SELDOM = (
    "demographics.birthday", "demographics.income", "demographics.education", "demographics.nationality",
    "personality.values", "life.shoe_size", "health.", "beliefs.",
)  # fmt: skip
"""Said unasked by one in four only."""
_TOLD = 0.25
_USUALLY_TOLD = 0.85


def reveal_of(path: str, rng: Random, *, changed: bool) -> Reveal:
    """How a value of a field comes out; `changed`: it is news, which people tell more than what has long been so."""
    if path == "demographics.gender" or path.startswith(_SHOWN):
        return "shown"
    if path.startswith(_SELDOM):
        return "told" if rng.random() < _TOLD + (0.35 if changed else 0) else "asked"
    return "told" if changed or rng.random() < _USUALLY_TOLD else "asked"
