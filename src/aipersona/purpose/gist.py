"""The words of a query that say what is asked: without what only frames it, says who asks, or how to answer."""

from __future__ import annotations

import re

from aipersona.grounding import words_of
from aipersona.purpose.particulars import ROLE, ROLE_ZH

MOST_READ = 2000
"""How many characters of a query are read."""

_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")
_SENTENCE_END = re.compile(r"(?<=[.?!。？！])(?<!e\.g\.)(?<!i\.e\.)\s+(?=\S)|(?<=[。？！])")
_HOW_TO_ANSWER = re.compile(
    r"^(?:please )?(?:give|return|answer|respond|reply|format|round|provide|state|express|output|include|use|write)\b|"
    r"^(?:请)?(?:用|以|按|只)[^，。]{0,12}(?:回答|格式|表示|作答)",
    re.I,
)
_ASIDE = re.compile(r"\([^()]{0,80}\)|（[^（）]{0,80}）")
_SAID = re.compile(
    r"(?:said|says|told|asked|asks|commanded|replied|muttered|mentioned|groaned|complained|added|shouted|whispered)\b"
    r"[^'\"“”.?!\n]{0,40}[:,]\s*(?:'(?P<a>(?:[^']|'(?=\w)){2,300})(?:'|$)|\"(?P<b>[^\"]{2,300})(?:\"|$)|“(?P<c>[^”]{2,300})(?:”|$))"
)
_REPORTED = re.compile(
    r"\b(?:asked|told|commanded|instructed|ordered|wants?|wanted) (?:the \w+|it|you) (?:to|for) (?P<what>[^.?!]{3,200})"
)
_SAYS_LITTLE = words_of(
    "name kind type sort number exact exactly currently typically usually normally according one mention mentioned "
    "called tell told said say value specific actually main time thing come came happen happened"
)
_ASKING_ZH = re.compile(
    r"请问|什么(?:时候|名字|地方|样)?|谁|哪(?:一?[个年天里儿家位次种些月部本场条])?|几(?=[点号个次岁年月天层楼位])|花了?多少钱?|多少(?:[个次人天岁年](?!\w)|钱)?|[那这][个次份件位家天场本部台张篇项趟条封款只些]?|"
    r"怎么样?|何时|多[久长远]|(?:需|还)?要|吗|呢|叫(?=做|什么)|名字|[？?。！，、,]|的|了|是|在|有(?=没有)?|最(?=近)"
)


def gist_of(query: str) -> frozenset[str]:
    """The folded words by which what a query asks for can be found in what was said; linear in its length."""
    text = query[:MOST_READ]
    if _HAN.search(text):
        text = ROLE_ZH.sub("，", text)
        pieces = (piece for piece in _ASKING_ZH.split(text) if piece)
        return frozenset(word for piece in pieces for word in _telling(piece))
    words = words_of(ROLE.sub(" ", _asking(text)))
    return (words - _SAYS_LITTLE) or words or words_of(query)


def _telling(piece: str) -> frozenset[str]:
    """The words of a piece of Chinese: single characters only where they stand alone."""
    words = words_of(piece)
    return frozenset(word for word in words if len(word) > 1 or not _HAN.match(word)) or words


def _asking(text: str) -> str:
    spoken = [found[found.lastgroup or 0] for found in _SAID.finditer(text)]
    reported = [found["what"] for found in _REPORTED.finditer(text)]
    if spoken or reported:
        return " ".join((*spoken, *reported))
    sentences = [one for one in _SENTENCE_END.split(_ASIDE.sub(" ", text)) if one.strip()]
    telling = [one for one in sentences if not _HOW_TO_ANSWER.match(one.strip())] or sentences
    asking = [one for one in telling if one.rstrip().endswith("?")]
    return " ".join(asking or telling)
