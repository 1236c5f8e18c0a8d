"""Consolidating a persona: the edits of one revision, each through the gate that what is learned goes through.

In this order: learned fields that mean one thing are merged, habits are computed and compared with those known, what a
model proposed is judged, and inferences without support or confirmation end. Doing it twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from aipersona.grounding import words_of
from aipersona.optimizer.consolidation.fading import CHANGED, TOLD, UNSUPPORTED, ended, fading
from aipersona.optimizer.consolidation.grounds import are_enough, evidence_of, is_ground
from aipersona.optimizer.consolidation.habits import Habit, habits
from aipersona.optimizer.consolidation.inferring import MOST_CHARACTERS, Inference, checked, says_nothing_new
from aipersona.optimizer.consolidation.meaning import Likeness, Near, learned_fields
from aipersona.optimizer.consolidation.merging import mergers
from aipersona.optimizer.consolidation.refusals import Refusals, ended_before, ended_by_user, value_ended_by_user
from aipersona.optimizer.consolidation.same_fields import SameField, check
from aipersona.optimizer.draft import DraftEdit
from aipersona.optimizer.ground import NotAccepted, rejected
from aipersona.optimizer.judge import Statement, judge
from aipersona.optimizer.policy import Policy, is_special
from aipersona.persona.apply import apply
from aipersona.persona.claims import RANK, Claim, Support
from aipersona.persona.edits import AddEdit, AskEdit, ConfirmEdit, Edit, SetEdit
from aipersona.persona.model import Persona
from aipersona.persona.revisions import Rejected
from aipersona.schema.fields import FieldSpec, Schema


@dataclass(frozen=True, kw_only=True)
class Consolidated:
    """The edits to commit, and what was proposed and not accepted."""

    edits: tuple[Edit, ...]
    rejected: tuple[Rejected, ...]


def consolidate(
    persona: Persona,
    schema: Schema,
    policy: Policy,
    *,
    day: date,
    now: datetime,
    proposals: Iterable[Inference] = (),
    same: Iterable[SameField] = (),
    refused: Refusals | None = None,
    near: Near | None = None,
) -> Consolidated:
    """What consolidation on `day` changes. Nothing is committed; `now` is when it is said that something ends.

    `near` is how near texts are in meaning, `same` what a model says to be one; without them, words alone say which
    learned fields are.
    """
    work = _Consolidation(persona, schema, policy, day, now, refused or Refusals())
    likeness = Likeness(near) if near is not None else None
    pairs, unlike = check(same, learned_fields(persona, schema), likeness)
    work.rejected.extend(unlike)
    work.take(mergers(persona, schema, day, work.refused, likeness, pairs))
    work.habits()
    for proposal in proposals:
        work.propose(proposal)
    work.take(list(fading(work.persona, work.schema, day, now, work.refused)))
    return Consolidated(edits=tuple(work.edits), rejected=tuple(work.rejected))


class _Consolidation:
    """The edits so far, and the persona after them."""

    def __init__(
        self, persona: Persona, schema: Schema, policy: Policy, day: date, now: datetime, refused: Refusals
    ) -> None:
        self._before, self._declared, self._policy = persona, schema, policy
        self._day, self._now = day, now
        self.persona, self.refused = persona, refused
        self.edits: list[Edit] = []
        self.rejected: list[Rejected] = []

    @property
    def schema(self) -> Schema:
        """The fields that the policy keeps, the learned ones among them."""
        return self._policy.kept(self._declared.with_learned(entry.spec for entry in self.persona.learned))

    def take(self, edits: Sequence[Edit]) -> None:
        self.persona = apply(self.persona, edits, revision=self._before.revision + 1, first=len(self.edits))
        self.edits.extend(edits)

    def habits(self) -> None:
        """Write the habits that the rows show into the field for them, and end those that they show no more."""
        spec = next((s for s in self.schema.fields if s.inferred == "habits" and s.kind == "set"), None)
        if spec is None:
            return
        shown = {habit.pattern: habit for habit in habits(self.persona, self.schema, self._day)}
        held = [claim for claim in self.persona.holding(spec.path, self._day) if claim.authority == "inferred"]
        known = {claim.support.pattern: claim for claim in held if claim.support is not None and claim.support.pattern}
        for pattern, claim in known.items():
            if pattern not in shown:
                self._end(claim, UNSUPPORTED)
        for pattern, habit in shown.items():
            if self._is_told(spec, habit):
                self._end(known.get(pattern), TOLD)
            elif (claim := known.get(pattern)) is not None:
                self._known_habit(spec, habit, claim)
            else:
                self._new_habit(spec, habit)

    def propose(self, proposal: Inference) -> None:
        """Judge what a model proposed."""
        draft = DraftEdit(op="set", path=proposal.path, value=proposal.value, reason=proposal.reason[:MOST_CHARACTERS])
        try:
            spec, claims = checked(proposal, self.persona, self.schema, self._day)
            if says_nothing_new(proposal, spec, claims, self.persona, self._day):
                raise NotAccepted("already_known")
            if value_ended_by_user(self.persona, spec.path, proposal.value, self.refused):
                raise NotAccepted("weaker_authority", "the user ended it")
            draft = draft.model_copy(update={"op": "add" if spec.kind == "set" else "set", "path": spec.path})
            self._state(draft, claims, Support(claims=tuple(claim.id for claim in claims)))
        except NotAccepted as why:
            self._reject(draft, why)

    def _known_habit(self, spec: FieldSpec, habit: Habit, known: Claim) -> None:
        """Confirm what is known of a habit where there is more evidence; say it anew where it changed or where some of
        what it rests on was taken back."""
        before = known.support.claims if known.support is not None else ()
        rows = [claim for claim in map(self.persona.entries.get, before) if isinstance(claim, Claim)]
        same = habit.phrase.says(str(known.value))
        intact = len(rows) == len(before) and all(is_ground(claim, self._day) for claim in rows)
        if same and intact:
            if set(before) != {claim.id for claim in habit.claims}:
                self._state_habit(spec, habit, str(known.value), known.valid_from or habit.since)
        elif self._end(known, UNSUPPORTED if same else CHANGED):
            self._state_habit(spec, habit, str(known.value) if same else habit.value, self._day)

    def _new_habit(self, spec: FieldSpec, habit: Habit) -> None:
        """Write a habit down, if it is of late and the user has not ended or taken it back since."""
        day, claims = max(claim.said_at.date() for claim in habit.claims), habit.claims
        stopped = ended_by_user(self.persona, spec.path, habit, self.refused)
        if stopped is not None:
            claims = tuple(claim for claim in claims if claim.said_at.date() > stopped)
        review = spec.review_by(day)
        if are_enough(claims) and (review is None or review > self._day):
            over = ended_before(self.persona, spec.path, habit)
            since = max(one for one in (habit.since, stopped, over) if one is not None)
            self._state_habit(spec, replace(habit, claims=claims), habit.value, since)

    def _state_habit(self, spec: FieldSpec, habit: Habit, value: str, since: date) -> None:
        draft = DraftEdit(op="add", path=spec.path, value=value, valid_from=since)
        support = Support(claims=tuple(claim.id for claim in habit.claims), pattern=habit.pattern)
        try:
            self._state(draft, habit.claims, support)
        except NotAccepted as why:
            if why.reason != "already_known":
                self._reject(draft, why)

    def _is_told(self, spec: FieldSpec, habit: Habit) -> bool:
        """Whether the user or the application said something about it that holds: then nothing is inferred."""
        held = self.persona.holding(spec.path, self._day)
        return any(RANK[c.authority] > RANK["inferred"] and habit.words <= words_of(c.words) for c in held)

    def _end(self, claim: Claim | None, reason: str) -> bool:
        """End a claim, unless the user has undone that before; whether it ends."""
        if claim is None or claim.id in self.refused.kept:
            return False
        self.take([ended(claim, self._day, self._now, reason)])
        return True

    def _state(self, draft: DraftEdit, claims: Sequence[Claim], support: Support) -> None:
        """Put an inference through the gate.

        Raises: NotAccepted. A conflict with what somebody said is no question to the user, but the end of it.
        """
        if self.refused.refuses(draft.path, draft.value, support):
            raise NotAccepted("weaker_authority", "the user took it back")
        evidence = evidence_of(claims)
        said_at = max(one.at for one in evidence)
        statement = Statement(draft=draft, authority="inferred", evidence=evidence, said_at=said_at, day=said_at.date())
        edits = judge(statement, self.persona, self._declared, self._policy)
        if any(isinstance(edit, AskEdit) for edit in edits):
            raise NotAccepted("weaker_authority")
        self.take([_supported(edit, support) for edit in edits])

    def _reject(self, draft: DraftEdit, why: NotAccepted) -> None:
        """Keep what was not accepted; without its value where that may be of a special category."""
        special = why.reason == "sensitive" or is_special(f"{draft.path} {draft.value}")
        section = draft.path.partition(".")[0] if why.reason == "unknown_field" else draft.path
        self.rejected.append(rejected(draft, why, only=section if special else None))


def _supported(edit: Edit, support: Support) -> Edit:
    return edit.model_copy(update={"support": support}) if isinstance(edit, SetEdit | AddEdit | ConfirmEdit) else edit
