"""The OpenAPI document, as a client generator reads it."""

from __future__ import annotations

from collections import Counter
from typing import Any

from aipersona import AIPersona
from aipersona.access.policy import POLICY
from aipersona.server import create_app
from aipersona.server.documented import ONCE


def document(*, auth: bool = True) -> dict[str, Any]:
    return create_app(AIPersona(":memory:", embedder="none"), auth=auth).openapi()


def operations(told: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    return {(way.upper(), path): one for path, ways in told["paths"].items() for way, one in ways.items()}


def test_every_operation_has_a_name_of_its_own_that_a_method_can_bear() -> None:
    names = Counter(one["operationId"] for one in operations(document()).values())
    assert set(names.values()) == {1}
    assert all(name.isidentifier() for name in names)
    assert {"get_persona", "set_value", "context", "chat_completions"} <= set(names)


def test_it_says_which_routes_take_a_key_and_what_it_must_allow() -> None:
    told = document()
    assert set(told["components"]["securitySchemes"]) == {"bearer", "key"}
    for door, one in operations(told).items():
        scope = POLICY[door].scope
        assert ("security" in one) == (scope is not None)
        assert scope is None or f"`{scope}`" in one["description"]
    without = document(auth=False)
    assert "securitySchemes" not in without["components"]
    assert not any("security" in one for one in operations(without).values())


def test_it_says_which_requests_may_be_repeated_and_which_answers_bear_a_revision() -> None:
    found = operations(document())
    put = found["PUT", "/v1/users/{user_id}/persona/{path}"]
    assert {"if-match", "Idempotency-Key"} <= {one["name"] for one in put["parameters"]}
    assert "ETag" in put["responses"]["200"]["headers"]
    read = found["GET", "/v1/users/{user_id}/persona"]
    assert "Idempotency-Key" not in {one["name"] for one in read["parameters"]}
    assert "ETag" in read["responses"]["200"]["headers"]
    changing = {door for door, one in found.items() if ONCE in one.get("parameters", [])}
    assert changing == {door for door in found if POLICY[door].scope == "write" and POLICY[door].about == "user"}
    assert {method for method, _ in changing} == {"POST", "PUT", "PATCH", "DELETE"}
    for path in (
        "/v1/tokens",
        "/v1/users/{user_id}/context",
        "/v1/users/{user_id}/recall",
        "/v1/users/{user_id}/query",
    ):
        assert ("POST", path) not in changing
    assert ("DELETE", "/v1/users/{user_id}") not in changing
