"""A stand-in for an OpenAI-compatible server on the loopback: drafts by rule, a fixed reply, failures on cue."""

from __future__ import annotations

import json
import queue
import re
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

_SESSION = re.compile(r"\[(?P<id>\S+)\] \d{4}-\d\d-\d\d \w+")
_TURN = re.compile(r"(?P<number>\d+) user: (?P<content>.*)")

RULES: list[tuple[str, dict[str, Any]]] = [
    ("steak", {"op": "set", "path": "preferences.diet", "value": "steak every week"}),
    ("I became vegetarian", {"op": "set", "path": "preferences.diet", "value": "vegetarian"}),
    ("Lisbon", {"op": "set", "path": "demographics.residence.city", "value": "Lisbon"}),
    ("friend", {"op": "set", "path": "preferences.diet", "value": "vegan"}),
    ("padel", {"op": "add", "path": "preferences.sports", "value": "padel"}),
    ("coffee", {"op": "add", "path": "finances.expenses", "row": {"what": "coffee", "amount": "4.50 EUR"}}),
    ("books", {"op": "add", "path": "finances.expenses", "row": {"what": "books", "amount": "20 EUR"}}),
]
"""A word in a turn of the user, and what is proposed for it."""


def drafts(prompt: str) -> list[dict[str, Any]]:
    """What the rules propose for the sessions of a prompt, in the form of the `edits` strategy."""
    found: list[dict[str, Any]] = []
    session = ""
    for line in prompt.rpartition("\nSessions\n")[2].splitlines():
        if head := _SESSION.fullmatch(line):
            session = head["id"]
        elif turn := _TURN.fullmatch(line):
            for word, edit in RULES:
                if word in turn["content"]:
                    row = [{"column": name, "value": value} for name, value in edit.get("row", {}).items()]
                    said = {"session": session, "turn": int(turn["number"]), "quote": turn["content"]}
                    found.append({**edit, "row": row, **said})
    return found


@dataclass
class Stub:
    """The server's address, what it was asked, and how its next answers shall be.

    `statuses` are HTTP statuses for coming answers, by the number of the draft asked for (from 1) on; a draft in
    `garbage` is no JSON. While `held` is set to a number, that draft is answered only after `release`.
    `calls` are tools, with arguments, that it calls one after the other before it replies.
    """

    url: str
    reply: str = "Try the market hall."
    requests: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    statuses: dict[int, int] = field(default_factory=dict[int, int])
    garbage: set[int] = field(default_factory=set[int])
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list[tuple[str, dict[str, Any]]])
    held: int | None = None
    arrived: queue.Queue[int] = field(default_factory=lambda: queue.Queue[int]())
    release: threading.Event = field(default_factory=threading.Event)
    drafted: list[str] = field(default_factory=list[str])

    @property
    def prompts(self) -> list[str]:
        """The text of every request: instructions and messages."""
        return ["\n".join(_text(message) for message in request["messages"]) for request in self.requests]

    def number_of(self, prompt: str) -> int:
        """Which draft a prompt asks for; the same one when it is asked again."""
        if prompt not in self.drafted:
            self.drafted.append(prompt)
        return self.drafted.index(prompt) + 1


def _text(message: dict[str, Any]) -> str:
    content: str | list[dict[str, str]] | None = message.get("content")
    if isinstance(content, list):
        return "\n".join(part.get("text", "") for part in content)
    return content or ""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    stub: Stub

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.stub.requests.append(request)
        if not any(tool["function"]["name"] == "final_result" for tool in request.get("tools", [])):
            self._talk(stream=bool(request.get("stream")))
            return
        prompt = next(_text(message) for message in request["messages"] if message["role"] == "user")
        number = self.stub.number_of(prompt)
        self.stub.arrived.put(number)
        if self.stub.held == number:
            self.stub.release.wait(30)
        if number in self.stub.statuses:
            self._send(self.stub.statuses[number], json.dumps({"error": {"message": "no"}}))
            return
        arguments = "no JSON, sorry" if number in self.stub.garbage else json.dumps({"edits": drafts(prompt)})
        call = {"id": "call_1", "type": "function", "function": {"name": "final_result", "arguments": arguments}}
        self._answer({"role": "assistant", "content": None, "tool_calls": [call]}, "tool_calls")

    def _talk(self, *, stream: bool) -> None:
        if 0 in self.stub.statuses:
            self._send(self.stub.statuses[0], json.dumps({"error": {"message": "no"}}))
        elif self.stub.calls:
            name, arguments = self.stub.calls.pop(0)
            function = {"name": name, "arguments": json.dumps(arguments)}
            call = {"index": 0, "id": f"call_{len(self.stub.calls)}", "type": "function", "function": function}
            delta = {"role": "assistant", "content": None, "tool_calls": [call]}
            chunks = [self._chunk({"index": 0, "delta": delta, "finish_reason": None})]
            chunks.append(self._chunk({"index": 0, "delta": {}, "finish_reason": "tool_calls"}))
            self._stream(chunks)
        elif stream:
            words = [f"{word} " for word in self.stub.reply.split()]
            deltas: list[dict[str, Any]] = [{"role": "assistant", "content": ""}, *({"content": w} for w in words)]
            chunks = [self._chunk({"index": 0, "delta": delta, "finish_reason": None}) for delta in deltas]
            chunks.append(self._chunk({"index": 0, "delta": {}, "finish_reason": "stop"}))
            self._stream(chunks)
        else:
            self._answer({"role": "assistant", "content": self.stub.reply}, "stop")

    def _stream(self, chunks: list[str]) -> None:
        text = "".join(f"data: {chunk}\n\n" for chunk in chunks) + "data: [DONE]\n\n"
        self._send(200, text, "text/event-stream")

    def _chunk(self, choice: dict[str, Any]) -> str:
        return json.dumps(
            {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "stub", "choices": [choice]}
        )

    def _answer(self, message: dict[str, Any], reason: str) -> None:
        choice = {"index": 0, "finish_reason": reason, "message": message}
        usage = {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110}
        body = {"id": "c", "object": "chat.completion", "created": 1, "model": "stub", "usage": usage}
        self._send(200, json.dumps({**body, "choices": [choice]}))

    def _send(self, status: int, text: str, kind: str = "application/json") -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """A client that was interrupted hangs up in the middle of an answer."""


@contextmanager
def serving() -> Generator[Stub]:
    """A running stub; stopped at the end."""
    handler = type("Handler", (_Handler,), {})
    server = _Server(("127.0.0.1", 0), handler)
    stub = Stub(url=f"http://127.0.0.1:{server.server_address[1]}/v1")
    handler.stub = stub
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield stub
    finally:
        stub.release.set()
        server.shutdown()
        server.server_close()
        thread.join()
