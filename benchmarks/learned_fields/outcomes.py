"""What became of each telling, and of the facts told twice: read off the personas that were learned."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Literal

from aipersona import AIPersona, Claim
from benchmarks.learned_fields.telling import Telling, Told

Became = Literal["learned", "wrong value", "schema", "lost"]

ROOM = 40
"""How many characters a right value may be longer than the one that was expected; a whole sentence is no value."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """A telling and what became of it: at which path, or rejected for which reasons."""

    telling: Telling
    became: Became
    path: str | None = None
    reasons: tuple[str, ...] = ()
    learned: tuple[tuple[str, str], ...] = ()
    """Every learned field and value that has evidence in the session."""


@dataclass(frozen=True, kw_only=True)
class Pair:
    """A fact told twice, both times with the right value in a learned field: at these paths."""

    user: str
    fact: str
    paths: tuple[str, str]

    @property
    def split(self) -> bool:
        return self.paths[0] != self.paths[1]


async def outcomes(ai: AIPersona, told: Iterable[Telling]) -> list[Outcome]:
    """What the engine's personas made of each telling."""
    found: list[Outcome] = []
    by_user: dict[str, list[Telling]] = defaultdict(list)
    for telling in told:
        by_user[telling.user].append(telling)
    for user, those in by_user.items():
        persona = (await ai.persona(user)).persona
        fields = {entry.spec.path for entry in persona.learned if entry.spec.learned}
        claims = [claim for claim in persona.claims if not claim.retracted]
        rejected = [one for revision in await ai.log(user) for one in revision.rejected]
        for telling in those:
            here = [c for c in claims if any(e.session_id == telling.session.session_id for e in c.evidence)]
            reasons = tuple(one.reason for one in rejected if one.session_id == telling.session.session_id)
            found.append(_outcome(telling, here, fields, reasons))
    return found


def _outcome(telling: Telling, claims: Sequence[Claim], fields: set[str], reasons: tuple[str, ...]) -> Outcome:
    learned = tuple((claim.path, _text(claim)) for claim in claims if claim.path in fields)
    right = next((claim for claim in claims if _is_right(claim, telling.told)), None)
    right = next((claim for claim in claims if claim.path in fields and _is_right(claim, telling.told)), right)
    became: Became = "wrong value" if learned else "lost"
    if right is not None:
        became = "learned" if right.path in fields else "schema"
    path = right.path if right is not None else learned[0][0] if learned else None
    return Outcome(telling=telling, became=became, path=path, reasons=reasons, learned=learned)


def _is_right(claim: Claim, told: Told) -> bool:
    text = _text(claim).casefold()
    short = len(text) <= len(told.value) + ROOM
    return short and any(key.casefold() in text for key in told.keys or (told.value,))


def _text(claim: Claim) -> str:
    value = claim.value
    if isinstance(value, dict):
        return " ".join(str(inner) for inner in value.values())
    return str(value)


def pairs(found: Iterable[Outcome]) -> list[Pair]:
    """The facts of which both tellings ended in a learned field."""
    paths: dict[tuple[str, str], dict[int, str]] = defaultdict(dict)
    for one in found:
        if one.telling.fact is not None and one.became == "learned" and one.path is not None:
            paths[one.telling.user, one.telling.fact][one.telling.time] = one.path
    return [Pair(user=u, fact=f, paths=(at[1], at[2])) for (u, f), at in paths.items() if len(at) == 2]


def merged(found: Iterable[Outcome]) -> list[tuple[str, str, tuple[str, ...]]]:
    """Learned fields that hold more than one fact: user, path, facts."""
    facts: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for one in found:
        if one.telling.fact is not None and one.became == "learned" and one.path is not None:
            facts[one.telling.user, one.path][one.telling.fact] = None
    return [(user, path, tuple(names)) for (user, path), names in facts.items() if len(names) > 1]


def lost_for(found: Iterable[Outcome]) -> Counter[str]:
    """The reasons for which lost facts were rejected; a fact that nobody proposed counts as that."""
    counts: Counter[str] = Counter()
    for one in found:
        if one.telling.fact is not None and one.became == "lost":
            counts.update(set(one.reasons) or {"not proposed"})
    return counts


def interval(count: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927)."""
    if not of:
        return 0.0, 1.0
    z, share = 1.96, count / of
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z * sqrt(share * (1 - share) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    return max(0.0, middle - half), min(1.0, middle + half)
