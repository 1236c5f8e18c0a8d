"""Tokens for the people described: a signed statement that its bearer is one user of one tenant, until it ends.

JSON Web Tokens with one fixed algorithm (HS256), so that a token cannot choose its own; audience and end are required.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from aipersona.access.principals import SCOPES, Principal, Scope
from aipersona.errors import InvalidInput

ALGORITHM = "HS256"
AUDIENCE = "aipersona"
LEAST_SECRET = 32
"""Bytes of the secret: fewer than the hash has would weaken it."""
LONGEST = timedelta(days=30)
FOR_USERS: frozenset[Scope] = frozenset({"read", "write", "call"})
"""What a token may grant: everything about its own user, nothing about others, and calls on their behalf."""


class Tokens:
    """Signs and reads tokens with one secret."""

    def __init__(self, secret: str) -> None:
        """Raises: InvalidInput for a short secret."""
        if len(secret.encode()) < LEAST_SECRET:
            raise InvalidInput(f"the secret of tokens has at least {LEAST_SECRET} bytes")
        self._secret = secret

    def sign(
        self, *, tenant: str, user_id: str, scopes: frozenset[Scope], now: datetime, lasts: timedelta
    ) -> tuple[str, datetime]:
        """A token, and when it ends.

        Raises: InvalidInput for scopes that no user can have, and for a time that is too long or none.
        """
        import jwt

        if not scopes or not scopes <= FOR_USERS:
            raise InvalidInput("a token grants read, write and call")
        if not timedelta(0) < lasts <= LONGEST:
            raise InvalidInput(f"a token lasts at most {LONGEST.days} days")
        ends_at = (now + lasts).replace(microsecond=0)
        claims = {
            "aud": AUDIENCE,
            "sub": user_id,
            "tenant": tenant,
            "scope": " ".join(scope for scope in SCOPES if scope in scopes),
            "iat": int(now.timestamp()),
            "exp": int(ends_at.timestamp()),
        }
        return jwt.encode(claims, self._secret, algorithm=ALGORITHM), ends_at

    def is_one(self, text: str) -> bool:
        """Whether this was signed here, even if it is over."""
        import jwt

        try:
            jwt.decode(text, self._secret, algorithms=[ALGORITHM], audience=AUDIENCE, options={"verify_exp": False})
        except jwt.InvalidTokenError:
            return False
        return True

    def read(self, token: str, *, now: datetime) -> Principal | None:
        """Whose token it is; None for one that is not signed here, not for us, over, or not whole."""
        import jwt

        options: Any = {"require": ["exp", "aud", "sub", "iat"], "verify_exp": False, "verify_iat": False}
        try:
            claims = jwt.decode(token, self._secret, algorithms=[ALGORITHM], audience=AUDIENCE, options=options)
            over = now.timestamp() >= float(claims["exp"])
        except (jwt.InvalidTokenError, TypeError, ValueError):
            return None
        user_id, tenant, given = claims["sub"], claims.get("tenant"), claims.get("scope")
        if over or not (isinstance(tenant, str) and tenant and isinstance(user_id, str) and user_id):
            return None
        granted = given.split() if isinstance(given, str) else []
        scopes: frozenset[Scope] = frozenset(scope for scope in FOR_USERS if scope in granted)
        return Principal(id=f"user:{user_id}", tenant=tenant, scopes=scopes, user_id=user_id) if scopes else None
