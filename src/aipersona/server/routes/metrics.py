"""Metrics, for Prometheus: what this process has counted, of all tenants."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Response
from prometheus_client import REGISTRY
from prometheus_client.exposition import choose_encoder

from aipersona.server.guarding import GuardedRoute

router = APIRouter(tags=["health"], route_class=GuardedRoute)


@router.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
def metrics(accept: Annotated[str, Header()] = "") -> Response:
    """The metrics in the text format of Prometheus."""
    encode, media_type = choose_encoder(accept)
    return Response(encode(REGISTRY), media_type=media_type)
