"""The simulated user: says what comes up, wishes, answers, corrects, and is satisfied or gives up.

It sees what a user sees: what the assistant says and what came of its calls. It never looks into the persona.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Literal, Protocol

from pydantic import JsonValue

from personabench.generation.life import Life
from personabench.generation.query import Planned, Query
from personabench.generation.writers.protocol import Writer
from personabench.live.assistant import Acted
from personabench.live.outcome import Outcome

Mood = Literal["goes on", "satisfied", "gave up"]

PATIENCE = (2, 3, 4)
"""How many messages a user sends for one wish at most; which of them, a person's own dice say."""

NUDGES: Mapping[str, str] = {"en": "Please just do it.", "zh": "请直接帮我办吧。"}


@dataclass(frozen=True, kw_only=True)
class Says:
    """What the user says next, and what of the arguments it plainly tells, by parameter."""

    text: str
    tells: Mapping[str, JsonValue]
    mood: Mood = "goes on"


class Simulator(Protocol):
    """A user of one session.

    Raises: ModelDown.
    """

    async def open(self) -> Says: ...

    async def hear(self, acted: Acted, outcome: Outcome) -> Says:
        """What is said to what the assistant did; a closing word where the mood is not to go on."""
        ...


class ScriptedUser:
    """Says the texts of a planned session."""

    def __init__(self, life: Life, session: Planned, phrases: Writer, dice: Random, *, patience: int) -> None:
        self._life, self._session, self._phrases, self._dice = life, session, phrases, dice
        self._patience = patience
        self._said = 0
        self._idle = 0

    async def open(self) -> Says:
        self._said = 1
        query = self._session.query
        told = [telling.text for telling in self._session.tellings]
        if query is None:
            text = "\n".join(told) or self._phrases.small_talk(self._life, self._session.day, self._dice)
            return Says(text=text, tells={})
        return Says(text="\n".join([*told, query.neutral]), tells=told_of(self._session, query, self._life))

    async def hear(self, acted: Acted, outcome: Outcome) -> Says:
        query = self._session.query
        if query is None or outcome.reached:
            return Says(text=self._phrases.thank(self._life, self._dice), tells={}, mood="satisfied")
        if self._said >= self._patience:
            return self._leaves()
        asked = [need for need in query.needs if need.parameter in asked_for(acted, query)]
        wrong = [need for need in query.needs if outcome.acted and need.parameter in outcome.wrong]
        answers = asked or wrong
        texts = [need.answer if asked else need.correction for need in answers]
        if not answers:
            self._idle += 1
            if self._idle > 1:
                return self._leaves()
            texts = [NUDGES[self._life.seed.written_in]]
        self._said += 1
        return Says(text=" ".join(texts), tells={need.parameter: need.value for need in answers})

    def _leaves(self) -> Says:
        return Says(text=self._phrases.give_up(self._life, self._dice), tells={}, mood="gave up")


def patience_of(life: Life) -> int:
    """How patient a person is, the same in every session and under every setting."""
    return Random(f"{life.person_id}/patience").choice(PATIENCE)


def told_of(session: Planned, query: Query, life: Life) -> dict[str, JsonValue]:
    """The arguments that what comes up by itself in a session already tells."""
    told = {one for telling in session.tellings if telling.how in ("is", "became") for one in telling.of}
    seeming = {one for telling in session.tellings if telling.how == "seems" for one in telling.of}
    trips = [one.value for one in life.seemings if one.kind == "trip" and one.seeming_id in seeming]
    return {
        need.parameter: need.value
        for need in query.needs
        if need.fact in told or (need.path == "situation.location" and need.value in trips)
    }


_ASKS: Mapping[str, str] = {
    "city": r"\b(?:city|town|where|location|area|place|address)\b|城市|哪里|哪个城|地方|位置|地址",
    "from_city": r"\b(?:from|depart\w*|leav\w+|start\w*|city|where)\b|出发|从哪|城市",
    "diet": r"\b(?:diet\w*|eat|vegetarian|restrictions?|allerg\w+)\b|饮食|忌口|素",
    "max_price": r"\b(?:budget|price|spend|cost|much)\b|预算|价格|多少钱|价位",
    "cuisine": r"\b(?:cuisine|food|kind of restaurant)\b|菜系|口味|想吃",
    "genre": r"\b(?:genre|music|listen|style)\b|音乐|风格",
    "size": r"\bsize\b|码|尺",
    "seat": r"\b(?:seat|window|aisle)\b|座|靠窗|过道",
    "unit": r"\b(?:unit|celsius|fahrenheit)\b|摄氏|华氏|单位",
    "degrees": r"\b(?:degrees?|temperature|warm)\b|多少度|温度",
    "time": r"\b(?:time|when|what hour)\b|几点|时间",
    "to": r"\b(?:who|whom|name|contact|recipient|to)\b|谁|名字|联系人",
    "topic": r"\b(?:topic|interest\w*|kind of event|into)\b|兴趣|类型|主题",
}
"""Words by which somebody notices that they are asked for an argument."""


def asked_for(acted: Acted, query: Query) -> set[str]:
    """The parameters that an assistant asks for: as it says itself, else by the words of its questions."""
    if acted.asks is not None:
        return set(acted.asks)
    questions = " ".join(re.findall(r"[^.!?。！？\n]*[?？]", acted.text))
    if not questions:
        return set()
    return {
        need.parameter
        for need in query.needs
        if re.search(_ASKS.get(need.parameter, r"(?!)"), questions, re.IGNORECASE)
    }
