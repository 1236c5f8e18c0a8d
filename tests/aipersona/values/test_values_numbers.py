"""Numbers in digits, in English words and in Chinese numerals."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aipersona.values import Unreadable, parse_number, read_numbers

NUMBERS = [
    ("7,500", "7500"),
    ("1,200.50", "1200.50"),
    ("1.200,50", "1200.50"),
    ("1.234.567", "1234567"),
    ("1'200", "1200"),
    ("12,5", "12.5"),
    ("0.500", "0.5"),
    ("3.14", "3.14"),
    ("10k", "10000"),
    ("2.5M", "2500000"),
    ("3 million", "3000000"),
    ("twelve", "12"),
    ("twenty-five hundred", "2500"),
    ("ten thousand", "10000"),
    ("a dozen", "12"),
    ("two dozen", "24"),
    ("half a dozen", "6"),
    ("half a million", "500000"),
    ("one hundred and twenty", "120"),
    ("a hundred", "100"),
    ("three hundred forty-two", "342"),
    ("two and a half", "2.5"),
    ("two and a half thousand", "2500"),
    ("three point five", "3.5"),
    ("nineteen ninety-five", "1995"),
    ("one million two hundred thousand and five", "1200005"),
    ("fifty thousand three hundred", "50300"),
    ("一万两千", "12000"),
    ("3万", "30000"),
    ("2.5万", "25000"),
    ("3千", "3000"),
    ("两百五", "250"),
    ("一万二", "12000"),
    ("一百零五", "105"),
    ("一万零五百", "10500"),
    ("十五", "15"),
    ("二十", "20"),
    ("三点五", "3.5"),
    ("两亿三千万", "230000000"),
    ("二〇一九", "2019"),
    ("一百五十", "150"),
    ("半", "0.5"),
]


@pytest.mark.parametrize(("text", "expected"), NUMBERS)
def test_a_number_is_read_in_every_notation(text: str, expected: str) -> None:
    assert parse_number(text) == Decimal(expected)


@pytest.mark.parametrize(("text", "expected"), NUMBERS)
def test_a_number_is_found_where_it_stands_in_a_sentence(text: str, expected: str) -> None:
    if text == "半":
        return
    sentence = f"约 {text} 。" if not text.isascii() else f"It was {text} then"
    found = read_numbers(sentence)
    assert [(f.value, sentence[f.start : f.end]) for f in found] == [(Decimal(expected), text)]


@pytest.mark.parametrize(
    "text",
    [
        "one of us",
        "no one",
        "it weighs a ton",
        "千万不要",
        "万一下雨",
        "第一次",
        "几百块",
        "一起去",
        "v3.11.2",
        "I ate at home",
        "often",
        "tense",
    ],
)
def test_words_that_only_look_like_numbers_are_not_found(text: str) -> None:
    assert read_numbers(text) == []


@pytest.mark.parametrize("value", ["", "many", "5 apples", "1 2", float("nan"), float("inf"), True])
def test_what_is_not_one_number_is_unreadable(value: str | float) -> None:
    with pytest.raises(Unreadable, match=r"\Acannot be read as a number\Z"):
        parse_number(value)


@given(st.integers(min_value=0, max_value=10**15 - 1))
def test_digits_with_and_without_separators_are_the_same_number(n: int) -> None:
    assert parse_number(str(n)) == parse_number(f"{n:,}") == n


@given(st.integers(min_value=-(10**9), max_value=10**9))
def test_a_number_given_as_a_number_stays(n: int) -> None:
    assert parse_number(n) == parse_number(str(n)) == n
