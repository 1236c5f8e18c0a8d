"""Amounts that somebody would name, in the money of a country."""

from __future__ import annotations

from math import floor, log10
from random import Random

from pydantic import JsonValue

from personabench.generation.material.countries import INCOMES, Country
from personabench.generation.seed import Income
from personabench.worlds.vocabulary import BudgetFor

_LIMITS: dict[BudgetFor, tuple[int, int]] = {
    "dinner": (20, 60),
    "shoes": (60, 150),
    "gifts": (20, 60),
    "groceries": (40, 120),
    "trips": (60, 250),
}
"""The least and the most that people allow themselves, in euros where one buys for a euro what a euro buys."""


def rounded(amount: float) -> int:
    """To the nearest figure of two digits and zeros, by fives from 20 on: 37 is 35, 1370 is 1400."""
    magnitude = 10 ** floor(log10(amount))
    step = max(1, magnitude // 10 if amount < 2 * magnitude else magnitude // 2)
    return round(amount / step) * step


def income(country: Country, band: Income, rng: Random) -> dict[str, JsonValue]:
    """What comes in each month after tax."""
    amount = rounded(country.income(band) * rng.uniform(0.88, 1.15))
    return {"amount": amount, "currency": country.currency, "period": "month"}


def limit(country: Country, category: BudgetFor, band: Income, rng: Random) -> dict[str, JsonValue]:
    """What somebody of a band of income allows themselves for one of these."""
    least, most = _LIMITS[category]
    place = (INCOMES.index(band) + rng.uniform(0, 1.6)) / (len(INCOMES) + 0.6)
    return {"amount": rounded((least + (most - least) * place) * country.price_factor), "currency": country.currency}


def within(country: Country, category: BudgetFor, euros: float) -> int:
    """An amount brought between the least and the most for what it is for."""
    least, most = _LIMITS[category]
    return rounded(min(max(euros, least), most) * country.price_factor)


def amount_of(money: JsonValue) -> int:
    """The figure of an amount of money."""
    assert isinstance(money, dict)
    amount = money["amount"]
    assert isinstance(amount, int)
    return amount
