"""Contexts: what to tell a model about a user, and what of the past says most about a question. No model is called."""

from __future__ import annotations

from fastapi import APIRouter

from aipersona.context import Context
from aipersona.recall import Recalled
from aipersona.server.bodies import ContextGiven, RecallGiven
from aipersona.server.guarding import GuardedRoute
from aipersona.server.routes.paths import UserId
from aipersona.server.serving import Calling

router = APIRouter(prefix="/v1/users/{user_id}", tags=["context"], route_class=GuardedRoute)


@router.post("/context")
async def context(calling: Calling, user_id: UserId, given: ContextGiven) -> Context:
    """What to tell a model about the user for a query, under a token budget; empty for a user never seen."""
    return await calling.ai.context(
        user_id, given.query, budget=given.budget, as_of=given.as_of, running=given.running, exclude=given.exclude
    )


@router.post("/recall")
async def recall(calling: Calling, user_id: UserId, given: RecallGiven) -> Recalled:
    """The turns and the sessions that say most about a query, best first."""
    return await calling.ai.recall(
        user_id,
        given.query,
        limit=given.limit,
        sessions=given.sessions,
        as_of=given.as_of,
        running=given.running,
        exclude=given.exclude,
    )
