"""Learned fields that mean one thing although no word says so: "dental_practice" is "dentist".

In: two fields, and how near texts are to each other, which somebody else computed. Near names alone do not tell a
flute from a clarinet, but the words do: of two names of one thing either fits what told the other ("My dentist is
Dr. Amsel"), of two things each fits its own words better. What holds beside something else is not that: values told in
one session, or each again after the other.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import combinations, product

from aipersona.grounding import words_of
from aipersona.optimizer import synonyms
from aipersona.optimizer.field_names import FieldName, read_name
from aipersona.optimizer.same_thing import Telling, alike_in_form, is_over, is_said_beside, tells_apart
from aipersona.persona.claims import Claim, value_key
from aipersona.persona.model import Persona
from aipersona.schema.fields import FieldSpec, Schema

_PLACED = re.compile(r"^(.+)_(?:in|at|on)_(.+)$")

Near = Callable[[str, str], float | None]
"""How near two texts are, at most 1: the product of their vectors; None where one has none."""

UNRELATED = (
    "my height",
    "my bank",
    "my breakfast",
    "my car",
    "my mother tongue",
    "my sofa",
    "my train station",
    "my favourite song",
    "my passport number",
    "my dog",
)
"""Things that have nothing to do with each other; how near their names are is where an embedder's scale begins."""

MISFIT = 1.5
"""How much it counts that each name fits its own words better."""

ENOUGH = 0.15
"""How near two fields must be, less their misfit, where the words tell of a change or the value is the same: 0 is how
near unrelated things are, 1 the same. This one and those below were chosen on facts of our own."""

SAYS_WHICH = 0.4
"""How near then where one name is the other with more: "marathon_time" may not be that of half a marathon."""

PLAINLY = 0.75
"""How near where nothing but the meaning speaks for it."""

WORTH_A_LOOK = 0.2
"""How near two names must be for their words to be compared."""

UNREAD = 0.6
"""How near two names must be where the embedder cannot read the words, and these have something in common."""

IN_COMMON = 0.33
"""What share of the shorter one's words, without the values, that must be."""

MOST_QUOTES = 3
"""Of a field, the latest."""


@dataclass(frozen=True, kw_only=True)
class Meant:
    """A learned field, with the claims that say what is meant by it: those that the user told, in their order."""

    spec: FieldSpec
    claims: tuple[Claim, ...]

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names as they are compared."""
        own = self.spec.path.partition(".")[2].replace(".", " ").replace("_", " ")
        return tuple(
            f"my {name}" if name.isascii() else f"我的{name}" for name in dict.fromkeys((own, *self.spec.names))
        )

    @cached_property
    def quotes(self) -> tuple[str, ...]:
        """The latest words that told it."""
        spoken = sorted((e for claim in self.claims for e in claim.evidence), key=lambda e: e.at)
        return tuple(dict.fromkeys(e.quote for e in spoken if e.quote.strip()))[-MOST_QUOTES:]

    @cached_property
    def name(self) -> FieldName:
        """The name with the place of the thing before it: "tea_at_work" as "work_tea"."""
        return read_name(_PLACED.sub(r"\2_\1", self.spec.path.partition(".")[2]))

    @property
    def latest(self) -> Claim:
        return self.claims[-1]

    @property
    def first_told(self) -> datetime:
        return min((e.at for claim in self.claims for e in claim.evidence), default=self.claims[0].said_at)


def learned_fields(persona: Persona, schema: Schema) -> list[Meant]:
    """The learned fields that may be compared by meaning, in the order in which they were learned."""
    specs = [entry.spec for entry in persona.learned if entry.spec.learned and entry.spec.path not in schema.by_path]
    return [field for spec in specs if spec.sensitivity != "special" and (field := meant(spec, persona)) is not None]


def meant(spec: FieldSpec, persona: Persona) -> Meant | None:
    """What a learned field means, if it is one of single values and the user told of it."""
    told = [claim for claim in persona.by_path.get(spec.path, ()) if not claim.retracted and claim.evidence]
    if spec.kind != "scalar" or not told:
        return None
    return Meant(spec=spec, claims=tuple(sorted(told, key=lambda claim: claim.said_at)))


class Likeness:
    """How near texts are on a scale of its own: 0 for unrelated things, 1 for the same."""

    def __init__(self, near: Near) -> None:
        self._near = near
        found = [one for a, b in combinations(UNRELATED, 2) if (one := near(a, b)) is not None]
        self._bottom = sum(found) / len(found) if found else 0.0

    def __call__(self, a: str, b: str) -> float | None:
        near = self._near(a, b)
        return None if near is None else (near - self._bottom) / (1 - self._bottom)

    def best(self, some: Iterable[str], others: Sequence[str]) -> float | None:
        """How near the nearest two of them are; None where nothing can be read."""
        return max((one for a, b in product(some, others) if (one := self(a, b)) is not None), default=None)


def worth_a_look(a: Meant, b: Meant, likeness: Likeness) -> bool:
    """Whether nothing tells two fields apart, and their names are near enough to compare their words."""
    near = likeness.best(a.names, b.names)
    return near is not None and near >= WORTH_A_LOOK and not is_two_things(a, b)


def nearness(a: Meant, b: Meant, likeness: Likeness) -> float | None:
    """How near two fields are in meaning, if they are one; else None."""
    names = likeness.best(a.names, b.names)
    if names is None or names < WORTH_A_LOOK or is_two_things(a, b):
        return None
    follows = is_followed(a, b)
    apart = misfit(a, b, likeness)
    if apart is None:
        return names if follows and names >= UNREAD and _in_common(a, b) >= IN_COMMON else None
    near, enough = names - MISFIT * apart, SAYS_WHICH if _says_more(a.name, b.name) else ENOUGH
    return near if near >= (enough if follows else PLAINLY) else None


def is_followed(a: Meant, b: Meant) -> bool:
    """Whether the words that tell the later one tell of a change, or its value is the same."""
    before, now = sorted((a, b), key=lambda field: field.first_told)
    same = value_key(before.latest.value) == value_key(now.latest.value)
    return same or any(is_over(_telling(before), quote) for quote in now.quotes)


def misfit(a: Meant, b: Meant, likeness: Likeness) -> float | None:
    """By how much each name fits its own words better than the other one's; None where words cannot be read."""
    own = likeness.best(a.names, a.quotes), likeness.best(b.names, b.quotes)
    crossed = likeness.best(a.names, b.quotes), likeness.best(b.names, a.quotes)
    found = [one for one in (*own, *crossed) if one is not None]
    return sum(found[:2]) - sum(found[2:]) if len(found) == len((*own, *crossed)) else None


def _in_common(a: Meant, b: Meant) -> float:
    """The share of words of more than a letter that those of the one have in common with the other's."""
    ours, theirs = (
        {word for word in words_of(" ".join(field.quotes)) - _telling(field).value_words if len(word) > 1}
        for field in (a, b)
    )
    return len(ours & theirs) / max(1, min(len(ours), len(theirs)))


def is_two_things(a: Meant, b: Meant) -> bool:
    """Whether names, values or words say that two fields are of two things, however near they are."""
    return tells_apart(a.name, b.name) or are_told_apart(a, b)


def are_told_apart(a: Meant, b: Meant) -> bool:
    """The same, but for what their names say by themselves."""
    one, other = _telling(a), _telling(b)
    if not {a.spec.type, b.spec.type} <= {a.spec.type, "str"} and not {a.spec.type, b.spec.type} <= {
        b.spec.type,
        "str",
    }:
        return True
    if _is_said_of(one.name, other.name) or _numbered(one.name, other.name):
        return True
    if not alike_in_form(one.value, other.value) or _contrasted(one, other):
        return True
    _, now = sorted((a, b), key=lambda field: field.first_told)
    return any(is_said_beside(quote) for quote in now.quotes) or _told_at_once(a, b) or _told_in_turn(a, b)


def _says_more(a: FieldName, b: FieldName) -> bool:
    """Whether one name is the other with more."""
    return set(_thing(a)) < set(_thing(b)) or set(_thing(b)) < set(_thing(a))


def _is_said_of(a: FieldName, b: FieldName) -> bool:
    """Whether one name is the other with something that belongs to the thing: "choir", "choir_conductor"."""
    short, long = sorted((a, b), key=lambda name: len(name.words))
    return short.set < long.set and long.head not in short.set | synonyms.kinds()


def _numbered(a: FieldName, b: FieldName) -> bool:
    """Whether each name has a number that the other has not: the best time of one year, and that of another."""
    ours, theirs = ({word for word in name.words if any(c.isdigit() for c in word)} for name in (a, b))
    return bool(ours - theirs and theirs - ours)


def _thing(name: FieldName) -> tuple[str, ...]:
    return tuple(word for word in name.words if word not in synonyms.kinds()) or name.words


def _contrasted(a: Telling, b: Telling) -> bool:
    """Whether the words of each name what tells like things apart, and not the same: "my work phone", "my private"."""
    ours, theirs = ((words_of(each.words) - each.value_words) & synonyms.contrasts() for each in (a, b))
    return bool(ours - theirs and theirs - ours)


def _told_at_once(a: Meant, b: Meant) -> bool:
    """Whether one session told two values of them."""
    told = {(e.session_id, value_key(claim.value)) for claim in a.claims for e in claim.evidence}
    sessions = {session for session, _ in told}
    return any(
        e.session_id in sessions and (e.session_id, value_key(claim.value)) not in told
        for claim in b.claims
        for e in claim.evidence
    )


def _told_in_turn(a: Meant, b: Meant) -> bool:
    """Whether a value of one was told again after another value of the other: both hold side by side."""
    return _still_told(a, b) or _still_told(b, a)


def _still_told(a: Meant, b: Meant) -> bool:
    between = [(e.at, value_key(claim.value)) for claim in b.claims for e in claim.evidence]
    for claim in a.claims:
        times, value = [e.at for e in claim.evidence], value_key(claim.value)
        if any(min(times) < at < max(times) and other != value for at, other in between):
            return True
    return False


def _telling(field: Meant) -> Telling:
    return Telling(name=field.name, value=field.latest.value, words=" ".join(field.quotes))


def named_texts(fields: Sequence[Meant]) -> Iterator[str]:
    """The texts whose vectors say which fields are worth a look: names, and what gives the scale."""
    if len(fields) > 1:
        yield from UNRELATED
        for field in fields:
            yield from field.names


def told_texts(fields: Sequence[Meant], near: Near) -> Iterator[str]:
    """The words of the fields that are worth a look."""
    likeness = Likeness(near)
    for a, b in combinations(fields, 2):
        if worth_a_look(a, b, likeness):
            yield from (*a.quotes, *b.quotes)
