"""Lasting facts that no slot of a form asks for, offered for learned fields by the user's plain words alone.

In: a statement, the known fields and what was drafted from it. Out: drafts such as life.gym_locker = 41 from "my locker
at the gym is number 41". Only a thing of the user's own with a value that is a name, a number or a code, of which no
declared field and no draft speaks: a false value costs more than one that is missed, and the next telling brings it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from aipersona.errors import InvalidValue
from aipersona.grounding import words_of
from aipersona.grounding.kin import BEINGS, RELATIONS, RELATIONS_ZH
from aipersona.optimizer.draft import DraftEdit, texts_of
from aipersona.optimizer.fields import field_meant
from aipersona.optimizer.filling import Statement
from aipersona.optimizer.own_things import OwnThing, own_things
from aipersona.optimizer.plain_words import is_stated
from aipersona.schema.fields import Schema
from aipersona.values import parse_money, read_money, read_when

MOST_WORDS = 6
"""The words that a value has at most."""

LONG = 240
"""Characters from which a sentence is rather a list or a text."""

_SECTION = "life"

_KIN = re.compile(
    rf"\b(?:{RELATIONS}|{BEINGS}|(?:eld|old|young)est|c[a-z]o|head|lead|assistant|team|staff)\b|{RELATIONS_ZH}", re.I
)
_PASSING = re.compile(
    r"""\b(?:favou?rite|preferred|dream|ideal|old|former|previous|last|next|first|second|third|other|new\ year|future
    |day|week|weekend|month|year|morning|evening|night|mood|plans?|goals?|aims?|targets?|objectives?|budgets?|questions?
    |points?|ideas?|thoughts?|opinions?|views?|guess|problems?|issues?|concerns?|hopes?|dreams?|wish(?:es)?|worry
    |worries|focus|priority|priorities|wallet|body|brains?|minds?|hearts?|eyes?|ears?|hands?|feet|head|soul|gut
    |feelings?|world|life|system|title|text|drafts?|notes?|answers?|messages?|replies|reply|order|choices?|picks?
    |advice|tips?|turns?|reasons?|impressions?|takeaways?|challenges?|tasks?|meetings?|appointments?|presentations?
    |proposals?|reports?|projects?|events?|flights?|trips?|part(?:ies|y)?|deadlines?|exams?|interviews?|lunch|dinner
    |breakfast|drink|score|temperature|balance|totals?|streak|grade|progress|pulse|understanding|spending|expenses?
    |purchases?|steps?|walks?|side|way|thing|stuff|case|bad|fault|pleasure|apolog(?:y|ies)|regards|treat|limit
    |functions?|variables?|arrays?|columns?|quer(?:y|ies)|errors?|inputs?|outputs?|results?|versions?|prompts?|essay
    |chapter|hero(?:ine)?|characters?|protagonist|villain|tickets?|orders?|parcel|booking|reservation|assignment
    |homework)\b
    |^(?:code|scripts?|programs?|class|tables?|tests?|files?|folders?|branch|repo|repository|backend|frontend|ip|paper
    |article|avatar|train|bus|room|hotel|seat|gate|package)$
    |想法|意见|问题|目标|计划|梦想|理想|心情|建议|看法|观点|感觉|意思|今天|明天|任务|预算|文章|标题|题目|最爱|爱好|兴趣|原因|重点
    |会议|作业|论文|朋友|选择|答案|生活|代码|程序|函数|变量|输入|输出|结果|报错|角色|英雄|主角|航班|车次|快递|单号|房间|座位|订单
    |下一|上一|以前""",
    re.IGNORECASE | re.VERBOSE,
)
"""Things that pass, or of which only an opinion is said; what was, will be or is wished for; parts of a text."""

_SECRET = re.compile(
    r"\b(?:pass-?(?:words?|code|phrase)|pin|cvv|cvc|ssn|social security|national insurance|iban|account number"
    r"|api|tokens?|secrets?|security code)\b|密码|口令|验证码|身份证|银行卡号?|信用卡号?|账号|密钥",
    re.IGNORECASE,
)
"""What opens accounts is not noted unasked; the number of a card is known by its digits."""

_CARD_NUMBER = re.compile(r"\d(?:[\s-]?\d){11,}")

_NAME = re.compile(r"(?<![\w'-])(?!I\b|I'|AI\b)(?:[A-ZÀ-ÖØ-Þ][\w'&.-]*|\S*@\S+|\S*\d\S*)")
_HAN = re.compile(r"[\u3400-\u9fff]")
_NUMBER = re.compile(r"^(?:number|no\.?|nr\.?|第)\s*", re.IGNORECASE)
_TRAILING = re.compile(r"(?:\s+(?:now|nowadays|currently|these days|at the moment|by the way|though|too))+$", re.I)
_LOOSE = re.compile(
    r"\b(?:than|or|like|about|around|almost|coming|going|my|our|your|his|her|their|this|that|me|us|you|it|\w+ing)\b"
    r"|\d\s?%|什么|怎么|多少|不|没|很|太|我|你|他|她|它|最",
    re.IGNORECASE,
)
"""Words in a value that say that it is a clause or a comparison, and no name."""

_SUPPOSED = re.compile(
    r"\b(?:imagin\w*|pretend\w*|suppos\w+|let's say|what if|if i|role-?play|novel|story|poem|character|translat\w+"
    r"|proofread|rewrite|example|games?)\b|假如|如果|假装|想象|扮演|翻译|小说|故事|例句|比如说|句子",
    re.IGNORECASE,
)
"""Words beside which nothing is taken at its word here."""

_NAMED = r"(?-i:[A-Z0-9])[\w'&.-]*(?: (?-i:[A-Z0-9])[\w'&.-]*){0,3}(?<!\.)"
_UNIVERSAL = (
    (re.compile(rf"\b(?:i|we) drive an? (?:old |used |\d{{4}} )?(?P<value>{_NAMED})", re.I), "life.car"),
    (re.compile(rf"\b(?:i|we) bank (?:with|at) (?:the )?(?P<value>{_NAMED})", re.I), "life.bank"),
    (
        re.compile(r"我(?:现在)?开的?(?:是|着)?(?:一辆|一台|一部)(?P<value>[^，。！？,!?\s]{2,10}?)(?=[，。！,!]|$)"),
        "life.car",
    ),
    (
        re.compile(r"\bi(?:'m| am) (?P<value>(?:left|right)-handed|ambidextrous)\b", re.IGNORECASE),
        "demographics.handedness",
    ),
    (
        re.compile(r"\bi(?:'m| am) (?P<value>\d(?:[.,]\d+)?\s?(?:m|cm|ft|feet)|\d{3}\s?cm) tall\b", re.I),
        "demographics.height",
    ),
    (
        re.compile(r"\bi was born in (?P<value>(?-i:[A-Z])[\w-]+(?: (?-i:[A-Z])[\w-]+)*)", re.I),
        "demographics.birthplace",
    ),
    (re.compile(r"我属(?P<value>[鼠牛虎兔龙蛇马羊猴鸡狗猪])(?=[，。！,!\s]|的|$)"), "demographics.chinese_zodiac"),
    (
        re.compile(r"我(?:的)?老家(?:在|是)(?P<value>[\u3400-\u9fff]{2,6}?)(?=[，。！,!\s]|的|$)"),
        "demographics.hometown",
    ),
    (re.compile(r"我(?:的)?身高(?:是|有)?(?P<value>[\d一二两].{0,6}?)(?=[，。！,!\s]|$)"), "demographics.height"),
)
"""What everybody has one of, and says in the same few words."""


def unasked(statement: Statement, known: Schema, drafts: Sequence[DraftEdit]) -> Iterator[DraftEdit]:
    """Drafts for what the words say of the user's own things where no declared field and no other draft does."""
    plain = statement.words.replace("’", "'")
    if _SECTION not in known.open_sections or len(plain) > LONG or _SUPPOSED.search(plain) or statement.is_set_up:
        return
    drafted = [words_of(" ".join(texts_of(draft.value))) for draft in drafts]
    for path, value in (*_things(statement), *_universal(statement.words)):
        spec = field_meant(path, known)
        if spec is not None and not spec.learned:
            continue
        if not any(words_of(value) & words for words in drafted):
            yield _draft(path, value, statement)


def _things(statement: Statement) -> Iterator[tuple[str, str]]:
    for own in own_things(statement.words):
        if not is_stated(own.before):
            continue
        value = _TRAILING.sub("", _NUMBER.sub("", own.value)).rstrip(".")
        if _lasts(own) and _is_value(value, statement) and not _goes_on(value, statement.words):
            yield f"{_SECTION}.{own.name}", value


def _universal(words: str) -> Iterator[tuple[str, str]]:
    plain = words.replace("’", "'")
    for form, path in _UNIVERSAL:
        found = form.search(plain)
        if found is None or not is_stated(plain[: found.start()]) or re.match(r"'s\b", plain[found.end() :]):
            continue
        if path != "demographics.birthplace" or not _WHEN_BORN.search(found["value"]):
            yield path, found["value"]


_WHEN_BORN = re.compile(
    r"^(?:(?:early|mid|late)\b|the\b|Year\b|Spring\b|Summer\b|Autumn\b|Fall\b|Winter\b|January|February|March|April|May|June"
    r"|July|August|September|October|November|December)",
    re.IGNORECASE,
)


def _lasts(own: OwnThing) -> bool:
    """Whether a thing is one that people have for long, and theirs."""
    unfit = _PASSING.search(own.thing) or _KIN.search(own.thing) or _SECRET.search(own.thing)
    return bool(own.name) and unfit is None and "'s" not in own.thing


def _is_value(value: str, statement: Statement) -> bool:
    """Whether a value is a name, a number or a code: no clause, no opinion, no day, no sum that was once paid."""
    if not value or len(value.split()) > MOST_WORDS or _LOOSE.search(value) or _CARD_NUMBER.search(value):
        return False
    if _HAN.search(value) is None and _NAME.search(value) is None:
        return False
    amount = read_money(value)
    if amount and _once(value):
        return False
    return bool(re.search(r"\d{3,}", value)) or not read_when(value, statement.day)


def _goes_on(value: str, words: str) -> bool:
    """Whether the value is the first of several: "15 strength, 14 wisdom"."""
    after = words.replace("’", "'").partition(value)[2]
    return bool(re.search(r"\d", value)) and re.match(r"\s*[,、]\s*(?:and\s)?\d", after) is not None


def _once(value: str) -> bool:
    try:
        return parse_money(value).period is None
    except InvalidValue:
        return True


def _draft(path: str, value: str, statement: Statement) -> DraftEdit:
    return DraftEdit(
        op="set",
        path=path,
        value=value,
        session_id=statement.session.session_id,
        turns=(statement.turn.number,),
        quote=statement.words,
        reason="said of a thing of one's own",
    )
