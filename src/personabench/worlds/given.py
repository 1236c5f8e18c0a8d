"""What callers give, in the one form in which rows hold it."""

from __future__ import annotations

import re
from decimal import Decimal

from personabench.worlds.protocol import Refused

_TIME = re.compile(r"(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?::00)?\s*(?P<half>[ap])?(?:\.?m\.?)?", re.IGNORECASE)


def time_of_day(text: str, parameter: str = "time") -> str:
    """A time of day as HH:MM, also from "7.30" and "7:30 pm".

    Raises: Refused.
    """
    found = _TIME.fullmatch(text.strip())
    hour, minute = (int(found["hour"]), int(found["minute"])) if found else (24, 0)
    if found and found["half"]:
        hour = hour % 12 + (12 if found["half"] in "pP" else 0) if 1 <= hour <= 12 else 24
    if hour > 23 or minute > 59:
        raise Refused(f"{parameter}: {text!r} is no time of day; write it as HH:MM")
    return f"{hour:02}:{minute:02}"


def said(text: str, parameter: str) -> str:
    """A text without white space around it.

    Raises: Refused for an empty one.
    """
    text = " ".join(text.split())
    if not text:
        raise Refused(f"{parameter}: must not be empty")
    return text


def plain(text: str) -> str:
    """A name as it is compared, and as it stands in identifiers: "New York" is "new-york"."""
    return "-".join(re.findall(r"\w+", text.casefold()))


def as_text(value: object) -> object:
    """A number as text, which sizes are: 42 and 42.0 are "42"."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return format(Decimal(str(value)).normalize(), "f")
    return value
