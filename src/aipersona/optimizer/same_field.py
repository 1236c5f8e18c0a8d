"""Which known field a new name means, if any: by names, by what describes the fields, or by value and words.

The name alone decides where both say the same (`field_named`). Where they do not, a value does that the field holds
already, if it is one that is not met by chance and the words show that the same thing is spoken of (`field_shown`):
"life.vehicle" is "life.car" once "My car, the Volvo" puts the same Volvo there. Sections do not count.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from pydantic import JsonValue

from aipersona.errors import InvalidValue
from aipersona.grounding import words_of
from aipersona.optimizer import synonyms
from aipersona.optimizer.draft import texts_of
from aipersona.optimizer.field_names import (
    FieldName,
    may_stand_for,
    read_name,
    same_measure,
    same_name,
    says_more,
    says_which,
)
from aipersona.optimizer.policy import is_special
from aipersona.optimizer.same_thing import Telling, same_thing
from aipersona.persona.claims import Claim, plain_text, value_key
from aipersona.persona.model import Persona
from aipersona.schema.fields import FieldSpec, Schema
from aipersona.schema.inference import type_of
from aipersona.schema.typed import typed_value

_AMOUNT = re.compile(r"[\d.,:]+\s?(\D{1,40})")

SMALL_NUMBER = 10
"""Smaller ones are met by chance: two children, two cats."""


@dataclass(frozen=True, kw_only=True)
class Stated:
    """What is stated at a new path, in which words, on which day."""

    path: str
    value: JsonValue
    quote: str
    turns: frozenset[tuple[str, int]]
    day: date


def field_named(path: str, known: Schema) -> FieldSpec | None:
    """The known field that a path means by its name, or None.

    Fields of the path's own section come first. A name that speaks of a special category means no other field.
    """
    section, _, rest = path.partition(".")
    if not rest:
        return None
    name = read_name(rest)
    special = is_special(path)
    fields = [spec for spec in known.fields if spec.sensitivity == "special" or not special]
    fields.sort(key=lambda spec: spec.section != section)
    for meant in (_is_named, _is_described):
        for spec in fields:
            if meant(name, spec):
                return spec
    ending = [spec for spec in fields if spec.section == section and spec.path.endswith(f".{rest}")]
    return ending[0] if len(ending) == 1 else None


def _is_named(name: FieldName, spec: FieldSpec) -> bool:
    return any(same_name(name, other) for other in _names(spec))


def _is_described(name: FieldName, spec: FieldSpec) -> bool:
    """Whether a name is that of a declared field and no more than what describes it: "food.diet" of "diet"."""
    if spec.learned:
        return False
    own = read_name(spec.path.partition(".")[2])
    more = name.set - own.set
    return own.set < name.set and name.head in own.set and more <= words_of(" ".join((spec.description, *spec.cues)))


def _names(spec: FieldSpec) -> Iterator[FieldName]:
    yield read_name(spec.path.partition(".")[2])
    for name in spec.names:
        yield read_name(name)


def field_shown(stated: Stated, persona: Persona, known: Schema) -> FieldSpec | None:
    """The one known field of which the words show that it is what is meant; else None.

    It holds the value stated, or is a learned one of which other words told the same thing.
    """
    if is_special(stated.path):
        return None
    name = read_name(stated.path.partition(".")[2])
    fields = [spec for spec in known.fields if spec.kind != "records"]
    found = [spec for spec in fields if _is_telling(stated) and _shows(name, stated, spec, persona)]
    found = found or [spec for spec in fields if spec.learned and _tells(name, stated, spec, persona)]
    return found[0] if len(found) == 1 else None


def _tells(name: FieldName, stated: Stated, spec: FieldSpec, persona: Persona) -> bool:
    """Whether what a learned field holds was told of the thing that is stated now, in other words than now."""
    claims = persona.holding(spec.path, stated.day)
    evidence = [(claim.value, one) for claim in claims for one in claim.evidence]
    if any((one.session_id, one.turn) in stated.turns for _, one in evidence):
        return False
    now = Telling(name=name, value=stated.value, words=stated.quote)
    return any(
        same_thing(now, Telling(name=other, value=value, words=one.quote))
        for value, one in evidence
        for other in _names(spec)
    )


def _shows(name: FieldName, stated: Stated, spec: FieldSpec, persona: Persona) -> bool:
    held = persona.holding(spec.path, stated.day)
    alike = any(_unit(claim.value) == _unit(stated.value) != "" for claim in held)
    if alike and any(same_measure(name, other) for other in _names(spec)):
        return True
    claims = [claim for claim in held if _is_same(claim, spec, stated)]
    said_at_once = any((e.session_id, e.turn) in stated.turns for claim in claims for e in claim.evidence)
    if not claims or said_at_once:
        return False
    before = " ".join(evidence.quote for claim in claims for evidence in claim.evidence)
    return any(_is_meant(name, other, stated, before, spec) for other in _names(spec))


def _is_meant(name: FieldName, other: FieldName, stated: Stated, before: str, spec: FieldSpec) -> bool:
    """Whether two names of one value are names of one thing.

    They are if one says more of it than the other; or, of a name such as Celtics, which one it is ("basketball_team",
    "team"); or if they have nothing in common, the words of both times do, and either name stands in the words that go
    with the other. Where they have something in common, what they differ in tells two things apart: shoe size and
    shirt size.
    """
    if may_stand_for(name, other):
        return True
    differ = name.set ^ other.set
    if differ & synonyms.contrasts() or name.favourite != other.favourite:
        return False
    if says_more(name, other) or says_more(other, name):
        return True
    if spec.learned and _is_a_name(stated.value):
        if says_which(name, other) and _stands_in(other, words_of(stated.quote)):
            return True
        if says_which(other, name) and _stands_in(name, words_of(before)):
            return True
    if name.set & other.set:
        return False
    value = words_of(" ".join(texts_of(stated.value)))
    now, then = words_of(stated.quote), words_of(before)
    described = then | words_of(" ".join((spec.description, *spec.cues)))
    return bool((now & then) - value) and (_stands_in(name, described) or _stands_in(other, now))


def _unit(value: JsonValue) -> str:
    """What stands beside the number of an amount, if that is all there is: "minutes", "EUR"."""
    text = plain_text(value).casefold()
    return match.group(1) if (match := _AMOUNT.fullmatch(text)) else ""


def _stands_in(name: FieldName, words: frozenset[str]) -> bool:
    return all(word in words or words_of(word) <= words for word in name.words)


def _is_same(claim: Claim, spec: FieldSpec, stated: Stated) -> bool:
    keys = {value_key(stated.value)}
    with suppress(InvalidValue):
        keys.add(value_key(typed_value(stated.value, spec, today=stated.day)))
    return value_key(claim.value) in keys


def _is_a_name(value: JsonValue) -> bool:
    """Whether a value is one that few things have: Celtics, A4; not green, nor 43."""
    return isinstance(value, str) and any(c.isupper() for c in value) and len(value.strip()) > 1


def _is_telling(stated: Stated) -> bool:
    """Whether a value is not met by chance at two fields: no yes or no, no small number, no list."""
    value = stated.value
    if value is None or isinstance(value, list) or type_of(value, stated.day) == "bool":
        return False
    if isinstance(value, str):
        text = value.strip()
        return bool(text) and (not text.isdecimal() or int(text[:20]) >= SMALL_NUMBER)
    return isinstance(value, dict) or abs(value) >= SMALL_NUMBER
