"""Whether two tellings are of one thing where neither their names nor their values alone say so.

In: the name, value and words of what is told now, and those of what a field holds. The words of the one telling
explain the name of the other ("choir_voice_part", "singing_voice", where one sang and spoke of the choir both times),
the user names the thing in the same words, or says that what the field holds is over. Values of another form, and names
that tell like things apart, are never the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import JsonValue

from aipersona.grounding import words_of
from aipersona.optimizer import synonyms
from aipersona.optimizer.draft import texts_of
from aipersona.optimizer.field_names import FieldName, read_name
from aipersona.optimizer.own_things import own_things
from aipersona.values import read_numbers

_UNIT_WORDS = 2
_CHANGE = re.compile(
    r"""\b(?:sold|replac\w+|trad(?:ed|ing)|switch\w*|swap\w*|mov(?:ed|ing)|chang\w+|cancel\w*|renam\w+|quit|stopped
    |gave\b.{1,40}\b(?:to|up|away)|g[oe]t\ rid|(?:is|are|has|have)\ gone|died|broke|instead|no\ longer|no\ more
    |any\ ?more|these\ days|nowadays|now|new|since|other|another|from\ now\ on|too\ \w+,\ so)\b
    |换|改|卖|不再|现在|以后|新|出了|关门""",
    re.IGNORECASE | re.VERBOSE,
)
"""Words of a change: what held before does no longer."""

_BESIDE = re.compile(r"\b(?:too|as well)\s*(?:[.,;:!?]|$)|\balso\b|也|还有", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Telling:
    """A value under a name, and the words that told it."""

    name: FieldName
    value: JsonValue
    words: str

    @property
    def value_words(self) -> frozenset[str]:
        return words_of(" ".join(texts_of(self.value)))


def same_thing(now: Telling, before: Telling) -> bool:
    """Whether what is told now is told of the same thing as before."""
    if tells_apart(now.name, before.name) or not alike_in_form(now.value, before.value):
        return False
    kinds = _differ_in_kind_only(now.name, before.name)
    if kinds is not None:
        return kinds
    changes = _CHANGE.search(now.words) is not None
    if changes and _one_says_more(now.name, before.name):
        return True
    if _tell_apart(now, before):
        return False
    if _explained(now, before, changes=changes) or _called_alike(now, before):
        return True
    return changes and (_renewed(now, before) or _replaced(now, before))


def tells_apart(a: FieldName, b: FieldName) -> bool:
    """Whether two names are made to tell like things apart, or ask for different things about one."""
    contrast = (a.set ^ b.set) & synonyms.contrasts()
    return bool(contrast) or a.favourite != b.favourite or _said_of(a) != _said_of(b)


def is_over(before: Telling, words: str) -> bool:
    """Whether words tell of a change, or name what was told before."""
    named = before.value_words
    return _CHANGE.search(words) is not None or bool(named and named <= words_of(words))


def is_said_beside(words: str) -> bool:
    """Whether words tell of something beside what was told before: "I have a tablet, too"."""
    return _BESIDE.search(words) is not None


def _differ_in_kind_only(a: FieldName, b: FieldName) -> bool | None:
    """Whether two names that differ only in words for what kind of answer they ask ask for one: "motorbike",
    "motorbike_model"; not "bike_brand", "bike_model". None where they differ in more.
    """
    kinds = synonyms.kinds() if a.set & synonyms.beings() else synonyms.kinds() | {"nam"}
    ours, theirs = a.set & kinds, b.set & kinds
    if a.set - kinds and a.set - kinds == b.set - kinds:
        return not (ours and theirs) or synonyms.one_kind(ours, theirs)
    for group in synonyms.interchangeable():
        thing = a.set - group
        either = bool(a.set & group and b.set & group) or thing <= synonyms.named_things()
        if thing and thing == b.set - group and either:
            return True
    return None


def _one_says_more(a: FieldName, b: FieldName) -> bool:
    """Whether one name is the other with more inside of it: "football_position", "football_team_position"."""
    long, short = (a, b) if len(a.words) > len(b.words) else (b, a)
    inside = len(short.words) > 1 and (long.words[0], long.words[-1]) == (short.words[0], short.words[-1])
    return inside and short.set < long.set


def _explained(now: Telling, before: Telling, *, changes: bool) -> bool:
    """Whether the names have a thing in common, and what each has beyond it stands in the words of the other."""
    if not _things(now.name) & _things(before.name):
        return False
    ours, theirs = _beyond(now.name, before.name), _beyond(before.name, now.name)
    explained = _stand_in(ours, before.words) and _stand_in(theirs, now.words)
    return explained and (changes or bool(ours and theirs))


def _called_alike(now: Telling, before: Telling) -> bool:
    """Whether the user calls the thing that has the value by the same words both times: "my star sign"."""
    ours, theirs = set(_called(now)), set(_called(before))
    return bool(ours & theirs)


def _called(telling: Telling) -> Iterator[frozenset[str]]:
    for own in own_things(telling.words):
        if telling.value_words <= words_of(own.value) or words_of(own.value) <= telling.value_words:
            yield read_name(own.name).set


def _renewed(now: Telling, before: Telling) -> bool:
    """Whether the words of a change name the thing as it was known: "I replaced my espresso machine"."""
    same = now.name.head == before.name.head and now.name.head in _things(now.name)
    return same and _stand_in(before.name.set, now.words)


def _replaced(now: Telling, before: Telling) -> bool:
    """Whether the words of a change name what was told before, and have more in common with what told it."""
    said = _whole(words_of(now.words))
    named = said & (before.value_words - now.value_words)
    if not named:
        return False
    if _things(now.name) & _things(before.name) or _stand_in(before.name.set, now.words):
        return True
    whole = named & _proper(before.value) or 2 * len(named) >= len(" ".join(texts_of(before.value)).split())
    return bool(whole and said & words_of(before.words) - before.value_words - now.value_words)


def _proper(value: JsonValue) -> frozenset[str]:
    """The words of a value that are written as names are."""
    text = " ".join(texts_of(value))
    return words_of(" ".join(word for word in text.split() if word[:1].isupper() or not word.isascii()))


def _tell_apart(now: Telling, before: Telling) -> bool:
    """Whether the words name both things, each by its own name, as two: "I sold the car and bought a boat"."""
    ours, theirs = _beyond(now.name, before.name), _beyond(before.name, now.name)
    return bool(ours and theirs) and _stand_in(ours, now.words) and _stand_in(theirs, now.words)


def _things(name: FieldName) -> frozenset[str]:
    """The stems of a name for things: not what kind of answer it asks for, nor what is said of them."""
    return name.set - synonyms.kinds() - synonyms.said_of_things()


def _beyond(name: FieldName, other: FieldName) -> frozenset[str]:
    """What a name has that another has not, but for the kind of answer that it asks for."""
    return name.set - other.set - synonyms.kinds()


def _whole(words: frozenset[str]) -> frozenset[str]:
    """Without single Chinese characters, which are parts of words."""
    return frozenset(word for word in words if len(word) > 1 or word.isascii())


def _stand_in(stems: frozenset[str], words: str) -> bool:
    """Whether each stem, or a word that stands for the same, is among the words."""
    said = {stem for word in re.findall(r"\w+", words) for stem in read_name(word).words} | words_of(words)
    return all(stem in said or any(other in words for other in synonyms.in_chinese(stem)) for stem in stems)


def _said_of(name: FieldName) -> str | None:
    """What a name says of its thing, where that is more than what it is: "colour" of car_colour, "name" of dog_name."""
    if name.head == "nam" and not name.set & synonyms.beings():
        return None
    return name.head if name.head in synonyms.said_of_things() else None


def alike_in_form(a: JsonValue, b: JsonValue) -> bool:
    """Whether two values may answer one question: amounts of one unit, times, numbers of things, or texts."""
    one, other = _form(a), _form(b)
    if one[0] != other[0]:
        return False
    return one[0] != "amount" or not (one[1] and other[1]) or bool(one[1] & other[1])


def _form(value: JsonValue) -> tuple[str, frozenset[str]]:
    if isinstance(value, bool):
        return "truth", frozenset()
    text = " ".join(texts_of(value)).strip()
    if re.fullmatch(r"\d{1,2}:\d\d(?::\d\d)?\s?(?:[ap]\.?m\.?)?|\d{1,2}\s?[ap]\.?m\.?", text, re.IGNORECASE):
        return "time", frozenset()
    numbers = read_numbers(text)
    rest = words_of(text[numbers[0].end :]) if len(numbers) == 1 and numbers[0].start == 0 else None
    if (
        rest is not None
        and len(text[numbers[0].end :].split()) <= _UNIT_WORDS
        and not re.match(r"[-/]", text[numbers[0].end :])
    ):
        return "amount", rest
    letters = [character for character in text if character.isalnum()]
    coded = sum(character.isdigit() for character in letters) * 2 > len(letters)
    return "amount" if coded else "text", frozenset()
