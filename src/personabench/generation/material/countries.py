"""The countries that people are from: their cities, names, languages, money and beliefs."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Annotated, cast

from pydantic import BaseModel, BeforeValidator, ConfigDict

from personabench.generation.material.reading import reads
from personabench.generation.seed import Income, Written

INCOMES: tuple[Income, ...] = ("low", "lower middle", "middle", "upper middle", "high")


def _by_latin(names: object) -> object:
    """A plain list of names is one without Chinese forms."""
    return dict.fromkeys(cast("list[str]", names)) if isinstance(names, list) else names


Names = Annotated[dict[str, str | None], BeforeValidator(_by_latin)]
"""Proper names in Latin letters, each with its Chinese characters where it has them."""


class GivenNames(BaseModel):
    """Given names by gender."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    female: Names
    male: Names


class Spoken(BaseModel):
    """Languages (BCP 47): with what weight one is spoken at home, and how likely another is spoken besides."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    home: dict[str, int]
    also: dict[str, float]


class Country(BaseModel):
    """Where people are from.

    people        what those are called who are from there.
    region        the part of the world in which most journeys abroad end.
    price_factor  what costs one euro in the euro countries, in the country's own money.
    incomes       a month's income after tax, from the lowest band to the highest.
    religions     weights; "none" is no religion.
    stems         of invented employers' names ("Nordlicht"), to which a workplace is put ("Nordlicht Clinic").
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str
    name: str
    chinese: str
    people: str
    region: str
    currency: str
    price_factor: float
    incomes: tuple[int, int, int, int, int]
    languages: Spoken
    religions: dict[str, int]
    cities: Names
    stems: Names
    names: GivenNames

    def income(self, band: Income) -> int:
        return self.incomes[INCOMES.index(band)]


@cache
def countries() -> Mapping[str, Country]:
    """By ISO 3166-1 code, in alphabetical order."""
    folder = resources.files("personabench.generation.material").joinpath("countries")
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".yaml")), key=lambda file: file.name)
    read = [reads(Country, f"countries/{file.name}") for file in files]
    return {country.code: country for country in read}


def proper(names: Mapping[str, str | None], written: Written) -> list[str]:
    """Names as they are written in a language; those without Chinese characters stay as they are."""
    return [(written == "zh" and chinese) or latin for latin, chinese in names.items()]


def given_names(country: Country, gender: str, written: Written) -> list[str]:
    """Names for a gender; for those who are neither, any."""
    female, male = proper(country.names.female, written), proper(country.names.male, written)
    return {"female": female, "male": male}.get(gender, [*female, *male])
