"""Tokens: only what was signed here, for us, with the fixed algorithm, and in time says who somebody is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest

from aipersona.access.principals import Scope
from aipersona.access.tokens import Tokens
from aipersona.errors import InvalidInput

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
SECRET = "s" * 40
BOTH: frozenset[Scope] = frozenset({"read", "write"})
HOUR = timedelta(hours=1)


def claims(**more: Any) -> dict[str, Any]:
    now = int(NOW.timestamp())
    return {"aud": "aipersona", "sub": "ann", "tenant": "acme", "scope": "read", "iat": now, "exp": now + 60} | more


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in claims().items() if key != name}


def test_a_token_says_whose_it_is_until_it_ends() -> None:
    tokens = Tokens(SECRET)
    text, ends_at = tokens.sign(tenant="acme", user_id="ann", scopes=BOTH, now=NOW, lasts=HOUR)
    who = tokens.read(text, now=NOW)
    assert who is not None
    assert (who.tenant, who.user_id, who.scopes) == ("acme", "ann", BOTH)
    assert tokens.read(text, now=ends_at - timedelta(seconds=1)) == who
    assert tokens.read(text, now=ends_at) is None


@pytest.mark.parametrize("missing", ["aud", "sub", "tenant", "scope", "iat", "exp"])
def test_every_claim_is_needed(missing: str) -> None:
    assert Tokens(SECRET).read(jwt.encode(claims(), SECRET, "HS256"), now=NOW) is not None
    assert Tokens(SECRET).read(jwt.encode(without(missing), SECRET, "HS256"), now=NOW) is None


@pytest.mark.parametrize(
    "token",
    [
        jwt.encode(claims(), "o" * 40, "HS256"),
        jwt.encode(claims(), "s" * 64, "HS512"),
        jwt.encode(claims(), SECRET * 2, "HS384"),
        jwt.encode(claims(), "", "none"),
        jwt.encode(claims(aud="other"), SECRET, "HS256"),
        jwt.encode(claims(scope="admin operate"), SECRET, "HS256"),
        jwt.encode(claims(exp="soon"), SECRET, "HS256"),
        "",
        "a.b.c",
        "aip_123456789abc_x",
    ],
)
def test_what_was_not_signed_here_for_us_is_nobody(token: str) -> None:
    assert Tokens(SECRET).read(token, now=NOW) is None


def test_a_token_never_grants_more_than_a_user_can_have() -> None:
    text = jwt.encode(claims(scope="read admin operate"), SECRET, "HS256")
    who = Tokens(SECRET).read(text, now=NOW)
    assert who is not None
    assert who.scopes == {"read"}
    for scopes in (frozenset[Scope](), frozenset[Scope](("admin",)), BOTH | frozenset[Scope](("operate",))):
        with pytest.raises(InvalidInput, match="read, write and call"):
            Tokens(SECRET).sign(tenant="acme", user_id="ann", scopes=scopes, now=NOW, lasts=HOUR)


@pytest.mark.parametrize("lasts", [timedelta(0), -HOUR, timedelta(days=31)])
def test_a_token_lasts_for_a_time_that_is_not_too_long(lasts: timedelta) -> None:
    with pytest.raises(InvalidInput, match="at most 30 days"):
        Tokens(SECRET).sign(tenant="acme", user_id="ann", scopes=BOTH, now=NOW, lasts=lasts)


def test_a_short_secret_is_refused() -> None:
    with pytest.raises(InvalidInput, match="at least 32 bytes"):
        Tokens("short")
