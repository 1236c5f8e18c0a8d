"""Who may do what: every route has a rule, and every rule is kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.testclient import TestClient

from aipersona.access.policy import POLICY, Door, Rule
from aipersona.access.principals import SCOPES, Scope
from aipersona.server.app import ROUTERS
from aipersona.server.guarding import GuardedRoute
from tests.aipersona.kit import NOON
from tests.aipersona.server.kit import application, key_for

DOCUMENTATION = {"/openapi.json", "/docs", "/docs/oauth2-redirect", "/redoc"}


def routes() -> list[APIRoute]:
    found = [route for router in ROUTERS for route in router.routes]
    assert all(isinstance(route, GuardedRoute) for route in found), "a route lets in whoever comes"
    return [route for route in found if isinstance(route, APIRoute)]


def doors(app: FastAPI) -> set[Door]:
    found = {(method, route.path_format) for route in routes() for method in route.methods or ()}
    described = {(method.upper(), path) for path, ways in app.openapi()["paths"].items() for method in ways}
    assert described <= found, "the application has routes beside those of its routers"
    return found


def test_every_route_has_a_rule_and_every_rule_a_route() -> None:
    app, _ = application()
    assert doors(app) == {door for door in POLICY if door[0] != "MCP"}
    open_to_all = {getattr(route, "path", None) for route in app.routes if not isinstance(route, APIRoute)} - {None}
    assert open_to_all == DOCUMENTATION


def filled(path: str, user: str = "ann") -> str:
    known = {"user_id": user, "session_id": "s1", "path": "preferences.diet", "number": "1", "question_id": "1.0"}
    for name, value in known.items():
        path = path.replace(f"{{{name}}}", value)
    return path.replace("{model}", "gpt")


GUARDED = [(door, rule) for door, rule in POLICY.items() if rule.scope is not None and door[0] != "MCP"]


@pytest.fixture(scope="module")
def served() -> Iterator[TestClient]:
    app, ai = application(rate_limit="100000/minute")
    with TestClient(app) as made:
        made.app_state["ai"] = ai
        yield made


def status(served: TestClient, door: Door, headers: dict[str, str], user: str = "ann") -> int:
    method, path = door
    named = {**headers, "x-aipersona-user": user}
    return served.request(method, filled(path, user), headers=named, content=b"{").status_code


def ids(door_and_rule: tuple[Door, Rule]) -> str:
    return " ".join(door_and_rule[0])


@pytest.mark.parametrize("guarded", GUARDED, ids=ids)
def test_nobody_comes_in_without_a_key(served: TestClient, guarded: tuple[Door, Rule]) -> None:
    door, _ = guarded
    over = key_for(served.app_state["ai"], *SCOPES, ends_at=NOON - timedelta(seconds=1))
    for headers in ({}, over, {"authorization": "Bearer aip_123"}, {"authorization": "Basic YTpi"}):
        assert status(served, door, headers) == 401


@pytest.mark.parametrize("guarded", GUARDED, ids=ids)
def test_each_route_takes_its_scope_and_no_other(served: TestClient, guarded: tuple[Door, Rule]) -> None:
    door, rule = guarded
    for scope in SCOPES:
        allowed = status(served, door, key_for(served.app_state["ai"], scope)) != 403
        assert allowed == (scope == rule.scope)


@pytest.mark.parametrize("guarded", GUARDED, ids=ids)
def test_a_bound_key_serves_its_own_user_alone(served: TestClient, guarded: tuple[Door, Rule]) -> None:
    door, rule = guarded
    mine = key_for(served.app_state["ai"], *SCOPES, user_id="ann")
    if rule.about == "call":
        assert status(served, door, mine) != 403
    else:
        assert (status(served, door, mine) != 403) == (rule.about == "user")
        assert status(served, door, mine, user="bob") == 403
    needed: Scope | None = rule.own or rule.scope
    others: list[Scope] = [scope for scope in SCOPES if scope != needed]
    without = key_for(served.app_state["ai"], *others, user_id="ann")
    assert status(served, door, without) == 403


def test_health_is_open_to_everybody(served: TestClient) -> None:
    assert served.get("/healthz").json() == {"status": "ok"}
    assert served.get("/readyz").json() == {"status": "ready"}
