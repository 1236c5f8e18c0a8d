"""Numbers as people write them, in one plain form."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

_UNITS = {
    word: value
    for value, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ]
    )
}
_TENS = {
    word: 10 * value
    for value, word in enumerate(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], 2)
}
_SCALES = {"thousand": 1000, "million": 1_000_000, "billion": 1_000_000_000}
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_DIGITS = {**{digit: value for value, digit in enumerate("零一二三四五六七八九")}, "〇": 0, "两": 2}
_POWERS = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}
_CHINESE = re.compile("[零〇一二两三四五六七八九十百千万亿]{1,20}")


def plain_number(digits: str) -> str:
    """A number without grouping commas, leading zeros and trailing zeros of its fraction; a clock time as is."""
    if ":" in digits:
        return digits
    if _GROUPED.fullmatch(digits):
        digits = digits.replace(",", "")
    if "," in digits or digits.count(".") > 1:
        return digits
    whole, _, fraction = digits.partition(".")
    fraction = fraction.rstrip("0")
    return (whole.lstrip("0") or "0") + (f".{fraction}" if fraction else "")


def english_number(words: Sequence[str]) -> int | None:
    """The value of number words in order ("two", "thousand"), or None where they are not one number."""
    total, group, last = 0, 0, 0
    if not words or len(words) > 12:
        return None
    for word in words:
        if word in _UNITS:
            if last not in {0, 100, 1000} and not (20 <= last < 100 and 0 < _UNITS[word] < 10):
                return None
            group, last = group + _UNITS[word], _UNITS[word] or 1
        elif word in _TENS:
            if last not in {0, 100, 1000}:
                return None
            group, last = group + _TENS[word], _TENS[word]
        elif word == "hundred":
            if not 0 < group < 100:
                return None
            group, last = group * 100, 100
        elif word in _SCALES:
            if group == 0:
                return None
            total, group, last = total + group * _SCALES[word], 0, 1000
        else:
            return None
    return total + group


def chinese_number(run: str) -> Iterator[tuple[str, int | None]]:
    """The pieces of a CJK run in order, each with its value where it is a number ("三年" gives 三: 3, 年: None)."""
    at = 0
    for match in _CHINESE.finditer(run):
        if match.start() > at:
            yield run[at : match.start()], None
        yield match.group(), _value(match.group())
        at = match.end()
    if at < len(run):
        yield run[at:], None


def _value(numeral: str) -> int:
    if not any(character in _POWERS for character in numeral):
        return int("".join(str(_DIGITS[character]) for character in numeral))
    total, group, digit = 0, 0, 0
    for character in numeral:
        if character in _DIGITS:
            digit = _DIGITS[character]
        elif _POWERS[character] < 10_000:
            group += (digit or 1) * _POWERS[character]
            digit = 0
        else:
            total = (total + group + digit or 1) * _POWERS[character]
            group, digit = 0, 0
    return total + group + digit
