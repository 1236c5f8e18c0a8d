"""Which fields of a persona fill the arguments that several worlds share."""

from __future__ import annotations

from aipersona import FromPersona
from personabench.worlds.vocabulary import BudgetFor

HERE = FromPersona("situation.location", "demographics.residence.city")
"""Where the user is: for a few days, or at home."""

HOME = FromPersona("demographics.residence.city")


def limit_for(category: BudgetFor) -> FromPersona:
    """The most that the user spends on something, each time."""
    return FromPersona("finances.budgets", where={"category": category}, column="limit")


def liked(category: str) -> FromPersona:
    """What of a kind the user likes."""
    return FromPersona("preferences.tastes", where={"stance": "like", "category": category}, column="item")
