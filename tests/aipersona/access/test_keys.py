"""API keys: what is kept of them gives nothing away, and they end when they should."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from aipersona.access.keys import id_of, is_key, new_key, replacement
from aipersona.access.principals import Scope, scopes_of
from aipersona.errors import InvalidInput

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
READ: frozenset[Scope] = frozenset({"read"})


def test_a_key_is_known_by_its_text_and_the_text_is_not_kept() -> None:
    key, text = new_key(tenant="acme", name="web", scopes=READ, now=NOW)
    assert id_of(text) == key.key_id
    assert is_key(text, key)
    assert text.split("_", 2)[2] not in key.model_dump_json()
    _, other = new_key(tenant="acme", name="web", scopes=READ, now=NOW)
    assert not is_key(other, key)


@pytest.mark.parametrize("text", ["", "sk-proj-abc", "aip_", "aip_123456789abc_short", "aip_123456789abc_" + "x" * 44])
def test_what_is_no_key_has_no_id(text: str) -> None:
    assert id_of(text) is None
    assert not is_key(text, new_key(tenant="acme", name="web", scopes=READ, now=NOW)[0])


def test_a_key_ends_at_its_end() -> None:
    key, _ = new_key(tenant="acme", name="web", scopes=READ, now=NOW, ends_at=NOW + timedelta(days=1))
    assert key.holds(NOW)
    assert not key.holds(NOW + timedelta(days=1))


@pytest.mark.parametrize(("ends", "then"), [(None, 2), (1, 1), (9, 2)])
def test_a_replaced_key_counts_until_the_overlap_is_over_or_its_own_end(ends: int | None, then: int) -> None:
    ends_at = NOW + timedelta(days=ends) if ends is not None else None
    key, text = new_key(tenant="acme", name="web", scopes=READ, now=NOW, user_id="ann", ends_at=ends_at)
    old, new, new_text = replacement(key, now=NOW, overlap=timedelta(days=2))
    assert old.ends_at == NOW + timedelta(days=then)
    assert is_key(text, old)
    assert is_key(new_text, new)
    assert (new.tenant, new.name, new.scopes, new.user_id, new.ends_at) == ("acme", "web", READ, "ann", ends_at)


def test_a_key_that_has_ended_is_not_replaced() -> None:
    key, _ = new_key(tenant="acme", name="web", scopes=READ, now=NOW, ends_at=NOW)
    with pytest.raises(InvalidInput, match="has ended"):
        replacement(key, now=NOW, overlap=timedelta(days=2))


@pytest.mark.parametrize("names", [[], ["read", "root"], ["READ"]])
def test_what_is_no_scope_is_refused(names: list[str]) -> None:
    with pytest.raises(InvalidInput, match="scopes are read, write, call, admin, operate"):
        scopes_of(names)
