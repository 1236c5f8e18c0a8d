"""The stub upstream as a process: python -m benchmarks.proxy.stub PORT

Each call takes as many seconds as its header `x-takes` says, a streamed one in as many pieces as a short answer has.
"""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

import uvicorn

PIECES = 20
SAID = "Try the market hall by the river: it has three stalls with food for you, and they close late tonight."
WORDS = SAID.split()


async def app(scope: Any, receive: Any, send: Any) -> None:
    """A chat completion, streamed if it was asked for so."""
    if scope["type"] != "http":
        return
    seconds = float(dict(scope["headers"]).get(b"x-takes", b"0"))
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    streamed = b'"stream": true' in body or b'"stream":true' in body
    kind = b"text/event-stream" if streamed else b"application/json"
    if not streamed:
        await asyncio.sleep(seconds)
        said = {"role": "assistant", "content": " ".join(WORDS)}
        whole = {
            "id": "c",
            "object": "chat.completion",
            "choices": [{"index": 0, "finish_reason": "stop", "message": said}],
        }
        text = json.dumps(whole).encode()
        head = [(b"content-type", kind), (b"content-length", str(len(text)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": head})
        await send({"type": "http.response.body", "body": text})
        return
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", kind)]})
    for word in WORDS[:PIECES]:
        await asyncio.sleep(seconds / PIECES)
        piece = {"id": "c", "choices": [{"index": 0, "delta": {"content": f"{word} "}}]}
        await send({"type": "http.response.body", "body": f"data: {json.dumps(piece)}\n\n".encode(), "more_body": True})
    last: dict[str, Any] = {"id": "c", "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
    await send({"type": "http.response.body", "body": f"data: {json.dumps(last)}\n\ndata: [DONE]\n\n".encode()})


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="error")
