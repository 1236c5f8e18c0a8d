"""Conversion of units: lengths, weights, volumes, temperatures, speeds, energy, data, fuel, ..., by Pint.

Units are read as people write them, in English and some in Chinese; one that means several things is asked about.
"""

from __future__ import annotations

import math
import re
from decimal import Context, Decimal, InvalidOperation
from functools import cache
from typing import Any

from aipersona.errors import InvalidInput

LONGEST = 60
"""How many characters the name of a unit may have."""

SHOWN = 6
"""How many digits of a result are shown."""


async def convert_units(amount: float, unit: str, to: str) -> str:
    """Convert units of measure: length, weight, volume, temperature, speed, fuel, data, time.

    Args:
        amount: how many
        unit: such as km, lb, cups, °F, stone, mpg
        to: the unit wanted
    """
    return converted(amount, unit, to)


def converted(amount: float, unit: str, to: str) -> str:
    """The amount in the other unit, with the full names of both.

    Raises: InvalidInput for a unit that is not known, means several things, or is of another kind.
    """
    import pint

    if not math.isfinite(amount):
        raise InvalidInput("the amount is no number")
    given, wanted = _unit(unit), _unit(to)
    try:
        quantity = _registry().Quantity(Decimal(str(amount)), given)
        if given.dimensionality and given.dimensionality == (1 / wanted).dimensionality != wanted.dimensionality:
            quantity = 1 / quantity  # miles per gallon and litres per 100 km
        result = quantity.to(wanted).magnitude
        shown = Decimal(result).normalize(Context(prec=SHOWN))
    except pint.DimensionalityError:
        raise InvalidInput(
            f"{_name(given)} and {_name(wanted)} measure different things{_hint(given, wanted)}"
        ) from None
    except (pint.PintError, ArithmeticError, InvalidOperation, TypeError):
        raise InvalidInput(f"{_name(given)} cannot be converted to {_name(wanted)}") from None
    note = " (US measures)" if _US & {*_parts(given), *_parts(wanted)} else ""
    figure = f"{shown:f}" if -9 < shown.adjusted() < 15 else f"{shown:e}"
    return f"{amount:g} {_name(given)} = {figure} {_name(wanted)}{note}"


_SEVERAL = {
    "ton": "tonne (1000 kg), short_ton (US) or long_ton (UK)",
    "degree": "degrees Celsius, degrees Fahrenheit or, of an angle, radians and arc degrees",
}
"""Words that mean more than one unit."""

_SAID = {
    "c": "degC",
    "f": "degF",
    "k": "kelvin",
    "celsius": "degC",
    "centigrade": "degC",
    "fahrenheit": "degF",
    "arc degree": "degree",
    "fl oz": "fluid_ounce",
    "mpg": "mile/gallon",
    "l/100km": "liter_per_100km",
    "kph": "kilometer/hour",
    "lbs": "pound",
    "hrs": "hour",
    "mins": "minute",
    "secs": "second",
    "tsp": "teaspoon",
    "tbsp": "tablespoon",
    "kcal": "kilocalorie",
    "公里": "kilometer",
    "千米": "kilometer",
    "米": "meter",
    "厘米": "centimeter",
    "毫米": "millimeter",
    "里": "500 meter",
    "英里": "mile",
    "英尺": "foot",
    "英寸": "inch",
    "公斤": "kilogram",
    "千克": "kilogram",
    "克": "gram",
    "斤": "jin",
    "吨": "tonne",
    "磅": "pound",
    "盎司": "ounce",
    "升": "liter",
    "毫升": "milliliter",
    "加仑": "gallon",
    "摄氏度": "degC",
    "华氏度": "degF",
    "小时": "hour",
    "分钟": "minute",
    "秒": "second",
    "平方米": "meter**2",
    "亩": "mu",
}
"""What people write that Pint reads otherwise, or does not know."""

_US = frozenset({"cup", "gallon", "pint", "quart", "fluid_ounce", "tablespoon", "teaspoon"})
_DEGREES = re.compile(r"^(?:°|deg(?:rees?)?\.?)\s*(?=[cfk]|arc)", re.IGNORECASE)
_PER_100_KM = re.compile(r"^(?:l|lit(?:er|re)s?)\s*(?:/|per)\s*100\s*(?:km|kilomet(?:er|re)s?)$", re.IGNORECASE)
_FLUID = re.compile(r"^(?:fl\.?|fluid)\s*(?:oz\.?|ounces?)$", re.IGNORECASE)
_IMPERIAL = re.compile(r"^(?:imperial|uk|british)\s+(?=\w)", re.IGNORECASE)
_AMERICAN = re.compile(r"^(?:us|u\.s\.|american)\s+(?=\w)", re.IGNORECASE)
_SQUARE = re.compile(r"^sq\.?\s+", re.IGNORECASE)
_READABLE = re.compile(r"(?:[^\W\d_]|[µ°%'\"]|_)(?:[^\W\d]|[ µ°_./*^()·-]|(?<=[\w^*)])-?[1-9](?!\d)|²|³)*")


def _unit(text: str) -> Any:
    """The unit that a text names.

    Raises: InvalidInput.
    """
    import pint

    plain = " ".join(text.strip().split())
    if not plain or len(plain) > LONGEST:
        raise InvalidInput(f"a unit is a name of at most {LONGEST} characters")
    word = plain.casefold()
    if several := _SEVERAL.get(word.removesuffix("s")):
        raise InvalidInput(f"{word} means several units: {several}")
    said = _DEGREES.sub("", word)
    said = "l/100km" if _PER_100_KM.match(said) else "fl oz" if _FLUID.match(said) else said
    for name in (_SAID.get(said), *_spellings(plain), *_spellings(word)):
        if name is None or not (_READABLE.fullmatch(name) or said in _SAID):
            continue
        try:
            return _registry().parse_units(name)
        except (pint.PintError, ValueError, TypeError, ArithmeticError, SyntaxError, AttributeError, KeyError):
            continue
    if plain.isalpha() and len(plain) == 3 and plain.isascii() and _is_currency(plain.upper()):
        raise InvalidInput(f"{plain.upper()} is a currency: there are no exchange rates here")
    raise InvalidInput("no unit is called like that; give its usual name, such as kilometer, lb, cup, °C")


def _spellings(text: str) -> tuple[str, ...]:
    """The ways to read a name of several words: as one unit, then as a product ("nautical mile", "kilowatt hour")."""
    text = _SQUARE.sub("square ", _AMERICAN.sub("", text))
    imperial = _IMPERIAL.sub("imperial_", text)
    one = imperial.replace(" ", "_")
    return (one, one.removesuffix("s"), imperial) if " " in imperial or imperial != text else (imperial,)


@cache
def _registry() -> Any:
    import pint

    make: Any = pint.UnitRegistry  # its type knows floats only
    registry = make(non_int_type=Decimal, autoconvert_offset_to_baseunit=True)
    for line in ("liter_per_100km = 0.01 * liter / kilometer", "jin = 0.5 * kilogram", "mu = 2000 / 3 * meter ** 2"):
        registry.define(line)
    return registry


def _name(unit: Any) -> str:
    name = str(unit).replace("_", " ").replace(" / ", " per ").replace(" ** 2", "²").replace(" ** 3", "³")
    return name or "a plain number"


def _parts(unit: Any) -> list[str]:
    return re.findall(r"[a-z_]+", str(unit))


def _hint(given: Any, wanted: Any) -> str:
    return "; for a volume say fluid ounce" if "ounce" in {*_parts(given), *_parts(wanted)} else ""


def _is_currency(code: str) -> bool:
    from babel.numbers import list_currencies

    return code in list_currencies()
