"""The sentences in which a speaker may be stating something about themselves: what is worth asking a model about."""

from __future__ import annotations

import re
from collections.abc import Iterator

from aipersona.grounding.own_words import own_spans
from aipersona.grounding.sentences import sentences
from aipersona.grounding.spans import Span
from aipersona.grounding.stance import read_stance

_FIRST_PERSON = re.compile(
    r"(?<![\w'’])(?:i|i['’]?(?:m|ve|d|ll)|me|my|mine|myself|we|we['’](?:re|ve|d|ll)|us|our|ours)(?![\w'’])|我|"
    r"咱|俺|本人",
    re.IGNORECASE,
)
_ELLIPTIC = re.compile(
    r"""^\W*(?:(?:just|finally|recently|already|also|still|now|got|have\ to|need\ to|gotta)\ |
    (?:\w+\ ){0,2}(?:moved|started|switched|quit|became|went|bought|finished|done|spent|paid|walked|booked|
    cancelled|canceled)\b)
    |\b(?:now|today|tonight|tomorrow|yesterday|from\ now\ on|these\ days|lately)\b.{0,20}$|[$€£¥]\s?\d
    |^(?:刚|最近|昨天|今天|明天|现在|已经|终于|上周|下周|不再)""",
    re.IGNORECASE | re.VERBOSE,
)
_SOMEBODY_ELSE = re.compile(
    r"^\W*(?:you|it|this|that|these|those|there|they|he|she|thanks?|thank)\b|^(?:你|这|那|它|他|她)", re.I
)


def own_statements(text: str) -> Iterator[Span]:
    """The sentences of a message, in order, that may state a fact of the speaker's own.

    In the speaker's own words, about themselves or without a subject, and meant: not asked, supposed, joked or
    reported. Opinions on a topic stay in where they are in the first person; telling them apart is a model's work.
    """
    own = own_spans(text)
    for sentence in sentences(text):
        if not any(span.meets(sentence) for span in own):
            continue
        words = text[sentence.start : sentence.end]
        if not _FIRST_PERSON.search(words) and (not _ELLIPTIC.search(words) or _SOMEBODY_ELSE.search(words)):
            continue
        if _may_state(text, sentence):
            yield sentence


def _may_state(text: str, sentence: Span) -> bool:
    stance = read_stance(text, sentence)
    return stance.subject != "other" and stance.mood not in ("asked", "hypothetical", "joking", "reported")
