"""What of a query is the request itself: without the text that it brings along to be worked on."""

from __future__ import annotations

import re
from dataclasses import dataclass

from aipersona.grounding.own_words import only_own
from aipersona.grounding.sentences import sentences

QUOTED = "§"
"""Stands in a request for something quoted."""

_QUOTATIONS = re.compile(
    r"“[^”\n]{0,400}”|‘[^’\n]{1,200}’(?!\w)|「[^」\n]{0,400}」|『[^』\n]{0,400}』|《[^》\n]{0,80}》|«[^»\n]{0,400}»"
    r"|\"[^\"\n]{0,400}\"|(?<!\w)'[^'\n]{1,200}'(?!\w)|`[^`\n]{0,400}`"
)
_TASK_ON_TEXT = re.compile(
    r"\b(?:translat\w*|summari[sz]\w*|sum up|proof-?read|re-?writ\w*|re-?phras\w*|paraphras\w*|reword|polish|shorten|"
    r"condense|revise|correct|fix|edit|improve|simplif\w*|convert|turn|make|put|change|transform|format|reformat|"
    r"extract|classify|label|tag|parse|count|sort|continue|complete|explain|analy[sz]e|punctuate|capitali[sz]e|"
    r"expand|tidy|clean|check|spell|find|list|identify|rank|calculate|compute|solve|evaluate|what does|parsing)\b",
    re.I,
)
_TASK_ON_TEXT_ZH = re.compile(
    r"翻译|译成|翻成|翻一下|总结|概括|归纳|润色|改写|改正|改成|改得|修改|校对|缩写|扩写|续写|纠正|提取|换算|计算|解方程|解释|整理|检查|转换|加上?标点|加标点|造句|仿写|断句|标点|生成"
)
_ITS_MATERIAL = re.compile(
    r"\b(?:given|provided|the (?:following|below|claim|paragraph|sentences?|passage|text|lyrics|pairs?|prompt|"
    r"abstract|code|"
    r"word|words|email|article|review|statement|facts|dialogue|poem|list)|this (?:text|sentence|paragraph|"
    r"passage|email|"
    r"article|poem|code|review|list|word))\b",
    re.I,
)
_ITS_MATERIAL_ZH = re.compile(r"以下|下面|下列|给定|所给|给出的|提供的|这[个段篇句封首种些]|句子|该")
_PUZZLE = re.compile(
    r"^(?:\W*(?:please|now) )?(?:answer|solve|consider|read)\b[^.?!]*\b(?:questions?|problems?|riddles?|puzzles?)\b|"
    r"(?:回答|解答|解决|做)[^。？]{0,4}(?:以下|下面|下列|这)[^。？]{0,6}题",
    re.I,
)
"""A request to answer what is a question itself."""
_TEXT_NAMED = re.compile(
    r"^(?!.*\b(?:i|we|would|should|my)\b).*\b(?:these|this|the (?:following|reply|sentence|text|message|paragraph|"
    r"phrase|wording|tone|list|words?|letters|numbers))\b",
    re.I,
)
_COLON = re.compile(r"(?P<head>[^:：\n]{2,120})[:：](?=\s|[^\s\d/])(?P<rest>.*)", re.S)
_IS_QUESTION_OF_USER = re.compile(r"^[^\n\"“”]*\buser\b[^\n\"“”]*[?？]\s*$|^[^\n“”]*用户[^\n“”]*[?？]\s*$", re.I)
"""A question about the user by this word is a sentence of nobody's own, and asks all the same."""
_CODE = re.compile(r"```.*?(?:```|\Z)", re.S)


@dataclass(frozen=True, kw_only=True)
class Request:
    """The request of a query, with `QUOTED` for what is quoted in it; whether it brings material along."""

    text: str
    material: bool


def request_of(query: str) -> Request:
    """The words of a query that ask, without those that are only to be worked on."""
    head, rest = _split(_CODE.sub(" ", query))
    kept = only_own(head)
    if not kept.strip() and _IS_QUESTION_OF_USER.search(head):
        kept = head
    text = _QUOTATIONS.sub(f" {QUOTED} ", kept)
    material = bool(rest.strip()) or _length(kept) < _length(query) - _length(rest) or text != kept
    colon = _COLON.match(text.strip())
    if colon is not None and _is_on_a_text(colon["head"], colon["rest"]):
        text, material = colon["head"], True
    return Request(text=" ".join(text.split()), material=material)


def _split(query: str) -> tuple[str, str]:
    """A query up to the first sentence that announces a material, and what follows it."""
    first = next(sentences(query), None)
    if first is None:
        return query, ""
    announced = query[: first.end]
    if not (_ITS_MATERIAL.search(announced) or _ITS_MATERIAL_ZH.search(announced)):
        return query, ""
    rest = query[first.end :]
    if _PUZZLE.search(announced):
        return announced, rest
    return (query, "") if rest.rstrip().endswith(("?", "？")) else (announced, rest)


def _is_on_a_text(head: str, rest: str) -> bool:
    """Whether what stands before a colon is a task on what stands behind it."""
    if _TASK_ON_TEXT.search(head) or _TASK_ON_TEXT_ZH.search(head):
        return True
    named = _TEXT_NAMED.search(head) or _ITS_MATERIAL_ZH.search(head)
    return named is not None and not rest.rstrip().endswith(("?", "？"))


def _length(text: str) -> int:
    return sum(not c.isspace() for c in text)
