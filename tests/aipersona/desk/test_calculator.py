"""The calculator: what people write, exactly, and nothing that is no arithmetic."""

from __future__ import annotations

import pytest

from aipersona.desk.calculator import LONGEST, result_of
from aipersona.errors import InvalidInput


@pytest.mark.parametrize(
    ("expression", "result"),
    [
        ("0.1 + 0.2", "0.3"),
        ("64.50 * 0.18", "11.61"),
        ("18% of 64.50", "11.61"),
        ("10 percent of 50", "5"),
        ("15% of 80 + 5", "17"),
        ("1200 + 19%", "1428"),
        ("1200 - 19%", "972"),
        ("50 * 10%", "5"),
        ("17 % 5", "2"),
        ("17 mod 5", "2"),
        ("(3 + 4) * 2^5", "224"),
        ("2**-1", "0.5"),
        ("3²", "9"),
        ("3 x 4", "12"),
        ("12 ÷ 4 − 1", "2"),
        ("（3＋4）×2", "14"),
        ("$1,234.50 * 2 =", "2469"),
        ("max(1, 200)", "200"),
        ("10 / 3", "3.33333333333333"),
        ("sqrt(16) + √9", "7"),
        ("cbrt(-27)", "-3"),
        ("round(2.345, 2)", "2.35"),
        ("sin(30°)", "0.5"),
        ("log(1000)", "3"),
        ("log(8, 2)", "3"),
        ("ln(e)", "1"),
        ("2 * pi", "6.28318530717959"),
        ("5!", "120"),
        ("2**99", "633825300114114700748351602688"),
        ("100!", "9.33262154439442e+157"),
        ("-" * (LONGEST - 1) + "1", "-1"),
    ],
)
def test_arithmetic_as_people_write_it_is_worked_out_exactly(expression: str, result: str) -> None:
    assert result_of(expression) == result


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "   ",
        "().__class__.__bases__",
        "__import__('os').system('ls')",
        "open('/etc/passwd').read()",
        "a.b",
        "x",
        "[1] * 9",
        "'a' * 99",
        "lambda: 1",
        "1 if 1 else 2",
        "1 < 2",
        "True",
        "1_000",
        "0x10",
        "1j",
        "2 3",
        "2 @ 1",
        "(y := 3)",
        "max(*[1])",
        "round(1, ndigits=2)",
        "sqrt()",
        "eval(1)",
        "十",
        "(" * 99 + "1" + ")" * 99 + "+1",
        "1+" * LONGEST + "1",
    ],
)
def test_what_is_no_arithmetic_is_refused(expression: str) -> None:
    with pytest.raises(InvalidInput):
        result_of(expression)


@pytest.mark.parametrize(
    ("expression", "why"),
    [
        ("9^9^9", "too large"),
        ("9^9^9^9", "too large"),
        ("1e999999999", "too large"),
        ("exp(1e9)", "too large"),
        ("1000000!", "factorials"),
        ("1/0", "divided by zero"),
        ("sqrt(-1)", "no value"),
        ("0/0", "no value"),
        ("round(1, 1e9)", "whole places"),
    ],
)
def test_what_would_take_forever_or_has_no_value_says_so(expression: str, why: str) -> None:
    with pytest.raises(InvalidInput, match=why):
        result_of(expression)
