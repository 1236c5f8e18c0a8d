"""Tokens: an application lets its users see and correct what is known of them, without showing them its own key."""

from __future__ import annotations

from datetime import timedelta

from fastapi import APIRouter

from aipersona.access.principals import scopes_of
from aipersona.server.bodies import TokenGiven, TokenMade
from aipersona.server.guarding import GuardedRoute
from aipersona.server.problems import Refused
from aipersona.server.serving import Calling

router = APIRouter(prefix="/v1/tokens", tags=["access"], route_class=GuardedRoute)


@router.post("", status_code=201)
async def make_token(calling: Calling, given: TokenGiven) -> TokenMade:
    """A signed token that lets its bearer act as one user, on what is known of that user alone, until it ends."""
    tokens = calling.serving.tokens
    if tokens is None:
        raise Refused(409, "no_token_secret", "this server signs no tokens: set AIPERSONA_TOKEN_SECRET")
    text, ends_at = tokens.sign(
        tenant=calling.principal.tenant,
        user_id=given.user_id,
        scopes=scopes_of([*given.scopes]),
        now=calling.serving.clock(),
        lasts=timedelta(seconds=min(given.seconds, 10**9)),
    )
    return TokenMade(token=text, user_id=given.user_id, ends_at=ends_at)
