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
_FOR_NOW = re.compile(
    r"^\W*(?:(?:right )?now )?(?:until|till|this (?:week|weekend|month)|for (?:a|an|the|two|three|four|five|\d+) "
    r"(?:(?:few|couple of|next) )?(?:nights?|days?|weeks?|weekend|conference|course|wedding|fair))\b",
    re.IGNORECASE,
)
"""After "I'm living in Seattle": a stay, and no home."""

_OF_WORK = re.compile(
    r"\b(?:Clinic|Hospital|Bank|Foods|Transport|Logistics|University|College|School|Labs?|Studios?|Group|Company|Inc|Ltd"
    r"|LLC|GmbH|Corp|Agency|Software|Systems|Insurance|Hotel|Team|Department|Marketing|Sales)$"
)
"""The last word of what people move to at work."""

_CHINESE = re.compile(
    r"我(?:们)?(?:(?:已经|刚刚?|现在|终于|上周|今天|昨天|上个月)\s*)*(?:从[^，。！？]{1,8})?(?:搬到|搬去|搬来|定居(?:在|到)?|移居|住在?)了?"
    r"(?P<place>[\u4e00-\u9fff]{2,6}?)(?=了|啦|[，。！？,!\s]|$)"
)
_HOW_LONG = re.compile(
    r"(?:(?:很|好|挺)久|(?:快|有)?[一二两三四五六七八九十几半\d]+个?多?(?:年|月|天|周|星期|晚上?).*)$"
)
_NO_PLACE = re.compile(
    r"^(?:[一二两三四五六七八九十几半\d]+(?:个|天|年|月|周|晚|楼|层|号)|院|校|得|过|着|够|不|[这那哪](?:里|儿|边|个|栋|间|座|附近)|一起|新家|老家|家|楼|宿舍"
    r"|酒店|宾馆|旅馆|民宿|医院|公寓|男朋友|女朋友|朋友|同学|同事|亲戚|爸|妈|父母|爷爷|奶奶|姥|公司|学校|单位|附近|城里|乡下|郊区)|的"
)
"""What is said after "我住" that names no place: how long, how, in whose home, in what house."""

_NOT_STATED_CHINESE = re.compile(
    r"(?:梦见|梦到|梦里|想象|假装|如果|要是|假如|假设|以为|当年|以前|从前|小时候|那时|希望|但愿)[^，。！？,!?]*$|当年$"
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
            if _OF_WORK.search(place) or (form is _LIVING and _FOR_NOW.search(plain[found.end() :])):
                continue
            named = (place, found.groupdict().get("left") or "")
            known = any(zone_of(name) is not None or is_country(name) for name in named)
            if is_stated(plain[: found.start()]) and (known or _OF_A_HOME.search(message)):
                yield place
    for found in _CHINESE.finditer(plain):
        before, place = plain[: found.start()], _HOW_LONG.sub("", found["place"])
        stated = is_stated(before) and not _NOT_STATED_CHINESE.search(before)
        if stated and len(place) > 1 and not _NO_PLACE.search(place):
            yield place
