"""apply(persona, edits) -> persona: what each edit does to what is believed, and how to undo it.

Total and deterministic: an edit whose target is not there changes nothing, so that any subset of a user's revisions
can be replayed. Nothing is deleted: a value that no longer holds is closed, and its claim stays.

Statements may be learned in another order than they were said: a statement never changes what was said after it, and
values given to a scalar at distinct times end up the same in any order. What ends or confirms (remove, end, confirm)
acts on what is known by then: a value said before it but learned after it stands as if the ending had not been said.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Sequence
from datetime import date, datetime

from aipersona.persona.claims import RANK, Authority, Claim, Entry, LearnedField, Question, Row, value_key
from aipersona.persona.edits import (
    AddEdit,
    AskEdit,
    ConfirmEdit,
    Edit,
    EndEdit,
    LearnEdit,
    MergeEdit,
    RemoveEdit,
    RestoreEdit,
    SetEdit,
    SettleEdit,
    Targeted,
    UpdateEdit,
)
from aipersona.persona.model import Persona, order_of, said_order, slot_of
from aipersona.persona.stated import Held, claim_of, said_of


def apply(persona: Persona, edits: Sequence[Edit], *, revision: int, first: int = 0) -> Persona:
    """The persona after these edits, applied in order as revision `revision`, the first as its edit `first`."""
    replay = Replay(persona)
    replay.apply(edits, revision=revision, first=first)
    return replay.persona()


def diff(before: Persona, after: Persona) -> RestoreEdit:
    """The edit that turns `before`'s entries into `after`'s exactly."""
    put = tuple(entry for key, entry in after.entries.items() if _differs(before.entries.get(key), entry))
    drop = tuple(key for key in before.entries if key not in after.entries)
    return RestoreEdit(op="restore", put=put, drop=drop)


def invert(persona: Persona, edits: Sequence[Edit], *, revision: int) -> RestoreEdit:
    """The edit that undoes `edits`, which were applied to `persona` as revision `revision`."""
    return diff(apply(persona, edits, revision=revision), persona)


class Replay:
    """The entries of a persona while revisions are applied to them, one after the other."""

    def __init__(self, persona: Persona) -> None:
        self.user_id, self.revision = persona.user_id, persona.revision
        self.entries: dict[str, Entry] = dict(persona.entries)
        self._claim_ids: dict[str, list[str]] = {
            path: [claim.id for claim in claims] for path, claims in persona.by_path.items()
        }

    def apply(self, edits: Sequence[Edit], *, revision: int, first: int = 0) -> None:
        """Apply these edits in order as revision `revision`, the first as its edit `first`."""
        self.revision = revision
        for index, edit in enumerate(edits, start=first):
            self._apply(edit, f"{revision}.{index}")

    def persona(self) -> Persona:
        """The persona as it is now; what is applied later does not reach it."""
        return Persona(user_id=self.user_id, revision=self.revision, entries=dict(self.entries))

    def _apply(self, edit: Edit, edit_id: str) -> None:
        match edit:
            case SetEdit():
                self._set(edit, edit_id)
            case AddEdit():
                self._add(edit, edit_id)
            case UpdateEdit():
                self._update(edit, edit_id)
            case RemoveEdit():
                self._close(edit, edit.on, entirely=edit.entirely)
            case EndEdit():
                self._close(edit, edit.on)
            case ConfirmEdit():
                self._confirm(edit, edit_id)
            case LearnEdit():
                self._put(LearnedField(id=f"field:{edit.spec.path}", spec=edit.spec, recorded=self.revision))
            case MergeEdit():
                self._merge(edit)
            case AskEdit():
                self._put(
                    Question(
                        id=edit_id,
                        path=edit.path,
                        proposed=edit.proposed,
                        authority=edit.authority,
                        evidence=edit.evidence,
                        said_at=edit.said_at,
                        recorded=self.revision,
                    )
                )
            case SettleEdit():
                self._settle(edit, edit_id)
            case RestoreEdit():
                for key in edit.drop:
                    self.entries.pop(key, None)
                for entry in edit.put:
                    self._put(entry)

    def _settle(self, edit: SettleEdit, edit_id: str) -> None:
        """Close a question. What was proposed and not accepted stays as a claim that never held, so that whoever
        asks again can be told."""
        question = self.entries.get(edit.question_id)
        if not isinstance(question, Question):
            return
        del self.entries[question.id]
        beside = self._at(question.path)
        if edit.accepted or not beside:
            return
        kind = beside[-1].kind
        self._put(
            Claim(
                id=edit_id,
                path=question.path,
                kind=kind,
                value=question.proposed,
                record_id=edit_id if kind == "records" else None,
                authority=question.authority,
                confidence=0.0,
                evidence=question.evidence,
                said_at=question.said_at,
                retracted=True,
                recorded=self.revision,
            )
        )

    def _put(self, entry: Entry) -> None:
        self.entries[entry.id] = entry
        if isinstance(entry, Claim):
            ids = self._claim_ids.setdefault(entry.path, [])
            if entry.id not in ids:
                insort(ids, entry.id, key=order_of)

    def _at(self, path: str) -> list[Claim]:
        found = (self.entries.get(claim_id) for claim_id in self._claim_ids.get(path, ()))
        return [claim for claim in found if isinstance(claim, Claim) and claim.path == path]

    def _rewrite(self, claim: Claim, **changes: object) -> Claim:
        changed = claim.model_copy(update={**changes, "recorded": self.revision})
        self.entries[claim.id] = changed
        return changed

    def _set(self, edit: SetEdit, edit_id: str) -> None:
        start, end, replaced = edit.valid_from, edit.valid_to, list[str]()
        for other in self._at(edit.path):
            if not other.overlaps(start, end):
                continue
            if other.said_at > edit.said_at:
                end = _trimmed(start, end, other)
            elif _reaches(end, other.valid_to):
                replaced.append(other.id)
                closed = _later(other.valid_from, start or edit.said_at.date())
                self._rewrite(other, valid_to=_first_end(closed, other.valid_to))
        self._put(
            claim_of(
                edit,
                edit_id,
                kind="scalar",
                value=edit.value,
                start=start,
                end=end,
                recorded=self.revision,
                replaces=tuple(replaced),
            )
        )

    def _add(self, edit: AddEdit, edit_id: str, record_id: str | None = None) -> None:
        if edit.kind == "set":
            same = [c for c in self._at(edit.path) if value_key(c.value) == value_key(edit.value)]
            standing = [c for c in same if c.overlaps(edit.valid_from, edit.valid_to) and c.valid_to is None]
            if standing:
                claim = standing[-1]
                self._rewrite(
                    claim,
                    evidence=claim.with_evidence(edit.evidence),
                    authority=_stronger(claim.authority, edit.authority),
                    said_at=max(claim.said_at, edit.said_at),
                    valid_from=_earlier(claim.valid_from, edit.valid_from),
                    support=edit.support or claim.support,
                )
                return
        self._put(
            claim_of(
                edit,
                edit_id,
                kind=edit.kind,
                value=edit.value,
                start=edit.valid_from,
                end=edit.valid_to,
                recorded=self.revision,
                record_id=(record_id or edit_id) if edit.kind == "records" else None,
            )
        )

    def _update(self, edit: UpdateEdit, edit_id: str) -> None:
        versions = [c for c in self._at(edit.path) if c.record_id == edit.record_id and not c.retracted]
        day = edit.valid_from or edit.said_at.date()
        standing = [c for c in versions if c.overlaps(day, edit.valid_to)]
        if not standing:
            return
        said_before = [c for c in versions if c.said_at <= edit.said_at]
        known = max(said_before, key=said_order, default=None)
        lasting = (c for c in said_before if c in standing)
        before = max(lasting, key=lambda c: (c.valid_to or date.max, said_order(c)), default=known)
        start, end = day, day
        if before in standing:
            start, end = _later(before.valid_from, day), edit.valid_to or before.valid_to
        for version in versions:
            if version.said_at > edit.said_at:
                if version in standing or _begins_within(version, day, edit.valid_to):
                    self._carry_into(version, edit, before.row if before is not None else {})
                end = _trimmed(start, end, version) if version.overlaps(start, end) else end
            elif version.overlaps(start, end) and _reaches(end, version.valid_to):
                self._rewrite(version, valid_to=_later(version.valid_from, start))
        if before is None:
            return
        self._put(
            claim_of(
                edit,
                edit_id,
                kind="records",
                value={**before.row, **edit.changes},
                start=start,
                end=end,
                recorded=self.revision,
                record_id=edit.record_id,
                replaces=(before.id,),
            )
        )

    def _carry_into(self, version: Claim, edit: UpdateEdit, before: Row) -> None:
        """Give a row's later-said version the columns of an update said before it that it has not changed itself."""
        fresh = {name: value for name, value in edit.changes.items() if version.row.get(name) == before.get(name)}
        if any(version.row.get(name) != value for name, value in fresh.items()):
            evidence = version.with_evidence(edit.evidence)
            self._rewrite(version, value={**version.row, **fresh}, evidence=evidence)

    def _close(self, edit: RemoveEdit | EndEdit, on: date, *, entirely: bool = False) -> None:
        for claim in self._targets(edit):
            if claim.said_at > edit.said_at:
                continue
            if entirely:
                self._rewrite(claim, retracted=True, evidence=claim.with_evidence(edit.evidence))
            elif claim.overlaps(on, None):
                self._rewrite(claim, valid_to=_later(claim.valid_from, on), evidence=claim.with_evidence(edit.evidence))

    def _confirm(self, edit: ConfirmEdit, edit_id: str) -> None:
        there = [claim for claim in self._targets(edit) if claim.covers(edit.on)]
        standing = [claim for claim in there if value_key(claim.value) == value_key(edit.value)]
        if standing:
            claim = max(standing, key=said_order)
            self._rewrite(
                claim,
                evidence=claim.with_evidence(edit.evidence),
                authority=_stronger(claim.authority, edit.authority),
                confidence=max(claim.confidence, edit.confidence),
                confirmations=claim.confirmations + 1,
                review_by=_later(claim.review_by, edit.review_by) if edit.review_by else claim.review_by,
                said_at=self._said_again(claim, edit.said_at),
                support=edit.support or claim.support,
            )
            return
        said = said_of(edit)
        held = Held(confidence=edit.confidence, valid_from=edit.on, valid_to=None, review_by=edit.review_by)
        if edit.kind == "scalar":
            self._set(SetEdit(op="set", value=edit.value, **said, **held), edit_id)
        elif edit.kind == "records" and edit.record_id is not None and there and isinstance(edit.value, dict):
            update = UpdateEdit(op="update", record_id=edit.record_id, changes=edit.value, **said, **held)
            self._update(update, edit_id)
        else:
            self._add(AddEdit(op="add", kind=edit.kind, value=edit.value, **said, **held), edit_id, edit.record_id)

    def _merge(self, edit: MergeEdit) -> None:
        """Move a learned field's claims and questions into another one; its path becomes an alias."""
        field, target = self.entries.get(f"field:{edit.path}"), self.entries.get(f"field:{edit.into}")
        if not isinstance(target, LearnedField) or edit.path == edit.into:
            return
        for claim in self._at(edit.path):
            self._put(claim.model_copy(update={"path": edit.into, "kind": target.spec.kind, "recorded": self.revision}))
        if target.spec.kind == "scalar":
            self._close_in_turn(edit.into)
        for question in [e for e in self.entries.values() if isinstance(e, Question) and e.path == edit.path]:
            self._put(question.model_copy(update={"path": edit.into, "recorded": self.revision}))
        if isinstance(field, LearnedField):
            self._put(field.model_copy(update={"merged_into": edit.into, "recorded": self.revision}))

    def _close_in_turn(self, path: str) -> None:
        """Of a scalar's values that hold at the same time, let each end where another one, said later, begins."""
        claims = sorted(self._at(path), key=said_order)
        for number, claim in enumerate(claims):
            others = (other for other in claims[number + 1 :] if value_key(other.value) != value_key(claim.value))
            later = next((o for o in others if o.overlaps(claim.valid_from, claim.valid_to)), None)
            if later is not None and not claim.retracted and _reaches(later.valid_to, claim.valid_to):
                closed = _later(claim.valid_from, later.valid_from or later.said_at.date())
                self._rewrite(claim, valid_to=_first_end(closed, claim.valid_to))

    def _said_again(self, claim: Claim, said_at: datetime) -> datetime:
        """When a claim counts as said after it was confirmed: not later than what took its place for a while."""
        others = (other for other in self._at(claim.path) if other.id != claim.id and slot_of(other) == slot_of(claim))
        between = (other for other in others if claim.said_at < other.said_at <= said_at)
        if any(other.overlaps(claim.valid_from, claim.valid_to) for other in between):
            return claim.said_at
        return max(claim.said_at, said_at)

    def _targets(self, edit: Targeted) -> list[Claim]:
        claims = [claim for claim in self._at(edit.path) if not claim.retracted]
        if edit.claim is not None:
            return [claim for claim in claims if claim.id == edit.claim]
        if edit.record_id is not None:
            return [claim for claim in claims if claim.record_id == edit.record_id]
        if edit.item is not None:
            return [claim for claim in claims if slot_of(claim) == value_key(edit.item)]
        return claims


def _differs(before: Entry | None, after: Entry) -> bool:
    return before is not after and before != after


def _begins_within(claim: Claim, start: date, end: date | None) -> bool:
    """Whether the claim begins on a day of [start, end), even if it ends there at once."""
    return claim.valid_from is not None and start <= claim.valid_from and (end is None or claim.valid_from < end)


def _reaches(end: date | None, other_end: date | None) -> bool:
    """Whether what ends at `end` lasts at least as long as what ends at `other_end`.

    A value for a while (this week in Paris) does not close the one that goes on after it.
    """
    return end is None or (other_end is not None and end >= other_end)


def _trimmed(start: date | None, end: date | None, later_said: Claim) -> date | None:
    """Where a value said earlier ends, given one said later that overlaps it."""
    if not _reaches(later_said.valid_to, end):
        return end
    bound = _later(start, later_said.valid_from) if later_said.valid_from else start
    return _first_end(bound if bound is not None else later_said.said_at.date(), end)


def _stronger(a: Authority, b: Authority) -> Authority:
    return b if RANK[b] > RANK[a] else a


def _later(a: date | None, b: date | None) -> date | None:
    """The later of two days, where None is before every day."""
    return max((day for day in (a, b) if day is not None), default=None)


def _first_end(a: date | None, b: date | None) -> date | None:
    """The earlier of two ends, where None is after every day."""
    return min((day for day in (a, b) if day is not None), default=None)


def _earlier(a: date | None, b: date | None) -> date | None:
    """The earlier of two days, where None is before every day."""
    return None if a is None or b is None else min(a, b)
