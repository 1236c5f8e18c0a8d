"""Numbers as people write them: digits in either notation, English words, Chinese numerals, and mixtures."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from heapq import merge
from itertools import islice

from aipersona.values.found import MOST_FOUND, Found, Unreadable

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
SMALL = {word: n for n, word in enumerate(_ONES.split())} | {word: 10 * n for n, word in enumerate(_TENS.split(), 2)}
_LARGE = {
    "dozen": 12,
    "hundred": 100,
    "thousand": 1000,
    "lakh": 10**5,
    "million": 10**6,
    "crore": 10**7,
    "billion": 10**9,
    "trillion": 10**12,
}
_SUFFIXES = _LARGE | {"k": 1000, "mn": 10**6, "m": 10**6, "bn": 10**9, "w": 10**4}
_HAN_DIGITS = dict(zip("〇零一二两三四五六七八九", (0, 0, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9), strict=True))
_HAN_UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8}
HAN_NUMERALS = "〇零一二两三四五六七八九十百千万亿"
_COUNTED = "个块元岁年天月周次杯公斤里步页小分点口只条本件名位人米升"


@cache
def _digits() -> re.Pattern[str]:
    # Every quantifier is bounded and every alternative anchored, so that no text makes the search quadratic.
    return re.compile(
        r"(?<![.,])(?<![^\W\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af])(?:(?P<grouped>\d{1,3}(?:([,.'’\u00a0\u202f])\d{3})(?:\2\d{3}){0,4}(?:[.,]\d{1,6})?)|"
        r"(?P<bare>\d{1,15}(?:[.,]\d{1,6})?))"
        r"(?!\d|[.,]\d)"
        r"(?:(?P<han>[十百千万亿]{1,2})|\s{0,2}(?P<suffix>[kK](?![\w])|M(?!\w)|m(?=\s?(?:[$€£]|\Z))|[mb]n\b|w(?!\w)|"
        r"(?i:hundred|thousand|million|billion|trillion|dozen|lakh|crore)\b))?"
    )


@cache
def _han() -> re.Pattern[str]:
    n = HAN_NUMERALS
    return re.compile(
        rf"(?<![几数第{n}])(?:半|(?=[〇零一二两三四五六七八九十])[{n}]{{1,20}}"
        rf"(?:点[〇零一二两三四五六七八九]{{1,6}})?)(?![{n}])"
    )


@cache
def _word() -> re.Pattern[str]:
    return re.compile(r"[A-Za-z]{1,12}(?![A-Za-z])|[^\W\d_A-Za-z]|\d")


@cache
def _article() -> re.Pattern[str]:
    return re.compile(r"[ \t]{1,2}an?\b", re.IGNORECASE)


@cache
def _gap() -> re.Pattern[str]:
    return re.compile(r"[ \t\u00a0]{1,2}(?:and[ \t]{1,2})?|-")


def digits_value(written: str, *, dot_groups: bool = False) -> Decimal | None:
    """The value of a number in digits: "1,200.50", "1.200,50", "12,5".

    A comma before exactly three digits separates thousands; a dot does only if there is a second separator or
    `dot_groups` says so (as for prices), since 1.234 kg are not a ton.
    """
    plain = written.replace("'", "").replace("’", "").replace("\u00a0", "").replace("\u202f", "")
    comma, dot = plain.rfind(","), plain.rfind(".")
    if comma >= 0 and dot >= 0:
        group, point = (",", ".") if dot > comma else (".", ",")
        return Decimal(plain.replace(group, "").replace(point, "."))
    mark = "," if comma >= 0 else "."
    parts = plain.split(mark)
    if len(parts) == 1:
        return Decimal(plain)
    grouping = all(len(p) == 3 for p in parts[1:]) and len(parts[0]) <= 3 and parts[0].lstrip("0") != ""
    if len(parts) > 2 or (grouping and (mark == "," or dot_groups)):
        return Decimal("".join(parts)) if grouping else None
    return Decimal(f"{parts[0]}.{parts[1]}")


def han_value(written: str) -> Decimal | None:
    """The value of a Chinese numeral: 一万两千, 两百五 (250), 一万二 (12,000), 三点五, 二〇一九, 半."""
    if written == "半":
        return Decimal("0.5")
    whole, point, fraction = written.partition("点")
    value = _han_whole(whole)
    if value is None:
        return None
    return Decimal(f"{value}.{''.join(str(_HAN_DIGITS[c]) for c in fraction)}") if point else Decimal(value)


def _han_whole(written: str) -> int | None:
    if all(c in _HAN_DIGITS for c in written):
        return int("".join(str(_HAN_DIGITS[c]) for c in written))
    total, section, digit, unit = 0, 0, None, 1
    for previous, c in zip(" " + written, written, strict=False):
        if c in _HAN_DIGITS:
            if digit:
                return None
            digit = _HAN_DIGITS[c]
            if c in "零〇":
                unit = 1
        elif _HAN_UNITS[c] < 10**4:
            section += (1 if digit is None else digit) * _HAN_UNITS[c]
            digit, unit = None, _HAN_UNITS[c]
        else:
            section += digit or 0
            if section == 0 and previous == " ":
                return None
            total = (total + section) * 10**8 if c == "亿" else total + section * 10**4
            section, digit, unit = 0, None, _HAN_UNITS[c]
    if digit and unit > 1:  # the unit below is left out in speech: 两百五 is two hundred and five tens
        digit *= unit // 10
    return total + section + (digit or 0)


def _english_at(text: str, first: re.Match[str]) -> tuple[Decimal, int, int] | None:
    """The number in words that begins with this word: its value, its end, and how many words it has."""
    done: Decimal = Decimal(0)
    group: Decimal | None = None
    words, ones_may_follow, article, match = 0, False, False, first
    end = first.end()
    while match and words < 14:
        word = match.group().lower()
        if word in SMALL:
            n = SMALL[word]
            if article:
                break
            if group is None:
                group = Decimal(n)
            elif (ones_may_follow and n < 10) or (n and words and group % 100 == 0):
                group += n
            elif words == 1 and 10 <= group < 100 and n >= 10:
                group = group * 100 + n  # nineteen ninety-five
            else:
                break
            ones_may_follow = n >= 20
        elif word in _LARGE:
            if group is None and not article and word != "dozen":
                break
            size = _LARGE[word]
            group = Decimal(1) if group is None else group
            if size >= 1000:
                done, group = done + group * size, Decimal(0)
            else:
                group *= size
            ones_may_follow, article = False, False
        elif word == "half" and (group is None or article):
            group, words = (group or Decimal(0)) + Decimal("0.5"), words + 1
            end, article = match.end(), False
            over = _article().match(text, end)
            if over and not done and group == Decimal("0.5"):
                end = over.end()
            gap = _gap().match(text, end)
            match = _word().match(text, gap.end()) if gap else None
            if not match or match.group().lower() not in _LARGE:
                break
            continue
        elif word == "point" and group is not None:
            return _fraction(text, done + group, match, end, words)
        elif word in ("a", "an") and not article and not (words and group == 0):
            article = True
        else:
            break
        if not article:
            end = match.end()
        words += 1
        gap = _gap().match(text, match.end())
        match = _word().match(text, gap.end()) if gap else None
    if group is None:
        return None
    return done + group, end, words


def _fraction(text: str, whole: Decimal, point: re.Match[str], end: int, words: int) -> tuple[Decimal, int, int]:
    digits, at = "", point.end()
    for _ in range(6):
        gap = _gap().match(text, at)
        word = _word().match(text, gap.end()) if gap else None
        n = SMALL.get(word.group().lower()) if word else None
        if word is None or n is None or n > 9:
            break
        digits, at = f"{digits}{n}", word.end()
    return (Decimal(f"{whole}.{digits}"), at, words + 2) if digits else (whole, end, words)


def numbers_in(text: str, *, dot_groups: bool = False) -> Iterator[tuple[Found[Decimal], bool]]:
    """Every number of the text in order, and whether it is surely one: "one" and 一 often are not."""
    reached = 0
    found = merge(_in_digits(text, dot_groups), _in_words(text), _in_han(text), key=lambda f: f[0].start)
    for item, sure in islice(found, 10 * MOST_FOUND):
        if item.start >= reached:
            reached = item.end
            yield item, sure


def _tidy(value: Decimal) -> Decimal:
    whole = value.to_integral_value()
    return whole if whole == value else value


def _in_digits(text: str, dot_groups: bool) -> Iterator[tuple[Found[Decimal], bool]]:
    for m in _digits().finditer(text):
        value = digits_value(m["grouped"] or m["bare"], dot_groups=dot_groups)
        if value is None:
            continue
        if m["han"]:
            for unit in m["han"]:
                value *= _HAN_UNITS[unit]
        elif m["suffix"]:
            value *= _SUFFIXES[m["suffix"].lower()]
        yield Found(value=_tidy(value), start=m.start(), end=m.end()), True


@cache
def _first_word() -> re.Pattern[str]:
    words = "|".join(sorted([*SMALL, *_LARGE, "half", "an?(?=[ ](?:hundred|thousand|million|billion|dozen|lakh))"]))
    return re.compile(rf"(?<![^\W_])(?<!['’])(?:{words})(?![^\W_])", re.IGNORECASE | re.ASCII)


def _in_words(text: str) -> Iterator[tuple[Found[Decimal], bool]]:
    at, first, word = 0, _first_word(), _word()
    while start := first.search(text, at):
        begun = word.match(text, start.start())
        read = _english_at(text, begun) if begun else None
        if read is None:
            at = start.end()
            continue
        value, at, count = read
        sure = count > 1 or start.group().lower() not in ("one", "half", "dozen")
        yield Found(value=_tidy(value), start=start.start(), end=at), sure


def _in_han(text: str) -> Iterator[tuple[Found[Decimal], bool]]:
    for m in _han().finditer(text):
        value = han_value(m.group())
        if value is None:
            continue
        end = m.end() + (text[m.end() : m.end() + 1] in ("多", "来") and m.group()[-1] in _HAN_UNITS)
        sure = len(m.group()) > 1 or (text[m.end() : m.end() + 1] or "x") in _COUNTED
        yield Found(value=value, start=m.start(), end=end), sure


def read_numbers(text: str) -> list[Found[Decimal]]:
    """The numbers in a text, left to right; a lone "one", "half" or 一 is left out, as it rarely counts anything."""
    return list(islice((found for found, sure in numbers_in(text) if sure), MOST_FOUND))


def parse_number(value: str | int | float | Decimal) -> Decimal:
    """The number that a value is.

    Raises Unreadable for what is not exactly one number.
    """
    if isinstance(value, str):
        text = value.strip()
        sign = text[:1] in ("-", "−")
        body = text[1:] if sign else text.removeprefix("+")
        found = [f for f, _ in numbers_in(body[:200])]
        if len(found) != 1 or found[0].start != 0 or found[0].end != len(body):
            raise Unreadable("a number")
        return -found[0].value if sign else found[0].value
    number = value if isinstance(value, Decimal) else Decimal(str(value)) if not isinstance(value, bool) else None
    if number is None or not number.is_finite():
        raise Unreadable("a number")
    return number
