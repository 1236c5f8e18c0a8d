"""Corrections: what the user or the application changes by hand. At once, with authority `user_edit` or `imported`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime

from pydantic import ValidationError

from aipersona.commits import commit_on_head
from aipersona.errors import (
    InvalidEdit,
    InvalidValue,
    NotAllowed,
    RevisionConflict,
    UnknownField,
    UnknownQuestion,
    first_cause,
)
from aipersona.optimizer.draft import DraftEdit
from aipersona.optimizer.gate import Gate
from aipersona.optimizer.ground import NotAccepted
from aipersona.optimizer.judge import Statement
from aipersona.optimizer.policy import Policy
from aipersona.persona.claims import Authority, Claim
from aipersona.persona.edits import Edit, RemoveEdit, SettleEdit
from aipersona.persona.model import Persona
from aipersona.persona.patch import Change, JsonPatch, changes_of
from aipersona.persona.revisions import Author, Revision, revert
from aipersona.schema.fields import Schema
from aipersona.sessions.model import is_storable
from aipersona.store.protocol import Store, UserKey


class Corrections:
    """Writes revisions that no model proposed; on the revision `expected`, or on whichever is the latest.

    With `dry_run` every revision is shown as it would be made now, and none is committed. Every method raises
    RevisionConflict where the user is not at the expected revision.
    """

    def __init__(
        self,
        store: Store,
        schema: Schema,
        policy: Policy,
        clock: Callable[[], datetime],
        *,
        expected: int | None = None,
        dry_run: bool = False,
    ) -> None:
        self._store, self._schema, self._policy, self._clock = store, schema, policy, clock
        self._expected, self._dry_run = expected, dry_run

    async def change(
        self,
        key: UserKey,
        changes: Sequence[Change],
        *,
        cause: str,
        authority: Authority = "user_edit",
        valid_from: date | None = None,
        valid_to: date | None = None,
    ) -> Revision:
        """Commit these changes as one revision, all or none.

        Raises: UnknownField, InvalidValue, InvalidEdit, NotAllowed.
        """
        now = self._clock()

        async def build(persona: Persona) -> Revision:
            gate = Gate(persona, self._schema, self._policy)
            for change in changes:
                draft = _draft(change, valid_from, valid_to)
                said_at = _after_all(persona, change.path, now) if authority == "user_edit" else now
                statement = Statement(
                    draft=draft,
                    authority=authority,
                    evidence=(),
                    said_at=said_at,
                    day=now.date(),
                    by_hand=authority == "user_edit",
                )
                try:
                    gate.state(statement)
                except NotAccepted as why:
                    raise self._error(persona, change.path, why) from None
            return self._revision(persona, gate.verdict().edits, cause, authority)

        return await self._commit(key, build)

    async def patch(self, key: UserKey, patch: JsonPatch, *, authority: Authority = "user_edit") -> Revision:
        """Commit a JSON Patch of the persona as it is shown today.

        Raises: InvalidInput and what `change` raises.
        """
        persona = await self._store.load(key)
        schema = self._schema.with_learned(entry.spec for entry in persona.learned)
        changes = changes_of(patch, persona.as_dict(self._clock().date()), schema)
        if not changes:
            raise InvalidEdit("the patch changes nothing")
        return await self.change(key, changes, cause="patch", authority=authority)

    async def forget(self, key: UserKey, path: str, *, item: str | None = None) -> Revision:
        """Take back everything at a path and below it, or one item or row: it shows on no day any more.

        Raises: UnknownField if nothing was ever known there.
        """
        return await self.forget_all(key, [(path, item)])

    async def forget_all(self, key: UserKey, targets: Sequence[tuple[str, str | None]]) -> Revision:
        """Take back what is at each path, or the item or row named with it, as one revision: all of it or nothing.

        Raises: UnknownField if nothing was ever known at one of them.
        """

        async def build(persona: Persona) -> Revision:
            edits = [edit for path, item in targets for edit in self._forgotten(persona, path, item)]
            return self._revision(persona, edits, "forget", "user_edit")

        return await self._commit(key, build)

    def _forgotten(self, persona: Persona, path: str, item: str | None) -> list[Edit]:
        now = self._clock()
        history = [claim for claim in persona.history(path) if not claim.retracted]
        claims = [claim for claim in history if item is None or _is_named(claim, item)]
        if not claims:
            schema = self._schema.with_learned(entry.spec for entry in persona.learned)
            if schema.get(path) is None and not any(p.startswith(f"{path}.") for p in schema.by_path):
                raise UnknownField(path, schema.near(path))
            raise InvalidEdit(f"nothing is known at {path!r}, so there is nothing to forget")
        # What sessions dated after this clock said goes, too.
        said_at = _after_all(persona, path, now)
        edits: list[Edit] = [
            RemoveEdit(
                op="remove",
                path=claim.path,
                item=claim.value if claim.kind == "set" else None,
                record_id=claim.record_id,
                on=now.date(),
                entirely=True,
                authority="user_edit",
                said_at=said_at,
            )
            for claim in _one_each(claims)
        ]
        return [*edits, *_unasked(persona, path)] if item is None else edits

    async def answer(self, key: UserKey, question_id: str, *, accept: bool) -> Revision:
        """Settle an open question: take the proposed value as the user's own, or keep what stands.

        Raises: UnknownQuestion.
        """
        now = self._clock()

        async def build(persona: Persona) -> Revision:
            question = persona.question(question_id)
            if question is None:
                raise UnknownQuestion(key.user_id, question_id)
            edits: list[Edit] = [SettleEdit(op="settle", question_id=question_id, accepted=accept)]
            if accept:
                gate = Gate(persona, self._schema, self._policy)
                draft = DraftEdit(op="set", path=question.path, value=question.proposed, session_id="")
                statement = Statement(
                    draft=draft,
                    authority="user_edit",
                    evidence=question.evidence,
                    said_at=_after_all(persona, question.path, now),
                    day=now.date(),
                )
                try:
                    made = gate.state(statement)
                except NotAccepted as why:
                    raise self._error(persona, question.path, why) from None
                edits.extend(edit for edit in made if edit not in edits)
            return self._revision(persona, edits, "answer", "user_edit")

        return await self._commit(key, build)

    async def revert(self, key: UserKey, number: int) -> Revision:
        """Undo revision `number` and nothing else; undoing that revision brings it back.

        Raises: UnknownRevision; InvalidEdit if there is nothing left of it to undo.
        """

        async def build(persona: Persona) -> Revision:
            restore = revert(key.user_id, await self._store.revisions(key), number)
            if not restore.put and not restore.drop:
                raise InvalidEdit(f"reverting revision {number} would change nothing")
            made = self._revision(persona, [restore], f"revert {number}", "user_edit")
            return made.model_copy(update={"reverts": number})

        return await self._commit(key, build)

    async def _commit(self, key: UserKey, build: Callable[[Persona], Awaitable[Revision]]) -> Revision:
        if self._dry_run:
            persona = await self._store.load(key)
            if self._expected is not None and persona.revision != self._expected:
                raise RevisionConflict(key.user_id, self._expected, persona.revision)
            return await build(persona)
        revision = await commit_on_head(self._store, key, build, expected=self._expected)
        assert revision is not None
        return revision

    def _revision(self, persona: Persona, edits: Sequence[Edit], cause: str, authority: Authority) -> Revision:
        author: Author = "user" if authority == "user_edit" else "application"
        return Revision(number=persona.revision + 1, at=self._clock(), author=author, cause=cause, edits=tuple(edits))

    def _error(self, persona: Persona, path: str, why: NotAccepted) -> Exception:
        match why.reason:
            case "unknown_field":
                schema = self._schema.with_learned(entry.spec for entry in persona.learned)
                return UnknownField(path, schema.near(path))
            case "sensitive":
                return NotAllowed(f"{path} is a special category of personal data, which the policy does not keep")
            case "wrong_type":
                where, _, cause = why.detail.partition(": ")
                known = where == path or where.startswith(f"{path}.")
                return InvalidValue(cause if known else why.detail, path=where if known else path)
            case _:
                return InvalidEdit(f"{path}: {why.reason.replace('_', ' ')}{f' ({why.detail})' if why.detail else ''}")


def _draft(change: Change, valid_from: date | None, valid_to: date | None) -> DraftEdit:
    try:
        return DraftEdit(
            op=change.op,
            path=change.path,
            value=change.value,
            session_id="",
            valid_from=valid_from,
            valid_to=valid_to,
        )
    except ValidationError as error:
        cause = first_cause(error).removeprefix("value: ")
        raise InvalidValue(cause, path=change.path if is_storable(change.path) else None) from None


def _unasked(persona: Persona, path: str) -> list[SettleEdit]:
    """What closes the questions at a path and below it: they hold values, too."""
    questions = (q for q in persona.questions if q.path == path or q.path.startswith(f"{path}."))
    return [SettleEdit(op="settle", question_id=question.id, accepted=False) for question in questions]


def _after_all(persona: Persona, path: str, now: datetime) -> datetime:
    """Now, or later if a session's clock ran ahead: what a user corrects by hand is said after what it corrects."""
    return max([now, *(claim.said_at for claim in persona.history(path))])


def _is_named(claim: Claim, item: str) -> bool:
    wanted = " ".join(item.casefold().split())
    if claim.record_id == item:
        return True
    values = claim.row.values() if claim.kind == "records" else [claim.value]
    return any(" ".join(str(value).casefold().split()) == wanted for value in values)


def _one_each(claims: Sequence[Claim]) -> list[Claim]:
    """One claim for each slot: a removal takes back every version of a row."""
    seen: dict[tuple[str, str], Claim] = {}
    for claim in claims:
        slot = claim.record_id or (str(claim.value) if claim.kind == "set" else "")
        seen.setdefault((claim.path, slot), claim)
    return list(seen.values())
