"""OpenAI clients whose server is a function here: both forms, whole and streamed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx2
from openai import AsyncOpenAI, OpenAI

Call = tuple[str, Mapping[str, Any]]
Body = dict[str, Any]


@dataclass
class Server:
    """Answers with these texts and calls, one a request; `bodies` and `headers` are what it was sent."""

    answers: list[str | Call]
    bodies: list[Body] = field(default_factory=list[Body])
    headers: list[httpx2.Headers] = field(default_factory=list[httpx2.Headers])

    def sync(self) -> OpenAI:
        transport = httpx2.MockTransport(self.answer)
        return OpenAI(
            api_key="k", base_url="http://test/v1", http_client=httpx2.Client(transport=transport), max_retries=0
        )

    def asynchronous(self) -> AsyncOpenAI:
        client = httpx2.AsyncClient(transport=httpx2.MockTransport(self.answer))
        return AsyncOpenAI(api_key="k", base_url="http://test/v1", http_client=client, max_retries=0)

    def answer(self, request: httpx2.Request) -> httpx2.Response:
        body = json.loads(request.content)
        self.bodies.append(body)
        self.headers.append(request.headers)
        if not request.url.path.endswith(("/chat/completions", "/responses")):
            vector = {"object": "embedding", "index": 0, "embedding": [0.5]}
            return httpx2.Response(200, json={"object": "list", "data": [vector], "model": "m", "usage": USAGE})
        if not self.answers:
            return httpx2.Response(500, json={"error": {"message": "no"}})
        answer = self.answers.pop(0)
        number = len(self.bodies)
        if request.url.path.endswith("/responses"):
            events: list[Body] = [_response(answer, number)]
            whole = events[0]["response"]
        else:
            whole = _completion(answer)
            events = _chunks(answer)
        if not body.get("stream"):
            return httpx2.Response(200, json=whole)
        text = "".join(f"data: {json.dumps(event)}\n\n" for event in events)
        return httpx2.Response(200, text=f"{text}data: [DONE]\n\n", headers={"Content-Type": "text/event-stream"})

    @property
    def systems(self) -> list[str]:
        """The instructions of each request."""
        return [_system(body) for body in self.bodies]


USAGE = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}


def _system(body: Body) -> str:
    if "messages" not in body:
        return body.get("instructions") or ""
    first = body["messages"][0]
    if first["role"] not in ("system", "developer"):
        return ""
    content = first["content"]
    return content if isinstance(content, str) else "\n".join(part["text"] for part in content)


def _function(call: Call) -> Body:
    name, arguments = call
    return {"name": name, "arguments": json.dumps(arguments)}


def _completion(answer: str | Call) -> Body:
    message: Body = {"role": "assistant", "content": answer}
    if isinstance(answer, tuple):
        calls = [{"id": f"c-{answer[0]}", "type": "function", "function": _function(answer)}]
        message = {"role": "assistant", "content": None, "tool_calls": calls}
    choice = {"index": 0, "finish_reason": "stop", "message": message}
    return {"id": "c", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice], "usage": USAGE}


def _chunks(answer: str | Call) -> list[Body]:
    deltas: list[Body] = [{"role": "assistant", "content": ""}]
    if isinstance(answer, tuple):
        function = _function(answer)
        begin = {"name": function["name"], "arguments": function["arguments"][:3]}
        deltas.append({"tool_calls": [{"index": 0, "id": f"c-{answer[0]}", "type": "function", "function": begin}]})
        deltas.append({"tool_calls": [{"index": 0, "function": {"arguments": function["arguments"][3:]}}]})
    else:
        deltas += [{"content": piece} for piece in answer.partition(" ")]
    choices = [{"index": 0, "delta": delta, "finish_reason": None} for delta in deltas]
    head = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    return [*({**head, "choices": [choice]} for choice in choices), {**head, "choices": [], "usage": USAGE}]


def _response(answer: str | Call, number: int) -> Body:
    """The event that ends a streamed response, with the whole of it."""
    output: Body
    if isinstance(answer, tuple):
        output = {"type": "function_call", "id": "f", "call_id": f"c-{answer[0]}", **_function(answer)}
    else:
        content: list[Body] = [{"type": "output_text", "text": answer, "annotations": []}]
        output = {"type": "message", "id": "m", "role": "assistant", "status": "completed", "content": content}
    head = {"id": f"r{number}", "object": "response", "created_at": 1, "model": "m", "status": "completed"}
    more = {"output": [output], "parallel_tool_calls": True, "tool_choice": "auto", "tools": []}
    return {"type": "response.completed", "sequence_number": 1, "response": {**head, **more}}
