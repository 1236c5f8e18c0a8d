"""Words that name the same thing in the names of fields, as far as they do so in everyday life.

Each line is one word for all words (phrases with `_`) that stand for it. What belongs to the thing that is described
("work" in work_email) and what is said of it ("schedule" in work_schedule) have lists of their own, because a word
may stand for another only there: an office address is a work address, but an office is no job.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from aipersona.grounding.words import CJK, terms_of
from aipersona.optimizer.thesaurus import ANYWHERE, IN_CHINESE

_BETWEEN = re.compile(r"[\s._-]+")
_NOUNS = frozenset({"parking", "building", "ring", "spring", "string", "wedding", "lens", "swing"})
"""What only looks as if it had an ending."""

_HAN = re.compile(f"[{CJK}]")

_OF_A_THING = """
    house: flat
    work: job office business workplace professional
    private: personal
    workout: gym exercise fitness training
    tech: technology
"""
"""For every word of a name but the last."""

_ABOUT_A_THING = """
    schedule: timetable routine times days
    provider: company supplier carrier vendor
    number: count amount quantity
    brand: make
    contract: plan tariff
    subscription: membership service
    team: club
    mode: method means
    level: proficiency fluency
    picture: photo
"""
"""For the last word of a name of several."""

_FAVOURITES = "favorite favorites favourite favourites fav fave preferred prefer preference preferences beloved goto"
_FILLERS = """
    current currently present user users main primary usual usually regular regularly general info information detail
    details list choice used uses using taking keeping owned spoken played average typical typically flavour flavor
    variety
"""
_NAMED_THINGS = """
    gym employer company school bank doctor dentist vet university restaurant cafe team club band landlord hairdresser
    provider airline hotel boss manager colleague pub therapist mechanic lawyer
"""
_PERIODS = "daily weekly monthly yearly annual"
_MEASURES = (
    "amount total number count",
    "duration time length",
    "cost price fee",
    "distance",
    "size volume capacity",
)
_CATEGORIES = """
    clothing fashion food drinks music media entertainment sport sports technology tech transport transportation travel
    shopping lifestyle finance finances health household misc
"""
_KINDS = (
    "model type kind style version brand",
    "app tool software system device platform solution setup product",
    "number id code",
    "person contact",
)
_NEVER_ALONE = ("provider contract plan account subscription", "place location spot position room")
_SAID_OF = """
    color size length breed age weight height width depth price cost fee year date day time schedule level genre topic
    rating rate distance duration address email expiry name birthday insurance
"""
_OWNED = "city country place town language car phone house job employer flat home bike laptop computer book"
_PEOPLE = """
    wife husband son daughter mother father brother sister sibling partner friend boss parent child kid family colleague
    uncle aunt cousin grandmother grandfather
"""
_CONTRASTS = """
    birth born work job private personal previous former past old next future planned dream ideal target goal desired
    wanted wish first second third other another last ex left right start end min max minimum maximum morning evening
    night lunch breakfast dinner noon summer winter spring autumn weekday weekend daily weekly monthly yearly annual net
    gross disliked hated avoided dislike hate avoid least worst not no non
    native foreign law step great
"""

CHINESE_FILLERS = (
    "我的",
    "用户",
    "当前",
    "目前",
    "现在",
    "最喜欢的",
    "最喜爱的",
    "最爱的",
    "喜欢的",
    "喜爱的",
    "常用的",
    "的",
)

ANY_OF: Mapping[str, str] = {
    "spouse": "wife husband",
    "partner": "wife husband spouse girlfriend boyfriend fiance fiancee",
}
"""Words that stand for any of others, of which people have but one."""

ONE_OF: Mapping[str, str] = {
    "pet": "dog cat rabbit hamster parrot horse bird",
    "child": "son daughter",
}
"""Words that stand for one of others where the value shows that the same one is meant."""


def favourites() -> frozenset[str]:
    """Stems that say that a thing is liked best."""
    return _stems(_FAVOURITES)


def fillers() -> frozenset[str]:
    """Stems that say nothing about which thing a field holds."""
    return _stems(_FILLERS)


def named_things() -> frozenset[str]:
    """Things of which one says the name and means the thing."""
    return _stems(_NAMED_THINGS)


def periods() -> frozenset[str]:
    """Stems of how often an amount comes."""
    return _stems(_PERIODS)


@cache
def measures() -> tuple[frozenset[str], ...]:
    """Stems of what is measured of a thing, those that are the same together."""
    return tuple(_stems(words) for words in _MEASURES)


def kinds() -> frozenset[str]:
    """Stems for what kind of answer a name asks for, without which it asks for the same."""
    return frozenset(stem for words in _KINDS for stem in _stems(words))


def one_kind(some: frozenset[str], others: frozenset[str]) -> bool:
    """Whether two sets of such stems ask for one kind of answer: an "app" and a "tool", not a brand and a model."""
    return some != others and any(some <= _stems(words) and others <= _stems(words) for words in _KINDS[1:])


@cache
def interchangeable() -> tuple[frozenset[str], ...]:
    """Stems any of which asks for the same as another of its group, but not for the same as none."""
    return tuple(_stems(words) for words in _NEVER_ALONE)


@cache
def beings() -> frozenset[str]:
    """Stems of those who have a name beside what they are: a dog, and a dog's name."""
    return _stems(" ".join((*ONE_OF, *ONE_OF.values(), *ANY_OF, *ANY_OF.values(), _PEOPLE)))


def said_of_things() -> frozenset[str]:
    """Stems of what is said of a thing, which is not the thing."""
    return _stems(_SAID_OF)


def categories() -> frozenset[str]:
    """Stems under which the names of things are put into order."""
    return _stems(_CATEGORIES)


def owned() -> frozenset[str]:
    """Things of which one's favourite is not the one that one has."""
    return _stems(_OWNED)


def contrasts() -> frozenset[str]:
    """Stems that tell two like things apart, whatever their values: one's birthday and that of one's wife."""
    return _stems(f"{_CONTRASTS} {_PEOPLE}")


@cache
def narrower(word: str, *, one: bool) -> frozenset[str]:
    """The stems of the words for which a stem may stand: for any of them, or for `one` where the value shows it."""
    table = ONE_OF if one else ANY_OF
    return frozenset(stem for wide, words in table.items() if stems_of(wide) == (word,) for stem in _stems(words))


@cache
def anywhere() -> Mapping[tuple[str, ...], tuple[str, ...]]:
    """The stems of words and phrases, with those of the word for them."""
    english = _read(ANYWHERE)
    return {**english, **{word: english.get(stems, stems) for word, stems in _read(IN_CHINESE).items()}}


@cache
def in_chinese(stem: str) -> frozenset[str]:
    """The Chinese words for a stem, as they stand in what is said."""
    return frozenset(word for (word,), stems in _read(IN_CHINESE).items() if stems == (stem,))


@cache
def of_a_thing() -> Mapping[tuple[str, ...], tuple[str, ...]]:
    return _read(_OF_A_THING)


@cache
def about_a_thing() -> Mapping[tuple[str, ...], tuple[str, ...]]:
    return _read(_ABOUT_A_THING)


def _read(lines: str) -> Mapping[tuple[str, ...], tuple[str, ...]]:
    found: dict[tuple[str, ...], tuple[str, ...]] = {}
    for line in lines.strip().splitlines():
        word, _, others = line.strip().partition(": ")
        for other in others.split():
            found[stems_of(other)] = stems_of(word)
    return found


def stems_of(name: str) -> tuple[str, ...]:
    """The stems of a name's words in their order; stop words are left out, unless there is nothing else."""
    words = [word for word in _BETWEEN.split(name) if word]
    return tuple(stem for word in words for stem in _stem(word)) or tuple(words)


def _stem(word: str) -> tuple[str, ...]:
    if _HAN.search(word) or word in _NOUNS:
        return (word,)
    stem = tuple(terms_of(word))[:1]
    return _stem(stem[0]) if stem and stem[0] != word and not stem[0].isdigit() else stem  # "toppings" as "topping"


@cache
def _stems(words: str) -> frozenset[str]:
    return frozenset(stem for word in words.split() for stem in stems_of(word))
