"""Amounts of money with their currency and how often they come."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from itertools import islice

from pydantic import JsonValue, ValidationError, field_validator

from aipersona.values.currencies import currencies, currency_code, name_after, symbol_before
from aipersona.values.found import MOST_FOUND, Amount, Found, Unreadable, Value
from aipersona.values.numbers import numbers_in, parse_number
from aipersona.values.periods import Period, period_after, period_before


class Money(Value):
    """An exact amount, in major units of an ISO 4217 currency (None: not known), once or for each period."""

    amount: Amount
    currency: str | None = None
    period: Period | None = None

    @field_validator("currency")
    @classmethod
    def _in_use(cls, code: str | None) -> str | None:
        if code is not None and code not in currencies().codes:
            raise ValueError("is not the code of a currency in use")
        return code


@cache
def _weight() -> re.Pattern[str]:
    return re.compile(
        r"(?<!\w)(?:los[et]|losing|gain(?:ed|ing)?|weigh(?:s|ed|ing|t)?|lift(?:ed|ing)?|bench(?:ed)?|squat(?:ted)?"
        r"|heav(?:y|ier)|dumbbells?|lighter|overweight|of (?:muscle|fat|beef|meat|chicken))(?!\w)",
        re.IGNORECASE,
    )


def weighs(text: str, start: int, end: int) -> bool:
    """Whether the pounds at this place are a weight, to judge by the words around."""
    return _weight().search(text, max(0, start - 40), min(len(text), end + 24)) is not None


@cache
def _scripts() -> tuple[re.Pattern[str], re.Pattern[str]]:
    japanese = r"[ぁ-んァ-ヶ]|日[元圆币本]|円|(?i:(?<![a-z])(?:yen|jpy|japan(?:ese)?|tokyo|kyoto|osaka)(?![a-z]))"
    return re.compile(japanese), re.compile(r"[\u4e00-\u9fff]|(?i:(?<![a-z])(?:cny|rmb|yuan|china|chinese)(?![a-z]))")


def _is_yen(text: str) -> bool | None:
    japanese, chinese = _scripts()
    return True if japanese.search(text) else False if chinese.search(text) else None


def _monies(text: str, default: str | None) -> Iterator[Found[Money]]:
    yen = _is_yen(text) if "¥" in text or "￥" in text else None
    reached = 0
    for number, _ in numbers_in(text, dot_groups=True):
        start, end, amount = number.start, number.end, number.value
        if start < reached:
            continue
        before = symbol_before(text, start, default, yen=yen)
        after = name_after(text, end, default, yen=yen)
        if before is not None and before[1] >= reached:
            code, start = before
            # "$40 Canadian" and the like aside, a name after the number only confirms a symbol before it
            if after and after[0] and not after[2] and (code is None or text[end:].lstrip()[:3].isupper()):
                code, end = after[0], after[1]
        elif after is not None:
            code, past, hundredths = after
            if text[end:past].strip(" -").lower().startswith("pound") and weighs(text, start, past):
                continue
            end = past
            amount = amount / 100 if hundredths else amount
            if text[end - 1] == "块" or text[max(0, end - 2) : end] == "块钱":
                amount, end = _jiao(text, amount, end)
        else:
            continue
        if len(amount.as_tuple().digits) > 15:
            continue
        period, past = period_after(text, end)
        if period is None:
            period, start = period_before(text, start, reached)
        reached = past if period else end
        yield Found(value=Money(amount=amount, currency=code, period=period), start=start, end=max(past, end))


def _jiao(text: str, amount: Decimal, end: int) -> tuple[Decimal, int]:
    """三块五 is 3.5: a last digit after 块 counts tenths."""
    tail = text[end : end + 2]
    digit = "零一二三四五六七八九".find(tail[:1]) if tail else -1
    if text[end - 1] == "块" and digit > 0 and tail[1:2] not in ("个", "天", "月", "年", "周", "次"):
        return amount + Decimal(digit) / 10, end + 1
    return amount, end


def read_money(text: str, *, default_currency: str | None = None) -> list[Found[Money]]:
    """The amounts of money in a text, left to right, each with the period said beside it.

    A name that several currencies share ("dollars", kr) means `default_currency` if that is one of them, otherwise
    the best known one, if there is one. ¥ is CNY in Chinese text and JPY where Japan is spoken of.
    """
    return list(islice(_monies(text, default_currency), MOST_FOUND))


def parse_money(
    value: str | int | float | Decimal | dict[str, JsonValue], *, default_currency: str | None = None
) -> Money:
    """The one amount of money that a value holds; a bare number is in `default_currency`.

    A dictionary has `amount` and perhaps `currency` (code, symbol or name) and `period`. Raises Unreadable.
    """
    try:
        if isinstance(value, dict):
            return _from_fields(value, default_currency)
        if not isinstance(value, str):
            return Money(amount=parse_number(value), currency=default_currency)
        text = value.strip()[:500]
        negative = text[:1] in ("-", "−")
        found = read_money(text[1:] if negative else text, default_currency=default_currency)
        if len(found) == 1:
            money = found[0].value
            return money.model_copy(update={"amount": -money.amount}) if negative else money
        if not found:
            return Money(amount=parse_number(text), currency=default_currency)
    except ValidationError:
        raise Unreadable("an amount of money") from None
    except Unreadable:
        raise Unreadable("an amount of money") from None
    raise Unreadable("one amount of money")


def _from_fields(fields: dict[str, JsonValue], default: str | None) -> Money:
    amount, currency, period = fields.get("amount"), fields.get("currency"), fields.get("period")
    if set(fields) - {"amount", "currency", "period"} or not isinstance(amount, str | int | float):
        raise Unreadable("an amount of money")
    code = currency_code(currency, default) if isinstance(currency, str) else default
    if currency is not None and code is None:
        raise Unreadable("an amount of money")
    return Money.model_validate(
        {"amount": parse_number(amount), "currency": code, "period": period or None}, strict=True
    )
