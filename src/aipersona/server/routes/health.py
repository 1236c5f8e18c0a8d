"""Health: whether the process lives, and whether it can serve."""

from __future__ import annotations

from fastapi import APIRouter, Request

from aipersona.deadline import answer_within
from aipersona.errors import StoreUnavailable
from aipersona.server.guarding import GuardedRoute
from aipersona.server.serving import Serving
from aipersona.store.protocol import UserKey

router = APIRouter(tags=["health"], route_class=GuardedRoute)

LONGEST = 5.0
"""Seconds for which the database is waited for."""


@router.get("/healthz")
async def alive() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@router.get("/readyz")
async def ready(request: Request) -> dict[str, str]:
    """The database answers, too; 503 where it does not, or is silent for five seconds."""
    serving: Serving = request.app.state.serving
    try:
        await answer_within(LONGEST, _asked(serving))
    except TimeoutError:
        raise StoreUnavailable("the database does not answer in time") from None
    return {"status": "ready"}


async def _asked(serving: Serving) -> None:
    """Raises: StoreError."""
    await (await serving.ai.store()).head(UserKey(serving.ai.tenant, "readyz"))
