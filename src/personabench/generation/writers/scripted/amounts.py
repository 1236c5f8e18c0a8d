"""Numbers with their units as people say them."""

from __future__ import annotations

from babel.numbers import get_currency_name

from personabench.generation.seed import Written
from personabench.generation.writers.scripted.days import chinese, number_word
from personabench.generation.writers.scripted.grammar import PLAIN, Forms
from personabench.generation.writers.scripted.material import SAID, values

Number = int | float


def number_forms(number: Number) -> Forms:
    """Digits, with and without separators of thousands."""
    whole = int(number) if float(number).is_integer() else number
    grouped = f"{whole:,}"
    return {PLAIN: [grouped] if grouped == str(whole) else [str(whole), grouped]}


def money_forms(amount: Number, currency: str, written_in: Written) -> Forms:
    """An amount of an ISO 4217 currency."""
    patterns = values(written_in)["currency"].get(currency.casefold(), {}).get(SAID, ())
    if not patterns or (written_in == "en" and amount == 1):
        name = get_currency_name(currency, count=amount, locale=written_in)
        patterns = ["#" + name] if written_in == "zh" else [f"# {name}"]
    numbers = number_forms(amount)[PLAIN]
    return {PLAIN: [pattern.replace("#", numbers[-1 if written_in == "en" else 0]) for pattern in patterns]}


def money_wordings(amount: Number, currency: str, written_in: Written) -> list[str]:
    """All the ways an amount may be said."""
    patterns = [*values(written_in)["currency"].get(currency.casefold(), {}).get(SAID, ())]
    name = get_currency_name(currency, count=amount, locale=written_in)
    patterns += [f"# {name}", f"#{name}", f"# {currency}", f"#{currency}", f"{currency} #"]
    return [pattern.replace("#", number) for number in number_forms(amount)[PLAIN] for pattern in patterns]


def degree_forms(number: Number, written_in: Written) -> Forms:
    """A temperature in degrees Celsius."""
    said = number_forms(number)[PLAIN][0]
    return {PLAIN: [f"{said}度"] if written_in == "zh" else [f"{said} degrees", f"{said} °C", f"{said}°C"]}


def percent_forms(number: Number, written_in: Written) -> Forms:
    """A share in percent."""
    said = number_forms(number)[PLAIN][0]
    return {PLAIN: [f"{said}%", f"百分之{said}"] if written_in == "zh" else [f"{said}%", f"{said} percent"]}


def party_forms(count: int, written_in: Written) -> Forms:
    """How many people: plain the number in words, `people` with the noun, `seats` as a table has them."""
    if written_in == "zh":
        word = "两" if count == 2 else chinese(count)
        return {PLAIN: [word], "people": [f"{count}个人", f"{word}个人"], "guests": [f"{count}位", f"{word}位"]}
    word = number_word(count)
    people = ["just me", "one person"] if count == 1 else [f"{word} people", f"{word} of us"]
    return {
        PLAIN: [word, str(count)],
        "people": people,
        "for": ["for one"] if count == 1 else [f"for {word}", f"for {count}", f"for {word} people"],
    }
