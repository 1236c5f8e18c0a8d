"""Names of places, as the user writes them."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from aipersona.values.found import Unreadable

_AROUND = " \t\r\n\u3000\"'“”‘’«»「」『』《》.,;:!?。，；：！？、"


@cache
def _before() -> re.Pattern[str]:
    kind = r"(?:[Cc]ity|[Tt]own|[Vv]illage)[ ][Oo]f(?:[ ]|\Z)"
    return re.compile(rf"(?:(?:in|at)[ ])?(?:[Tt]he[ ](?={kind})|the[ ])?(?:{kind})?")


def parse_place(value: str) -> str:
    """The bare name of a place in the user's own spelling: "the city of Porto." is Porto, "The Hague" stays.

    No gazetteer: whether there is such a place is not known. Raises Unreadable if nothing is left of the name.
    """
    text = " ".join(unicodedata.normalize("NFC", value).split()).strip(_AROUND)
    start = _before().match(text)
    name = text[start.end() :].strip(_AROUND) if start else text
    if not any(c.isalnum() for c in name):
        raise Unreadable("the name of a place")
    return name
