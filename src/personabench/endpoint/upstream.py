"""What stands behind the endpoint: the local model, or any server that speaks OpenAI's chat completions."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import httpx2

from aipersona import AIPersonaError, LocalServer

LONGEST_SECONDS = 600.0
"""How long a server may take for an answer."""

LONGEST_LOCAL_SECONDS = 7200.0
"""The same of the local model: one that does not end its answer fills its context, which takes a busy machine long."""


class UpstreamDown(Exception):
    """The model cannot be reached: nothing that needs it can be measured now."""


class UpstreamRefused(Exception):
    """The model answered that it cannot do this; `status` is the HTTP status."""

    def __init__(self, status: int, message: str) -> None:
        self.status = status
        super().__init__(message)


class Upstream(Protocol):
    """A model: `post` answers the body of a request to `/chat/completions` or `/embeddings`.

    Raises: UpstreamDown, UpstreamRefused.
    """

    @property
    def model(self) -> str: ...

    def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]: ...


class RemoteUpstream:
    """A server with an OpenAI-compatible address."""

    def __init__(
        self, model: str, base_url: str, api_key: str | None = None, *, seconds: float = LONGEST_SECONDS
    ) -> None:
        self.model = model
        headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
        self._client = httpx2.Client(base_url=base_url.rstrip("/"), headers=headers, timeout=httpx2.Timeout(seconds))

    def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        try:
            response = self._client.post(path, json={**body, "model": self.model})
        except httpx2.TransportError as error:
            raise UpstreamDown(f"the model does not answer: {type(error).__name__}") from None
        if response.status_code in (502, 503, 504):
            raise UpstreamDown(f"the model answers {response.status_code}")
        if response.status_code != 200:
            raise UpstreamRefused(response.status_code, f"the model answers {response.status_code}")
        return response.json()

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


class LocalUpstream:
    """The embedded model. JSON of a given schema comes exact and repeatable, a form's beginning is computed once.

    With `cache_prompt` in the body nothing is computed again of what the last prompt has in common with this one.
    """

    def __init__(self, server: LocalServer) -> None:
        self._server = server
        self._turn = threading.Lock()
        self.model = server.model_name
        self._remote = RemoteUpstream(server.model_name, server.base_url, server.api_key, seconds=LONGEST_LOCAL_SECONDS)

    def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        wanted: Any = body.get("response_format") or {}
        schema: Any = wanted.get("json_schema", {}).get("schema")
        with self._turn:
            if path != "/chat/completions" or schema is None or body.get("tools"):
                return self._remote.post(path, body)
            return self._form(_plain(body["messages"]), schema, body)

    def close(self) -> None:
        """Close the connections to the server, which stays."""
        self._remote.close()

    def _form(
        self, messages: Sequence[Mapping[str, str]], schema: Mapping[str, Any], body: Mapping[str, Any]
    ) -> dict[str, Any]:
        most = int(body.get("max_completion_tokens") or body.get("max_tokens") or 1024)
        try:
            filled = asyncio.run(
                self._server.complete_json(
                    messages, schema, max_tokens=most, repeatable=not body.get("cache_prompt", False)
                )
            )
        except AIPersonaError as error:
            if not self._server.alive:
                raise UpstreamDown("the local model's process ended") from None
            raise UpstreamRefused(400, str(error)) from None
        usage = {"prompt_tokens": filled.prompt_tokens, "completion_tokens": filled.completion_tokens}
        message = {"role": "assistant", "content": filled.text}
        return {
            "id": "local",
            "object": "chat.completion",
            "created": 0,
            "model": self.model,
            "choices": [{"index": 0, "finish_reason": "stop", "message": message}],
            "usage": {**usage, "total_tokens": sum(usage.values())},
        }


def _plain(messages: Sequence[Mapping[str, Any]]) -> list[Mapping[str, str]]:
    """Messages with their content as one text."""
    return [{"role": message["role"], "content": text_of(message)} for message in messages]


def text_of(message: Mapping[str, Any]) -> str:
    """The text of a chat message, whose content may come in parts."""
    content: Any = message.get("content") or ""
    if isinstance(content, str):
        return content
    return "".join(str(part.get("text", "")) for part in content)
