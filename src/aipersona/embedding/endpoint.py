"""Embeddings of any server with OpenAI's `POST /embeddings`."""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import httpx2

from aipersona.errors import ModelOutputInvalid, ModelRefused, ModelUnavailable
from aipersona.telemetry.model_calls import model_call

if TYPE_CHECKING:
    from aipersona.embedding.protocol import Floats

OPENAI = "https://api.openai.com/v1"

TEXTS_AT_ONCE = 128
CHARACTERS_AT_ONCE = 200_000
"""What one request holds at most; OpenAI takes 2,048 texts and 300,000 tokens."""

LONGEST = 8_000
"""Characters of a text that are sent: models read 8,191 tokens at most, and a token of Chinese may be one character."""

ATTEMPTS = 4
LONGEST_WAIT = 20.0
"""Tries of one request, and seconds between two of them at most."""

_AGAIN = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.CONFLICT, HTTPStatus.TOO_MANY_REQUESTS}


class EndpointEmbedder:
    """Texts to vectors by an OpenAI-compatible server.

    `dimensions` asks for shorter vectors where the model can (OpenAI's text-embedding-3); without it one request
    finds out how long they are. `question_prefix` and `text_prefix` are for models that want "query: " and "passage: ".
    """

    def __init__(
        self,
        model: str,
        *,
        base_url: str = OPENAI,
        api_key: str | None = None,
        dimensions: int | None = None,
        question_prefix: str = "",
        text_prefix: str = "",
        client: httpx2.Client | None = None,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._model = model
        self._url = f"{base_url.rstrip('/')}/embeddings"
        self._asked_for = dimensions
        self._dimensions = dimensions
        self._prefixes = question_prefix, text_prefix
        self._headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
        self._client = client
        self._sleep = sleep
        self._opening = threading.Lock()

    @property
    def name(self) -> str:
        return f"{self._model}-{self._asked_for}" if self._asked_for else self._model

    @property
    def dimensions(self) -> int:
        if self._dimensions is None:
            self._embed(["dimensions"])
        assert self._dimensions is not None
        return self._dimensions

    def embed(self, texts: Sequence[str]) -> Floats:
        return self._embed([self._prefixes[1] + text for text in texts])

    def embed_question(self, text: str) -> Floats:
        return self._embed([self._prefixes[0] + text])[0]

    def close(self) -> None:
        """Close the connections; they open again if the object is used again."""
        with self._opening:
            if self._client is not None:
                self._client.close()
                self._client = None

    def _embed(self, texts: Sequence[str]) -> Floats:
        import numpy as np

        if not texts:
            return np.zeros((0, self.dimensions), dtype=np.float32)
        vectors = np.concatenate([self._batch(batch) for batch in _batches(texts)])
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return (vectors / np.where(lengths > 0, lengths, 1)).astype(np.float32)

    def _batch(self, texts: Sequence[str]) -> Floats:
        body: dict[str, Any] = {"model": self._model, "input": list(texts), "encoding_format": "float"}
        if self._asked_for is not None:
            body["dimensions"] = self._asked_for
        with model_call("embeddings", "openai", self._model) as called:
            answer = _json(self._post(body))
            called.used(_tokens(answer), 0)
        vectors = _read(answer, len(texts), self._model)
        if self._dimensions is None:
            self._dimensions = vectors.shape[1]
        if vectors.shape[1] != self._dimensions:
            raise ModelOutputInvalid(
                f"{self._model} gave vectors of {vectors.shape[1]} numbers, not of {self._dimensions}"
            )
        return vectors

    def _post(self, body: Mapping[str, Any]) -> httpx2.Response:
        wait = 0.5
        for attempt in range(1, ATTEMPTS + 1):
            last = attempt == ATTEMPTS
            try:
                response = self._connected().post(self._url, json=body, headers=self._headers)
            except httpx2.TransportError as error:
                if last:
                    raise ModelUnavailable(
                        f"{self._model} cannot be reached for embeddings: {type(error).__name__}"
                    ) from None
            except httpx2.InvalidURL:
                raise ModelUnavailable(
                    f"{self._model} has no usable address for embeddings: check the base URL"
                ) from None
            else:
                status = response.status_code
                if response.is_success:
                    return response
                if last or not (status in _AGAIN or status >= HTTPStatus.INTERNAL_SERVER_ERROR):
                    raise _refused(self._model, status)
                wait = max(wait, _retry_after(response))
            self._sleep(min(wait, LONGEST_WAIT))
            wait *= 2
        raise AssertionError("the last attempt returns or raises")

    def _connected(self) -> httpx2.Client:
        with self._opening:
            if self._client is None:
                self._client = httpx2.Client(timeout=httpx2.Timeout(60.0, connect=5.0))
            return self._client


def _batches(texts: Sequence[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    characters = 0
    for text in texts:
        # an empty text is refused by most servers
        text = text[:LONGEST] if text.strip() else "-"
        if batch and (len(batch) == TEXTS_AT_ONCE or characters + len(text) > CHARACTERS_AT_ONCE):
            yield batch
            batch, characters = [], 0
        batch.append(text)
        characters += len(text)
    if batch:
        yield batch


def _json(response: httpx2.Response) -> Any:
    """What was answered; None where it is no JSON."""
    try:
        return response.json()
    except ValueError:
        return None


def _read(answer: Any, count: int, model: str) -> Floats:
    """The vectors in the order of the texts, whatever order they come in."""
    import numpy as np

    try:
        data: list[dict[str, Any]] = answer["data"]
        rows = {int(each.get("index", place)): _numbers(each["embedding"]) for place, each in enumerate(data)}
        vectors = np.array([rows[place] for place in range(count)], dtype=np.float32)
        if vectors.ndim != 2 or not vectors.shape[1] or len(data) != count or not np.isfinite(vectors).all():
            raise ValueError
    except (ValueError, KeyError, TypeError, AttributeError):
        raise ModelOutputInvalid(f"{model} answered {count} texts with something else than a vector each") from None
    return vectors


def _tokens(answer: Any) -> int:
    """The tokens that the server counted; 0 where it does not say."""
    try:
        found: Any = answer["usage"]["prompt_tokens"]
    except (KeyError, TypeError):
        return 0
    return found if isinstance(found, int) else 0


def _numbers(embedding: str | Sequence[float]) -> Sequence[float]:
    """The numbers, of which some servers send the bytes in base64 whatever they are asked for."""
    if not isinstance(embedding, str):
        return embedding
    import numpy as np

    return np.frombuffer(base64.b64decode(embedding, validate=True), dtype="<f4").tolist()


def _refused(model: str, status: int) -> ModelRefused | ModelUnavailable:
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        return ModelUnavailable(
            f"{model} needs a key that its server accepts for embeddings: it answers {status}", passes=False
        )
    return ModelRefused(f"{model} answered a request for embeddings with {status}", answered=status)


def _retry_after(response: httpx2.Response) -> float:
    try:
        return max(0.0, float(response.headers.get("retry-after", "0")))
    except ValueError:
        return 0.0
