"""Where the user says to be just now, or to have moved to, before anything is learned of it.

"I'm in Paris this week" shapes the session and moves no residence; "I moved to Lisbon" holds in the session at once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from pydantic import JsonValue

from aipersona.grounding import Span, own_spans
from aipersona.grounding.statements import own_statements
from aipersona.optimizer.plain_homes import plain_homes
from aipersona.schema.fields import Schema
from aipersona.values.gazetteer import is_country

_NAME = r"[A-Z][\w'-]+(?:[ -][A-Z][\w'-]+){0,2}"
_ENGLISH = re.compile(
    r"\b(?i:i'?m|i am|we'?re|we are|i'?ll be|we'?ll be)\s+(?:(?i:currently|now|just|still|actually|away|staying"
    r"|visiting|travell?ing|on a trip|on holiday|here)\s+)*(?:in|visiting|to)\s+"
    rf"(?P<place>{_NAME})[^.!?\n]{{0,60}}"
    r"|\b(?i:staying|stuck|on (?:a )?(?:business )?(?:trip|holiday|vacation)) (?:in|to) "
    rf"(?P<trip>{_NAME})[^.!?\n]{{0,60}}"
)
_FOR_NOW = re.compile(
    r"\b(?:this (?:week|weekend|month|morning|afternoon|evening)|today|tonight|now|right now|at the moment|until|till"
    r"|for (?:a|an|the|two|three|four|five|\d+) (?:few |couple of )?(?:nights?|days?|weeks?|weekend|hours?|conference"
    r"|meeting|fair|wedding)|these days|currently|just|visiting|staying|trip|holiday|vacation|away|tomorrow)\b",
    re.IGNORECASE,
)
_CHINESE = re.compile(
    r"我(?:们)?(?:这(?:周|几天|两天|个周末)|今天|现在|目前)(?:人)?(?:都)?(?:正)?(?:在|到)(?P<place>[\u4e00-\u9fff]{2,4}?)"
    r"(?=出差|旅[行游]|玩|度假|开会|[，。！？,\s]|$)"
    r"|我(?:们)?在(?P<trip>[\u4e00-\u9fff]{2,4}?)(?:出差|旅[行游]|玩|度假|开会)"
)
_HOME = re.compile(r"\b(?:back home|(?:i'?m|i am|we'?re) home)\b|回(?:到)?家了", re.IGNORECASE)


def just_said(turns: Sequence[str], schema: Schema) -> Mapping[str, JsonValue]:
    """What holds for now only, by path, from what the user said in the running session; the last word counts."""
    paths = [spec.path for spec in schema.fields if spec.type == "place" and spec.volatility == "momentary"]
    homes = [spec.path for spec in schema.fields if spec.residence and "country" not in spec.names]
    place: str | None = None
    home: str | None = None
    for text in turns:
        own = own_spans(text)
        for sentence in own_statements(text):
            words = text[sentence.start : sentence.end].replace("’", "'")
            if _HOME.search(words):
                place = None
            for moved_to in plain_homes(words, text):
                at = sentence.start + words.find(moved_to)
                if not is_country(moved_to) and _is_within(Span(at, at + len(moved_to)), own):
                    home, place = moved_to, None
            at = _place(words)
            if at is None:
                continue
            named = Span(sentence.start + at.start, sentence.start + at.end)
            if _is_within(named, own):
                place = text[named.start : named.end]
    said = dict.fromkeys(homes, home) if home is not None else {}
    return {**said, **dict.fromkeys(paths, place)} if place is not None else said


def _is_within(named: Span, spans: Sequence[Span]) -> bool:
    return any(span.start <= named.start and named.end <= span.end for span in spans)


def _place(words: str) -> Span | None:
    for pattern in (_ENGLISH, _CHINESE):
        for found in pattern.finditer(words):
            if pattern is _CHINESE or _FOR_NOW.search(found.group(0)):
                group = "place" if found["place"] else "trip"
                return Span(found.start(group), found.end(group))
    return None
