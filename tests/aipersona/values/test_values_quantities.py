"""Counted and measured amounts."""

from __future__ import annotations

from decimal import Decimal

import pytest

from aipersona.values import Quantity, Unreadable, parse_quantity, read_quantities


def shown(quantity: Quantity) -> str:
    return f"{quantity.amount:f} {quantity.unit}{'/' + quantity.period if quantity.period else ''}"


SENTENCES = [
    ("7,500 steps every day", "7500 steps/day"),
    ("ten thousand steps", "10000 steps"),
    ("a 5k run", "5 km"),
    ("I ran a 10K", "10 km"),
    ("10k steps a day", "10000 steps/day"),
    ("8 hours a night", "8 h/day"),
    ("half an hour", "0.5 h"),
    ("two and a half hours", "2.5 h"),
    ("30 minutes of reading every day", "30 min/day"),
    ("2 liters of water a day", "2 l/day"),
    ("8 glasses of water per day", "8 glasses/day"),
    ("20 pages each evening", "20 pages/day"),
    ("I weigh 82 kg", "82 kg"),
    ("I lost 20 pounds", "20 lb"),
    ("my daily goal is 1800 calories", "1800 kcal/day"),
    ("3 km", "3 km"),
    ("26.2 miles", "26.2 mi"),
    ("3 times a week", "3 times/week"),
    ("12 emails a day", "12 emails/day"),
    ("50 push-ups", "50 push-ups"),
    ("every day I walk 6000 steps", "6000 steps/day"),
    ("two kids", "2 kids"),
    ("twenty percent", "20 %"),
    ("每天一万步", "10000 steps/day"),
    ("三公里", "3 km"),
    ("8杯水", "8 cups"),
    ("半小时", "0.5 h"),
    ("两个半小时", "2.5 h"),
    ("每天跑五公里", "5 km/day"),
    ("每晚睡八个小时", "8 h/day"),
    ("一天二十页", "20 pages/day"),
    ("体重七十公斤", "70 kg"),
    ("每周三次", "3 times/week"),
    ("30分钟", "30 min"),
]


@pytest.mark.parametrize(("text", "expected"), SENTENCES)
def test_a_quantity_is_read_with_its_unit_and_period(text: str, expected: str) -> None:
    assert [shown(f.value) for f in read_quantities(text)] == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "$20 a day",
        "in 2019",
        "one of us",
        "5 in the morning",
        "room 12",
        "3 friends",
        "20 pounds for dinner",
        "三块五",
        "第一步",
        "200元",
    ],
)
def test_what_is_no_quantity_is_not_found(text: str) -> None:
    assert read_quantities(text) == []


def test_a_value_keeps_an_unknown_unit_in_lower_case() -> None:
    assert shown(parse_quantity("3 Widgets")) == "3 widgets"
    assert shown(parse_quantity({"amount": 5, "unit": "Kilometers", "period": "week"})) == "5 km/week"
    assert shown(parse_quantity("7500", unit="steps")) == "7500 steps"


@pytest.mark.parametrize("value", ["", "secret", "3", "3 km and 5 km", "1" * 400])
def test_what_is_not_one_quantity_is_unreadable(value: str) -> None:
    with pytest.raises(Unreadable) as caught:
        parse_quantity(value)
    assert "secret" not in str(caught.value)


def test_a_quantity_survives_json() -> None:
    quantity = Quantity(amount=Decimal("2.5"), unit="h", period="day")
    assert quantity.model_dump(mode="json") == {"amount": 2.5, "unit": "h", "period": "day"}
    assert Quantity.model_validate_json(quantity.model_dump_json()) == quantity
