"""Units: read as people write them; what means several things or another kind of thing is said."""

from __future__ import annotations

import math

import pytest

from aipersona.desk.units import converted
from aipersona.errors import InvalidInput


@pytest.mark.parametrize(
    ("amount", "unit", "to", "said"),
    [
        (5, "km", "miles", "5 kilometer = 3.10686 mile"),
        (72, "F", "C", "72 degree Fahrenheit = 22.2222 degree Celsius"),
        (100, "°F", "°C", "100 degree Fahrenheit = 37.7778 degree Celsius"),
        (20, "degrees celsius", "fahrenheit", "20 degree Celsius = 68 degree Fahrenheit"),
        (2, "cups", "ml", "2 cup = 473.176 milliliter (US measures)"),
        (2, "imperial gallons", "liters", "2 imperial gallon = 9.09218 liter"),
        (8, "fl oz", "ml", "8 fluid ounce = 236.588 milliliter (US measures)"),
        (11, "stone", "kg", "11 stone = 69.8532 kilogram"),
        (30, "mpg", "l/100km", "30 mile per gallon = 7.84049 liter per 100km (US measures)"),
        (7, "liters per 100 km", "miles per gallon", "7 liter per 100km = 33.6021 mile per gallon (US measures)"),
        (10, "nautical miles", "km", "10 nautical mile = 18.52 kilometer"),
        (500, "sq ft", "square meters", "500 foot² = 46.4515 meter²"),
        (60, "mph", "km/h", "60 mile per hour = 96.5606 kilometer per hour"),
        (1, "GiB", "MB", "1 gibibyte = 1073.74 megabyte"),
        (3, "斤", "公斤", "3 jin = 1.5 kilogram"),
        (12, "英里", "公里", "12 mile = 19.3121 kilometer"),
    ],
)
def test_an_amount_is_converted(amount: float, unit: str, to: str, said: str) -> None:
    assert converted(amount, unit, to) == said


@pytest.mark.parametrize(
    ("amount", "unit", "to", "why"),
    [
        (1, "ton", "kg", "several units: tonne"),
        (30, "degrees", "C", "several units: degrees Celsius"),
        (3, "km", "kg", "kilometer and kilogram measure different things"),
        (8, "oz", "ml", "fluid ounce"),
        (100, "EUR", "USD", "no exchange rates"),
        (3, "smoots and a half", "km", "no unit is called like that"),
        (3, "", "km", "a unit is a name"),
        (3, "m" * 100, "km", "a unit is a name"),
        (1, "m**9999999999", "km", "no unit"),
        (1, "9**9**9 m", "km", "no unit"),
        (1, "__class__", "km", "no unit"),
        (math.inf, "km", "m", "no number"),
        (math.nan, "km", "m", "no number"),
    ],
)
def test_what_cannot_be_converted_says_why(amount: float, unit: str, to: str, why: str) -> None:
    with pytest.raises(InvalidInput, match=why):
        converted(amount, unit, to)
