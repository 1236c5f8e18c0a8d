"""The OpenAI-compatible routes: point a client's base URL here, and name the user."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import APIRouter, Request, Response

from aipersona.server.documented import PROXIED
from aipersona.server.guarding import GuardedRoute
from aipersona.server.problems import Refused
from aipersona.server.proxy.calls import CHAT, RESPONSES, Calls
from aipersona.server.serving import Calling

router = APIRouter(prefix="/v1", tags=["openai"], route_class=GuardedRoute, responses=PROXIED)

_BODY = {"requestBody": {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}}}


@router.post("/chat/completions", openapi_extra=_BODY, response_class=Response)
async def chat_completions(calling: Calling, request: Request) -> Response:
    """A chat completion of the upstream, told what is known of `user` (or `X-AIPersona-User`), and recorded."""
    return await _calls(request).answer(calling, CHAT, request.headers, await request.body(), query=_query(request))


@router.post("/responses", openapi_extra=_BODY, response_class=Response)
async def responses(calling: Calling, request: Request) -> Response:
    """A response of the upstream, told what is known of `user` (or `X-AIPersona-User`), and recorded."""
    return await _calls(request).answer(
        calling, RESPONSES, request.headers, await request.body(), query=_query(request)
    )


@router.post("/embeddings", openapi_extra=_BODY, response_class=Response)
async def embeddings(calling: Calling, request: Request) -> Response:
    """The upstream's embeddings."""
    del calling
    return await _calls(request).embed(request.headers, await request.body(), query=_query(request))


@router.get("/models", response_class=Response)
async def models(calling: Calling, request: Request) -> Response:
    """The upstream's models."""
    del calling
    return await _calls(request).pass_on("GET", "/models", request.headers, b"", query=_query(request))


@router.get("/models/{model:path}", response_class=Response)
async def model(calling: Calling, request: Request, model: str) -> Response:
    """One of the upstream's models."""
    del calling
    if any(step in (".", "..") for step in model.split("/")):
        raise Refused(404, "unknown_model", "a model's name has no steps up or on the spot")
    return await _calls(request).pass_on("GET", f"/models/{quote(model)}", request.headers, b"", query=_query(request))


def _query(request: Request) -> str:
    return request.url.query


def _calls(request: Request) -> Calls:
    return request.app.state.calls
