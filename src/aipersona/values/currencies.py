"""What currencies are called: ISO 4217 codes, symbols, English and Chinese names, and slang."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from babel import Locale
from babel.core import get_global
from babel.numbers import get_currency_name

# What CLDR has no name for: slang, short forms, and which of several currencies a bare word means.
_SPOKEN = {
    "dollar": "USD", "buck": "USD", "greenback": "USD", "usd": "USD", "euro": "EUR", "eur": "EUR", "pound": "GBP",
    "quid": "GBP", "sterling": "GBP", "gbp": "GBP", "yen": "JPY", "jpy": "JPY", "yuan": "CNY", "renminbi": "CNY",
    "kuai": "CNY", "rmb": "CNY", "cny": "CNY", "rupee": "INR", "inr": "INR", "franc": "CHF", "chf": "CHF",
    "cad": "CAD", "aud": "AUD", "nzd": "NZD", "hkd": "HKD", "sgd": "SGD", "krw": "KRW", "sek": "SEK", "nok": "NOK",
    "dkk": "DKK", "pln": "PLN", "czk": "CZK", "brl": "BRL", "mxn": "MXN", "twd": "TWD", "thb": "THB", "zloty": "PLN",
    "reais": "BRL", "ringgit": "MYR", "rupiah": "IDR", "元": "CNY", "块": "CNY", "块钱": "CNY", "元钱": "CNY",
    "人民币": "CNY", "元人民币": "CNY", "块人民币": "CNY", "圆": "CNY", "美元": "USD", "美金": "USD", "刀": "USD",
    "美刀": "USD", "欧": "EUR", "欧元": "EUR", "镑": "GBP", "英镑": "GBP", "日元": "JPY", "日圆": "JPY",
    "日币": "JPY", "円": "JPY", "港币": "HKD", "港元": "HKD", "港纸": "HKD", "台币": "TWD", "新台币": "TWD",
    "韩元": "KRW", "韩币": "KRW", "加元": "CAD", "加币": "CAD", "澳元": "AUD", "澳币": "AUD", "新元": "SGD",
    "新币": "SGD", "卢比": "INR", "卢布": "RUB", "法郎": "CHF", "瑞郎": "CHF", "泰铢": "THB",
}  # fmt: skip
_MANY = {
    "$": "USD AUD CAD HKD NZD SGD TWD MXN", "dollar": "USD AUD CAD HKD NZD SGD TWD", "buck": "USD AUD CAD NZD",
    "pound": "GBP EGP LBP", "£": "GBP EGP LBP", "franc": "CHF XOF XAF", "rupee": "INR PKR LKR NPR MUR",
    "¥": "CNY JPY", "rs": "INR PKR LKR NPR MUR", "peso": "MXN PHP ARS CLP COP UYU DOP CUP", "krona": "SEK ISK",
    "krone": "NOK DKK", "kr": "SEK NOK DKK ISK", "元": "CNY TWD HKD", "块": "CNY TWD HKD", "块钱": "CNY TWD HKD",
}  # fmt: skip
_SYMBOLS = {
    "$": "USD", "€": "EUR", "£": "GBP", "₹": "INR", "₩": "KRW", "₽": "RUB", "₺": "TRY", "₴": "UAH", "₫": "VND",
    "₪": "ILS", "₱": "PHP", "฿": "THB", "₦": "NGN", "US$": "USD", "A$": "AUD", "AU$": "AUD", "C$": "CAD",
    "CA$": "CAD", "HK$": "HKD", "NZ$": "NZD", "NT$": "TWD", "S$": "SGD", "MX$": "MXN", "R$": "BRL", "CN¥": "CNY",
    "JP¥": "JPY", "Rs": "INR", "RMB": "CNY",
}  # fmt: skip
_UNSURE = frozenset({"¥", "kr", "peso", "krona", "krone"})
# English words first of all, so that as the last word of a currency's name they stand for nothing by themselves.
_WORDS = (
    "all",
    "birr",
    "colon",
    "dong",
    "lat",
    "lev",
    "lek",
    "mark",
    "real",
    "reals",
    "som",
    "son",
    "top",
    "try",
    "won",
)
_PARTS = {"cent": "dollar", "pence": "pound", "penny": "pound"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Currencies:
    """The codes in use, names (lower case) to codes, how long a name can be, and how one beyond ASCII can start."""

    codes: frozenset[str]
    names: dict[str, str]
    words: int
    characters: int
    starts: frozenset[str]


@cache
def currencies() -> Currencies:
    """The currencies that are legal tender somewhere today, under every name known here."""
    territories: dict[str, list[tuple[str, object, object, bool]]] = get_global("territory_currencies")  # pyright: ignore[reportAssignmentType]
    codes = frozenset(c for rows in territories.values() for c, _, until, tender in rows if tender and until is None)
    english, chinese = Locale("en").currencies, Locale("zh").currencies
    names: dict[str, str] = {}
    last: dict[str, set[str]] = {}
    for code in sorted(codes & set(english)):
        forms = {english[code], get_currency_name(code, 1, "en"), get_currency_name(code, 2, "en")}
        for form in forms:
            names[form.casefold()] = code
            last.setdefault(form.casefold().split()[-1], set()).add(code)
        if code in chinese:
            names[chinese[code]] = code
    for word, meant in last.items():
        if len(meant) == 1 and word not in _WORDS and word.isalpha():
            names.setdefault(word, *meant)
    for word, code in _SPOKEN.items():
        names[word] = code
        if word.isascii() and len(word) > 3:
            names[f"{word}s"] = code
    for word in ("krona", "kronor", "krone", "kroner", "peso", "pesos", "kr", *_PARTS, "cents"):
        names[word] = ""
    return Currencies(
        codes=codes,
        names=names,
        words=max(len(n.split()) for n in names if n.isascii()),
        characters=max(len(n) for n in names if not n.isascii()),
        starts=frozenset(n[0] for n in names if not n.isascii()),
    )


def _settle(word: str, code: str | None, default: str | None) -> str | None:
    """One currency of several with that name: the default if it is one of them."""
    if default and default in _MANY.get(word, "").split():
        return default
    return None if word in _UNSURE else code


def _singular(word: str) -> str:
    return {"kronor": "krona", "kroner": "krone"}.get(word, word.removesuffix("s") if len(word) > 3 else word)


@cache
def _symbol_before() -> re.Pattern[str]:
    symbols = "|".join(re.escape(s) for s in sorted([*_SYMBOLS, "¥", "￥"], key=len, reverse=True))
    return re.compile(rf"(?:(?<![A-Za-z])(?:{symbols}|kr|[A-Z]{{3}})|[$€£¥￥₹])\.?[ \u00a0]{{0,2}}\Z")


@cache
def _name_after() -> re.Pattern[str]:
    return re.compile(
        r"[ \u00a0-]{0,2}(?:([$€£¥￥₹₩₽₺₴₫₪₱฿₦円])|([A-Za-zà-ž]{1,15}(?:[ ][A-Za-zà-ž]{1,15}){0,4}(?![A-Za-z]))"
        r"|([^\x00-\x7f]))"
    )


def symbol_before(text: str, at: int, default: str | None, *, yen: bool | None) -> tuple[str | None, int] | None:
    """The currency whose symbol or code ends at `at`, and where that starts; its code is None if it stays unsure."""
    m = _symbol_before().search(text, max(0, at - 6), at)
    if not m:
        return None
    symbol = m.group().strip(" \u00a0.").replace("￥", "¥")
    code = symbol_code(symbol, default, yen=yen)
    return (code, m.start()) if code or symbol in _UNSURE else None


def symbol_code(symbol: str, default: str | None, *, yen: bool | None) -> str | None:
    """The code that a symbol or code stands for; `yen` tells whether ¥ is Japanese, None that the text is silent."""
    if symbol == "¥" and yen is not None:
        return "JPY" if yen else "CNY"
    if symbol in _SYMBOLS or symbol in _UNSURE:
        return _settle(symbol.lower(), _SYMBOLS.get(symbol), default)
    return symbol if symbol in currencies().codes else None


def name_after(text: str, at: int, default: str | None, *, yen: bool | None) -> tuple[str | None, int, bool] | None:
    """The currency named right after `at`, where the name ends, and whether it counts hundredths (cents)."""
    m = _name_after().match(text, at)
    if not m:
        return None
    if m[1]:
        return symbol_code(m[1].replace("￥", "¥"), default, yen=yen) if m[1] != "円" else "JPY", m.end(), False
    known = currencies()
    if m[3]:
        if m[3] not in known.starts:
            return None
        for size in range(known.characters, 0, -1):
            name = text[m.start(3) : m.start(3) + size]
            if len(name) == size and name in known.names:
                return _settle(name, known.names[name], default), m.start(3) + size, False
        return None
    words = m[2].split(" ")
    for count in range(min(len(words), known.words), 0, -1):
        name = " ".join(words[:count])
        end = m.start(2) + len(name)
        if count == 1 and name in known.codes and not (name in ("ALL", "CUP", "TOP", "TRY") and len(words) > 1):
            return name, end, False
        code = known.names.get(name.casefold())
        if code is not None and not (count == 1 and name.isupper() and len(name) > 3 and code == ""):
            word = _singular(name.casefold())
            part = _PARTS.get(word)
            settled = _settle(part or word, known.names[part] if part else code, default)
            return settled or None, end, part is not None
    return None


def currency_code(name: str, default: str | None = None) -> str | None:
    """The ISO 4217 code that a code, a symbol or a name stands for, or None."""
    text = name.strip()
    if text.upper() in currencies().codes:
        return text.upper()
    symbol = symbol_code(text.replace("￥", "¥"), default, yen=None)
    if symbol:
        return symbol
    found = name_after(text, 0, default, yen=None)
    return found[0] if found and found[1] == len(text) else None
