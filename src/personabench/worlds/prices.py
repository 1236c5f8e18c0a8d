"""What things cost in a currency: a rough level for each, so that a dinner in yen is not twelve of them."""

from __future__ import annotations

import math
from functools import cache

LEVELS = {
    "EUR": 1, "USD": 1.1, "GBP": 0.9, "CHF": 1.3, "CAD": 1.5, "AUD": 1.6, "NZD": 1.8, "SGD": 1.5,
    "JPY": 130, "CNY": 5, "HKD": 8, "TWD": 25, "KRW": 1200, "INR": 40, "PKR": 150, "BDT": 60, "LKR": 200, "NPR": 80,
    "THB": 25, "VND": 15_000, "IDR": 9_000, "MYR": 3, "PHP": 40, "KZT": 400, "UZS": 8_000, "IRR": 500_000,
    "SEK": 11, "NOK": 12, "DKK": 8, "ISK": 170, "PLN": 4, "CZK": 22, "HUF": 350, "RON": 4.5, "BGN": 1.8, "RSD": 90,
    "UAH": 25, "RUB": 70, "TRY": 25, "GEL": 2.5, "AMD": 400,
    "ILS": 4.5, "AED": 4, "SAR": 4, "QAR": 4, "KWD": 0.35, "BHD": 0.4, "OMR": 0.4, "JOD": 0.8, "EGP": 25, "MAD": 9,
    "TND": 3, "DZD": 130, "NGN": 900, "GHS": 10, "KES": 110, "TZS": 2_200, "UGX": 3_500, "ETB": 70, "ZAR": 15,
    "XOF": 600, "XAF": 600,
    "BRL": 4, "MXN": 16, "ARS": 900, "CLP": 900, "COP": 3_500, "PEN": 3.5, "UYU": 40, "BOB": 7, "CRC": 500,
    "DOP": 55, "GTQ": 8,
}  # fmt: skip
"""What costs one euro in Europe, in each currency where it is spent; round figures, no exchange rates."""


@cache
def price_in(currency: str, euros: int) -> int | float:
    """A price in whole, round amounts of a currency; one that the table lacks is spent like the euro."""
    level = LEVELS.get(currency, 1)
    step = 10 ** math.floor(math.log10(level))
    if step >= 1:
        return max(1, round(euros * level / step)) * step
    return round(euros * level, 1)
