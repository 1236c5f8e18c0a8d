"""Whose fact the words around a span state, and how seriously they are meant."""

from __future__ import annotations

import re
from collections.abc import Sequence

from aipersona.grounding.chinese import read_chinese
from aipersona.grounding.english import read_english
from aipersona.grounding.readings import Mood, Stance, Subject
from aipersona.grounding.sentences import HAN, sentences_around
from aipersona.grounding.spans import Span

__all__ = ["Mood", "Stance", "Subject", "read_stance"]

_HAN = re.compile(f"[{HAN}]")
_LETTER = re.compile(rf"[^\W\d_{HAN}]{{2,40}}")
_PLAIN_JOKE = re.compile(
    r"(?<!not )(?<!no )(?<!n't )\b(?:just kidding|kidding|jk|j/k|just joking|i'm joking|im joking|i joke|"
    r"joking aside|jokes)\b|(?:^|\s)/s(?:\s|$|\W)"
    r"|(?<![没不])(?<!没有)(?<!不是)(?<!不是在)(?:开个?玩笑|逗你(?:玩|的)|骗你的|说笑的?|闹着玩|瞎说的|口嗨)",
    re.I,
)
_LAUGH = re.compile(r"\b(?:lol|lmao|rofl|(?:ha){2,}h?|hehe|lmfao)\b|😂|🤣|😆|哈哈|嘿嘿|笑死|233|hhh|😜|😝|🙃", re.I)
_EXAGGERATION = re.compile(
    r"\b(?:basically|practically|literally|pretty much|might as well|at this point|secretly|obviously a|"
    r"clearly a|officially a|professional|"
    r"i swear i'm|part-time|full-time \w+ (?:addict|slave)|a walking|married to|living on|run(?:s|ning)? on|"
    r"turning into|half)\b"
    r"|简直|基本上|就是个|快成了?|都快|堪称|怕不是|活成|快变成|人形|行走的|本质上",
    re.I,
)
_ONLY_A_JOKE = re.compile(
    r"^\W*(?:(?:haha|lol|no)\W*)?(?:just kidding|kidding|jk|just joking|i'm joking|/s|开玩笑|逗你)", re.I
)
_BY_WEIGHT: tuple[Mood, ...] = ("reported", "wished", "asserted", "past", "negated", "hypothetical", "asked", "joking")


def read_stance(text: str, span: Span) -> Stance:
    """The stance of the clause around a span; pass the narrowest span that holds the fact.

    A clause without a subject is the speaker's ("Just moved to Porto"), or goes on with the subject before it. Over
    several clauses: `self` or `other` only where no clause says otherwise; joking, reported and wished prevail over
    asserted, which prevails over past, negated, hypothetical and asked. Looks at most 1200 characters around the span.
    """
    touched, after = sentences_around(text, span)
    found: list[Stance] = []
    joking = after is not None and _ONLY_A_JOKE.search(text[after.start : after.end]) is not None
    for sentence in touched:
        words = text[sentence.start : sentence.end]
        within = Span(max(span.start - sentence.start, 0), min(span.end - sentence.start, len(words)))
        within = within if within.end > within.start else Span(within.start, min(within.start + 1, len(words)))
        read = read_chinese if _is_chinese(words) else read_english
        found.extend(read(words, within))
        joking = joking or _is_joke(words)
    return _together(found, joking=joking)


def _is_chinese(sentence: str) -> bool:
    return len(_HAN.findall(sentence)) > len(_LETTER.findall(sentence))


def _is_joke(sentence: str) -> bool:
    if _PLAIN_JOKE.search(sentence.replace("’", "'")):
        return True
    return _LAUGH.search(sentence) is not None and _EXAGGERATION.search(sentence) is not None


def _together(stances: Sequence[Stance], *, joking: bool) -> Stance:
    if not stances:
        return Stance(subject="unclear", mood="joking" if joking else "asserted")
    asides = [stance for stance in stances if stance.mood != "asked"] or stances
    subjects = {stance.subject for stance in asides}
    subject: Subject = asides[0].subject if len(subjects) == 1 else "unclear"
    moods = [stance.mood for stance in asides]
    mood: Mood = next(m for m in _BY_WEIGHT if m in moods)
    whose = next((stance.whose for stance in asides if stance.whose), None) if subject == "other" else None
    visiting = any(stance.visiting for stance in stances)
    return Stance(subject=subject, mood="joking" if joking else mood, visiting=visiting, whose=whose)
