"""The canonical values of lives and queries as forms of speech."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, time
from functools import cache
from typing import cast

from babel import Locale
from babel.dates import format_date
from pydantic import JsonValue

from personabench.generation.seed import Written
from personabench.generation.writers.scripted import amounts
from personabench.generation.writers.scripted.days import clock_forms
from personabench.generation.writers.scripted.grammar import PLAIN, Forms, Slots, with_article
from personabench.generation.writers.scripted.material import SAID, values

THEMES: Mapping[str, str] = {
    "demographics.birthday": "birthday", "demographics.gender": "gender", "demographics.nationality": "nationality",
    "demographics.languages": "language", "demographics.residence.country": "country",
    "demographics.occupation": "occupation", "demographics.education": "education", "demographics.income": "income",
    "personality.mind": "trait", "personality.energy": "trait", "personality.nature": "trait",
    "personality.tactics": "trait", "personality.values": "ideal", "personality.interests": "topic",
    "preferences.response_style": "style", "preferences.response_length": "length", "preferences.formats": "format",
    "preferences.workflows": "workflow", "preferences.diet": "diet", "situation.mood": "mood",
    "health.allergies": "allergy", "health.conditions": "condition", "beliefs.religion": "religion",
    "life.shoe_size": "number", "life.seat": "seat", "life.room_temperature": "degrees", "life.wake_time": "clock",
    "life.units": "unit",
}  # fmt: skip
"""The theme of a field's values; those of no theme are said as they are."""

COLUMNS: Mapping[tuple[str, str], str] = {
    ("finances.budgets", "category"): "budget", ("finances.budgets", "limit"): "money",
    ("agenda.goals", "what"): "aim", ("agenda.goals", "by"): "by", ("agenda.goals", "target"): "plain",
    ("demographics.household", "who"): "kin",
}  # fmt: skip

_CLOCK = re.compile(r"\d{1,2}:\d{2}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def slots_of(path: str, value: JsonValue, written_in: Written, *, american: bool = False, before: str = "") -> Slots:
    """The slots that a fact fills: `value`, or one for each column of a row that holds something, named after it."""
    if isinstance(value, dict) and "currency" not in value:
        category = str(value.get("category"))
        return {
            before + column: forms_of(_theme(path, column, category), held, written_in, american=american)
            for column, held in value.items()
            if held not in (None, "")
        }
    return {before or "value": forms_of(THEMES.get(path, "plain"), value, written_in, american=american)}


def _theme(path: str, column: str, category: str) -> str:
    if path == "preferences.tastes" and column == "item":
        return {"music": "genre", "food": "cuisine"}.get(category, "plain")
    return COLUMNS.get((path, column), "plain")


def forms_of(theme: str, value: JsonValue, written_in: Written, *, american: bool = False) -> Forms:
    """How a value of a theme is said, by form; without a wording as it stands."""
    if isinstance(value, dict):
        amount, currency = value.get("amount"), value.get("currency")
        if isinstance(amount, int | float) and isinstance(currency, str):
            return amounts.money_forms(amount, currency, written_in)
    if isinstance(value, int | float) and not isinstance(value, bool):
        if theme == "degrees":
            return amounts.degree_forms(value, written_in)
        if theme == "percent":
            return amounts.percent_forms(value, written_in)
        if theme == "party":
            return amounts.party_forms(int(value), written_in)
        return amounts.number_forms(value)
    text = str(value)
    if theme == "clock" and _CLOCK.fullmatch(text):
        return clock_forms(_time(text), written_in, american=american)
    if theme in ("birthday", "by") and _DAY.fullmatch(text):
        return {PLAIN: _dates(date.fromisoformat(text), written_in, american=american)}
    found = values(written_in).get(theme, {}).get(_key(theme, text).casefold())
    if found:
        return {PLAIN: found.get("plain", found[SAID]), **found}
    if theme == "education" and written_in == "en":
        return {PLAIN: [text], "have": [f"got {with_article(text)}"]}
    return {PLAIN: [_named(theme, text, written_in)]}


def wordings(value: JsonValue, written_in: Written) -> tuple[str, ...]:
    """All the ways a canonical value is said, of a row what names it; the value itself is one of them."""
    return tuple(dict.fromkeys(word for word in _wordings(value, written_in) if word))


def _wordings(value: JsonValue, written_in: Written) -> list[str]:
    if value is None:
        return []
    if isinstance(value, list):
        return [word for item in value for word in _wordings(item, written_in)]
    if isinstance(value, dict):
        amount, currency = value.get("amount"), value.get("currency")
        if isinstance(amount, int | float) and isinstance(currency, str):
            return amounts.money_wordings(amount, currency, written_in)
        for column in ("limit", "name", "item", "what"):
            if value.get(column):
                return _wordings(value[column], written_in)
        return [word for held in value.values() for word in _wordings(held, written_in)]
    if isinstance(value, int | float) and not isinstance(value, bool):
        return [*amounts.number_forms(value)[PLAIN]]
    text = str(value)
    if _CLOCK.fullmatch(text):
        forms = clock_forms(_time(text), written_in).values()
        return [text, *(word for form in forms for word in form if not word.isdigit())]
    if _DAY.fullmatch(text):
        day = date.fromisoformat(text)
        return [text, *_dates(day, written_in), *_dates(day, written_in, american=True)]
    told = [text]
    for theme, group in values(written_in).items():
        if theme != "currency":
            told += group.get(text.casefold(), {}).get(SAID, ())
    told += [_named(theme, text, written_in) for theme in ("country", "language")]
    return told


def _key(theme: str, text: str) -> str:
    return (_country(text) or text) if theme in ("country", "nationality") else text


def _named(theme: str, text: str, written_in: Written) -> str:
    """The name of a country or a language that is given as a code, or in English."""
    if theme in ("country", "nationality") and (code := _country(text)):
        name = _names(written_in, "territories").get(code, text)
        return f"from {name}" if theme == "nationality" and written_in == "en" else name
    if theme == "language":
        code = text.split("-")[0] if text.islower() or "-" in text else _codes("languages").get(text.casefold(), text)
        return _names(written_in, "languages").get(code, text)
    return text


def _country(text: str) -> str | None:
    if len(text) == 2 and text.isupper():
        return text
    return _codes("territories").get(text.casefold())


@cache
def _names(written_in: Written, kind: str) -> Mapping[str, str]:
    locale = Locale.parse(written_in)
    return cast("Mapping[str, str]", locale.territories if kind == "territories" else locale.languages)


@cache
def _codes(kind: str) -> Mapping[str, str]:
    return {name.casefold(): code for code, name in _names("en", kind).items()}


def _time(text: str) -> time:
    hour, minute = text.split(":")
    return time(int(hour), int(minute))


def _dates(day: date, written_in: Written, *, american: bool = False) -> Sequence[str]:
    if written_in == "zh":
        return [f"{day.month}月{day.day}号", f"{day.month}月{day.day}日", f"{day.year}年{day.month}月{day.day}日"]
    patterns = ("MMMM d", "MMMM d, yyyy") if american else ("d MMMM", "d MMMM yyyy")
    return [format_date(day, pattern, locale="en") for pattern in patterns]
