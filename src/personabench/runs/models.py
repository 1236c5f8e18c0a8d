"""The model and the embedder that all systems of a run share, from their names."""

from __future__ import annotations

import os
from collections.abc import Generator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from aipersona import AIPersonaError, LocalServer, default_model
from personabench.endpoint import LocalUpstream, RemoteUpstream, Upstream, UpstreamDown, UpstreamRefused
from personabench.errors import BenchError
from personabench.systems import Embed

OPENAI = "https://api.openai.com/v1"

CONTEXT = 16384
"""Tokens of the local model's context: mem0's own prompt takes 8,000 of them."""


class NoModel:
    """What stands behind the endpoint of a run that has an embedder and no model."""

    model = "none"

    def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        raise UpstreamRefused(404, "no model was named")


def is_local(name: str) -> bool:
    """Whether a name means the embedded model."""
    return name.partition(":")[0] == "local"


@contextmanager
def open_upstream(
    name: str, *, base_url: str | None = None, environment: Mapping[str, str] = os.environ
) -> Generator[Upstream]:
    """The model of a name: `local`, `local:PATH.gguf`, or one of the server at `base_url` (by default OpenAI's).

    A server's key is OPENAI_API_KEY of the environment.

    Raises: BenchError where it is not there.
    """
    if is_local(name):
        try:
            with (
                LocalServer(_local_file(name.partition(":")[2]), n_ctx=CONTEXT) as server,
                closing(LocalUpstream(server)) as upstream,
            ):
                yield upstream
        except AIPersonaError as error:
            raise BenchError(str(error)) from None
        return
    key = environment.get("OPENAI_API_KEY")
    if base_url is None and not key:
        raise BenchError(f"the model {name!r} needs a key (OPENAI_API_KEY) or the address of its server (--base-url)")
    with closing(RemoteUpstream(name.removeprefix("openai:"), base_url or OPENAI, key)) as upstream:
        yield upstream


def open_embedder(name: str, *, base_url: str | None = None) -> Embed:
    """The embedder of a name: `local`, or `openai:MODEL`, with `base_url` any compatible server's.

    Raises: BenchError where it is not there.
    """
    from aipersona.embedding import embedder_for

    try:
        embedder = embedder_for(name, base_url=base_url)
    except AIPersonaError as error:
        raise BenchError(str(error)) from None
    if embedder is None:
        raise BenchError(f"{name!r} is no embedder")

    def embed(texts: Sequence[str]) -> Sequence[Sequence[float]]:
        try:
            return [[float(x) for x in vector] for vector in embedder.embed(texts)]
        except AIPersonaError as error:
            raise UpstreamDown(f"the embedder does not answer: {error}") from None

    return embed


def _local_file(path: str) -> Path:
    if path:
        return Path(path).expanduser()
    found = default_model()
    if found is None:
        raise BenchError("the local model is not here yet: `aipersona models pull` brings it")
    return found.path
