"""Users: who there is, and their right to take everything with them or have it erased."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse

from aipersona.errors import InvalidInput
from aipersona.server.bodies import Page
from aipersona.server.guarding import GuardedRoute
from aipersona.server.paging import Cursor, Limit, behind, page
from aipersona.server.routes.paths import UserId
from aipersona.server.serving import Calling
from aipersona.store.protocol import Receipt, UserSummary

router = APIRouter(prefix="/v1/users", tags=["users"], route_class=GuardedRoute)

LINES = "application/x-ndjson"


@router.get("")
async def list_users(calling: Calling, cursor: Cursor = None, limit: Limit = 50) -> Page[UserSummary]:
    """The tenant's users, by id."""
    found = await calling.ai.users(after=behind(cursor, ""), limit=limit + 1)
    return page(found, limit, lambda user: user, lambda user: user.user_id)


@router.get("/{user_id}")
async def get_user(calling: Calling, user_id: UserId) -> UserSummary:
    """How much there is of a user."""
    return await calling.ai.user(user_id)


@router.delete("/{user_id}")
async def erase_user(calling: Calling, user_id: UserId) -> Receipt:
    """Remove everything about a user for good; the receipt says what was removed."""
    return await calling.ai.erase(user_id)


@router.get("/{user_id}/export", response_class=StreamingResponse, responses={200: {"content": {LINES: {}}}})
async def export_user(calling: Calling, user_id: UserId) -> StreamingResponse:
    """Everything kept about a user, as lines of JSON that can be imported again."""
    await calling.ai.user(user_id)

    async def lines() -> AsyncIterator[str]:
        async for line in calling.ai.export(user_id):
            yield f"{line}\n"

    return StreamingResponse(lines(), media_type=LINES)


@router.post(
    "/{user_id}/import",
    openapi_extra={"requestBody": {"required": True, "content": {LINES: {"schema": {"type": "string"}}}}},
)
async def import_user(calling: Calling, user_id: UserId, request: Request) -> UserSummary:
    """Take in an exported user under this id. What is there already is not doubled; other content is a conflict."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "import.jsonl"
        with file.open("wb") as taken:
            async for chunk in request.stream():
                taken.write(chunk)
        try:
            return await calling.ai.import_(file, user_id=user_id)
        except InvalidInput as error:
            raise InvalidInput(str(error).replace(str(file), "the body")) from None
