"""Other parts of the world, nearer ones more often."""

from __future__ import annotations

from random import Random

from personabench.generation.material.countries import Country, countries

_NEAR = 0.8


def abroad(home: Country, rng: Random) -> list[Country]:
    """Other countries, mostly of the same part of the world."""
    others = [country for country in countries().values() if country is not home]
    return [country for country in others if country.region == home.region] if rng.random() < _NEAR else others
