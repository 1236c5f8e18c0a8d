"""Where somebody plainly says to live or to have moved to, for a model that missed it and for the talk that goes on.

In: one sentence, and the message that it stands in. Out: the places as written. Only the first person, only a name; a
name that no time zone has is believed where the message speaks of a home ("I moved to Slack" names no place).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from aipersona.optimizer.plain_words import is_stated
from aipersona.values.gazetteer import is_country, zone_of

_NAME = r"(?P<place>(?-i:[A-Z])[\w'-]+(?: (?:(?:de|da|do|del|la|le|am|an der|upon)? ?(?-i:[A-Z])[\w'-]+)){0,2})"
_ADVERBS = r"(?:(?:just|recently|finally|already|now|also|still|currently|actually|both|all|really)\s+)*"
_FROM = r"(?:from (?P<left>(?-i:[A-Z])[\w'-]+(?: (?-i:[A-Z])[\w'-]+){0,2}) )?"
_MOVED = re.compile(
    rf"\b(?:i|we)(?:'ve| have)?\s+{_ADVERBS}(?:moved|relocated|settled)\s+"
    rf"(?:(?:back|here|over|down|up|out|house|home|for good)\s+)*{_FROM}(?:to|in)\s+{_NAME}(?!')",
    re.IGNORECASE,
)
_LIVING = re.compile(
    rf"\b(?:i|we)(?:'m|'re| am| are)?\s+{_ADVERBS}(?:live|living|reside|residing)\s+(?:now |here )?in\s+{_NAME}(?!')",
    re.IGNORECASE,
)
_CHINESE = re.compile(
    r"我(?:们)?(?:(?:已经|刚刚?|现在|终于|上周|今天|昨天|上个月)\s*)*(?:从[^，。！？]{1,8})?(?:搬到|搬去|搬来|定居(?:在|到)?|移居|住在?)了?"
    r"(?P<place>[\u4e00-\u9fff]{2,6}?)(?=了|啦|[，。！？,!\s]|$)"
)
_DAYS = re.compile(
    r"\s+(?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|January|February|March|April|May|June|July|August"
    r"|September|October|November|December|Today|Yesterday)$"
)
_OF_A_HOME = re.compile(
    r"\b(?:mov(?:ers|ing (?:van|boxes|truck|day|house))|flat|apartment|house|home|landlord(?:ady)?|lease|neighbou?r\w*"
    r"|cit(?:y|ies)|town|village|country|street|unpack\w*|boxes|keys|live|living|relocat\w+|new place)\b",
    re.IGNORECASE,
)


def plain_homes(sentence: str, message: str) -> Iterator[str]:
    """The places in which the speaker plainly says to live, or to have moved to."""
    plain = sentence.replace("’", "'")
    if plain.rstrip().endswith(("?", "？")):
        return
    for form in (_MOVED, _LIVING):
        for found in form.finditer(plain):
            place = _DAYS.sub("", found["place"])
            named = (place, found.groupdict().get("left") or "")
            known = any(zone_of(name) is not None or is_country(name) for name in named)
            if is_stated(plain[: found.start()]) and (known or _OF_A_HOME.search(message)):
                yield place
    for found in _CHINESE.finditer(plain):
        if is_stated(plain[: found.start()]):
            yield found["place"]
