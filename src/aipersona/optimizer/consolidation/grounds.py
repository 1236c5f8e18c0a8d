"""What an inference may rest on: at least three claims of the user's own word, each told in a session of its own.

Words that one session repeats are one piece of evidence, and what was inferred, imported or read from a tool is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from aipersona.persona.claims import EVIDENCE_KEPT, RANK, Claim, Evidence
from aipersona.persona.model import Persona

LEAST = 3
"""Pieces of evidence."""


def is_ground(claim: Claim, day: date) -> bool:
    """Whether the user said this, in a session, by that day."""
    return (
        not claim.retracted
        and RANK[claim.authority] >= RANK["told"]
        and bool(claim.evidence)
        and claim.said_at.date() <= day
    )


def holds(claim: Claim, persona: Persona, day: date) -> bool:
    """Whether a claim that the user made holds on a day."""
    return is_ground(claim, day) and any(other.id == claim.id for other in persona.holding(claim.path, day))


def are_enough(claims: Sequence[Claim]) -> bool:
    """Whether there are three claims, each with a session that is none of the other two's."""
    owner: dict[str, int] = {}

    def find(number: int, tried: set[str]) -> bool:
        for session in {evidence.session_id for evidence in claims[number].evidence} - tried:
            tried.add(session)
            if session not in owner or find(owner[session], tried):
                owner[session] = number
                return True
        return False

    found = 0
    for number in range(len(claims)):
        found += find(number, set())
        if found == LEAST:
            return True
    return False


def evidence_of(claims: Iterable[Claim]) -> tuple[Evidence, ...]:
    """The words behind claims, oldest first: of each session the first, of many sessions the first and the latest."""
    by_session: dict[str, Evidence] = {}
    spoken = {(e.session_id, e.turn, e.quote): e for claim in claims for e in claim.evidence}
    for evidence in sorted(spoken.values(), key=lambda e: (e.at, e.session_id, e.turn)):
        by_session.setdefault(evidence.session_id, evidence)
    kept = tuple(by_session.values())
    return kept if len(kept) <= EVIDENCE_KEPT else kept[:1] + kept[-(EVIDENCE_KEPT - 1) :]
