"""Who may do what: one rule for each route, MCP tool and MCP resource. What has no rule is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from aipersona.access.principals import Principal, Scope

Door = tuple[str, str]
"""Method and path of a route, or "MCP" and the name of a tool or the address of a resource."""


@dataclass(frozen=True)
class Rule:
    """What it takes: `scope`, or nothing where it is None.

    What is `about` a user is open to principals who are bound to that one, if they have the scope `own`; they are
    refused for other users, for the whole tenant and for the server. `proxied` requests may be longer.
    """

    scope: Scope | None
    about: Literal["user", "tenant", "server", "call"] = "user"
    own: Scope | None = None
    proxied: bool = False

    @property
    def repeatable(self) -> bool:
        """Whether a request may be sent twice under one `Idempotency-Key`: one that changes what is kept of a user.

        Erasing them is not: of who is gone no answer is kept.
        """
        return self.about == "user" and self.scope == "write"

    def allows(self, principal: Principal, user_id: str | None) -> bool:
        """Whether a principal may do it, to that user where it is about one."""
        if self.scope is None:
            return True
        if principal.user_id is None:
            return self.scope in principal.scopes
        if self.about == "call":  # the call is made for the user they are bound to, whoever it names
            return self.scope in principal.scopes
        return self.about == "user" and user_id == principal.user_id and (self.own or self.scope) in principal.scopes


_USER = "/v1/users/{user_id}"
_SESSION = f"{_USER}/sessions/{{session_id}}"

_READ, _WRITE = Rule("read"), Rule("write")
_CALL = Rule("call", about="call", proxied=True)
"""Calls spend what the upstream costs: who may write may not call for that reason."""
_MCP = Rule("read", about="call")
"""Takes MCP messages in; each tool and resource has a rule of its own."""

POLICY: Mapping[Door, Rule] = {
    ("GET", "/healthz"): Rule(None, about="server"),
    ("GET", "/readyz"): Rule(None, about="server"),
    ("GET", "/metrics"): Rule("operate", about="server"),
    ("GET", "/v1/users"): Rule("admin", about="tenant"),
    ("GET", _USER): _READ,
    ("DELETE", _USER): Rule("admin", own="write"),
    ("GET", f"{_USER}/export"): _READ,
    ("POST", f"{_USER}/import"): Rule("admin", about="tenant", proxied=True),
    ("GET", f"{_USER}/sessions"): _READ,
    ("GET", _SESSION): _READ,
    ("PUT", _SESSION): _WRITE,
    ("POST", f"{_SESSION}/turns"): _WRITE,
    ("POST", f"{_SESSION}/close"): _WRITE,
    ("POST", f"{_USER}/learn"): _WRITE,
    ("POST", f"{_USER}/consolidate"): _WRITE,
    ("GET", f"{_USER}/persona"): _READ,
    ("PATCH", f"{_USER}/persona"): _WRITE,
    ("PUT", f"{_USER}/persona/{{path}}"): _WRITE,
    ("DELETE", f"{_USER}/persona/{{path}}"): _WRITE,
    ("GET", f"{_USER}/why/{{path}}"): _READ,
    ("GET", f"{_USER}/revisions"): _READ,
    ("GET", f"{_USER}/revisions/{{number}}"): _READ,
    ("POST", f"{_USER}/revisions/{{number}}/revert"): _WRITE,
    ("GET", f"{_USER}/diff"): _READ,
    ("GET", f"{_USER}/questions"): _READ,
    ("POST", f"{_USER}/questions/{{question_id}}"): _WRITE,
    ("POST", f"{_USER}/query"): _READ,
    ("POST", f"{_USER}/context"): _READ,
    ("POST", f"{_USER}/recall"): _READ,
    ("GET", f"{_USER}/usage"): _READ,
    ("GET", "/v1/usage"): Rule("admin", about="tenant"),
    ("POST", "/v1/tokens"): Rule("admin", about="tenant"),
    ("GET", "/v1/work/due"): Rule("operate", about="server"),
    ("GET", "/v1/work/failed"): Rule("admin", about="tenant"),
    ("POST", "/v1/work/retry"): Rule("admin", about="tenant"),
    ("POST", "/v1/chat/completions"): _CALL,
    ("POST", "/v1/responses"): _CALL,
    ("POST", "/v1/embeddings"): _CALL,
    ("GET", "/v1/models"): _CALL,
    ("GET", "/v1/models/{model}"): _CALL,
    ("GET", "/mcp"): _MCP,
    ("POST", "/mcp"): _MCP,
    ("DELETE", "/mcp"): _MCP,
    ("MCP", "get_context"): _READ,
    ("MCP", "get_persona"): _READ,
    ("MCP", "why"): _READ,
    ("MCP", "query"): _READ,
    ("MCP", "search_sessions"): _READ,
    ("MCP", "remember"): _WRITE,
    ("MCP", "correct"): _WRITE,
    ("MCP", "forget"): _WRITE,
    ("MCP", "answer_question"): _WRITE,
    ("MCP", "aipersona://persona"): _READ,
    ("MCP", "aipersona://persona/{path}"): _READ,
    ("MCP", "aipersona://questions"): _READ,
}
