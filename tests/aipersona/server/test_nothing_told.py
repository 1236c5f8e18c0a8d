"""Nothing that users said, that is known of them, or that names them enters a log, a span, a metric or an error.

One full run with rare values planted in it, over REST, the proxy, a chat with tools and learning, with failures of the
model, the upstream, the database and the code, and requests that do not validate.
"""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Generator
from pathlib import Path
from typing import Any

import httpx2
import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from pydantic_ai.messages import ModelMessage, ModelResponse, TextPart, ToolCallPart
from pydantic_ai.models.function import AgentInfo, FunctionModel

from aipersona import AIPersona
from aipersona.learning import Learner
from aipersona.server import ServerSettings, create_app
from aipersona.server.proxy import conversations, recording
from aipersona.settings import Settings
from aipersona.telemetry.lines import JsonLines
from tests.aipersona.kit import NOON
from tests.aipersona.server.kit import SECRET, Running, key_for
from tests.aipersona.server.proxied import CHAT, EVENTS, REPLY, STREAM
from tests.aipersona.server.upstream import Stub, upstream
from tests.aipersona.watched import Watch

USER = "zebulonia@quorndale.example"
NAME, DIET, STREET, PLACE = "Zebulonia", "quinoavorous", "Krummhornweg", "Quorndale"
WORDS, DISH, RUBBISH, FAULT = "flummoxed", "vespertiline", "glimmerfax", "thornwickle"
UNFIT, BROKEN, LOST, OUTSIDE = "mugwumpery", "snollygoster", "kerfuffled", "taradiddle"
PLANTED = (USER, NAME, DIET, STREET, PLACE, WORDS, DISH, RUBBISH, FAULT, UNFIT, BROKEN, LOST, OUTSIDE)

SAID = f"My name is {NAME}. I am {DIET} now. I live at {STREET} 17. I was {WORDS} by it."
HOME = f"/v1/users/{USER}"


class Model:
    """Drafts what was planted, calls a tool with it, and answers rubbish that holds some when it is told to."""

    def __init__(self) -> None:
        self.rubbish = False
        self.asked: list[str] = []

    def model(self) -> FunctionModel:
        return FunctionModel(self._answer, model_name="scripted")

    def _answer(self, messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        self.asked.append(str(messages))
        if info.output_tools:
            return ModelResponse(parts=[ToolCallPart(tool_name=info.output_tools[0].name, args=self._draft())])
        if not any("Found" in str(message) for message in messages):
            return ModelResponse(parts=[ToolCallPart(tool_name="order", args={"dish": DISH})])
        return ModelResponse(parts=[TextPart(content=f"Dear {NAME}, it is {DISH}.")])

    def _draft(self) -> dict[str, Any]:
        if self.rubbish:
            return {"edits": RUBBISH}
        told = {"op": "set", "session": "s1", "turn": 1}
        return {
            "edits": [
                {**told, "path": "demographics.name", "value": NAME, "quote": f"My name is {NAME}"},
                {**told, "path": "preferences.diet", "value": DIET, "quote": f"I am {DIET} now"},
                {**told, "path": f"preferences.{OUTSIDE}", "value": OUTSIDE, "quote": f"not said: {OUTSIDE}"},
            ]
        }


def order(dish: str) -> str:
    """Order a dish."""
    ordered.append(dish)
    return f"Found {dish} in {PLACE}"


ordered: list[str] = []


@pytest.fixture
def lines() -> Generator[io.StringIO]:
    """All that is logged: by our loggers and the server's as it is, tracebacks included; by others as lines of JSON."""
    text, loggers = io.StringIO(), {name: logging.getLogger(name) for name in ("", "aipersona", "uvicorn")}
    before = {name: (logger.level, list(logger.handlers)) for name, logger in loggers.items()}
    as_json, as_it_is = logging.StreamHandler(text), logging.StreamHandler(text)
    as_json.setFormatter(JsonLines())
    loggers[""].addHandler(as_json)
    for name in ("aipersona", "uvicorn"):
        loggers[name].addHandler(as_it_is)
        loggers[name].setLevel(logging.DEBUG)
    yield text
    for name, (level, handlers) in before.items():
        loggers[name].setLevel(level)
        loggers[name].handlers = handlers


def served(database: Path, stub: Stub, model: Model) -> tuple[FastAPI, AIPersona]:
    settings = Settings(strategy="edits", embedder="none")
    ai = AIPersona(database, model=model.model(), settings=settings, clock=lambda: NOON)
    told = ServerSettings(token_secret=SECRET, upstream_url=stub.url, context_seconds=30)
    return create_app(ai, settings=told, clock=lambda: NOON), ai


class Run:
    """The run: requests, and the bodies of the errors that they were answered with."""

    def __init__(self, client: httpx2.Client) -> None:
        self._client = client
        self.errors: list[str] = []

    def ask(self, method: str, path: str, status: int, **more: Any) -> httpx2.Response:
        answer = self._client.request(method, path, **more)
        assert answer.status_code == status, (method, answer.status_code)
        if answer.is_error:
            self.errors.append(answer.text)
        return answer


def session(text: str) -> dict[str, Any]:
    turns = [{"role": "user", "content": text}]
    return {"started_at": "2026-05-01T10:00:00Z", "turns": turns}


def test_nothing_planted_is_told(tmp_path: Path, lines: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    watch, model, database = Watch(), Model(), tmp_path / f"{OUTSIDE}.db"
    with upstream(pieces=[json.dumps(REPLY).encode()]) as stub:
        app, ai = served(database, stub, model)
        mine = key_for(ai, "read", "write", "call", "admin", ends_at=None)
        other = key_for(ai, "read", "write", "call", user_id="bob", ends_at=None)
        operator = key_for(ai, "operate", ends_at=None)
        with (
            Running(app, logs=True) as running,
            httpx2.Client(base_url=running.url, headers=mine, trust_env=False) as client,
        ):
            run = Run(client)
            learn_and_correct(run, model)
            assert DIET in client.get(f"{HOME}/persona").text
            assert STREET in client.get(f"{HOME}/sessions").text
            assert WORDS in model.asked[0]

            run.ask("POST", "/v1/tokens", 201, json={"user_id": USER})
            token = client.post("/v1/tokens", json={"user_id": USER}).json()["token"]
            run.ask("GET", f"{HOME}/persona", 200, headers={"authorization": f"Bearer {token}"})

            talk_through_the_proxy(run, stub)
            running.settle()
            assert DIET in stub.asked[0].body.decode(), "what is known reached the upstream"
            assert LOST in client.get(f"{HOME}/sessions").text

            reply = running.run(ai.chat(USER, f"I am {WORDS}, order for me", tools=[order]))
            assert (DISH in reply.text, ordered[-1:]) == (True, [DISH])

            others_are_refused(run, other)
            break_what_can_break(run, stub, ai, database, monkeypatch)
            metrics = client.get("/metrics", headers=operator)
            assert metrics.status_code == 200

    told = {
        "logs": lines.getvalue(),
        "spans": "\n".join(span.to_json() for span in watch.spans),
        "metrics": metrics.text,
        "errors": "\n".join(run.errors),
    }
    for where, text in told.items():
        found = [word for word in PLANTED if word.casefold() in text.casefold()]
        assert found == [], f"{where} tell of a user"
    assert str(tmp_path) not in "".join(told.values())

    # All of it was watched: what was searched is what the run has left.
    assert {"aipersona.learn", "aipersona.context", "aipersona.chat", "chat gpt", "chat scripted"} <= set(watch.names())
    assert "PUT /v1/users/{user_id}/sessions/{session_id}" in watch.names()
    for line in ("unforeseen RuntimeError", "a call went on without a persona", "a call was not recorded", '"route"'):
        assert line in told["logs"]
    assert "RuntimeError: " not in told["logs"], "the fault itself reached no server that would print it"
    for metric in ("aipersona_edits_total", "gen_ai_client_token_usage", "http_server_request_duration_seconds_count"):
        assert metric in told["metrics"]
    assert len(run.errors) >= 15


def learn_and_correct(run: Run, model: Model) -> None:
    """Sessions, learning with a rejected edit, a model that answers rubbish, and requests that do not validate."""
    run.ask("PUT", f"{HOME}/sessions/s1", 200, json=session(SAID))
    report = run.ask("POST", f"{HOME}/learn", 200).json()
    assert (report["accepted"], report["rejected"]) == (2, {"quote_not_found": 1})
    run.ask("PUT", f"{HOME}/sessions/s2", 200, json=session(f"I am {WORDS} again."))
    model.rubbish = True
    run.ask("POST", f"{HOME}/learn", 502)
    model.rubbish = False
    run.ask("PUT", f"{HOME}/persona/finances.expenses", 422, json={"value": {"amount": UNFIT, f"{UNFIT} it is": 1}})
    run.ask("PUT", f"{HOME}/persona/demographics.birthdate", 422, json={"value": UNFIT})
    run.ask("PUT", f"{HOME}/persona/preferences.diet", 422, json={"value": UNFIT, "valid_from": UNFIT})
    run.ask("PUT", f"{HOME}/persona/preferences.diet", 422, content=f'{{"value": "{UNFIT}'.encode())
    run.ask("PUT", f"{HOME}/persona/preferences.diet", 422, json={"value": DIET, f"{UNFIT} it is": 1})
    run.ask("PATCH", f"{HOME}/persona", 422, json=[{"op": UNFIT, "path": "/preferences/diet", "value": UNFIT}])
    run.ask("PUT", f"{HOME}/sessions/s3", 422, json={**session(SAID), "started_at": UNFIT})
    run.ask("POST", f"{HOME}/query", 422, json={"path": "preferences.diet", "measure": UNFIT})
    run.ask("POST", f"{HOME}/context", 200, json={"query": f"Dinner at {PLACE}?"})
    run.ask("POST", f"{HOME}/context", 422, json={"query": f"Dinner at {PLACE}?", "budget": UNFIT})
    run.ask("GET", f"/{PLACE}", 404, params={"name": NAME})
    run.ask("GET", "/v1/users", 422, params={"cursor": NAME})


def talk_through_the_proxy(run: Run, stub: Stub) -> None:
    """Calls that are answered, whole and in a stream, and an upstream that fails in each of its ways."""
    body: dict[str, Any] = {"model": "gpt", "user": USER, "messages": [{"role": "user", "content": f"Dinner? {LOST}"}]}
    run.ask("POST", CHAT, 200, json=body)
    run.ask("POST", CHAT, 200, json={**body, "model": f"{PLACE} {NAME}"})
    stub.pieces, stub.headers = STREAM, EVENTS
    run.ask("POST", CHAT, 200, json={**body, "stream": True})
    stub.pieces, stub.cut = [b'data: {"choices": [{"delta": {"content": "' + BROKEN.encode() + b'"}}]}\n\n'], True
    with pytest.raises(httpx2.RemoteProtocolError):
        run.ask("POST", CHAT, 200, json={**body, "stream": True})
    stub.cut, stub.pieces = False, [f"no JSON, {BROKEN}".encode()]
    run.ask("POST", CHAT, 200, json=body)
    stub.status = 500
    run.ask("POST", CHAT, 500, json=body)
    run.errors.pop()  # the upstream's own words, for whoever asked
    stub.status, stub.headers, stub.pieces = 200, {"content-type": "application/json"}, [json.dumps(REPLY).encode()]


def others_are_refused(run: Run, other: dict[str, str]) -> None:
    """Another user's key, and no key at all, on what is this user's."""
    for headers, status in ((other, 403), ({"authorization": f"Bearer {NAME}"}, 401)):
        run.ask("GET", f"{HOME}/persona", status, headers=headers)
        run.ask("PUT", f"{HOME}/persona/preferences.diet", status, headers=headers, json={"value": UNFIT})
        run.ask("POST", CHAT, status, headers=headers, json={"user": USER, "messages": []})
    run.ask("GET", "/v1/users/bob/persona", 404, headers=other)


def break_what_can_break(run: Run, stub: Stub, ai: AIPersona, database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault in the code, and a database whose tables are gone while calls go on."""

    async def faulty(*_: object, **__: object) -> Any:
        raise RuntimeError(f"{FAULT} in {STREET}")

    with monkeypatch.context() as broken:
        broken.setattr(AIPersona, "persona", faulty)
        run.ask("GET", f"{HOME}/persona", 500)
        broken.setattr(Learner, "learn", faulty)
        run.ask("POST", f"{HOME}/learn", 500)
        broken.setattr(conversations, "record", faulty)
        body = {"model": "gpt", "user": USER, "messages": [{"role": "user", "content": f"Supper? {LOST}"}]}
        run.ask("POST", CHAT, 200, json=body)
        app_calls_settled(run)
    monkeypatch.setattr(recording, "PAUSES", ())
    with sa.create_engine(f"sqlite:///{database}").begin() as connection:
        connection.exec_driver_sql("DROP TABLE turns")
        connection.exec_driver_sql("DROP TABLE prefixes")
    run.ask("PUT", f"{HOME}/sessions/s9", 503, json=session(SAID))
    answer = run.ask("POST", CHAT, 200, json={"user": USER, "messages": [{"role": "user", "content": DIET}]})
    assert answer.headers["x-aipersona-context"] == "unavailable"


def app_calls_settled(run: Run) -> None:
    """The next call of the same user waits until what was said before is recorded."""
    body = {"model": "gpt", "user": USER, "messages": [{"role": "user", "content": "Breakfast?"}]}
    run.ask("POST", CHAT, 200, json=body)
