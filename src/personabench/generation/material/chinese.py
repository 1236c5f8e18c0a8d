"""How a value of a life is said in Chinese, where the material knows it."""

from __future__ import annotations

from functools import cache
from typing import cast

from babel import Locale

from personabench.generation.material.countries import countries
from personabench.generation.material.occupations import fields_of_work, studies, worked_as
from personabench.generation.material.words import seemingly, words


def in_chinese(path: str, text: str) -> str | None:
    """The Chinese for a phrase of a field, by the field's path; None for what is not of the material.

    Values of the closed sets of the worlds (diets, genres, topics) are not known here.
    """
    match path:
        case "demographics.languages":
            return _languages().get(text)
        case "demographics.nationality":
            return next((f"{one.chinese}人" for one in countries().values() if one.people == text), None)
        case "demographics.residence.country":
            return next((one.chinese for one in countries().values() if one.name == text), None)
        case "demographics.occupation":
            former = worked_as(text)
            return f"{studies().retired.chinese}{_occupations()[former]}" if former else _occupations().get(text)
        case _:
            return _phrases().get(text)


@cache
def _languages() -> dict[str, str]:
    english, chinese = (cast("dict[str, str]", dict(Locale(tag).languages)) for tag in ("en", "zh"))
    return {name: chinese[tag] for tag, name in english.items() if tag in chinese}


@cache
def _occupations() -> dict[str, str]:
    known = studies()
    groups = [group.jobs for field in fields_of_work().values() for group in field.groups]
    named = (*groups, known.pupils, known.at_home, *known.students.values())
    return {name: chinese for names in named for name, chinese in names.items()}


@cache
def _phrases() -> dict[str, str]:
    known, seeming = words(), seemingly()
    plain = (
        known.values, known.engagement, known.emotion, known.purchase, known.response_style, known.formats,
        known.workflows, known.religions, known.education, known.allergies, known.pets, known.kin,
        seeming.friends, seeming.moods,
    )  # fmt: skip
    grouped = [*known.behaviour, *known.usage, *known.conditions, *known.illnesses, *known.goals]
    return {phrase: zh for phrases in (*plain, *(group.items for group in grouped)) for phrase, zh in phrases.items()}
