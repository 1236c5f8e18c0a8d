"""Health: whether the process lives, and whether it can serve."""

from __future__ import annotations

from fastapi import APIRouter, Request

from aipersona.server.guarding import GuardedRoute
from aipersona.server.serving import Serving
from aipersona.store.protocol import UserKey

router = APIRouter(tags=["health"], route_class=GuardedRoute)


@router.get("/healthz")
async def alive() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@router.get("/readyz")
async def ready(request: Request) -> dict[str, str]:
    """The database answers, too; 503 where it does not."""
    serving: Serving = request.app.state.serving
    await (await serving.ai.store()).head(UserKey(serving.ai.tenant, "readyz"))
    return {"status": "ready"}
