"""Usage: what was asked of models to learn, with its tokens and its cost."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query

from aipersona.server.guarding import GuardedRoute
from aipersona.server.routes.paths import UserId
from aipersona.server.serving import Calling
from aipersona.usage import TenantUsage, Usage

router = APIRouter(prefix="/v1", tags=["usage"], route_class=GuardedRoute)


@router.get("/users/{user_id}/usage")
async def user_usage(calling: Calling, user_id: UserId) -> Usage:
    """What learning from the user took, by model and by revision; costs in US dollars, where prices are known."""
    return await calling.ai.usage(user_id)


@router.get("/usage")
async def tenant_usage(
    calling: Calling,
    since: Annotated[date | None, Query(description="The first day that counts.")] = None,
    until: Annotated[date | None, Query(description="The last day that counts.")] = None,
) -> TenantUsage:
    """What learning from all users of the tenant took, by model and by day; what was erased is not in it."""
    return await calling.ai.tenant_usage(since=since, until=until)
