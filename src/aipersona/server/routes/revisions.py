"""Revisions: what changed when, by whom, and undoing it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import JsonValue

from aipersona.errors import UnknownRevision
from aipersona.persona.revisions import Revision
from aipersona.server.bodies import Page
from aipersona.server.etags import Expected, tagged
from aipersona.server.guarding import GuardedRoute
from aipersona.server.paging import Cursor, Limit, behind, page
from aipersona.server.routes.paths import Number, UserId
from aipersona.server.serving import Calling

router = APIRouter(prefix="/v1/users/{user_id}", tags=["revisions"], route_class=GuardedRoute)


@router.get("/revisions")
async def list_revisions(calling: Calling, user_id: UserId, cursor: Cursor = None, limit: Limit = 20) -> Page[Revision]:
    """The user's revisions, oldest first, with what was accepted, what was rejected and why, and what it cost."""
    found = await calling.ai.log(user_id, after=behind(cursor, 0), limit=limit + 1)
    return page(found, limit, lambda revision: revision, lambda revision: revision.number)


@router.get("/revisions/{number}")
async def get_revision(calling: Calling, user_id: UserId, number: Number) -> Revision:
    """One revision."""
    found = await calling.ai.log(user_id, after=number - 1, limit=1)
    if not found:
        raise UnknownRevision(user_id, number, (await calling.ai.user(user_id)).revision)
    return found[0]


@router.post("/revisions/{number}/revert")
async def revert(calling: Calling, user_id: UserId, number: Number, response: Response, expected: Expected) -> Revision:
    """Undo one revision and keep every other one; undoing that revision brings it back."""
    made = await calling.ai.revert(user_id, number, expected=expected)
    tagged(response, made.number)
    return made


@router.get("/diff")
async def diff(
    calling: Calling,
    user_id: UserId,
    before: Annotated[int, Query(ge=0, lt=2**31, description="A revision; 0 is before the first.")],
    after: Annotated[int, Query(ge=0, lt=2**31, description="Another revision.")],
) -> list[dict[str, JsonValue]]:
    """What changed between two revisions, as JSON Patch of the persona of today."""
    return await calling.ai.diff(user_id, before, after)
