"""Requests of a form that nobody expects: refused with a problem or served, and the server goes on."""

from __future__ import annotations

import base64
import json
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from aipersona import AIPersona
from aipersona.server import create_app
from tests.aipersona.kit import NOON, hobbies
from tests.aipersona.server.proxied import CHAT, REPLY, answering, serving

ANN = "/v1/users/ann"
DIET = f"{ANN}/persona/preferences.diet"
EXPENSES = f"{ANN}/persona/finances.expenses"
DEEP = b"[" * 100_000 + b"]" * 100_000
NESTED = b"[" * 500 + b"]" * 500


@pytest.fixture
def served(tmp_path: Path) -> Generator[TestClient]:
    """A server over a file: SQLite takes no integer beyond 64 bit and no NUL in a key."""
    ai = AIPersona(tmp_path / "people.db", drafter=hobbies, embedder="none", clock=lambda: NOON)
    with TestClient(
        create_app(ai, auth=False, clock=lambda: NOON), base_url="http://localhost"
    ) as made:  # a failure of the server is raised here
        made.put(DIET, json={"value": "vegan"})
        made.put(EXPENSES, json={"value": {"what": "coffee", "amount": "4 EUR", "date": "2026-05-30"}})
        yield made
        assert made.get(f"{ANN}/persona").is_success


def cursor(raw: str) -> dict[str, str]:
    return {"cursor": base64.urlsafe_b64encode(raw.encode()).decode()}


def check(answer: Any, *statuses: int) -> None:
    assert answer.status_code in statuses, answer.text
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "value",
    [DEEP, NESTED, b"9" * 5000, b"9" * 4000, b"1e999", b"NaN", b'"a\\u0000b"', b'"\\ud800"', b'"\xff"', b"-Infinity"],
    ids=["deep", "nested", "digits", "long", "inf", "nan", "nul", "surrogate", "no-utf8", "minus-inf"],
)
def test_a_value_that_nothing_can_hold_is_refused(served: TestClient, value: bytes) -> None:
    headers = {"content-type": "application/json"}
    check(served.put(DIET, content=b'{"value": ' + value + b"}", headers=headers), 400, 422)
    patch = b'[{"op": "add", "path": "/preferences/diet", "value": ' + value + b"}]"
    check(served.patch(f"{ANN}/persona", content=patch, headers=headers), 400, 422)
    check(served.post(f"{ANN}/import", content=value), 422)


@pytest.mark.parametrize("number", [2**31, 2**63, 2**70, 10**300, -(2**70)])
def test_numbers_beyond_what_a_database_holds_are_no_failure(served: TestClient, number: int) -> None:
    check(served.get(f"{ANN}/revisions/{number}"), 422)
    check(served.get(f"{ANN}/persona", params={"revision": number}), 422)
    check(served.get(f"{ANN}/diff", params={"before": 0, "after": number}), 422)
    check(served.get(f"{ANN}/sessions", params=cursor(str(number))), 200, 422)
    check(served.get(f"{ANN}/revisions", params={"limit": number}), 422)
    check(served.put(f"{ANN}/persona/demographics.age", json={"value": number}), 200, 422)
    check(served.put(EXPENSES, json={"value": {"what": "x", "amount": number, "date": "2026-05-30"}}), 200, 422)
    check(served.post(f"{ANN}/query", json={"path": "finances.expenses", "limit": number}), 200, 422)
    check(served.put(DIET, json={"value": "x"}, headers={"if-match": f'"{abs(number)}"'}), 412)


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_days_at_the_ends_of_the_calendar_are_days(served: TestClient, day: str) -> None:
    at = {"as_of": day}
    check(served.put(DIET, json={"value": "vegan", "valid_from": day}), 200, 422)
    check(served.put(EXPENSES, json={"value": {"what": "tea", "amount": "4 EUR", "date": day}}), 200, 422)
    for path in ("persona", "why/preferences.diet"):
        check(served.get(f"{ANN}/{path}", params=at), 200)
    times = (
        "today yesterday tomorrow this_week last_week next_week this_month last_month next_year in_five_years lately"
    )
    for time in times.split():
        query = f"How much did I spend on coffee {time.replace('_', ' ')}, and how often do I go?"
        for path in ("context", "recall"):
            check(served.post(f"{ANN}/{path}", json={"query": query, **at}), 200)
    asked = {"path": "finances.expenses", "measure": "sum", "column": "amount", "since": day, "until": day}
    check(served.post(f"{ANN}/query", json=asked, params=at), 200)
    check(served.post(f"{ANN}/consolidate", json=at), 200)


@pytest.mark.parametrize("day", ["10000-01-01", "0000-01-01", "-1", "2026-02-30", "\0"])
def test_what_is_no_day_is_refused(served: TestClient, day: str) -> None:
    check(served.get(f"{ANN}/persona", params={"as_of": day}), 422)
    check(served.post(f"{ANN}/context", json={"query": "x", "as_of": day}), 422)


@pytest.mark.parametrize(
    "moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "2026-01-01T00:00:00+23:59"]
)
def test_sessions_at_the_ends_of_the_calendar_are_kept_learned_and_recalled(served: TestClient, moment: str) -> None:
    turns = [{"role": "user", "content": "I love Rome", "at": moment}]
    check(served.put(f"{ANN}/sessions/s1", json={"started_at": moment, "turns": turns}), 200, 422)
    check(served.post(f"{ANN}/recall", json={"query": "Rome", "running": "s1"}), 200)
    check(served.post(f"{ANN}/learn"), 200)
    check(served.post(f"{ANN}/context", json={"query": "last week in Rome", "running": "s1"}), 200)


@pytest.mark.parametrize("odd", ["a%00b", "%ED%A0%80", "%FF", "%2e%2e", "a%2Fb", "x" * 300, "%0a", "%F0%9F%90%99"])
def test_odd_names_are_names_or_refused(served: TestClient, odd: str) -> None:
    for path in (f"/v1/users/{odd}", f"/v1/users/{odd}/persona", f"{ANN}/sessions/{odd}", f"{ANN}/why/{odd}"):
        check(served.get(path), 404, 422)
    check(served.post(f"{ANN}/questions/{odd}", json={"accept": True}), 404, 422)
    check(served.put(f"{ANN}/persona/{odd}", json={"value": 1}), 404, 422)
    check(served.post(f"{ANN}/sessions/{odd}/turns", json={"turns": [{"role": "user", "content": "x"}]}), 200, 404, 422)
    check(served.delete(DIET, params={"item": odd}), 404, 422)


@pytest.mark.parametrize("raw", ['"\\u0000"', '"\\ud800"', "1e999", "9" * 5000, "null", "[]", "-1", "true"])
def test_a_cursor_that_was_not_given_is_refused(served: TestClient, raw: str) -> None:
    for path in ("/v1/users", f"{ANN}/sessions", f"{ANN}/revisions"):
        check(served.get(path, params=cursor(raw)), 422)


# The proxy.


def test_a_model_is_asked_for_under_its_name_whatever_that_is() -> None:
    with answering() as stub, serving(stub) as served:
        for name in ("org/some%20model", "a%3Fb", "%F2%8A%A2%B0%C2%98n%10", "gpt:v1"):
            assert served.client.get(f"/v1/models/{name}").json() == REPLY
            assert "?" not in stub.asked[-1].path
        assert stub.asked[-4].path == "/v1/models/org/some%20model"
        asked = len(stub.asked)
        for name in ("%2e%2e/chat/completions", "a/%2e%2e/%2e%2e/x"):
            assert served.client.get(f"/v1/models/{name}").status_code == 404
        assert len(stub.asked) == asked


def test_a_message_list_of_ten_megabytes_goes_on_with_its_bytes_and_is_recorded() -> None:
    texts = [f"{number} " + "long ago " * 1100 for number in range(1000)]
    said = [{"role": ("user", "assistant")[number % 2], "content": text} for number, text in enumerate(texts)]
    said.append({"role": "user", "content": "Dinner?"})
    raw = json.dumps({"model": "gpt", "user": "ann", "messages": said}).encode()
    assert len(raw) > 9.5e6
    with answering() as stub, serving(stub, context_seconds=60.0) as served:
        answer = served.client.post(CHAT, content=raw, timeout=60)
        assert (answer.json(), answer.headers["x-aipersona-context"]) == (REPLY, "applied")
        assert stub.body.endswith(raw[raw.index(b'{"role": "user"') :])
        (kept,) = served.kept()
        assert kept == [*texts, "Dinner?", "Try the tofu."]
