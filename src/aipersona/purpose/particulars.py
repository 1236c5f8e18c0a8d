"""Questions about the world that may be about the user's: of somebody, of what was spoken of, of other particulars.

"What surgery did the patient have?" has no first person, and no answer but in what was said before; "Who won the chess
tournament?" may have one there. Which of them what was said answers, is for `telling.tells` to say.

    somebody    a person by their part ("the patient", "the customer"), with no title or demand beside that would make
                it any one
    spoken of   what is pointed at ("that report", "the other meeting"); who is called by a single name
    particular  who, when, where, which one, what it was; "the" or a name in it

A question that holds of all things of a kind ("Why do cats purr?", "What is type 2 diabetes?") is none of these.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from aipersona.grounding.kin import SURNAMES_ZH
from aipersona.purpose.kinds import Purpose, nothing
from aipersona.purpose.material import QUOTED

WORLD = "a question about the world"

ROLE = re.compile(
    r"\b(?:the|this|that|our) (?:same )?(?:user|patient|client|customer|caller|guest|student|pupil|employee|traveller|"
    r"traveler|passenger|driver|speaker|narrator|applicant|candidate|subscriber|shopper|tenant|participant|interviewee|"
    r"person|member)(?P<whose>'s)?(?=[\s,.?!])(?! (?:of|in|from|who|with|whose|named|called)\b)",
    re.I,
)
"""A person by their part in a talk; one who is told apart from others of the kind is another one."""
ROLE_ZH = re.compile(
    r"(?:这位|该|那位|这名|此)?(?:用户|患者|病人|客户|顾客|来访者|学员|乘客|司机|车主|说话人|讲述者|叙述者|申请人|当事人)(?!们|数|名|界面|体验|端|群|量|权|协议|手册)"
)

_FAMILIAR_ZH = re.compile(rf"(?<![\u4e00-\u9fff])[老阿][{SURNAMES_ZH}](?!家|师|板|人|年)")
"""Somebody by their surname as friends and colleagues say it."""

_GENERAL_DEMAND = re.compile(
    r"\b(?:should|must|can|could|may|might|would)\b|应该|应当|需要|可以|能|必须|怎么办|如何", re.I
)
_OTHER_ANCHOR = re.compile(
    rf"{QUOTED}|\b(?:in|of|from) (?:the|this|that|a) (?:film|movie|book|novel|story|play|poem|song|series|episode|game|"
    r"study|paper|article|passage|text|case|experiment|trial|problem|example)\b"
    r"|(?:电影|小说|故事|书|诗|剧|文章|研究|题目|论文|课文|案例|例子)(?:里|中)"
)
_NAMES_IN_A_ROW = re.compile(r"(?<!^)(?<![.?!] )\b[A-Z][\w'-]+ (?:[A-Z][\w'-]+|(?:of|de|van|von) [A-Z])")
_POINTED_AT = re.compile(
    r"\b(?:that|those) (?!(?:is|was|are|were|the|a|an|it|he|she|they|i|we|you|can|could|has|have|had|will|would|do|"
    r"does|did|of|which|form|make|made|cause|\w+ed|won|fell|wrote)\b)[a-z0-9]\w*",
    re.I,
)
_POINTED_AT_ZH = re.compile(r"那(?:个|次|份|件|位|家|天|场|本|部|台|张|篇|项|趟|条|封|款|只)|上回|当时|那时")
_SINGLE_NAME = re.compile(
    r"\b(?:did|does|is|was|has|had|will|would|should|could|can|with) (?P<a>[A-Z][a-z]+)(?:'s)?(?=[\s,.?!])(?! [A-Z])"
    r"|(?<![A-Z]\w )(?<!\w)(?<!^)(?P<b>[A-Z][a-z]+)'s\b(?! [A-Z])",
)
_OF_ALL = re.compile(
    r"^(?:what(?:'s|s| is| are| does| do)|how (?:does|do|can|could|should|is|are|to)|"
    r"why (?:do|does|is|are|can|don't|doesn't|isn't|aren't)|(?:is|are|do|does|can|could|should|will|would)) "
    r"(?!(?:the|that|those|this)\b)(?:an? )?[a-z0-9]",
    re.I,
)
_HOW_IT_IS = re.compile(r"^(?:why|how) (?:do|does|is|are|can|could|should|would|will|don't|isn't)\b", re.I)
_DEFINITE = re.compile(
    r"^(?:(?:in|on|at|by|from|of|to|for|since|until) )?(?:who|whose|whom|when|where|which)\b"
    r"|\b(?:did|was|were|had)\b|\b(?:the|that|those)\b|'s\b|(?<!^)\b[A-Z][a-z]",
)
_EVENT = re.compile(r"\b(?:did|was|were|had)\b[^?]*\bthe [a-z]|\bthe [a-z][^?]*\b(?:was|were|had)\b", re.I)
_OF_RECORD = re.compile(
    r"(?<!^)\b[A-Z]|\b(?:first|last|most|largest|biggest|highest|longest|oldest|\w+est|invent\w*|discover\w*|world|earth|"
    r"universe|century|centuries|ancient|history|\d{3,4}s?)\b"
)
"""Signs of an event that the world knows: a name, a record, a date."""
_HAPPENED = re.compile(r"\b(?:did|was|were|had)\b", re.I)
_DEFINITE_ZH = re.compile(
    r"谁|多久|多长|哪(?!怕|些)|几(?:点|号|个|次|岁|年|月|天|层|楼|位)|多少|什么时候|何时|叫什么|名字|是什么(?!意思)|了(?:什么|多|几)|过(?:什么|几)|什么"
)
_OF_ALL_ZH = re.compile(
    r"^(?:什么是|什么叫|为什么|为何|怎么|如何|怎样)|区别|不同|原理|差别|为什么|怎么(?:形成|产生|来的|工作)|^[^的]{1,8}是什么[？?]?$|"
    r"解释|列出|列举|证明|描述|简述|举例|分析|介绍|说明|历史"
)


def asked_of_the_world(plain: str) -> Purpose:
    """What a question without a first person may ask of the user's past."""
    name = None if _NAMES_IN_A_ROW.search(plain) else _SINGLE_NAME.search(plain)
    if name is not None:
        return Purpose(asks="spoken_of", by=WORLD, named=name["a"] or name["b"])
    if _HOW_IT_IS.match(plain) or _OF_ALL.match(plain):
        return nothing(WORLD)
    if _POINTED_AT.search(plain):
        return Purpose(asks="spoken_of", by=WORLD)
    if not _DEFINITE.search(plain):
        return nothing(WORLD)
    if _EVENT.search(plain) and not _OF_RECORD.search(plain):
        return Purpose(asks="spoken_of", by=WORLD, happened=True)
    return Purpose(asks="particular", by=WORLD, happened=_HAPPENED.search(plain) is not None)


def asked_of_the_world_zh(plain: str) -> Purpose:
    """The same in Chinese, where a verb does not show whether what is asked is over."""
    if _POINTED_AT_ZH.search(plain):
        return Purpose(asks="spoken_of", by=WORLD)
    if _OF_ALL_ZH.search(plain):
        return nothing(WORLD)
    return Purpose(asks="particular", by=WORLD, happened=True) if _DEFINITE_ZH.search(plain) else nothing(WORLD)


def asked_of_somebody(text: str) -> Purpose | None:
    """Something of a person's in a part that the user may have; None where there is none, or it is any one."""
    found = ROLE.search(text) or ROLE_ZH.search(text) or _FAMILIAR_ZH.search(text)
    if found is None or _OTHER_ANCHOR.search(text) or _GENERAL_DEMAND.search(text):
        return None
    return Purpose(asks="somebody", by="somebody in a talk")


_NOT_OF_A_PERSON = re.compile(
    r"\b(?:founded|built|released|invented|discovered|composed|published|population|capital|mayor|located|spelled)\b"
    r"|成立|建于|建成|发行|上映|人口|首都|海拔|面积"
)


def names_one_of(text: str, names: Iterable[str]) -> bool:
    """Whether a question is about somebody of one of these names, and about no namesake of more names."""
    if _NOT_OF_A_PERSON.search(text):
        return False
    return any(name in text and len(name) > 1 and _is_alone(name, text) for name in names)


def _is_alone(name: str, text: str) -> bool:
    if not name.isascii():
        return True
    whole = rf"(?<![\w'-]){re.escape(name)}(?:'s)?(?![\w-])(?! [A-Z])"
    before = rf"(?<!^)\b[A-Z]\w* {re.escape(name)}\b"
    return re.search(whole, text) is not None and re.search(before, text) is None
