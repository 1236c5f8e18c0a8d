"""Revisions: the numbered commits of edits, and the persona as their fold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from pydantic import FiniteFloat

from aipersona.errors import UnknownRevision
from aipersona.persona.apply import Replay, diff
from aipersona.persona.claims import Claim
from aipersona.persona.edits import Edit, RestoreEdit
from aipersona.persona.model import Persona
from aipersona.sessions.model import Frozen, Json, Moment, Text

Author = Literal["optimizer", "user", "application"]

RejectionReason = Literal[
    "unknown_session",
    "unknown_turn",
    "no_quote",
    "quote_not_found",
    "not_said_by_user",
    "not_own_words",
    "value_not_in_quote",
    "not_about_user",
    "not_asserted",
    "unknown_field",
    "wrong_operation",
    "wrong_type",
    "nothing_to_change",
    "sensitive",
    "weaker_authority",
    "invalid_time",
    "already_known",
    "not_open_to_inference",
    "unknown_claim",
    "too_little_support",
]


class Rejected(Frozen):
    """A proposed edit that was not accepted, and why. What policy forbids to keep is kept without value and quote."""

    op: str
    path: str
    value: Json = None
    session_id: str | None = None
    quote: Text | None = None
    reason: RejectionReason
    detail: Text = ""


class ModelCall(Frozen):
    """One call of a language model: what it was for and what it cost."""

    purpose: str
    model: str
    prompt: str
    """Name, version and hash of the prompt file, such as `edits@3:1a2b3c4d`."""
    prompt_tokens: int
    completion_tokens: int
    prompt_characters: int
    seconds: FiniteFloat


class Revision(Frozen):
    """An atomic, numbered commit: the accepted edits, the rejected ones, the author and the cause.

    `reverts` names the revision that this one undoes; its edits then restore what would hold without it.
    """

    number: int
    at: Moment
    author: Author
    cause: str
    session_ids: tuple[str, ...] = ()
    edits: tuple[Edit, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    calls: tuple[ModelCall, ...] = ()
    reverts: int | None = None


class ClaimVersion(Frozen):
    """One version of a claim in the ledger: believed from revision `recorded` until `retired` (None: still)."""

    claim: Claim
    recorded: int
    retired: int | None


def fold(user_id: str, revisions: Iterable[Revision]) -> Persona:
    """The persona after these revisions, in their order."""
    replay = Replay(Persona(user_id=user_id))
    for revision in revisions:
        replay.apply(revision.edits, revision=revision.number)
    return replay.persona()


def ledger(user_id: str, revisions: Iterable[Revision]) -> list[ClaimVersion]:
    """Every version of every claim that was ever believed, with the revisions between which it was."""
    open_versions: dict[str, tuple[Claim, int]] = {}
    done: list[ClaimVersion] = []
    persona = Persona(user_id=user_id)
    replay = Replay(persona)
    for revision in revisions:
        replay.apply(revision.edits, revision=revision.number)
        after = replay.persona()
        change = diff(persona, after)
        gone = [*change.drop, *(entry.id for entry in change.put)]
        for key in gone:
            if key in open_versions:
                claim, recorded = open_versions.pop(key)
                done.append(ClaimVersion(claim=claim, recorded=recorded, retired=revision.number))
        for entry in change.put:
            if isinstance(entry, Claim):
                open_versions[entry.id] = (entry, revision.number)
        persona = after
    done.extend(ClaimVersion(claim=c, recorded=n, retired=None) for c, n in open_versions.values())
    return done


def revert(user_id: str, revisions: Sequence[Revision], number: int) -> RestoreEdit:
    """The edit that takes revision `number` out of the history while keeping every other one's effect.

    It compares what is believed now with the fold of the revisions that count: all but `number` and those whose
    reverts stand. Reverting a revert brings the first one's edits back.

    Raises: UnknownRevision.
    """
    head = revisions[-1].number if revisions else 0
    if not any(revision.number == number for revision in revisions):
        raise UnknownRevision(user_id, number, head)
    without = fold(user_id, _standing(revisions, number))
    return diff(fold(user_id, revisions), without)


def _standing(revisions: Sequence[Revision], number: int) -> list[Revision]:
    """The revisions whose edits count once `number` is reverted too, later reverts decided before earlier ones."""
    out = undone(revisions, number)
    return [revision for revision in revisions if revision.number not in out and revision.reverts is None]


def undone(revisions: Sequence[Revision], *also: int) -> set[int]:
    """The numbers of the revisions that are reverted, once those in `also` are too."""
    out = set(also)
    for revision in reversed(revisions):
        if revision.reverts is not None and revision.number not in out:
            out.add(revision.reverts)
    return out
