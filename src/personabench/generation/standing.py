"""Whether a value stands in a text: by one of its wordings, as words of their own."""

from __future__ import annotations

import re

from pydantic import JsonValue


def stands_in(wording: str, text: str) -> bool:
    """Whether a wording stands in a text as words of their own; between Chinese characters there is no gap."""
    if not wording:
        return False
    if any("\u4e00" <= character <= "\u9fff" for character in wording):
        return wording in text
    return re.search(rf"(?<!\w){re.escape(wording)}(?!\w)", text, re.IGNORECASE) is not None


def values_of(value: JsonValue) -> list[JsonValue]:
    """The plain values in a value."""
    if isinstance(value, dict):
        return [inner for one in value.values() for inner in values_of(one)]
    return [value]
