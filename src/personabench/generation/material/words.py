"""What people are like, want and say in jest: the phrases that a life is made of."""

from __future__ import annotations

from functools import cache

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from personabench.generation.material.reading import reads

Phrases = dict[str, str]
"""English phrases, each with its Chinese."""


class Fitting(BaseModel):
    """Phrases for some times of life, all of them named; from one age to another, both inclusive."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    fits: tuple[str, ...] = ()
    from_age: int = Field(default=0, alias="from")
    to_age: int = Field(default=120, alias="to")
    items: Phrases


class Illness(BaseModel):
    """Illnesses that pass, after at least and at most so many days; for people from an age on."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    from_age: int = Field(alias="from")
    days: tuple[int, int]
    items: Phrases


class Words(BaseModel):
    """The phrases of each field, in English and in Chinese."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    values: Phrases
    behaviour: tuple[Fitting, ...]
    engagement: Phrases
    usage: tuple[Fitting, ...]
    emotion: Phrases
    purchase: Phrases
    response_style: Phrases
    formats: Phrases
    workflows: Phrases
    religions: Phrases
    education: Phrases
    allergies: Phrases
    conditions: tuple[Fitting, ...]
    illnesses: tuple[Illness, ...]
    goals: tuple[Fitting, ...]
    targets: dict[str, str]
    pets: Phrases
    pet_names: Phrases
    kin: Phrases


class Joke(BaseModel):
    """A joke: what a hasty reader would believe of it, and how it is said."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: str
    value: JsonValue
    english: str
    chinese: str


class Seemingly(BaseModel):
    """What sounds like a change and is none: jokes, whose life is spoken of instead, and moods."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    jokes: tuple[Joke, ...]
    friends: Phrases
    moods: Phrases


@cache
def words() -> Words:
    return reads(Words, "words.yaml")


@cache
def seemingly() -> Seemingly:
    return reads(Seemingly, "seeming.yaml")


def fitting(groups: tuple[Fitting, ...], *, age: int, times: frozenset[str]) -> list[str]:
    """The phrases of those groups that fit an age and the times of life that somebody is in."""
    return [
        phrase
        for group in groups
        if group.from_age <= age <= group.to_age and times.issuperset(group.fits)
        for phrase in group.items
    ]
