"""The upstream: requests go to it with their bytes, and its answers come back with theirs, as they come."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any
from urllib.parse import urlsplit

import httpx2
from starlette.datastructures import Headers
from starlette.responses import JSONResponse, Response, StreamingResponse

from aipersona.server.guarding import KEY_HEADER
from aipersona.server.settings import ServerSettings
from aipersona.telemetry.model_calls import ModelCalled
from aipersona.telemetry.spans import error_type

_NOT_PASSED_ON = {
    b"connection", b"content-length", b"host", b"keep-alive", b"proxy-authenticate", b"proxy-authorization", b"te",
    b"trailer", b"transfer-encoding", b"upgrade",
}  # fmt: skip
"""Headers of one connection, not of the message."""

OURS = b"x-aipersona-"

MOST_KEPT = 8 * 2**20
"""Bytes of an answer that are kept to be recorded; a longer one is not a reply."""

Ended = Callable[[bytes], None]
"""Called with the body of an answer that came to its end; then it tells the end of the call, too."""


class Broken(Exception):
    """The upstream's answer broke off: the connection to the client is cut, too, so that it cannot seem whole."""


class Upstream:
    """One connection pool to the server behind the proxy, for all its clients: no cookie of one goes with another.

    `is_own` tells a key or token of this server, which goes no further.
    """

    def __init__(
        self,
        settings: ServerSettings,
        *,
        is_own: Callable[[str], bool],
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        self._settings, self._is_own = settings, is_own
        self._client = httpx2.AsyncClient(
            timeout=httpx2.Timeout(settings.upstream_seconds, connect=10.0),
            limits=httpx2.Limits(max_connections=1000, max_keepalive_connections=100),
            transport=transport,
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        )

    @property
    def host(self) -> str:
        """The name of the machine that is called."""
        return urlsplit(self._settings.upstream_url).hostname or "_OTHER"

    async def aclose(self) -> None:
        await self._client.aclose()

    async def answer(
        self,
        method: str,
        path: str,
        headers: Headers,
        body: bytes,
        *,
        query: str,
        told: dict[str, str],
        ended: Ended | None,
        called: ModelCalled | None,
    ) -> Response:
        """The upstream's answer; `told` are headers of ours for the client, `ended` gets the body of a good one.

        `called` is told how it ended, where a model is called.
        """
        url = f"{self._settings.upstream_url.rstrip('/')}{path}{f'?{query}' if query else ''}"
        request = self._client.build_request(
            method, url, headers=self._passed_on(headers, plain=ended is not None), content=body
        )
        try:
            came = await self._client.send(request, stream=True)
        except httpx2.TimeoutException as error:
            _finish(called, error_type(error))
            return _failed(504, "upstream_timeout", "the upstream did not answer in time", told)
        except httpx2.TransportError as error:
            _finish(called, error_type(error))
            return _failed(502, "upstream_unavailable", "the upstream cannot be reached", told)
        except BaseException as error:
            _finish(called, error_type(error))
            raise
        if ended is not None and not came.is_success:
            ended = None
        made = StreamingResponse(_body(came, ended, called), came.status_code)
        kept = [(n, v) for n, v in came.headers.raw if n.lower() not in _NOT_PASSED_ON]
        length = came.headers.get("content-length")
        kept += [(b"content-length", length.encode())] if length is not None else []
        made.raw_headers = [*kept, *((n.encode(), v.encode(errors="replace")) for n, v in told.items())]
        return made

    def _passed_on(self, headers: Headers, *, plain: bool) -> list[tuple[bytes, bytes]]:
        """The client's headers, with the upstream's key where the client shows none for the upstream."""
        passed = [(n, v) for n, v in headers.raw if n not in _NOT_PASSED_ON and not n.startswith(OURS)]
        key = self._settings.upstream_key
        shown = headers.get("authorization", "").partition(" ")[2].strip()
        if self._is_own(shown) or (key is not None and KEY_HEADER not in headers):
            passed = [(n, v) for n, v in passed if n != b"authorization"]
            passed += [(b"authorization", f"Bearer {key.get_secret_value()}".encode())] if key is not None else []
        if plain:
            passed = [(n, v) for n, v in passed if n != b"accept-encoding"] + [(b"accept-encoding", b"identity")]
        return passed


async def _body(came: httpx2.Response, ended: Ended | None, called: ModelCalled | None) -> AsyncIterator[bytes]:
    kept = bytearray()
    failure: str | None = "CancelledError"
    try:
        async for chunk in came.aiter_raw():
            if ended is not None and len(kept) <= MOST_KEPT:
                kept += chunk
            yield chunk
        failure = str(came.status_code) if came.is_error else None
    except httpx2.TransportError as error:
        failure = error_type(error)
        raise Broken(failure) from None
    finally:
        if failure is not None:
            _finish(called, failure)
        await came.aclose()
    if ended is not None and len(kept) <= MOST_KEPT:
        if called is not None:
            called.over()
        ended(bytes(kept))
    elif failure is None:
        _finish(called, None)


def _finish(called: ModelCalled | None, failure: str | None) -> None:
    if called is not None:
        called.finish(failure)


def _failed(status: int, code: str, message: str, told: dict[str, str]) -> Response:
    """A failure in the form that OpenAI clients read."""
    error: dict[str, Any] = {"message": message, "type": "upstream_error", "param": None, "code": code}
    return JSONResponse({"error": error}, status, headers=told)
