"""The calculator: arithmetic as people write it, counted in decimals, so that 0.1 + 0.2 is 0.3.

An expression is read by Python's own parser, and nothing but numbers, the signs of arithmetic, brackets and a few
functions in it is worked out. Decimals of a fixed length and range make every step cheap, whatever the numbers are.
"""

from __future__ import annotations

import ast
import math
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from decimal import (
    Context,
    Decimal,
    DecimalException,
    DivisionByZero,
    Inexact,
    InvalidOperation,
    Overflow,
    localcontext,
)

from aipersona.errors import InvalidInput

LONGEST = 200
"""How many characters an expression may have."""

DIGITS = 40
SHOWN = 15
"""How many digits are counted with, and how many of a result that is not exact are shown."""

MOST_FACTORS = 1_000
"""Of which number a factorial is taken at most."""


async def calculate(expression: str) -> str:
    """Work out arithmetic exactly; for units of measure use convert_units.

    Args:
        expression: such as "18% of 64.50", "(3 + 4) * 2^5", "sqrt(2)", "1200 + 19%"
    """
    return result_of(expression)


def result_of(expression: str) -> str:
    """The value of an expression, as people write it.

    Raises: InvalidInput.
    """
    if len(expression) > LONGEST:
        raise InvalidInput(f"the expression is longer than {LONGEST} characters")
    text = _plain(expression)
    try:
        node = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        raise _unread() from None
    with localcontext(Context(prec=DIGITS, traps=[InvalidOperation, DivisionByZero, Overflow])) as context:
        try:
            value = _value(node, text)
        except DivisionByZero:
            raise InvalidInput("nothing can be divided by zero") from None
        except (Overflow, OverflowError):
            raise InvalidInput("the result is too large") from None
        except (DecimalException, ValueError, RecursionError):
            raise InvalidInput("this has no value among the real numbers") from None
        return _written(value, exact=not context.flags[Inexact])


_WORDS = (
    (re.compile(r"\bpercent\b", re.IGNORECASE), "%"),
    (re.compile(r"\b(?:times|multiplied by)\b", re.IGNORECASE), "*"),
    (re.compile(r"\b(?:divided by|over)\b", re.IGNORECASE), "/"),
    (re.compile(r"\bplus\b", re.IGNORECASE), "+"),
    (re.compile(r"\bminus\b", re.IGNORECASE), "-"),
    (re.compile(r"(?<=[\d)])\s*x\s*(?=[\d(])", re.IGNORECASE), "*"),
    (re.compile(r"\bmod\b", re.IGNORECASE), "%"),
    (re.compile(r"√\s*(?=\()"), "sqrt"),
    (re.compile(r"√\s*(\d+(?:\.\d+)?)"), r"sqrt(\1)"),
    (re.compile(r"(\d+)\s*!"), r"factorial(\1)"),
    (re.compile(r"%\s*of\b", re.IGNORECASE), "/100*"),
    (re.compile(r"(?<=[\d)])\s*°"), "*(pi/180)"),
    (re.compile(r"\^"), "**"),
    (re.compile(r"%(?!\s*[\w(.])"), "@1"),
)
"""How people write, and how it is read here; a percent sign that nothing follows becomes `@1`."""

_SIGNS = str.maketrans({"×": "*", "·": "*", "÷": "/", "−": "-", "–": "-", "π": "pi", "²": "^2", "³": "^3"})
_GROUPED = re.compile(r"(?<![\d.,])\d{1,3}(?:,\d{3})+(?![\d,])")
_LISTED = re.compile(r"\b(?:min|max|round|log)\s*\(", re.IGNORECASE)
_CURRENCY = re.compile(r"[$€£¥]")
_FOREIGN = re.compile(r"[@_'\"\\]|\b0[xob]", re.IGNORECASE)
"""Signs that Python reads otherwise than people do."""


def _plain(expression: str) -> str:
    """The expression in Python's signs.

    Raises: InvalidInput for signs that arithmetic does not have.
    """
    text = unicodedata.normalize("NFKC", expression.translate(_SIGNS)).translate(_SIGNS)
    text = _CURRENCY.sub("", text).strip().rstrip("=?.").strip()
    if _FOREIGN.search(text):
        raise _unread()
    if not _LISTED.search(text):
        text = _GROUPED.sub(lambda found: found[0].replace(",", ""), text)
    for pattern, meant in _WORDS:
        text = pattern.sub(meant, text)
    if not text.isascii():
        raise _unread()
    return text


def _unread() -> InvalidInput:
    return InvalidInput("this is no arithmetic; write numbers, + - * / ^ % and brackets")


def _value(node: ast.expr, text: str) -> Decimal:
    match node:
        case ast.Constant():
            return +Decimal(text[node.col_offset : node.end_col_offset])
        case ast.Name(id=name) if name.lower() in _NAMES:
            return _NAMES[name.lower()]
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand, text)
        case ast.UnaryOp(op=ast.UAdd(), operand=operand):
            return _value(operand, text)
        case ast.BinOp(op=ast.Add() | ast.Sub(), left=left, right=ast.BinOp(op=ast.MatMult(), left=ast.Constant())):
            # "200 + 10%" adds a tenth of what stands before it.
            before = _value(left, text)
            share = before * _value(node.right, text)
            return before + share if isinstance(node.op, ast.Add) else before - share
        case ast.BinOp(op=ast.MatMult(), left=left):
            return _value(left, text) / 100
        case ast.BinOp(op=op, left=left, right=right) if type(op) in _SIGNED:
            return _SIGNED[type(op)](_value(left, text), _value(right, text))
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name.lower() in _FUNCTIONS:
            return _called(name.lower(), [_value(one, text) for one in args])
        case _:
            raise InvalidInput(f"only arithmetic, and these functions: {', '.join(sorted(_FUNCTIONS))}")


def _called(name: str, given: Sequence[Decimal]) -> Decimal:
    function, least, most = _FUNCTIONS[name]
    if not least <= len(given) <= most:
        raise InvalidInput(f"{name} takes {least if least == most else f'{least} to {most}'} numbers")
    return function(*given)


def _modulo(a: Decimal, b: Decimal) -> Decimal:
    """With the sign of what is divided by, as clocks count."""
    rest = a % b
    return rest + b if rest and (rest < 0) != (b < 0) else rest


def _log(number: Decimal, base: Decimal = Decimal(10)) -> Decimal:
    return number.log10() if base == 10 else number.ln() / base.ln()


def _round(number: Decimal, places: Decimal = Decimal(0)) -> Decimal:
    if places != int(places) or abs(places) > DIGITS:
        raise InvalidInput(f"a number is rounded to whole places, at most {DIGITS}")
    return number.quantize(Decimal(1).scaleb(-int(places)), rounding="ROUND_HALF_UP")


def _floor(number: Decimal) -> Decimal:
    return number.to_integral_value("ROUND_FLOOR")


def _ceiling(number: Decimal) -> Decimal:
    return number.to_integral_value("ROUND_CEILING")


def _cube_root(number: Decimal) -> Decimal:
    return (abs(number) ** (Decimal(1) / 3)).copy_sign(number)


def _factorial(number: Decimal) -> Decimal:
    if number != int(number) or not 0 <= number <= MOST_FACTORS:
        raise InvalidInput(f"factorials are of whole numbers from 0 to {MOST_FACTORS}")
    return +Decimal(math.factorial(int(number)))


def _in_floats(function: Callable[[float], float]) -> Callable[[Decimal], Decimal]:
    """What decimals do not know of themselves, to the digits that floats have."""

    def call(number: Decimal) -> Decimal:
        return Decimal(repr(function(float(number)))).quantize(Decimal("1e-15")) * Decimal("1.0")

    return call


_NAMES: Mapping[str, Decimal] = {
    "pi": Decimal("3.141592653589793238462643383279502884197"),
    "e": Decimal("2.718281828459045235360287471352662497757"),
}
_SIGNED: Mapping[type[ast.operator], Callable[[Decimal, Decimal], Decimal]] = {
    ast.Add: Decimal.__add__,
    ast.Sub: Decimal.__sub__,
    ast.Mult: Decimal.__mul__,
    ast.Div: Decimal.__truediv__,
    ast.FloorDiv: Decimal.__floordiv__,
    ast.Mod: _modulo,
    ast.Pow: Decimal.__pow__,
}
_FUNCTIONS: Mapping[str, tuple[Callable[..., Decimal], int, int]] = {
    "sqrt": (Decimal.sqrt, 1, 1),
    "cbrt": (_cube_root, 1, 1),
    "abs": (abs, 1, 1),
    "round": (_round, 1, 2),
    "floor": (_floor, 1, 1),
    "ceil": (_ceiling, 1, 1),
    "min": (min, 1, LONGEST),
    "max": (max, 1, LONGEST),
    "exp": (Decimal.exp, 1, 1),
    "ln": (Decimal.ln, 1, 1),
    "log": (_log, 1, 2),
    "factorial": (_factorial, 1, 1),
    "sin": (_in_floats(math.sin), 1, 1),
    "cos": (_in_floats(math.cos), 1, 1),
    "tan": (_in_floats(math.tan), 1, 1),
}


def _written(value: Decimal, *, exact: bool) -> str:
    """Without an exponent as long as people can read it."""
    _, _, exponent = value.as_tuple()
    if not exact or (isinstance(exponent, int) and exponent < -SHOWN):
        value = value.normalize(Context(prec=SHOWN))
    value = value.normalize()
    if value and not -12 <= value.adjusted() <= 30:
        return f"{value:e}"
    return f"{value:f}" if value else "0"
