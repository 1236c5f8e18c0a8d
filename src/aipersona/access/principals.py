"""Principals: who asks, of which tenant, with which rights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from aipersona.errors import InvalidInput

Scope = Literal["read", "write", "call", "admin", "operate"]
"""`read` what is known; `write`: observe, learn, correct, answer, forget; `call` the upstream's models; `admin`: list
users, import, erase, make tokens; `operate`: what concerns the server and not one tenant's users, such as its metrics
and failed work."""

SCOPES: tuple[Scope, ...] = get_args(Scope)


@dataclass(frozen=True, kw_only=True)
class Principal:
    """Somebody who may do what `scopes` say, to the users of one tenant, or to the one user they are bound to."""

    id: str
    """What limits and logs go by: a key's id, or that of a token's user; no secret."""
    tenant: str
    scopes: frozenset[Scope]
    user_id: str | None = None


def scopes_of(names: list[str]) -> frozenset[Scope]:
    """Raises: InvalidInput for what is no scope."""
    unknown = [name for name in names if name not in SCOPES]
    if unknown or not names:
        raise InvalidInput(f"scopes are {', '.join(SCOPES)}")
    return frozenset(scope for scope in SCOPES if scope in names)
