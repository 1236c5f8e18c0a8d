"""Watching requests: each is one span, one measurement and one line of the log, by its route's template.

Paths, queries and bodies hold users' ids and what they said: none of it is told. What nobody foresaw is told by its
type and place, and goes no further, since servers print the messages of what reaches them.
"""

from __future__ import annotations

import logging
import time

from opentelemetry.trace import Span, SpanKind
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from aipersona.errors import unforeseen
from aipersona.server.problems import problem_of
from aipersona.server.proxy.upstream import Broken
from aipersona.server.serving import Caller
from aipersona.telemetry.meters import REQUEST_SECONDS
from aipersona.telemetry.spans import TENANT, Attributes, error_type, mark_failed, span

logger = logging.getLogger("aipersona.server")
access = logging.getLogger("aipersona.access")

METHODS = {"CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"}

_PARENT = TraceContextTextMapPropagator()


class Watched:
    """An application whose requests are watched."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        method = scope["method"] if scope["method"] in METHODS else "_OTHER"
        parent = _PARENT.extract(Headers(scope=scope))
        with span(method, {"http.request.method": method}, kind=SpanKind.SERVER, parent=parent) as current:
            await self._watch(scope, receive, send, method, current)

    async def _watch(self, scope: Scope, receive: Receive, send: Send, method: str, current: Span) -> None:
        started, status = time.perf_counter(), 0
        failure: str | None = None

        async def told(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, told)
        except Exception as error:
            failure = error_type(error)
            if not isinstance(error, Broken):
                logger.error(unforeseen(error))
            if status:  # begun and not whole: only a failure makes the server cut the connection
                raise Broken(failure) from None
            await problem_of(error)(scope, receive, told)
        finally:
            if failure is None and status >= 500:
                failure = str(status)
            elif failure is None and not status:
                failure = "CancelledError"
            _tell(scope, method, status, time.perf_counter() - started, failure, current)


def _tell(scope: Scope, method: str, status: int, seconds: float, failure: str | None, current: Span) -> None:
    found = scope.get("route")
    route = getattr(found, "path_format", None) or getattr(found, "path", None) or "_OTHER"
    caller: Caller | None = scope.get("aipersona.caller")
    about: Attributes = {"http.route": route, **({"http.response.status_code": status} if status else {})}
    if caller is not None:
        about[TENANT] = caller.principal.tenant
    current.update_name(f"{method} {route}")
    current.set_attributes(about)
    failed: Attributes = {}
    if failure is not None:
        failed = {"error.type": failure}
        mark_failed(current, failure)
    REQUEST_SECONDS.record(seconds, {"http.request.method": method, **about, **failed})
    line = {
        "method": method,
        "route": route,
        "status": status,
        "ms": round(1000 * seconds, 1),
        "tenant": caller.principal.tenant if caller is not None else None,
        "key": _shown(caller),
    }
    access.info("%s %s %s", method, route, status, extra={"aipersona": line})


def _shown(caller: Caller | None) -> str | None:
    """Which key was shown: its id, or `token`, whose id would be that of its user."""
    if caller is None or not caller.serving.auth:
        return None
    return "token" if caller.principal.id.startswith("user:") else caller.principal.id
