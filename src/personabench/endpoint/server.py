"""The endpoint: one OpenAI-compatible loopback address for each account, in front of one model.

    http://127.0.0.1:PORT/ACCOUNT/v1/chat/completions, .../embeddings

An account is whoever is measured. What it asks is counted, answered from disk if the same was asked before, and else
passed on. Answers do not stream.
"""

from __future__ import annotations

import json
import threading
import time
from array import array
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import quote, unquote

from personabench.endpoint.answers import Answers, key_of
from personabench.endpoint.counting import Counts
from personabench.endpoint.upstream import Upstream, UpstreamDown, UpstreamRefused, text_of

Embedder = Callable[[Sequence[str]], Sequence[Sequence[float]]]
"""Texts to vectors of floats, one for each text."""


class Endpoint:
    """The address that every system gets for its model; a context manager."""

    def __init__(self, upstream: Upstream, answers: Answers, *, embedder: Embedder | None = None) -> None:
        self._upstream, self._answers, self._embedder = upstream, answers, embedder
        self._lock = threading.Lock()
        self._counts: dict[str, Counts] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="endpoint", daemon=True)
        self.down: str | None = None
        """Why the model could not be reached, from the first time on that it could not."""

    @property
    def model(self) -> str:
        return self._upstream.model

    def base_url(self, account: str) -> str:
        """The address to give to who is measured as `account`."""
        return f"http://127.0.0.1:{self._server.server_port}/{quote(account, safe='')}/v1"

    def counts(self, account: str) -> Counts:
        """What an account has used so far."""
        with self._lock:
            return self._counts.get(account, Counts())

    def __enter__(self) -> Endpoint:
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(self, account: str, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """The status and the body of the answer to one request."""
        if body.get("stream"):
            return 400, _error("this endpoint does not stream")
        body = {name: value for name, value in body.items() if name not in _NOISE}
        key = key_of(path, body, self.model)
        found = self._answers.get(key)
        try:
            made, seconds = found if found is not None else self._made(path, body)
        except UpstreamDown as error:
            self.down = self.down or str(error)
            self._count(account, Counts(failed=1))
            return 503, _error(str(error))
        except UpstreamRefused as error:
            self._count(account, Counts(failed=1))
            return error.status, _error(str(error))
        if found is None:
            self._answers.put(key, made, seconds)
        self._count(account, _counts(path, body, made, seconds))
        return 200, made

    def _made(self, path: str, body: Mapping[str, Any]) -> tuple[dict[str, Any], float]:
        started = time.perf_counter()
        if path == "/embeddings" and self._embedder is not None:
            made = _embedded(self._embedder(_texts(body)), packed=body.get("encoding_format") == "base64")
        else:
            made = self._upstream.post(path, body)
        return made, time.perf_counter() - started

    def _count(self, account: str, counts: Counts) -> None:
        with self._lock:
            self._counts[account] = self._counts.get(account, Counts()) + counts

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                account, _, path = self.path.lstrip("/").partition("/v1")
                raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                try:
                    body = json.loads(raw)
                except ValueError:
                    status, made = 400, _error("the body is not JSON")
                else:
                    status, made = endpoint.answer(unquote(account), path, body)
                data = json.dumps(made, ensure_ascii=False).encode()
                with suppress(ConnectionError):  # who asked may have given up meanwhile; the answer is kept
                    self.send_response(status)
                    self.send_header("Content-Type", "application/json")
                    self.send_header("Content-Length", str(len(data)))
                    self.end_headers()
                    self.wfile.write(data)

            def log_message(self, format: str, *args: object) -> None:
                """Nothing: what is asked holds what people said."""

        return Handler


_NOISE = frozenset({"model", "user", "metadata", "store", "service_tier", "stream"})
"""What says nothing about the answer: the endpoint has one model, and names of callers differ from run to run."""


def _counts(path: str, body: Mapping[str, Any], made: Mapping[str, Any], seconds: float) -> Counts:
    if path == "/embeddings":
        return Counts(embedded_texts=len(_texts(body)), seconds=seconds)
    usage: Any = made.get("usage") or {}
    messages: Any = body.get("messages") or ()
    return Counts(
        calls=1,
        prompt_tokens=int(usage.get("prompt_tokens") or 0),
        completion_tokens=int(usage.get("completion_tokens") or 0),
        prompt_characters=sum(len(text_of(message)) for message in messages),
        seconds=seconds,
    )


def _texts(body: Mapping[str, Any]) -> list[str]:
    given: Any = body.get("input") or []
    return [given] if isinstance(given, str) else [str(text) for text in given]


def _embedded(vectors: Sequence[Sequence[float]], *, packed: bool) -> dict[str, Any]:
    """The answer with vectors as lists, or as base64 of float32, which OpenAI's client asks for."""
    data: list[dict[str, Any]] = []
    for index, vector in enumerate(vectors):
        floats = array("f", (float(x) for x in vector))
        data.append(
            {
                "object": "embedding",
                "index": index,
                "embedding": b64encode(floats.tobytes()).decode() if packed else floats.tolist(),
            }
        )
    return {"object": "list", "model": "embedder", "data": data, "usage": {"prompt_tokens": 0, "total_tokens": 0}}


def _error(message: str) -> dict[str, Any]:
    return {"error": {"message": message, "type": "endpoint_error"}}
