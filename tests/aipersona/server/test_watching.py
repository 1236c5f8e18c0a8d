"""Requests and proxied calls as they are told: by route, with tokens where the upstream counts them, and failures."""

from __future__ import annotations

import json
from typing import Any

import pytest
from opentelemetry.trace import StatusCode
from starlette.testclient import TestClient

from tests.aipersona.server.kit import application, client, key_for
from tests.aipersona.server.proxied import EVENTS, REPLY, STREAM, Served, serving
from tests.aipersona.server.upstream import Stub, upstream
from tests.aipersona.watched import Watch

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
USAGE = {"prompt_tokens": 21, "completion_tokens": 4}


def told(watch: Watch, name: str) -> dict[str, Any]:
    return dict(watch.span(name).attributes or {})


def test_a_request_is_a_span_of_its_route_in_the_callers_trace() -> None:
    with client() as served:
        watch = Watch()
        served.get("/v1/users/ann/persona", params={"as_of": "2026-03-01"}, headers={"traceparent": PARENT})
    span = watch.span("GET /v1/users/{user_id}/persona")
    assert span.context is not None
    assert f"{span.context.trace_id:032x}" == PARENT.split("-")[1]
    assert dict(span.attributes or {}) == {
        "http.request.method": "GET",
        "http.route": "/v1/users/{user_id}/persona",
        "http.response.status_code": 404,
        "aipersona.tenant": "default",
    }
    labels = {"http_route": "/v1/users/{user_id}/persona", "aipersona_tenant": "default"}
    assert watch.counted("http_server_request_duration_seconds_count", **labels) == 1


def test_what_is_no_route_or_method_of_ours_is_told_as_one_and_the_same() -> None:
    with client() as served:
        watch = Watch()
        for path in ("/wp-login.php", "/alice"):
            served.get(path)
        served.request("BREW", "/healthz")
    assert watch.names() == ["GET _OTHER", "GET _OTHER", "_OTHER /healthz"]


def test_one_request_too_many_is_counted_for_its_tenant() -> None:
    app, ai = application(rate_limit="1/hour")
    with TestClient(app, headers=key_for(ai, "read", tenant="acme")) as served:
        watch = Watch()
        statuses = [served.get("/v1/users/ann").status_code for _ in range(2)]
    assert statuses == [404, 429]
    refused = {"http_response_status_code": "429", "aipersona_tenant": "acme"}
    assert watch.counted("http_server_request_duration_seconds_count", **refused) == 1


def test_a_fault_is_answered_and_told_by_its_type() -> None:
    def drafter(_: object) -> list[object]:
        raise ConnectionError("in Lisbon")

    with client(drafter=drafter) as served:
        turns = [{"role": "user", "content": "hello"}]
        served.put("/v1/users/ann/sessions/s1", json={"started_at": "2026-03-01T00:00:00Z", "turns": turns})
        watch = Watch()
        assert served.post("/v1/users/ann/learn").json()["type"] == "urn:aipersona:internal_error"
    span = watch.span("POST /v1/users/{user_id}/learn")
    assert (span.attributes or {})["error.type"] == "ConnectionError"
    assert (span.attributes or {})["http.response.status_code"] == 500
    assert (span.status.status_code, span.events) == (StatusCode.ERROR, ())


def test_metrics_are_for_who_operates_the_server() -> None:
    with client(scopes=("operate",)) as served:
        shown = served.get("/metrics")
        assert shown.headers["content-type"].startswith("text/plain")
        assert "# TYPE process_resident_memory_bytes gauge" in shown.text
    with client(scopes=("read", "write", "admin")) as served:
        assert served.get("/metrics").status_code == 403


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
def test_a_proxied_call_is_told_with_the_tokens_that_the_upstream_counts(
    served: Served, stub: Stub, stream: bool
) -> None:
    if stream:
        last = f"data: {json.dumps({'choices': [], 'usage': USAGE})}\n\n".encode()
        stub.pieces, stub.headers = [*STREAM[:-1], last, STREAM[-1]], EVENTS
    else:
        stub.pieces = [json.dumps({**REPLY, "usage": USAGE}).encode()]
    watch = Watch()
    served.chat("Dinner?", stream=stream)
    served.running.settle()
    assert told(watch, "chat gpt") == {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "gpt",
        "server.address": "127.0.0.1",
        "aipersona.tenant": "default",
        "gen_ai.usage.input_tokens": 21,
        "gen_ai.usage.output_tokens": 4,
    }
    assert watch.counted("gen_ai_client_token_usage_sum", aipersona_tenant="default", gen_ai_token_type="input") == 21
    assert watch.counted("aipersona_contexts_total", aipersona_state="applied") == 1


@pytest.mark.parametrize("usage", [None, "many", {"prompt_tokens": "many"}, {}])
def test_tokens_that_are_told_otherwise_cost_no_recording(served: Served, stub: Stub, usage: Any) -> None:
    stub.pieces = [json.dumps({**REPLY, "usage": usage}).encode()]
    watch = Watch()
    served.chat("Dinner?")
    assert served.kept() == [["Dinner?", "Try the tofu."]]
    assert not any(name.startswith("gen_ai.usage") for name in told(watch, "chat gpt"))


def test_a_call_that_fails_is_told_by_how(served: Served, stub: Stub) -> None:
    watch = Watch()
    stub.status = 429
    served.chat("Dinner?")
    assert told(watch, "chat gpt")["error.type"] == "429"
    with serving(stub, upstream_url="http://127.0.0.1:9/v1") as nowhere:
        watch = Watch()
        nowhere.chat("Dinner?")
        assert told(watch, "chat gpt")["error.type"] == "ConnectError"


def test_a_stream_that_breaks_off_is_a_failed_call() -> None:
    with upstream(pieces=STREAM[:2], headers=EVENTS, cut=True) as stub, serving(stub) as served:
        watch = Watch()
        with pytest.raises(Exception, match="peer closed connection"):
            served.chat("Dinner?", stream=True)
        assert told(watch, "chat gpt")["error.type"] == "RemoteProtocolError"


def test_calls_without_a_user_and_embeddings_are_told_too(served: Served) -> None:
    watch = Watch()
    served.client.post("/v1/chat/completions", json={"model": "gpt", "messages": []})
    served.client.post("/v1/embeddings", json={"model": "small", "input": "x"})
    served.client.get("/v1/models")
    assert sorted(name for name in watch.names() if not name.startswith(("GET", "POST", "PUT"))) == [
        "chat gpt",
        "embeddings small",
    ]
