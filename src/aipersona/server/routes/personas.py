"""Personas: what is known, why, and corrections by hand. ETags are revisions; edits take `If-Match`."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Body, Query, Response
from pydantic import JsonValue

from aipersona.consolidating import ConsolidationReport
from aipersona.learning import LearnReport
from aipersona.persona.claims import Question
from aipersona.persona.query import QueryAnswer
from aipersona.persona.revisions import Revision
from aipersona.server.bodies import (
    ConsolidateGiven,
    LearnGiven,
    PersonaShown,
    QueryGiven,
    SettledGiven,
    StepShown,
    ValueGiven,
    WhyShown,
)
from aipersona.server.etags import Expected, tagged
from aipersona.server.guarding import GuardedRoute
from aipersona.server.routes.paths import FieldPath, UserId
from aipersona.server.serving import Calling

router = APIRouter(prefix="/v1/users/{user_id}", tags=["persona"], route_class=GuardedRoute)

AsOf = Annotated[date | None, Query(description="What held on that day; by default today.")]


@router.post("/learn", responses={202: {"description": "A worker will do it.", "model": None}})
async def learn(
    calling: Calling, user_id: UserId, response: Response, given: LearnGiven | None = None
) -> LearnReport | None:
    """Update the persona from the sessions that it has not learned from."""
    given = given or LearnGiven()
    if not (given.wait or given.dry_run):
        await calling.ai.user(user_id)
        await calling.serving.worker.due(calling.principal.tenant, user_id)
        response.status_code = 202
        return None
    return await calling.ai.learn(user_id, every=given.every, dry_run=given.dry_run)


@router.post("/consolidate")
async def consolidate(calling: Calling, user_id: UserId, given: ConsolidateGiven | None = None) -> ConsolidationReport:
    """Infer habits and traits from what is known, merge learned fields that are one, end what is stale."""
    given = given or ConsolidateGiven()
    return await calling.ai.consolidate(user_id, dry_run=given.dry_run, as_of=given.as_of)


@router.get("/persona")
async def get_persona(
    calling: Calling,
    user_id: UserId,
    response: Response,
    as_of: AsOf = None,
    revision: Annotated[
        int | None, Query(ge=0, lt=2**31, description="As it was believed then; by default now.")
    ] = None,
) -> PersonaShown:
    """What is known of a user, as a nested dictionary."""
    view = await calling.ai.persona(user_id, as_of=as_of, revision=revision)
    tagged(response, view.revision)
    return PersonaShown(user_id=user_id, as_of=view.as_of, revision=view.revision, persona=view.nested)


@router.patch("/persona")
async def patch_persona(
    calling: Calling,
    user_id: UserId,
    response: Response,
    expected: Expected,
    patch: Annotated[list[dict[str, JsonValue]], Body(max_length=1000, description="JSON Patch (RFC 6902).")],
) -> Revision:
    """Apply a JSON Patch of the persona as it is shown today, as one revision."""
    return _made(response, await calling.ai.patch(user_id, patch, expected=expected))


@router.put("/persona/{path}")
async def set_value(
    calling: Calling, user_id: UserId, path: FieldPath, given: ValueGiven, response: Response, expected: Expected
) -> Revision:
    """Give a field a value, or a set or record field another item or row."""
    made = await calling.ai.set(
        user_id,
        path,
        given.value,
        valid_from=given.valid_from,
        valid_to=given.valid_to,
        authority=given.authority,
        expected=expected,
    )
    return _made(response, made)


@router.delete("/persona/{path}")
async def forget(
    calling: Calling,
    user_id: UserId,
    path: FieldPath,
    response: Response,
    expected: Expected,
    item: Annotated[str | None, Query(description="One item, or the id or text of one row.")] = None,
) -> Revision:
    """Take back what is known at a path and below it. `revert` undoes it; erasing the user cannot be undone."""
    return _made(response, await calling.ai.forget(user_id, path, item=item, expected=expected))


@router.get("/why/{path}")
async def why(calling: Calling, user_id: UserId, path: FieldPath, as_of: AsOf = None) -> WhyShown:
    """The story of a field: each value with its words, its days and what it replaced, newest first."""
    told = await calling.ai.why(user_id, path, as_of=as_of)
    steps = [StepShown(claim=s.claim, holds=s.holds, replaced=list(s.replaced), undo=s.undo) for s in told.steps]
    return WhyShown(user_id=user_id, path=told.path, as_of=told.as_of, steps=steps, questions=list(told.questions))


@router.get("/questions")
async def list_questions(calling: Calling, user_id: UserId) -> list[Question]:
    """The open conflicts that only the user can settle."""
    return await calling.ai.questions(user_id)


@router.post("/questions/{question_id}")
async def answer_question(
    calling: Calling, user_id: UserId, question_id: str, given: SettledGiven, response: Response, expected: Expected
) -> Revision:
    """Settle an open question: take the proposed value, or keep what stands."""
    return _made(response, await calling.ai.answer(user_id, question_id, accept=given.accept, expected=expected))


@router.post("/query")
async def query(calling: Calling, user_id: UserId, given: QueryGiven, as_of: AsOf = None) -> QueryAnswer:
    """Filter, count, sum and compare the rows of a record field, exactly."""
    return await calling.ai.query(user_id, given, as_of=as_of)


def _made(response: Response, revision: Revision) -> Revision:
    tagged(response, revision.number)
    return revision
