"""Work: who is to be learned for, what failed, and having it tried again."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from aipersona.server.bodies import Given
from aipersona.server.guarding import GuardedRoute
from aipersona.server.serving import Calling
from aipersona.sessions.model import Name
from aipersona.work import Failure

router = APIRouter(prefix="/v1/work", tags=["work"], route_class=GuardedRoute)

Most = Annotated[int, Query(ge=1, le=500, description="Entries at most.")]


class DueShown(BaseModel):
    """A user for whom there is something to do."""

    tenant: str
    user_id: str
    attempts: int = Field(description="How often it failed so far.")
    asked: bool = Field(description="Whether somebody asked for it.")


class RetryGiven(Given):
    user_id: Name | None = Field(default=None, description="One user; by default all of the tenant's.")


class Retried(BaseModel):
    count: int


@router.get("/due")
async def list_due(calling: Calling, limit: Most = 100) -> list[DueShown]:
    """The users of all tenants who are due, those first who have waited longest."""
    found = await calling.serving.worker.pending(limit=limit)
    return [
        DueShown(tenant=one.key.tenant, user_id=one.key.user_id, attempts=one.attempts, asked=one.asked)
        for one in found
    ]


@router.get("/failed")
async def list_failed(calling: Calling, limit: Most = 100) -> list[Failure]:
    """What failed for users of the tenant; without `again_at` it waits for a retry, and holds up that user."""
    return await calling.serving.worker.failed(calling.principal.tenant, limit=limit)


@router.post("/retry")
async def retry(calling: Calling, given: RetryGiven | None = None) -> Retried:
    """Have what failed tried again, by the worker that runs or the next one."""
    user_id = given.user_id if given is not None else None
    return Retried(count=await calling.serving.worker.retry(calling.principal.tenant, user_id))
