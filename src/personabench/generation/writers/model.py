"""The writer with a model: it says in the words of a person what the scripted writer says in phrases.

A model gets the texts of one session and writes each anew. Code sees to it that every value that a text has to tell
still stands in it, that a neutral wish gives nothing away, and that nothing else came of it. What is of no use is asked
for again, and then left without words: the filter takes it out and counts it. Answers and corrections keep the phrase.
What came of each text is counted with its session.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections import Counter
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

from pydantic import BaseModel, JsonValue, ValidationError

from personabench.endpoint import Answers, Upstream, UpstreamDown, UpstreamRefused
from personabench.endpoint.answers import key_of
from personabench.errors import ModelDown
from personabench.generation.filtering import leaked
from personabench.generation.life import Life
from personabench.generation.query import Planned, Query
from personabench.generation.stages import ANSWERS
from personabench.generation.standing import stands_in, values_of
from personabench.generation.worded import Worded, likeness
from personabench.generation.writers.scripted import ScriptedWriter
from personabench.generation.writers.scripted.days import day_forms
from personabench.generation.writers.wordings import wordings
from personabench.generation.writing import Scripted
from personabench.prompts import rendered

TRIES = 3
"""How often a model is asked for the texts of a session that are of no use yet."""

LONGEST = 600
"""Characters of a text."""

_FALL_BACK = ("answer", "correction")
"""Texts that stay as the phrases were where nothing of use comes back."""

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_LANGUAGES = {"en": "English", "zh": "Chinese"}
_NOT_A_MESSAGE = re.compile(r"[{}<>]|\b(?:as an ai|rewritten|here is the|json)\b", re.IGNORECASE)


class _Texts(BaseModel):
    texts: list[str]


@dataclass(frozen=True, kw_only=True)
class _Part:
    """One text to write: where it goes, what it is now, what must stand in it, of each of `days` one of the ways to say
    it, and what it must not give away."""

    place: tuple[str, ...]
    text: str
    values: tuple[JsonValue, ...] = ()
    days: tuple[tuple[str, ...], ...] = ()
    neutral: Query | None = None


class ModelWriter:
    """Writes with a model, over the phrases of the scripted writer."""

    def __init__(self, upstream: Upstream, answers: Answers) -> None:
        self._upstream, self._answers = upstream, answers
        self._scripted = Scripted(ScriptedWriter())

    @property
    def name(self) -> str:
        return f"model-1 ({self._upstream.model})"

    async def write(self, life: Life, session: Planned, dice: Random) -> Planned:
        drafted = self._scripted.written(life, session, dice)
        parts = _parts(life, drafted)
        waiting, again = parts, 0
        written: dict[tuple[str, ...], str] = {}
        for attempt in range(TRIES):
            if not waiting:
                break
            texts = await asyncio.to_thread(self._asked, life, session, waiting, attempt)
            for part, text in zip(waiting, texts, strict=False):
                if _is_good(part, text, life):
                    written[part.place] = " ".join(text.split())
            waiting = [part for part in waiting if part.place not in written]
            if attempt == 0:
                again = len(waiting)
        worded = _worded(parts, written, again) if parts else None
        return _with(drafted, written).model_copy(update={"worded": worded})

    def _asked(self, life: Life, session: Planned, parts: Sequence[_Part], attempt: int) -> list[str]:
        """What the model makes of some texts; nothing where it makes nothing that can be read.

        Raises: ModelDown.
        """
        body = self._body(life, session, parts, attempt)
        key = key_of("/chat/completions", body, self._upstream.model)
        found = self._answers.get(key)
        try:
            made = found[0] if found is not None else self._upstream.post("/chat/completions", body)
        except UpstreamDown as down:
            raise ModelDown(str(down)) from None
        except UpstreamRefused:
            return []
        if found is None:
            self._answers.put(key, made, 0.0)
        try:
            return _Texts.model_validate_json(made["choices"][0]["message"]["content"]).texts
        except (ValidationError, KeyError, IndexError, TypeError):
            return []

    def _body(self, life: Life, session: Planned, parts: Sequence[_Part], attempt: int) -> dict[str, Any]:
        values = {
            "who": _who(life, session),
            "language": _LANGUAGES[life.seed.written_in],
            "texts": "\n".join(f"{number}. {part.text}" for number, part in enumerate(parts, start=1)),
            "again": "" if attempt == 0 else f"(Try {attempt + 1}: some details were lost. Keep every one.)\n",
        }
        text = rendered("personabench.generation.writers", "rewrite", values)
        schema = {
            "type": "object",
            "properties": {
                "texts": {
                    "type": "array",
                    "items": {"type": "string", "maxLength": LONGEST},
                    "minItems": len(parts),
                    "maxItems": len(parts),
                }
            },
            "required": ["texts"],
            "additionalProperties": False,
        }
        return {
            "messages": [{"role": "user", "content": text}],
            "temperature": 0,
            "max_tokens": 200 * len(parts) + 50,
            "response_format": {"type": "json_schema", "json_schema": {"name": "texts", "schema": schema}},
        }


@contextmanager
def open_model_writer(model: str, *, base_url: str | None, folder: Path) -> Generator[ModelWriter]:
    """A writer with a model of that name; its answers are kept in the folder, so that nothing is asked twice.

    Raises: BenchError where the model is not there.
    """
    from personabench.runs import open_upstream

    folder.mkdir(parents=True, exist_ok=True)
    with open_upstream(model, base_url=base_url) as upstream:
        answers = Answers(folder / ANSWERS)
        try:
            yield ModelWriter(upstream, answers)
        finally:
            answers.close()


def _parts(life: Life, drafted: Planned) -> list[_Part]:
    facts = {fact.fact_id: fact for fact in life.facts}
    seemings = {seeming.seeming_id: seeming for seeming in life.seemings}
    parts: list[_Part] = []
    for number, telling in enumerate(drafted.tellings):
        values = [facts[one].value if one in facts else seemings[one].value for one in telling.of]
        parts.append(_Part(place=("telling", str(number)), text=telling.text, values=_said(values, telling.text, life)))
    query = drafted.query
    if query is not None:
        given = list(query.given.values())
        needed = [need.value for need in query.needs]
        for place, text, values in (("personal", query.personal, [*given, *needed]), ("neutral", query.neutral, given)):
            parts.append(
                _Part(
                    place=(place,),
                    text=text,
                    values=_said(values, text, life),
                    days=_days(given, text, drafted.day, life),
                    neutral=query if place == "neutral" else None,
                )
            )
        for need in query.needs:
            for kind, text in (("answer", need.answer), ("correction", need.correction)):
                parts.append(_Part(place=(kind, need.parameter), text=text, values=_said([need.value], text, life)))
    return parts


def _said(values: Sequence[JsonValue], text: str, life: Life) -> tuple[JsonValue, ...]:
    """Of the values those that the phrases say in so many words; days they say in their own way (`_days`)."""
    plain = [one for value in values for one in values_of(value) if one is not None]
    return tuple(one for one in plain if _stands(one, text, life))


def _days(given: Sequence[JsonValue], text: str, today: date, life: Life) -> tuple[tuple[str, ...], ...]:
    """The days that a phrase says in its own way, each with all the ways to say it."""
    found: list[tuple[str, ...]] = []
    for value in given:
        if isinstance(value, str) and _DAY.fullmatch(value):
            ways = day_forms(date.fromisoformat(value), today, life.seed.written_in, american=life.seed.country == "US")
            said = tuple(dict.fromkeys(way for some in ways.values() for way in some))
            if _is_said(said, text):
                found.append(said)
    return tuple(found)


def _is_said(ways: Sequence[str], text: str) -> bool:
    return any(stands_in(way, text) for way in ways)


def _stands(value: JsonValue, text: str, life: Life) -> bool:
    return _is_said((str(value), *wordings(value, life.seed.written_in)), text)


def _is_good(part: _Part, text: str, life: Life) -> bool:
    """Whether a text can stand for a part."""
    if not text.strip() or len(text) > LONGEST or _NOT_A_MESSAGE.search(text):
        return False
    if life.seed.written_in == "zh" and not re.search(r"[\u4e00-\u9fff]", text):
        return False
    if not all(_stands(value, text, life) for value in part.values) or not all(
        _is_said(day, text) for day in part.days
    ):
        return False
    return part.neutral is None or leaked(life, part.neutral.model_copy(update={"neutral": text})) is None


def _worded(parts: Sequence[_Part], written: Mapping[tuple[str, ...], str], again: int) -> Worded:
    """What came of the parts."""

    def came_of(part: _Part) -> str:
        if part.place in written:
            return likeness(written[part.place], part.text)
        return "kept" if part.place[0] in _FALL_BACK else "lost"

    return Worded(**Counter(came_of(part) for part in parts), again=again)


def _with(drafted: Planned, written: Mapping[tuple[str, ...], str]) -> Planned:
    """The session with these texts, and empty ones elsewhere."""
    tellings = tuple(
        telling.model_copy(update={"text": written.get(("telling", str(number)), "")})
        for number, telling in enumerate(drafted.tellings)
    )
    query = drafted.query
    if query is not None:
        needs = tuple(
            need.model_copy(
                update={
                    "answer": written.get(("answer", need.parameter), need.answer),
                    "correction": written.get(("correction", need.parameter), need.correction),
                }
            )
            for need in query.needs
        )
        texts = {"personal": written.get(("personal",), ""), "neutral": written.get(("neutral",), "")}
        query = query.model_copy(update={**texts, "needs": needs})
    return drafted.model_copy(update={"tellings": tellings, "query": query})


def _who(life: Life, session: Planned) -> str:
    age = (session.day - life.seed.born).days // 365
    style = next((str(fact.value) for fact in life.at("preferences.response_style", session.day)), "plain")
    return json.dumps(
        {"age": age, "occupation": life.seed.occupation, "manner": style}, ensure_ascii=False, sort_keys=True
    )
