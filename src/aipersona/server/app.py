"""The application: routes, failures, and what they serve with."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import httpx2
from fastapi import FastAPI

from aipersona import __version__
from aipersona.engine import AIPersona
from aipersona.server.documented import FAILURES, document
from aipersona.server.problems import tell_problems
from aipersona.server.proxy.calls import Calls
from aipersona.server.proxy.upstream import Upstream
from aipersona.server.routes import contexts, health, personas, proxied, revisions, sessions, tokens, users
from aipersona.server.serving import Serving
from aipersona.server.settings import ServerSettings

ROUTERS = (health.router, users.router, sessions.router, personas.router, revisions.router, contexts.router,
           tokens.router, proxied.router)  # fmt: skip


def create_app(
    ai: AIPersona,
    *,
    settings: ServerSettings | None = None,
    auth: bool = True,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    transport: httpx2.AsyncBaseTransport | None = None,
) -> FastAPI:
    """The ASGI application over an engine, which it opens at its start and closes at its end.

    Without `auth` everybody may do everything in the engine's tenant: for one's own machine. `transport` stands in for
    the network to the upstream.

    Raises: InvalidInput for a secret that is too short.
    """
    serving = Serving(ai, settings or ServerSettings(), auth=auth, clock=clock)
    calls = Calls(Upstream(serving.settings, transport))

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncGenerator[None]:
        async with ai:
            try:
                yield
            finally:
                await calls.aclose()

    app = FastAPI(
        title="aipersona",
        version=__version__,
        summary="A living profile of every user of an LLM application: dated, evidenced, theirs to correct.",
        lifespan=lifespan,
        responses=FAILURES,
    )
    app.state.serving, app.state.calls = serving, calls
    tell_problems(app)
    for router in ROUTERS:
        app.include_router(router)
    document(app)
    return app
