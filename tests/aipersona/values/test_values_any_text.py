"""Any text at all can be read, however odd, however long."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aipersona.values import (
    Found,
    Unreadable,
    parse_datetime,
    parse_language,
    parse_money,
    parse_number,
    parse_place,
    parse_quantity,
    read_money,
    read_numbers,
    read_quantities,
    read_when,
)

TODAY = date(2025, 6, 11)
Reader = Callable[[str], Sequence[Found[object]]]
READERS: list[Reader] = [lambda text: read_when(text, TODAY), read_money, read_quantities, read_numbers]
PARSERS: list[Callable[[str], object]] = [
    lambda text: parse_datetime(text, TODAY),
    parse_language,
    parse_money,
    parse_number,
    parse_place,
    parse_quantity,
]
PARTS = [
    "0",
    "1",
    "5",
    "31",
    "2019",
    "2025",
    "3.11",
    "1,200",
    "1.200,50",
    "06/13",
    "2025-06-03",
    "12:30",
    "/",
    "-",
    "–",
    ".",
    ",",
    ":",
    "$",
    "€",
    "£",
    "¥",
    "%",
    "k",
    "M",
    "th",
    "since",
    "until",
    "by",
    "for",
    "in",
    "on",
    "from",
    "to",
    "between",
    "the",
    "end",
    "of",
    "a",
    "an",
    "half",
    "and",
    "point",
    "every",
    "last",
    "next",
    "this",
    "past",
    "ago",
    "two",
    "twenty",
    "hundred",
    "thousand",
    "million",
    "dozen",
    "days",
    "weeks",
    "years",
    "month",
    "weekend",
    "Monday",
    "Friday",
    "May",
    "June",
    "3rd",
    "now",
    "dollars",
    "euros",
    "pounds",
    "cents",
    "km",
    "steps",
    "hours",
    "per",
    "week",
    "once",
    "at",
    "7pm",
    "noon",
    "tonight",
    "从",
    "自",
    "到",
    "起",
    "开始",
    "为止",
    "前",
    "后",
    "了",
    "每",
    "天",
    "周",
    "月",
    "年",
    "半",
    "几",
    "一",
    "两",
    "三",
    "十",
    "百",
    "千",
    "万",
    "亿",
    "零",
    "点",
    "元",
    "块",
    "钱",
    "公里",
    "小时",
    "下周",
    "上个月",
    "去年",
    "�",
    "\x00",
    "😀",
    "\u202e",
    "א",
    "İ",
    "ß",
    "́",
    "\n",
    "\u3000",
    "\ufeff",
    "٣",
    "²",
]


@given(
    st.one_of(st.text(), st.lists(st.sampled_from(PARTS)).map("".join), st.lists(st.sampled_from(PARTS)).map(" ".join))
)
def test_every_text_can_be_read_and_every_span_stands_in_it(text: str) -> None:
    for read in READERS:
        reached = 0
        for found in read(text):
            assert reached <= found.start < found.end <= len(text)
            reached = found.end


@given(st.one_of(st.text(), st.lists(st.sampled_from(PARTS)).map(" ".join)))
def test_every_value_is_read_or_unreadable(text: str) -> None:
    for parse in PARSERS:
        with suppress(Unreadable):
            parse(text)


def test_an_error_says_what_was_expected_and_never_what_was_given() -> None:
    for parse in PARSERS:
        with pytest.raises(Unreadable, match=r"\Acannot be read as [a-z ]+\Z") as caught:
            parse("?!")
        assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize(
    "unit",
    [
        *("a", " ", "0", "1 ", "1,111,", "June to ", "for ten ", "today ", "two ", "a a", "$5 ", "half a ", "ran 5k "),
        *("三年", "从一月", "每天一万步", "三点五", "\ud800"),
    ],
)
def test_any_length_of_repetition_is_read(unit: str) -> None:
    text = unit * (200_000 // len(unit))
    for read in READERS:
        found = read(text)
        assert all(0 <= one.start < one.end <= len(text) for one in found)
