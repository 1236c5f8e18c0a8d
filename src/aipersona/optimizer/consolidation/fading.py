"""Inferences that lose hold: those that nothing confirmed by their review day, and those that lost their support."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from aipersona.optimizer.consolidation.grounds import are_enough, holds
from aipersona.optimizer.consolidation.refusals import Refusals
from aipersona.persona.claims import Claim
from aipersona.persona.edits import EndEdit
from aipersona.persona.model import Persona
from aipersona.schema.fields import Schema

FADED = "faded"
UNSUPPORTED = "no longer supported"
CHANGED = "changed"
TOLD = "told by the user"


def fading(persona: Persona, schema: Schema, day: date, now: datetime, refused: Refusals) -> Iterator[EndEdit]:
    """What ends: inferred claims without enough support, and those past their review day."""
    for claim in persona.all_holding(day):
        if claim.authority != "inferred" or claim.id in refused.kept:
            continue
        if claim.support is not None and not claim.support.pattern and not is_supported(claim, persona, day):
            yield ended(claim, day, now, UNSUPPORTED)
        elif claim.is_stale(day):
            yield ended(claim, day, now, FADED)


def ended(claim: Claim, day: date, now: datetime, reason: str) -> EndEdit:
    """The edit that ends this claim and no other one."""
    return EndEdit(
        op="end",
        path=claim.path,
        item=claim.value if claim.kind == "set" else None,
        record_id=claim.record_id,
        claim=claim.id,
        on=day,
        authority="inferred",
        said_at=max(now, claim.said_at),
        reason=reason,
    )


def is_supported(claim: Claim, persona: Persona, day: date) -> bool:
    """Whether enough of the claims on which an inference rests hold."""
    ids = claim.support.claims if claim.support is not None else ()
    found = [entry for entry in (persona.entries.get(claim_id) for claim_id in ids) if isinstance(entry, Claim)]
    return are_enough([one for one in found if holds(one, persona, day)])
