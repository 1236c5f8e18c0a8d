"""Plain bytes over HTTP into a file, going on from what the file already holds."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import httpx2

_STALLS = 3
_TIMEOUT = httpx2.Timeout(60.0, connect=4.0)


class SourceFailed(Exception):
    """One source cannot deliver; the message says why, and the next source is tried."""


def open_client() -> httpx2.Client:
    """A client that asks for bytes as they are and gives up soon where nobody answers."""
    return httpx2.Client(timeout=_TIMEOUT, follow_redirects=True, headers={"Accept-Encoding": "identity"})


def without_credentials(url: str) -> str:
    """The URL as it may stand in a message."""
    return str(httpx2.URL(url).copy_with(username=None, password=None, query=None))


def request(
    client: httpx2.Client, method: str, url: str, *, accept: str = "*/*", follow_redirects: bool = True
) -> httpx2.Response:
    """Ask once; raises SourceFailed where the answer is not one, or an error."""
    try:
        response = client.request(method, url, headers={"Accept": accept}, follow_redirects=follow_redirects)
    except (httpx2.TransportError, httpx2.InvalidURL) as error:
        raise SourceFailed(_reason(error)) from error
    if response.status_code >= 400:
        raise SourceFailed(f"{without_credentials(url)} answers {response.status_code}")
    return response


def download(
    client: httpx2.Client, url: str, target: Path, *, report: Callable[[int, int | None], None], size: int | None = None
) -> None:
    """Write what a URL holds to a file, by ranges where the file has a beginning of it, also after breaks.

    `size` is the whole length where it is known. `report` gets the file's length so far and the whole length where
    the server tells it. The bytes are not checked here. Raises SourceFailed.
    """
    stalls = 0
    while size is None or length(target) < size:
        have = length(target)
        reason = "the answer ends before the file does"
        try:
            with client.stream("GET", url, headers={"Range": f"bytes={have}-"} if have else {}) as response:
                if response.status_code == 416 and have:
                    if response.headers.get("content-range") == f"bytes */{have}":
                        return
                    target.unlink()
                    continue
                if response.status_code >= 400:
                    raise SourceFailed(f"{without_credentials(url)} answers {response.status_code}")
                _write(response, target, have, report)
            if size is None:
                return
        except httpx2.TransportError as error:
            reason = _reason(error)
        stalls = 0 if length(target) > have else stalls + 1
        if stalls >= _STALLS:
            raise SourceFailed(f"{without_credentials(url)}: {reason}")
        time.sleep(0.2 * stalls)


def length(path: Path) -> int:
    """The size of a file in bytes; 0 where there is none."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _write(response: httpx2.Response, target: Path, have: int, report: Callable[[int, int | None], None]) -> None:
    goes_on = response.headers.get("content-range", "").startswith(f"bytes {have}-")
    rest = response.headers.get("content-length")
    whole = int(rest) + (have if goes_on else 0) if rest else None
    with target.open("ab" if goes_on else "wb") as out:
        for chunk in response.iter_raw():
            out.write(chunk)
            report(out.tell(), whole)


def _reason(error: Exception) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
