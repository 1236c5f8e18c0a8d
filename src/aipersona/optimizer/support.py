"""What the words behind a quote say: whose fact it is, whether it is meant, and whether they hold the value."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import date

from pydantic import JsonValue

from aipersona.grounding import Span, find_quote, supported, words_of
from aipersona.grounding.sentences import sentences_around
from aipersona.grounding.stance import read_stance
from aipersona.optimizer.ground import Grounded, NotAccepted
from aipersona.persona.claims import Claim
from aipersona.schema.fields import FieldSpec, ValueType
from aipersona.values import When, read_numbers, read_when

LIKE_WORDS = 4
"""Letters at the beginning from which two words are of one family: vegetarian and veggie, allergic and allergy."""

_NAME = re.compile(r"(?<![\w'’])[A-ZÀ-ÖØ-Þ][\w'’-]*")
_CENTURY_OF_DECADE = re.compile(r"\b(?:1[89]|20)(?=\d0['’]?s\b)")
_DISLIKED = re.compile(
    r"\b(?:dislik|hat(?:e|ed|ing)\b|loath|detest|despis|avoid|not\b|never\b|\w+n['’]t\b)|不|讨厌|没|受不了",
    re.IGNORECASE,
)
_NOW = re.compile(
    r"\b(?:but|now|nowadays|lately|recently|however|these days|since then)\b|但|可是|不过|现在|如今|最近|后来",
    re.IGNORECASE,
)


def check_about_user(grounded: Grounded, spec: FieldSpec) -> None:
    """The clause that states the value must be about the user, and meant.

    Raises: NotAccepted with `not_about_user` or `not_asserted`.
    """
    span = value_span(grounded, spec)
    stance = read_stance(grounded.text, span)
    if stance.subject == "other" and not spec.others:
        raise NotAccepted("not_about_user")
    going = grounded.draft.op in ("remove", "end")
    if stance.mood in ("hypothetical", "joking", "asked", "reported"):
        raise NotAccepted("not_asserted", stance.mood)
    if stance.mood == "wished" and not spec.intent and not _is_stance(spec) and not going:
        raise NotAccepted("not_asserted", stance.mood)
    over = stance.mood == "past" and not (_is_stance(spec) and _came_to_like(grounded.text, span))
    if over and not going and grounded.draft.valid_to is None and not _takes_back(grounded, spec):
        raise NotAccepted("not_asserted", stance.mood)
    if stance.mood == "negated" and not going and not _takes_back(grounded, spec):
        raise NotAccepted("not_asserted", stance.mood)
    if stance.visiting and spec.type == "place" and spec.volatility != "momentary" and not going:
        raise NotAccepted("not_asserted", "visiting")


def value_span(grounded: Grounded, spec: FieldSpec) -> Span:
    """Where in the quote the value stands; the whole quote if it stands nowhere to the letter.

    Columns of a row that classify it ("artists") do not say where it is stated.
    """
    quote = grounded.text[grounded.span.start : grounded.span.end]
    value = grounded.draft.value
    if isinstance(value, dict):
        value = {name: inner for name, inner in value.items() if name not in spec.columns or spec.columns[name].said}
    for text in sorted(_texts(value), key=len, reverse=True):
        if found := find_quote(quote, text):
            return Span(grounded.span.start + found.start, grounded.span.start + found.end)
    return grounded.span


def _texts(value: JsonValue) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield f"{value:g}"


def _is_stance(spec: FieldSpec) -> bool:
    """Whether rows say how the user stands to a thing ("I'd love to see Rome" says it, too)."""
    return spec.kind == "records" and any(column.type == "enum" and not column.said for column in spec.columns.values())


def _takes_back(grounded: Grounded, spec: FieldSpec) -> bool:
    """Whether the draft itself says what the negation says: a dislike, a value with "no" in it."""
    value = grounded.draft.value
    if _is_stance(spec):
        return not isinstance(value, dict) or "like" not in {str(part).casefold() for part in value.values()}
    return spec.kind == "records" or any(
        re.match(r"(?i)(no|not|non|never|without)\b|不|没|无|非", t) for t in _texts(value)
    )


def _came_to_like(text: str, span: Span) -> bool:
    """Whether the sentence tells of a dislike given up: "I used to hate X, but now I enjoy it"."""
    touched, _ = sentences_around(text, span)
    if not touched or not _DISLIKED.search(text[touched[0].start : span.start]):
        return False
    turn = _NOW.search(text, span.end, touched[-1].end)
    if turn is None:
        return False
    since = read_stance(text, Span(turn.end(), min(turn.end() + 2, touched[-1].end)))
    return since.subject != "other" and since.mood in ("asserted", "wished")


def check_supported(value: JsonValue, spec: FieldSpec, grounded: Grounded, *, strict: bool) -> None:
    """The value must come from the user's words: always its numbers and names, and, `strict`, all of it.

    Raises: NotAccepted with `value_not_in_quote`.
    """
    if isinstance(value, dict) and spec.kind == "records":
        for name, column in spec.columns.items():
            if name in value and column.said and not (column.default_today and column.type == "date"):
                _check(value[name], column.type, f"{spec.path}.{name}", grounded, strict)
    else:
        _check(value, spec.type, spec.path, grounded, strict)


def is_said(value: JsonValue, spec: FieldSpec, grounded: Grounded) -> bool:
    """Whether a text value, or the texts that name a row, share a word with what the user said, or a word's beginning.

    Choices, numbers, days and values in another script than the words are not judged by their letters.
    """
    if isinstance(value, dict) and spec.kind == "records":
        texts = [value.get(name) for name, c in spec.columns.items() if c.said and c.required and c.type == "str"]
    else:
        texts = list(value) if isinstance(value, list) else [value] if spec.type == "str" else []
    said = words_of(grounded.own_words)
    stems = {word[:LIKE_WORDS] for word in said if len(word) >= LIKE_WORDS}
    for text in texts:
        words = words_of(text) if isinstance(text, str) else frozenset[str]()
        if not words or words & said or _is_han(str(text)) != _is_han(grounded.own_words):
            continue
        if not any(word[:LIKE_WORDS] in stems for word in words) and not _has_words(
            str(text), grounded.own_words, strict=True
        ):
            return False
    return True


def check_spoken_of(claim: Claim, spec: FieldSpec, grounded: Grounded) -> None:
    """An item or row that goes must have been spoken of in the session: words about something else remove nothing.

    Raises: NotAccepted with `value_not_in_quote`.
    """
    value = claim.value
    if isinstance(value, dict):
        value = {name: inner for name, inner in value.items() if name in (spec.key or spec.columns)}
    named = " ".join(_texts(value))
    if _is_han(named) != _is_han(grounded.spoken_of):
        return
    if (words_of(named) | words_of(_CENTURY_OF_DECADE.sub("", named))).isdisjoint(words_of(grounded.spoken_of)):
        raise NotAccepted("value_not_in_quote", spec.path)


def _check(value: JsonValue, type_: ValueType, path: str, grounded: Grounded, strict: bool) -> None:
    text = grounded.own_words
    match type_:
        case "money" | "quantity":
            fine = isinstance(value, dict) and _has_number(value.get("amount"), text)
        case "int" | "float":
            fine = _has_number(value, text)
        case "str" | "place" | "language":
            fine = _has_words(str(value), text, strict=strict or type_ == "place")
        case "enum":
            fine = not strict or supported(str(value), text)
        case "date" | "datetime":
            fine = _is_a_day_of(str(value), grounded, strict=strict)
        case "bool":
            fine = True
    if not fine:
        raise NotAccepted("value_not_in_quote", path)


def _is_a_day_of(value: str, grounded: Grounded, *, strict: bool) -> bool:
    """Whether a day is one that the words name. Where they name none, a strict check accepts none.

    Which Friday or which June 17 is meant is the draft's to say, within two weeks or as the same day of a year.
    """
    day = date.fromisoformat(value[:10])
    named = [found.value for found in read_when(grounded.own_words, grounded.day)]
    named = [when for when in named if when.interval.start is not None or when.interval.end is not None]
    if not named:
        return not strict
    return any(_names_day(when, day) for when in named)


def _names_day(when: When, day: date) -> bool:
    start, end = when.interval.start, when.interval.end
    if (start is None or day >= start) and (end is None or day <= end):
        return True
    if when.point is None or when.point.precision != "day":
        return False
    apart = abs((when.point.day - day).days)
    return apart in (7, 14) or (when.point.day.month, when.point.day.day) == (day.month, day.day)


def _has_number(amount: JsonValue, text: str) -> bool:
    if isinstance(amount, bool) or not isinstance(amount, int | float):
        return False
    return any(abs(float(found.value) - float(amount)) < 1e-6 for found in read_numbers(text))


def _has_words(value: str, text: str, *, strict: bool) -> bool:
    if supported(value, text) or supported(_CENTURY_OF_DECADE.sub("", value), text):
        return True
    if strict:
        return False
    if _is_han(value) != _is_han(text):
        return True
    names = _NAME.findall(value)
    numbers = [found.value for found in read_numbers(value)]
    said = {found.value for found in read_numbers(text)}
    return all(supported(name, text) for name in names[1:] + _certain(names[:1])) and all(n in said for n in numbers)


def _certain(first: list[str]) -> list[str]:
    """A capital at the start may be nothing but the start of the value; a capital inside a word is a name."""
    return [name for name in first if any(c.isupper() for c in name[1:])]


def _is_han(text: str) -> bool:
    return any(unicodedata.name(c, "").startswith("CJK") for c in text[:400])
