"""What a consolidation must not do again, because it was undone by hand.

In: the user's revisions. A reverted consolidation is a no to all that it inferred, merged and ended, until the revert
is reverted. What was forgotten stands in the persona, as a claim that never held.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from pydantic import JsonValue

from aipersona.grounding import words_of
from aipersona.optimizer.consolidation.habits import Habit
from aipersona.persona.claims import Claim, Support, value_key
from aipersona.persona.edits import AddEdit, EndEdit, MergeEdit, SetEdit
from aipersona.persona.model import Persona
from aipersona.persona.revisions import Revision, undone

CAUSE = "consolidation"
"""The cause of the revisions that consolidation makes."""


@dataclass(frozen=True, kw_only=True)
class Refusals:
    """Patterns and values by path, pairs of fields, and the ids of claims that must not end.

    `ended` are the claims that standing consolidations have ended: any other one that is over was ended by the user.
    """

    inferred: frozenset[tuple[str, str]] = frozenset()
    merged: frozenset[frozenset[str]] = frozenset()
    kept: frozenset[str] = frozenset()
    ended: frozenset[str] = frozenset()

    def refuses(self, path: str, value: JsonValue, support: Support) -> bool:
        return (path, thing_inferred(value, support)) in self.inferred


def refusals(revisions: Sequence[Revision]) -> Refusals:
    """What these revisions refuse."""
    out = undone(revisions)
    made = [revision for revision in revisions if revision.cause == CAUSE]
    refused = [edit for revision in made if revision.number in out for edit in revision.edits]
    standing = [edit for revision in made if revision.number not in out for edit in revision.edits]
    return Refusals(
        inferred=frozenset(
            (edit.path, thing_inferred(edit.value, edit.support))
            for edit in refused
            if isinstance(edit, SetEdit | AddEdit) and edit.support is not None
        ),
        merged=frozenset(frozenset((edit.path, edit.into)) for edit in refused if isinstance(edit, MergeEdit)),
        kept=frozenset(edit.claim for edit in refused if isinstance(edit, EndEdit) and edit.claim is not None),
        ended=frozenset(edit.claim for edit in standing if isinstance(edit, EndEdit) and edit.claim is not None),
    )


def thing_inferred(value: JsonValue, support: Support) -> str:
    """What an inference is about: the pattern that was computed, or the value itself."""
    return support.pattern or value_key(value)


def ended_by_user(persona: Persona, path: str, habit: Habit, refused: Refusals) -> date | None:
    """The last day on which the user ended a habit, or something of the same words; `date.max` if it was taken back
    as never true."""
    ends = [
        date.max if claim.retracted else claim.valid_to
        for claim in persona.by_path.get(path, ())
        if claim.id not in refused.ended and _is_about(claim, habit)
    ]
    return max((end for end in ends if end is not None), default=None)


def ended_before(persona: Persona, path: str, habit: Habit) -> date | None:
    """The last day on which a habit ended, whoever ended it: it cannot be back before that."""
    claims = (claim for claim in persona.by_path.get(path, ()) if claim.support is not None and _is_about(claim, habit))
    return max((claim.valid_to for claim in claims if claim.valid_to is not None), default=None)


def value_ended_by_user(persona: Persona, path: str, value: JsonValue, refused: Refusals) -> bool:
    """Whether the user ended an inference of this value; where another inference took its place, nobody did."""
    claims = [claim for claim in persona.by_path.get(path, ()) if claim.authority == "inferred"]
    replaced = {old for claim in claims for old in claim.replaces}
    over = (claim for claim in claims if claim.valid_to is not None and claim.id not in refused.ended | replaced)
    return any(value_key(claim.value) == value_key(value) for claim in over)


def _is_about(claim: Claim, habit: Habit) -> bool:
    if claim.support is not None and claim.support.pattern:
        return claim.support.pattern == habit.pattern
    return habit.words <= words_of(claim.words)
