"""The notation of phrases, and how they are filled.

    {city}  {diet.self}   a slot, and a form of it; a form that a value lacks is its plain one
    {a occupation}        with the English article before it
    [soon|later]          one of them
    <in {city}|nearby>    the first part whose slots are all there, nothing where none is

Choices may stand in choices. A phrase fits where every slot outside `<>` is there.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

PLAIN = ""

Forms = Mapping[str, Sequence[str]]
"""How a value is said, by form; PLAIN is always there."""

Slots = Mapping[str, Forms]

_SLOT = re.compile(r"\{(?P<article>a )?(?P<name>\w+)(?:\.(?P<form>\w+))?\}")
_AN = re.compile(r"[AEIOaeio]|[Uu](?![snk][aeiou]|ni)|[Hh](?:our|onest|eir)|[FHLMNRSX](?=[A-Z])")
_NO_AN = re.compile(r"[Ee]u|[Oo]ne\b|U[A-Z]")
_SENTENCE = re.compile(r"(?:^|[.!?]['\"”)]?\s+|(?<=:) (?=['\"“]))['\"“(]{0,2}[a-z]")


class BadPhrase(ValueError):
    """A phrase of the material that is not in the notation, or has nothing to be filled with."""


@dataclass(frozen=True)
class _Slot:
    name: str
    form: str
    article: bool


@dataclass(frozen=True)
class _Choice:
    parts: tuple[tuple[_Node, ...], ...]
    optional: bool


_Node = str | _Slot | _Choice


@dataclass(frozen=True)
class Filled:
    """A phrase in words, and the slots that stand in it."""

    text: str
    used: frozenset[str] = field(default_factory=frozenset[str])


def fits(phrase: str, slots: Slots) -> bool:
    """Whether a phrase can be filled with what there is."""
    return _fits(_parsed(phrase), slots)


def fill(phrase: str, slots: Slots, rng: random.Random, *, capital: bool = True) -> Filled:
    """Fill a phrase; its sentences begin with capitals, unless it is to stand within one.

    Raises: BadPhrase.
    """
    if not fits(phrase, slots):
        raise BadPhrase(f"{phrase!r} cannot be filled with {sorted(slots)}")
    used: set[str] = set()
    text = "".join(_filled(_parsed(phrase), slots, rng, used))
    return Filled(tidy(text) if capital else text, frozenset(used))


def pick(phrases: Sequence[str], slots: Slots, rng: random.Random, *, capital: bool = True) -> Filled:
    """Fill one of the phrases that fit.

    Raises: BadPhrase.
    """
    fitting = [phrase for phrase in phrases if fits(phrase, slots)]
    if not fitting:
        raise BadPhrase(f"none of {len(phrases)} phrases can be filled with {sorted(slots)}: {phrases[:1]}")
    return fill(rng.choice(fitting), slots, rng, capital=capital)


def tidy(text: str) -> str:
    """One space between words, none before a stop, a capital after one."""
    text = re.sub(r" +([,.;:!?])", r"\1", re.sub(r"\s+", " ", text)).strip()
    text = re.sub(r"(?<=[一-鿿]) (?=[一-鿿，。！？：、；])|(?<=[，。！？：、；”]) ", "", text)
    return _SENTENCE.sub(lambda found: found[0][:-1] + found[0][-1].upper(), text)


def with_article(words: str) -> str:
    """With "a" or "an" before it, as it sounds: an hour, a university teacher, an MRI technician."""
    return f"{'an' if _AN.match(words) and not _NO_AN.match(words) else 'a'} {words}"


def _fits(nodes: Sequence[_Node], slots: Slots) -> bool:
    for node in nodes:
        if isinstance(node, _Slot) and node.name not in slots:
            return False
        if isinstance(node, _Choice) and not node.optional and not any(_fits(part, slots) for part in node.parts):
            return False
    return True


def _filled(nodes: Sequence[_Node], slots: Slots, rng: random.Random, used: set[str]) -> list[str]:
    texts: list[str] = []
    for node in nodes:
        if isinstance(node, str):
            texts.append(node)
        elif isinstance(node, _Slot):
            forms = slots[node.name]
            used.add(node.name)
            words = rng.choice(forms.get(node.form) or forms[PLAIN])
            texts.append(with_article(words) if node.article else words)
        else:
            parts = [part for part in node.parts if _fits(part, slots)]
            if parts:
                texts += _filled(parts[0] if node.optional else rng.choice(parts), slots, rng, used)
    return texts


@cache
def _parsed(phrase: str) -> tuple[_Node, ...]:
    nodes, end = _sequence(phrase, 0, "")
    if end != len(phrase):
        raise BadPhrase(f"{phrase!r}: {phrase[end]!r} closes nothing")
    return nodes


def _sequence(phrase: str, at: int, closing: str) -> tuple[tuple[_Node, ...], int]:
    nodes: list[_Node] = []
    while at < len(phrase):
        sign = phrase[at]
        if sign in "]>" or (sign == "|" and closing):
            break
        if sign in "[<":
            node, at = _choice(phrase, at)
        elif sign == "{":
            slot = _SLOT.match(phrase, at)
            if slot is None:
                raise BadPhrase(f"{phrase!r}: no slot at {at}")
            node, at = _Slot(slot["name"], slot["form"] or PLAIN, bool(slot["article"])), slot.end()
        else:
            end = re.compile(r"[\[\]<>{|]").search(phrase, at + 1)
            node, at = phrase[at : end.start() if end else None], end.start() if end else len(phrase)
        nodes.append(node)
    return tuple(nodes), at


def _choice(phrase: str, at: int) -> tuple[_Choice, int]:
    closing = {"[": "]", "<": ">"}[phrase[at]]
    parts: list[tuple[_Node, ...]] = []
    while at < len(phrase) and phrase[at] != closing:
        part, at = _sequence(phrase, at + 1, closing)
        parts.append(part)
    if at == len(phrase):
        raise BadPhrase(f"{phrase!r}: {closing!r} is missing")
    return _Choice(tuple(parts), closing == ">"), at + 1
