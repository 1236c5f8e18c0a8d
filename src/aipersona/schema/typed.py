"""Values by type: what a field stores for what was said, as plain JSON.

| type | stored as |
|---|---|
| str, place | the words, without trimmings |
| int, float, bool | a number, a truth value |
| date, datetime | ISO 8601, relative ones ("next Friday", "+2 days") counted from the day of the session |
| money | {"amount": 30, "currency": "EUR", "period": "week"}, the last two where they were said |
| quantity | {"amount": 7500, "unit": "steps", "period": "day"} |
| language | its English name |
| enum | one of the choices |
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from pydantic import JsonValue, TypeAdapter, ValidationError
from rapidfuzz import fuzz, process

from aipersona.errors import InvalidValue, first_cause
from aipersona.schema.fields import Column, FieldSpec, ValueType
from aipersona.sessions.model import Json
from aipersona.values import (
    parse_datetime,
    parse_day,
    parse_language,
    parse_money,
    parse_number,
    parse_place,
    parse_quantity,
    read_numbers,
    read_when,
)

MAX_VALUE_CHARACTERS = 500
"""A longer value is a text, not a fact."""

_NAME = re.compile(r"[A-Za-z_]{1,32}")
"""Column names may stand in an error; other keys could be what somebody said."""

_STORABLE: TypeAdapter[JsonValue] = TypeAdapter(Json)
_MARKUP = ' *_`~"“”«»「」『』《》'
"""What may stand around a value as it was written, and is none of it: emphasis and quote marks."""

_YES = frozenset({"true", "yes", "y", "1", "是", "对", "有"})
_NO = frozenset({"false", "no", "n", "0", "否", "不", "没有"})


def typed_value(value: JsonValue, spec: FieldSpec, *, today: date) -> JsonValue:
    """The value as the field stores it: a scalar, one item of a set, or a whole row.

    Raises: InvalidValue, which names the path and the type but not the value.
    """
    if spec.kind == "records":
        row = typed_columns(value, spec, today=today)
        missing = [name for name, column in spec.columns.items() if column.required and name not in row]
        if missing:
            raise InvalidValue(f"a row needs {', '.join(missing)}", path=spec.path)
        return dict(row)
    return _typed(value, spec.type, spec.choices, spec.path, today)


def typed_columns(value: JsonValue, spec: FieldSpec, *, today: date) -> dict[str, JsonValue]:
    """The columns that are given of a row, typed; null ones are left out.

    Raises: InvalidValue.
    """
    if not isinstance(value, dict):
        raise InvalidValue(f"a row is an object with {', '.join(spec.columns)}", path=spec.path)
    unknown = sorted(set(value) - set(spec.columns))
    if unknown:
        name = f"column {unknown[0]!r}" if _NAME.fullmatch(unknown[0]) else "such column"
        raise InvalidValue(f"a row has no {name}; it has {', '.join(spec.columns)}", path=spec.path)
    return {
        name: _typed(value[name], column.type, column.choices, f"{spec.path}.{name}", today)
        for name, column in spec.columns.items()
        if value.get(name) is not None
    }


def _typed(value: JsonValue, type_: ValueType, choices: tuple[str, ...], path: str, today: date) -> JsonValue:
    try:
        return _STORABLE.validate_python(_parse(value, type_, choices, today))
    except ValidationError as error:
        raise InvalidValue(f"not {_ARTICLES.get(type_, type_)}: it {first_cause(error)}", path=path) from None
    except InvalidValue as error:
        raise InvalidValue(f"not {_ARTICLES.get(type_, type_)}: {error.cause}", path=path) from None


_ARTICLES: dict[ValueType, str] = {
    "str": "a text",
    "int": "a whole number",
    "float": "a number",
    "bool": "yes or no",
    "date": "a day",
    "datetime": "a time",
    "money": "an amount of money",
    "quantity": "an amount with a unit",
    "language": "a language",
    "place": "a place",
    "enum": "one of the choices",
}


def _parse(value: JsonValue, type_: ValueType, choices: tuple[str, ...], today: date) -> JsonValue:
    match type_:
        case "str" | "place":
            text = _text(value)
            return _place(text, today) if type_ == "place" else text
        case "int" | "float":
            return _number(value, whole=type_ == "int")
        case "bool":
            return _truth(value)
        case "date":
            return parse_day(_text(value), today).isoformat()
        case "datetime":
            point = parse_datetime(_text(value), today)
            return f"{point.day.isoformat()}T{point.time.isoformat('minutes')}" if point.time else point.day.isoformat()
        case "money":
            if isinstance(value, bool | list) or value is None:
                raise InvalidValue("no amount")
            return parse_money(value).model_dump(mode="json", exclude_none=True)
        case "quantity":
            if not isinstance(value, str | dict):
                raise InvalidValue("no amount with a unit")
            return parse_quantity(value).model_dump(mode="json", exclude_none=True)
        case "language":
            return parse_language(_text(value)).name
        case "enum":
            return _choice(_text(value), choices)


def _text(value: JsonValue) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise InvalidValue("it is no text")
    text = " ".join(str(value).split()).strip(_MARKUP)
    if not any(character.isalnum() for character in text):
        raise InvalidValue("it is empty")
    if len(text) > MAX_VALUE_CHARACTERS:
        raise InvalidValue(f"it is longer than {MAX_VALUE_CHARACTERS} characters")
    return text


def _place(text: str, today: date) -> str:
    place = parse_place(text)
    if any(found.end - found.start >= len(place) for found in read_when(place, today)):
        raise InvalidValue("it is a time")
    return place


def _number(value: JsonValue, *, whole: bool) -> int | float:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise InvalidValue("it is no number")
    number = _one_number(value) if isinstance(value, str) else parse_number(value)
    if not number.is_finite():
        raise InvalidValue("it is not finite")
    if whole:
        if number != number.to_integral_value():
            raise InvalidValue("it has a fraction")
        return int(number)
    return float(number)


def _one_number(text: str) -> Decimal:
    """The number that a text is or, "10,254 steps", holds."""
    found = read_numbers(text)
    return found[0].value if len(found) == 1 else parse_number(text)


def _truth(value: JsonValue) -> bool:
    if isinstance(value, bool):
        return value
    word = str(value).strip().casefold()
    if word in _YES or word in _NO:
        return word in _YES
    raise InvalidValue("it is neither")


def _choice(text: str, choices: tuple[str, ...]) -> str:
    folded = {choice.casefold(): choice for choice in choices}
    if text.casefold() in folded:
        return folded[text.casefold()]
    near = process.extractOne(text.casefold(), list(folded), scorer=fuzz.ratio, score_cutoff=85)
    if near is None:
        raise InvalidValue(f"the choices are {', '.join(choices)}")
    return folded[near[0]]


def typed_column(value: JsonValue, column: Column, path: str, *, today: date) -> JsonValue:
    """One column's value as it is stored, for comparisons in queries.

    Raises: InvalidValue.
    """
    return _typed(value, column.type, column.choices, path, today)
