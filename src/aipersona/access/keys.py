"""API keys: shown once, kept as a digest, with an end, replaceable without a gap.

A key reads `aip_<id>_<secret>`; the secret is 256 random bits, so that one round of SHA-256 keeps it as safe as many.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import Field

from aipersona.access.principals import Principal, Scope
from aipersona.errors import InvalidInput
from aipersona.sessions.model import Frozen, Moment, Name

_FORM = re.compile(r"aip_([0-9a-f]{12})_([A-Za-z0-9_-]{43})")


class ApiKey(Frozen):
    """What is kept of a key. It counts before `ends_at`; None is for good. `user_id` binds it to one user."""

    key_id: Annotated[str, Field(pattern=r"^[0-9a-f]{12}$")]
    tenant: Name
    name: Name
    digest: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    scopes: frozenset[Scope]
    user_id: Name | None = None
    created_at: Moment
    ends_at: Moment | None = None

    @property
    def principal(self) -> Principal:
        """Who uses the key."""
        return Principal(id=self.key_id, tenant=self.tenant, scopes=self.scopes, user_id=self.user_id)

    def holds(self, now: datetime) -> bool:
        """Whether the key counts at a moment."""
        return self.ends_at is None or now < self.ends_at


def new_key(
    *,
    tenant: str,
    name: str,
    scopes: frozenset[Scope],
    now: datetime,
    user_id: str | None = None,
    ends_at: datetime | None = None,
) -> tuple[ApiKey, str]:
    """A key, and its text, which nobody can read again.

    Raises: ValidationError for a tenant, name or user_id that cannot be one.
    """
    key_id, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    key = ApiKey(
        key_id=key_id,
        tenant=tenant,
        name=name,
        digest=_digest(secret),
        scopes=scopes,
        user_id=user_id,
        created_at=now,
        ends_at=ends_at,
    )
    return key, f"aip_{key_id}_{secret}"


def replacement(key: ApiKey, *, now: datetime, overlap: timedelta) -> tuple[ApiKey, ApiKey, str]:
    """The key as it ends after `overlap`, a new one with the same rights and end, and that one's text.

    Raises: InvalidInput for a key that has ended: nobody may come by its rights again.
    """
    if not key.holds(now):
        raise InvalidInput(f"key {key.key_id!r} has ended; make a new one")
    new, text = new_key(
        tenant=key.tenant, name=key.name, scopes=key.scopes, now=now, user_id=key.user_id, ends_at=key.ends_at
    )
    ends_at = now + overlap if key.ends_at is None else min(key.ends_at, now + overlap)
    return key.model_copy(update={"ends_at": ends_at}), new, text


def id_of(text: str) -> str | None:
    """The id in a key's text; None where it is none."""
    found = _FORM.fullmatch(text)
    return found[1] if found else None


def is_key(text: str, key: ApiKey) -> bool:
    """Whether this is the text of that key; takes as long for a wrong one."""
    found = _FORM.fullmatch(text)
    return found is not None and hmac.compare_digest(_digest(found[2]), key.digest)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
