"""ByHand: what is changed by hand, by the user or the application. At once, as one revision that can be undone."""

from __future__ import annotations

from datetime import date

from pydantic import JsonValue

from aipersona.persona.claims import Authority
from aipersona.persona.patch import Change, JsonPatch
from aipersona.persona.revisions import Revision
from aipersona.tenant import Tenant


class ByHand(Tenant):
    """Corrections of the personas of a tenant.

    Every one of them takes `expected`, the revision that the user must be at; None takes any. With `dry_run` the
    revision is shown and not committed.
    """

    async def set(
        self,
        user_id: str,
        path: str,
        value: JsonValue,
        *,
        valid_from: date | None = None,
        valid_to: date | None = None,
        replacing: JsonValue = None,
        authority: Authority = "user_edit",
        expected: int | None = None,
        dry_run: bool = False,
    ) -> Revision:
        """Give a field a value, or a set or record field another item or row, at once.

        With `replacing`, that item of a set field goes as the new one comes.

        Raises: UnknownField, InvalidValue, NotAllowed, InvalidEdit; RevisionConflict if another revision is the latest.
        """
        changes = [Change(op="set", path=path, value=value)]
        if replacing is not None:
            changes.insert(0, Change(op="remove", path=path, value=replacing))
        return await (await self._corrections(expected, dry_run=dry_run)).change(
            self._key(user_id), changes, cause="set", authority=authority, valid_from=valid_from, valid_to=valid_to
        )

    async def patch(
        self, user_id: str, patch: JsonPatch, *, expected: int | None = None, dry_run: bool = False
    ) -> Revision:
        """Apply a JSON Patch of the persona as it is shown today, as one revision.

        Raises: what `set` raises; InvalidInput for a patch without meaning here.
        """
        return await (await self._corrections(expected, dry_run=dry_run)).patch(await self._known(user_id), patch)

    async def forget(
        self,
        user_id: str,
        path: str,
        *,
        item: str | None = None,
        expected: int | None = None,
        dry_run: bool = False,
    ) -> Revision:
        """Take back what is known at a path and below it, or one item or row; `revert` undoes it, `erase` cannot.

        Raises: UnknownUser, UnknownField, InvalidEdit.
        """
        corrections = await self._corrections(expected, dry_run=dry_run)
        return await corrections.forget(await self._known(user_id), path, item=item)

    async def revert(
        self, user_id: str, number: int, *, expected: int | None = None, dry_run: bool = False
    ) -> Revision:
        """Undo one revision and keep every other one's effect.

        Raises: UnknownUser, UnknownRevision, InvalidEdit.
        """
        return await (await self._corrections(expected, dry_run=dry_run)).revert(await self._known(user_id), number)

    async def answer(
        self, user_id: str, question_id: str, *, accept: bool, expected: int | None = None, dry_run: bool = False
    ) -> Revision:
        """Settle an open question: take the proposed value, or keep what stands.

        Raises: UnknownUser, UnknownQuestion.
        """
        corrections = await self._corrections(expected, dry_run=dry_run)
        return await corrections.answer(await self._known(user_id), question_id, accept=accept)
