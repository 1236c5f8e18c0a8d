"""Amounts of money in sentences, and as values."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aipersona.values import Money, Unreadable, parse_money, read_money


def shown(money: Money) -> str:
    return " ".join(str(part) for part in (money.amount.normalize(), money.currency, money.period) if part is not None)


def read(text: str, default: str | None = None) -> str:
    return "; ".join(
        f"{f.value.amount:f} {f.value.currency or '?'}{'/' + f.value.period if f.value.period else ''}"
        for f in read_money(text, default_currency=default)
    )


SENTENCES = [
    ("$525 per week", "525 USD/week"),
    ("30 EUR", "30 EUR"),
    ("30 eur", "30 EUR"),
    ("EUR 30", "30 EUR"),
    ("€1.200,50", "1200.50 EUR"),
    ("€1.200", "1200 EUR"),
    ("1,200.50 dollars", "1200.50 USD"),
    ("5 bucks", "5 USD"),
    ("£3k a month", "3000 GBP/month"),
    ("US$ 40", "40 USD"),
    ("A$25", "25 AUD"),
    ("HK$ 300", "300 HKD"),
    ("CHF 12.50", "12.50 CHF"),
    ("under $65 per week", "65 USD/week"),
    ("twelve euros", "12 EUR"),
    ("twenty-five hundred dollars", "2500 USD"),
    ("half a million dollars", "500000 USD"),
    ("Rs 500", "500 INR"),
    ("Rs. 1,500", "1500 INR"),
    ("500 rupees a day", "500 INR/day"),
    ("$1.5 million", "1500000 USD"),
    ("$30/hr", "30 USD/hour"),
    ("$25 an hour", "25 USD/hour"),
    ("50 cents", "0.5 USD"),
    ("20 quid", "20 GBP"),
    ("20 pounds for dinner", "20 GBP"),
    ("100 Swiss francs", "100 CHF"),
    ("40 zlotys", "40 PLN"),
    ("3000 Japanese yen", "3000 JPY"),
    ("500 baht", "500 THB"),
    ("120 kr", "120 ?"),
    ("my monthly budget of $500", "500 USD/month"),
    ("a weekly allowance of 50 euros", "50 EUR/week"),
    ("I pay 900 € rent every month", "900 EUR/month"),
    ("a one-time payment of $200", "200 USD/once"),
    ("$60,000 annually", "60000 USD/year"),
    ("$10 for lunch and $20 for dinner", "10 USD; 20 USD"),
    ("between $50 and $65 a week", "50 USD; 65 USD/week"),
    ("¥500", "500 ?"),
    ("¥500 in Tokyo", "500 JPY"),
    ("我花了¥500", "500 CNY"),
    ("200块", "200 CNY"),
    ("每月三千元", "3000 CNY/month"),
    ("一百五十块钱", "150 CNY"),
    ("2万元一年", "20000 CNY/year"),
    ("三块五", "3.5 CNY"),
    ("3000元/月", "3000 CNY/month"),
    ("一个月三千块", "3000 CNY/month"),
    ("五十美元", "50 USD"),
    ("100欧元", "100 EUR"),
    ("月薪两万元", "20000 CNY/month"),
    ("每天二十块", "20 CNY/day"),
    ("一万两千日元", "12000 JPY"),
    ("一百瑞士法郎", "100 CHF"),
    ("500人民币", "500 CNY"),
    ("两百五十块钱一周", "250 CNY/week"),
]

NOTHING = [
    "",
    "version 3.11",
    "I lost 20 pounds",
    "20 pounds of beef",
    "in 2019",
    "room 525 per floor",
    "five of us",
    "they won 5 to 3",
    "2 real friends",
    "3 top floors",
    "第一",
    "几百块",
    "100 all together",
    "$",
    "$ABC",
    "call 555-1234",
]


@pytest.mark.parametrize(("text", "expected"), SENTENCES)
def test_an_amount_is_read_with_its_currency_and_period(text: str, expected: str) -> None:
    assert read(text) == expected


@pytest.mark.parametrize("text", NOTHING)
def test_what_is_no_money_is_not_found(text: str) -> None:
    assert read(text) == ""


def test_a_span_covers_the_amount_its_currency_and_its_period() -> None:
    text = "I want to stay under $65 per week on food"
    (found,) = read_money(text)
    assert text[found.start : found.end] == "$65 per week"


@pytest.mark.parametrize(
    ("text", "default", "expected"),
    [
        ("$20", "AUD", "20 AUD"),
        ("20 dollars", "CAD", "20 CAD"),
        ("$20", "EUR", "20 USD"),
        ("¥20", "JPY", "20 JPY"),
        ("20 kr", "SEK", "20 SEK"),
        ("20 pesos", "MXN", "20 MXN"),
    ],
)
def test_a_shared_name_means_the_default_currency_if_that_is_one_of_them(
    text: str, default: str, expected: str
) -> None:
    assert read(text, default) == expected


def test_a_value_is_text_a_number_or_a_dictionary() -> None:
    expected = Money(amount=Decimal("12.50"), currency="EUR", period=None)
    assert parse_money("12.50 EUR") == parse_money(12.5, default_currency="EUR") == expected
    assert (
        parse_money({"amount": "12,50", "currency": "€"})
        == parse_money({"amount": 12.5, "currency": "euros"})
        == expected
    )
    assert parse_money("-12.50 EUR").amount == Decimal("-12.50")
    assert parse_money("about $20 a day") == Money(amount=Decimal(20), currency="USD", period="day")


@pytest.mark.parametrize(
    "value",
    [
        *("", "a lot", "$5 and $6", float("nan"), 10**20),
        *({"amount": "secret"}, {"amount": 5, "currency": "shells"}, {"amount": 5, "period": "aeon"}),
        *({"currency": "EUR"}, {"amount": True}, {"amount": 5, "owner": "me"}),
    ],
)
def test_what_is_not_one_amount_is_unreadable_and_stays_secret(value: str | float) -> None:
    with pytest.raises(Unreadable) as caught:
        parse_money(value)
    assert isinstance(caught.value, ValueError)
    assert "secret" not in str(caught.value)


@given(
    st.decimals(min_value=0, max_value=10**9, places=2),
    st.sampled_from(["USD", "EUR", "CNY", "JPY", None]),
    st.sampled_from(["day", "week", "month", "year", "once", None]),
)
def test_money_survives_json(amount: Decimal, currency: str | None, period: str | None) -> None:
    money = parse_money({"amount": str(amount), "currency": currency, "period": period})
    assert Money.model_validate_json(money.model_dump_json()) == money
    assert parse_money(money.model_dump(mode="json")) == money
