"""The proxy: a client's call goes on with its bytes, is told what is known, and its upstream's answer comes back."""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
from typing import Any

import httpx2
import pytest
from openai import APIStatusError, OpenAI
from pydantic import SecretStr

from aipersona import AIPersona
from aipersona.errors import StoreUnavailable
from tests.aipersona.server.kit import key_for
from tests.aipersona.server.proxied import CHAT, EVENTS, REPLY, STREAM, Served, answering, serving
from tests.aipersona.server.upstream import Stub, upstream

# What goes on, and what comes back.


def test_a_call_is_told_what_is_known(served: Served, stub: Stub) -> None:
    answer = served.chat("Dinner tonight?")
    assert answer.json() == REPLY
    assert answer.headers["x-aipersona-context"] == "applied"
    told, said = json.loads(stub.body)["messages"]
    assert "vegan" in told["content"]
    assert said == {"role": "user", "content": "Dinner tonight?"}


def test_the_header_names_the_user_too_and_wins(served: Served, stub: Stub) -> None:
    assert served.chat("Dinner tonight?", headers={"x-aipersona-user": "bob"}).headers["x-aipersona-context"] == "empty"
    assert "vegan" not in stub.body.decode()
    assert served.kept("bob") == [["Dinner tonight?", "Try the tofu."]]


def test_a_call_without_a_user_passes_through_untouched(served: Served, stub: Stub) -> None:
    raw = b'{ "model":"gpt",  "messages":[{"role":"user","content":"hi"}], "x_unknown": 1e2 }'
    answer = served.client.post(CHAT, content=raw)
    assert stub.body == raw
    assert "x-aipersona-context" not in answer.headers
    assert served.kept() == []


def test_what_is_unknown_here_survives_byte_for_byte(served: Served, stub: Stub) -> None:
    raw = (
        '{"user":"ann","tools":[{"type":"function","function":{"name":"f","parameters":{"a":1.50}}}],"n":2,'
        '"response_format": {"type":"json_schema"},"logprobs":true,"seed":1E3,"messages":[{"role":"user",'
        '"content":"Dinner? \\u91cc 里 \\/"}],"stream_options":{"include_usage":true}}'
    ).encode()
    served.client.post(CHAT, content=raw)
    start, end = raw.split(b'"messages":[')
    assert stub.body.startswith(start + b'"messages":[{"role": "system", "content": "About the user')
    assert stub.body.endswith(b"}," + end)


@pytest.mark.parametrize("raw", [b"{", b"[]", b'{"messages": 5, "user": "ann"}', b'{"user": "ann"}', b"\xff"])
def test_what_is_no_call_is_the_upstreams_to_refuse(served: Served, stub: Stub, raw: bytes) -> None:
    assert served.client.post(CHAT, content=raw).status_code == 200
    assert stub.body == raw


def test_a_stream_comes_as_it_is_sent_and_is_recorded() -> None:
    with upstream(pieces=STREAM, headers={**EVENTS, "x-request-id": "7"}) as stub, serving(stub) as served:
        answer = served.chat("Dinner?", stream=True)
        assert answer.content == b"".join(STREAM)
        assert (answer.headers["content-type"], answer.headers["x-request-id"]) == ("text/event-stream", "7")
        assert served.kept() == [["Dinner?", "Try the tofu."]]


def test_a_stream_is_not_held_back() -> None:
    wait = threading.Event()
    with upstream(pieces=STREAM, headers=EVENTS, wait=wait) as stub, serving(stub) as served:
        body = {"model": "gpt", "user": "ann", "stream": True, "messages": [{"role": "user", "content": "Dinner?"}]}
        with served.client.stream("POST", CHAT, json=body) as answer:
            pieces = answer.iter_raw()
            came = b""
            while b"the tofu." not in came:
                came += next(pieces)
            assert not wait.is_set(), "the first pieces came while the last was not sent yet"
            wait.set()
            assert came + b"".join(pieces) == b"".join(STREAM)


def test_a_stream_that_breaks_off_never_seems_whole() -> None:
    with upstream(pieces=STREAM[:2], headers=EVENTS, cut=True) as stub, serving(stub) as served:
        with pytest.raises(httpx2.RemoteProtocolError):
            served.chat("Dinner?", stream=True)
        assert served.kept() == []


def test_a_stream_that_ends_without_its_end_comes_as_it_is_and_is_no_reply() -> None:
    with upstream(pieces=STREAM[:2], headers=EVENTS) as stub, serving(stub) as served:
        assert served.chat("Dinner?", stream=True).content == b"".join(STREAM[:2])
        assert served.kept() == [["Dinner?"]]


@pytest.mark.parametrize("status", [400, 401, 404, 429, 500, 503])
def test_the_upstreams_errors_are_the_clients(status: int) -> None:
    said = b'{"error": {"message": "no"}}'
    headers = {"content-type": "application/json", "retry-after": "7"}
    with upstream(pieces=[said], status=status, headers=headers) as stub, serving(stub) as served:
        answer = served.chat("Dinner?")
        assert (answer.status_code, answer.content, answer.headers["retry-after"]) == (status, said, "7")
        assert served.kept() == [], "what failed is sent again, and recorded then"


def test_an_upstream_that_is_not_there_is_told_in_the_clients_form(stub: Stub) -> None:
    with serving(stub, upstream_url="http://127.0.0.1:9/v1") as served:
        answer = served.chat("Dinner?")
        assert (answer.status_code, answer.json()["error"]["code"]) == (502, "upstream_unavailable")


def test_an_upstream_that_is_silent_too_long_is_told_so() -> None:
    with upstream(wait=threading.Event(), late=True) as stub, serving(stub, upstream_seconds=0.2) as served:
        answer = served.chat("Dinner?")
        assert (answer.status_code, answer.json()["error"]["code"]) == (504, "upstream_timeout")


class Down:
    """A store that went away."""

    def __getattr__(self, name: str) -> Any:
        raise StoreUnavailable("down")


def test_without_the_personas_the_call_goes_on_and_says_so(
    served: Served, stub: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def down(_: AIPersona) -> Any:
        return Down()

    with monkeypatch.context() as broken:
        broken.setattr(AIPersona, "store", down)
        answer = served.chat("Dinner?")
    assert answer.json() == REPLY
    assert answer.headers["x-aipersona-context"] == "unavailable"
    assert [message["role"] for message in json.loads(stub.body)["messages"]] == ["user"]


# Keys.


def test_the_upstream_gets_its_own_key_and_none_of_ours(stub: Stub) -> None:
    with serving(stub, upstream_key=SecretStr("sk-upstream")) as served:
        ours = served.client.headers["authorization"]
        served.chat("hi")
        assert stub.asked[-1].headers["authorization"] == "Bearer sk-upstream"
        shown = {"x-aipersona-key": ours.removeprefix("Bearer "), "authorization": "Bearer sk-clients"}
        served.chat("hi", headers=shown)
        assert stub.asked[-1].headers["authorization"] == "Bearer sk-clients"
        assert not any(name.startswith("x-aipersona") for name in stub.asked[-1].headers)
        assert all(ours.split()[1] not in str(asked) for asked in stub.asked)


def test_a_users_token_does_not_go_to_the_upstream(served: Served, stub: Stub) -> None:
    admin = key_for(served.ai, "admin", ends_at=None)
    tokens = [
        served.client.post("/v1/tokens", json={"user_id": "ann", **more}, headers=admin).json()["token"]
        for more in ({}, {"scopes": ["read", "call"]})
    ]
    sees, calls = ({"authorization": f"Bearer {token}"} for token in tokens)
    refused = served.chat("hi", headers=sees)
    assert (refused.status_code, stub.asked) == (403, []), "what a user may see costs no call"
    assert served.chat("hi", headers=calls).json() == REPLY
    assert "authorization" not in stub.asked[-1].headers
    key = served.client.headers["authorization"].removeprefix("Bearer ")
    for twice in (calls["authorization"], f"Bearer {key}"):
        served.chat("hi", headers={"x-aipersona-key": key, "authorization": twice})
        assert "authorization" not in stub.asked[-1].headers


def test_cookies_of_the_upstream_are_the_clients_alone(served: Served, stub: Stub) -> None:
    stub.headers = {**stub.headers, "set-cookie": "sid=of-ann"}
    assert served.chat("hi").headers["set-cookie"] == "sid=of-ann"
    served.client.cookies.clear()
    served.chat("hi", headers={"x-aipersona-user": "bob"})
    assert "cookie" not in stub.asked[-1].headers
    served.chat("hi", headers={"cookie": "sid=mine"})
    assert stub.asked[-1].headers["cookie"] == "sid=mine"


def test_headers_in_other_letters_and_the_query_go_on(served: Served, stub: Stub) -> None:
    title = "Café".encode()
    body = {"messages": [{"role": "user", "content": "hi"}]}
    named = served.client.post(
        f"{CHAT}?api-version=9", json=body, headers=[(b"x-title", title), (b"x-aipersona-user", "José".encode())]
    )
    assert named.json() == REPLY
    assert stub.asked[-1].path == f"{CHAT}?api-version=9"
    assert stub.asked[-1].headers["x-title"].encode("latin-1") == title
    assert served.kept("José") == [["hi", "Try the tofu."]]


def test_who_may_not_read_is_told_nothing(served: Served, stub: Stub) -> None:
    answer = served.chat("Dinner tonight?", headers=key_for(served.ai, "write", "call", ends_at=None))
    assert answer.headers["x-aipersona-context"] == "empty"
    assert "vegan" not in stub.body.decode()
    assert served.kept() == [["Dinner tonight?", "Try the tofu."]]


def test_what_nobody_foresaw_in_a_call_keeps_it_from_nothing(served: Served, stub: Stub) -> None:
    odd = '{"model":"m","user":"ann","input":"hi","previous_response_id":"\\ud800"}'
    assert served.client.post("/v1/responses", content=odd).status_code == 200
    served.running.settle()
    assert served.chat("Dinner?").headers["x-aipersona-context"] == "applied"


@pytest.mark.parametrize("shown", ["Bearer sk-clients", "Bearer a.b.c", "Basic YTpi"])
def test_without_keys_of_ours_what_the_client_shows_goes_on(stub: Stub, shown: str) -> None:
    with serving(stub, auth=False) as served:
        served.chat("hi", headers={"authorization": shown})
        assert stub.asked[-1].headers["authorization"] == shown
        served.chat("hi", headers=key_for(served.ai, "read"))
        assert "authorization" not in stub.asked[-1].headers


def test_a_bound_key_speaks_for_its_user_alone(served: Served, stub: Stub) -> None:
    mine = key_for(served.ai, "read", "write", "call", user_id="ann", ends_at=None)
    body = {"messages": [{"role": "user", "content": "Dinner?"}]}
    assert served.client.post(CHAT, json=body, headers=mine).headers["x-aipersona-context"] == "applied"
    refused = served.client.post(CHAT, json={**body, "user": "bob"}, headers=mine)
    assert refused.status_code == 403
    assert len(stub.asked) == 1


# What only passes through, and clients as they are.


def test_embeddings_and_models_pass_through(served: Served, stub: Stub) -> None:
    raw = b'{"input": "x", "model":"e"}'
    assert served.client.post("/v1/embeddings", content=raw).json() == REPLY
    assert (stub.asked[-1].path, stub.body) == ("/v1/embeddings", raw)
    served.client.get("/v1/models")
    served.client.get("/v1/models/org/some-model")
    assert [asked.path for asked in stub.asked[-2:]] == ["/v1/models", "/v1/models/org/some-model"]


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
@pytest.mark.parametrize("stream", [False, True])
def test_curl_talks_and_streams(served: Served, stub: Stub, stream: bool) -> None:
    if stream:
        stub.pieces, stub.headers = STREAM, EVENTS
    body = {"model": "gpt", "user": "ann", "messages": [{"role": "user", "content": "Dinner?"}], "stream": stream}
    headers = (f"Authorization: {served.client.headers['authorization']}", "Content-Type: application/json")
    asked = ["curl", "--silent", "--no-buffer", "--include", "--noproxy", "*", f"{served.running.url}{CHAT}"]
    asked += [part for header in headers for part in ("-H", header)] + ["-d", json.dumps(body)]
    answer = subprocess.run(asked, capture_output=True, check=True, timeout=60).stdout
    head, _, told = answer.partition(b"\r\n\r\n")
    assert b" 200 " in head.splitlines()[0]
    assert b"x-aipersona-context: applied" in head.lower()
    assert told == b"".join(stub.pieces)
    assert served.kept() == [["Dinner?", "Try the tofu."]]


def test_the_official_client_talks_streams_and_hears_of_errors() -> None:
    with answering() as stub, serving(stub) as served:
        key = served.client.headers["authorization"].removeprefix("Bearer ")
        with OpenAI(api_key=key, base_url=f"{served.running.url}/v1", max_retries=0) as client:
            made = client.chat.completions.create(
                model="gpt", user="ann", messages=[{"role": "user", "content": "Dinner?"}]
            )
            assert made.choices[0].message.content == "Try the tofu."
            stub.pieces, stub.headers = STREAM, EVENTS
            stream = client.chat.completions.create(
                model="gpt", user="ann", messages=[{"role": "user", "content": "Lunch?"}], stream=True
            )
            texts = [choice.delta.content or "" for chunk in stream for choice in chunk.choices if choice.index == 0]
            assert "".join(texts) == "Try the tofu."
            stub.pieces, stub.status = [b'{"error": {"message": "no such model", "code": "model_not_found"}}'], 404
            stub.headers = {"content-type": "application/json"}
            with pytest.raises(APIStatusError, match="no such model"):
                client.chat.completions.create(model="x", user="ann", messages=[{"role": "user", "content": "hi"}])
        assert served.kept() == [["Dinner?", "Try the tofu."], ["Lunch?", "Try the tofu."]]
