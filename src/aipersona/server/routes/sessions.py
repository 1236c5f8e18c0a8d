"""Sessions: the evidence, as it comes in and as it is kept."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import ValidationError

from aipersona.errors import InvalidInput, first_cause
from aipersona.learning import LearnReport
from aipersona.server.bodies import (
    CloseGiven,
    Grown,
    Observed,
    Page,
    SessionGiven,
    SessionKept,
    TurnsGiven,
    aware,
    turns_of,
)
from aipersona.server.guarding import GuardedRoute
from aipersona.server.paging import Cursor, Limit, behind, page
from aipersona.server.problems import Refused
from aipersona.server.routes.paths import SessionId, UserId
from aipersona.server.serving import Calling
from aipersona.sessions.model import Session

router = APIRouter(prefix="/v1/users/{user_id}/sessions", tags=["sessions"], route_class=GuardedRoute)


@router.get("")
async def list_sessions(
    calling: Calling, user_id: UserId, cursor: Cursor = None, limit: Limit = 20
) -> Page[SessionKept]:
    """The user's sessions in the order of their last change."""
    found = await calling.ai.sessions(user_id, after=behind(cursor, 0), limit=limit + 1)
    return page(found, limit, SessionKept.of, lambda stored: stored.position)


@router.get("/{session_id}")
async def get_session(calling: Calling, user_id: UserId, session_id: SessionId) -> SessionKept:
    """One session as it is kept."""
    stored = await calling.ai.session(user_id, session_id)
    if stored is None:
        raise Refused(404, "unknown_session", f"user {user_id!r} has no session {session_id!r}")
    return SessionKept.of(stored)


@router.put("/{session_id}")
async def put_session(calling: Calling, user_id: UserId, session_id: SessionId, given: SessionGiven) -> Observed:
    """Keep a whole session. The same one again changes nothing; one that goes on may come again as it grows."""
    turns = turns_of(given.turns)
    try:
        session = Session(
            user_id=user_id,
            session_id=session_id,
            started_at=aware(given.started_at),
            turns=turns,
            speaker=given.speaker,
        )
    except ValidationError as error:
        raise InvalidInput(f"the session: {first_cause(error)}") from None
    return Observed(session_id=session_id, new=await calling.ai.observe(session, closed=given.closed))


@router.post("/{session_id}/turns")
async def append_turns(calling: Calling, user_id: UserId, session_id: SessionId, given: TurnsGiven) -> Grown:
    """Add messages to a session that goes on, or begin one with them."""
    session = await calling.ai.append(user_id, session_id, turns_of(given.turns))
    return Grown(session_id=session_id, started_at=session.started_at, turns=len(session.turns))


@router.post("/{session_id}/close")
async def close_session(
    calling: Calling, user_id: UserId, session_id: SessionId, given: CloseGiven | None = None
) -> LearnReport | None:
    """Close a session, so that it can be learned from; what was learned, or null where that is not due yet."""
    return await calling.ai.end_session(user_id, session_id, learn=given is None or given.learn)
