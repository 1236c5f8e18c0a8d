"""How much a text says of how somebody wants something: the signal that ranks what a roomy context is filled with.

A request such as "back to my usual, please" shares no word with the talk in which the usual was told. Such talk has a
form of its own: a wish or a liking, something put to a setting, a figure or what a figure is of. Each kind counts once.
English and Chinese; other languages are ranked without it.
"""

from __future__ import annotations

import re

_OFTEN = "really|just|only|always|usually|never|also|still|generally|actually|quite|much"
_WISH = re.compile(
    rf"\bi(?:'d|’d|'ll|’ll| would| do| don't| don’t)?\s+(?:(?:{_OFTEN})\s+)*"
    r"(?:prefer|like|love|want|need|hate|dislike|enjoy|rather|can't stand|can’t stand|can't bear)\b"
    r"|\bmy (?:usual|favou?rite|preferred|preference|standard|normal)\b"
    r"|\b(?:from now on|as usual)\b"
    r"|我[^，。！？]{0,4}(?:喜欢|更爱|偏爱|想要|希望|需要|讨厌|受不了|习惯)|不想要|以后[都就请]|老样子|照旧",
    re.IGNORECASE,
)
_SETTING = re.compile(
    r"\b(?:set|turn|switch|adjust|change|put|lower|raise|bump|crank|limit|reset|restore|save|keep|make|open|close|drop"
    r"|leave|mute|dim|disable|enable|use|play|select|choose|reduce|increase)(?:t?ed|t?ing|s)?\b"
    r".{0,60}\b(?:to|on|off|at|up|down|back|by|in|mode)\b"
    r"|调[到成高低大小亮暗]|[设改换开关](?:为|成|到|上|掉)|打开|关闭|静音",
    re.IGNORECASE,
)
_FIGURE = re.compile(
    r"\d|[一二两三四五六七八九十百]+(?:度|档|级|成)"
    r"|\b(?:levels?|percent|degrees?|modes?|volume|brightness|speed|temperature|height|size|theme|voice)\b"
    r"|音量|亮度|温度|模式|速度|档位",
    re.IGNORECASE,
)
KINDS = (_WISH, _SETTING, _FIGURE)


def wishes_in(text: str) -> int:
    """How many of the three kinds a text has: 0 to 3."""
    return sum(kind.search(text) is not None for kind in KINDS)
