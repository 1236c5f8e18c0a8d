"""The application: routes, failures, and what they serve with."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import httpx2
from fastapi import FastAPI

from aipersona import __version__
from aipersona.engine import AIPersona
from aipersona.server.documented import FAILURES, document
from aipersona.server.mcp_streams import McpStreams
from aipersona.server.problems import tell_problems
from aipersona.server.proxy.calls import Calls
from aipersona.server.proxy.upstream import Upstream
from aipersona.server.routes import (
    contexts,
    health,
    mcp,
    metrics,
    personas,
    proxied,
    revisions,
    sessions,
    tokens,
    usage,
    users,
    working,
)
from aipersona.server.serving import Serving
from aipersona.server.settings import ServerSettings
from aipersona.server.watching import Watched
from aipersona.work import Worker

ROUTERS = (proxied.router, contexts.router, mcp.router, sessions.router, personas.router, revisions.router,
           users.router, tokens.router, usage.router, working.router, health.router, metrics.router)  # fmt: skip
"""A request is matched with one after the other: what models' calls wait for comes first."""

UNTOLD: Any = {"tracing": False, "metrics": False, "logs": False, "auto_configure": False}
"""FastAPI's own telemetry, whose spans hold paths and queries, stays off: `Watched` tells of requests."""


def create_app(
    ai: AIPersona,
    *,
    settings: ServerSettings | None = None,
    auth: bool = True,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    worker: Worker | None = None,
    transport: httpx2.AsyncBaseTransport | None = None,
) -> FastAPI:
    """The ASGI application over an engine, which it opens at its start and closes at its end.

    Without `auth` everybody may do everything in the engine's tenant: for one's own machine. `worker` is the
    one that runs beside it, which is the caller's to start and to close. `transport` stands in for the network to the
    upstream.

    Raises: InvalidInput for a secret that is too short.
    """
    serving = Serving(ai, settings or ServerSettings(), auth=auth, clock=clock, worker=worker)
    calls = Calls(Upstream(serving.settings, is_own=serving.is_own, transport=transport))
    streams = McpStreams(serving.settings)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncGenerator[None]:
        async with ai:
            try:
                async with streams.running():
                    yield
            finally:
                await calls.aclose()

    app = FastAPI(
        title="aipersona",
        version=__version__,
        summary="A living profile of every user of an LLM application: dated, evidenced, theirs to correct.",
        lifespan=lifespan,
        telemetry=UNTOLD,
        responses=FAILURES,
        generate_unique_id_function=lambda route: route.name,
    )
    app.state.serving, app.state.calls, app.state.mcp = serving, calls, streams
    tell_problems(app)
    app.add_middleware(Watched)
    for router in ROUTERS:
        app.include_router(router)
    document(app, auth=auth)
    return app
