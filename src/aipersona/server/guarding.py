"""Guarded routes: before a body is read, who asks is known, may do it, and not too often; bodies have a longest length.

A server that asks for no key serves programs on this machine alone: a page elsewhere that a browser here has open could
send requests, too, under another name of this machine (DNS rebinding) or across sites, and is refused.

A request with an `Idempotency-Key` that came before is answered as it was then, and changes nothing again.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from fastapi.routing import APIRoute
from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope, Send

from aipersona.access.loopback import is_loopback
from aipersona.access.policy import POLICY, Rule
from aipersona.access.principals import Principal
from aipersona.server.problems import Refused
from aipersona.server.repeating import answered_once
from aipersona.server.serving import Caller, Serving
from aipersona.telemetry.spans import on_behalf_of

KEY_HEADER = "x-aipersona-key"
"""Shows a key of this server where `Authorization` is meant for the upstream."""


class GuardedRoute(APIRoute):
    """A route that lets in whom the policy does."""

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        method: str = "GET" if scope["method"] == "HEAD" else scope["method"]
        rule = POLICY.get((method, self.path_format))
        if scope["method"] not in (self.methods or ()):
            await super().handle(scope, receive, send)
            return
        if rule is None:
            raise Refused(403, "not_allowed", "no rule allows this")
        serving: Serving = scope["app"].state.serving
        if not serving.auth:
            require_here(Headers(scope=scope))
        if rule.scope is None:
            await self._bounded(rule, scope, receive, send)
            return
        principal = await serving.who(shown_key(Headers(scope=scope)))
        scope["aipersona.caller"] = Caller(serving=serving, principal=principal)
        await serving.admit(principal)
        allow(rule, principal, scope["path_params"].get("user_id"))
        with on_behalf_of(principal.tenant):
            await self._bounded(rule, scope, receive, send)

    async def _bounded(self, rule: Rule, scope: Scope, receive: Receive, send: Send) -> None:
        serving: Serving = scope["app"].state.serving
        headers = Headers(scope=scope)
        settings = serving.settings
        most = settings.proxied_bytes if rule.proxied else settings.request_bytes
        receive = _bounded(headers, receive, most)
        request_id = headers.get("idempotency-key")
        if request_id is not None and rule.repeatable:
            await answered_once(super().handle, scope, receive, send, request_id)
        else:
            await super().handle(scope, receive, send)


def shown_key(headers: Headers) -> str | None:
    """The key or token that a request shows."""
    own = headers.get(KEY_HEADER)
    if own is not None:
        return own
    kind, _, text = headers.get("authorization", "").partition(" ")
    return text.strip() if kind.casefold() == "bearer" and text.strip() else None


def require_here(headers: Headers) -> None:
    """Raises: Refused for a host that is no name of this machine alone, and for a page that is not from here."""
    host = _host_of(f"//{headers.get('host', '')}")
    if host is None or not is_loopback(host):
        raise Refused(403, "not_local", "without keys this server answers to localhost and 127.0.0.1 alone")
    for origin in headers.getlist("origin"):
        page = _host_of(origin)
        if page is None or not is_loopback(page):
            raise Refused(403, "not_local", "without keys this server answers no page from elsewhere")


def _host_of(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


def allow(rule: Rule, principal: Principal, user_id: str | None) -> None:
    """Raises: Refused where the policy does not let a principal do something to a user."""
    if not rule.allows(principal, user_id):
        if principal.user_id is not None and user_id != principal.user_id:
            raise Refused(403, "not_allowed", "this key is bound to one user")
        raise Refused(403, "not_allowed", f"this takes the scope {rule.scope}")


def _bounded(headers: Headers, receive: Receive, most: int) -> Receive:
    """The body, as far as it is not too long.

    Raises: Refused.
    """
    too_long = Refused(413, "too_long", f"a body has at most {most} bytes")
    announced = headers.get("content-length", "0")
    if announced.isdigit() and int(announced) > most:
        raise too_long
    seen = 0

    async def bounded() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > most:
            raise too_long
        return message

    return bounded
