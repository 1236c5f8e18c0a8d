"""From the name of an embedder to one."""

from __future__ import annotations

import os
from collections.abc import Mapping

from aipersona.embedding.protocol import Embedder
from aipersona.errors import InvalidInput, ModelUnavailable

OPENAI_MODEL = "text-embedding-3-small"


def embedder_for(
    name: str,
    *,
    base_url: str | None = None,
    api_key: str | None = None,
    dimensions: int | None = None,
    threads: int = 1,
    environment: Mapping[str, str] = os.environ,
) -> Embedder | None:
    """The embedder of a name: `none`, `local`, `openai`, or `openai:MODEL`, with `base_url` any compatible server's.

    `auto` is `local` where that is installed, and none elsewhere.

    Raises: InvalidInput for another name; ModelUnavailable where the extra or the key is missing.
    """
    kind, _, model = name.partition(":")
    if name == "none":
        return None
    if name == "auto":
        try:
            return embedder_for("local", threads=threads)
        except ModelUnavailable:
            return None
    if name == "local":
        from aipersona.embedding.local import LocalEmbedder

        return LocalEmbedder(threads=threads)
    if kind != "openai":
        raise InvalidInput(
            "an embedder is `auto`, `none`, `local` or `openai:MODEL` (or another server's: give a base URL)"
        )
    from aipersona.embedding.endpoint import OPENAI, EndpointEmbedder

    key = api_key or environment.get("OPENAI_API_KEY") or None
    address = base_url or environment.get("OPENAI_BASE_URL") or OPENAI
    if key is None and address.rstrip("/") == OPENAI:
        raise ModelUnavailable(
            "openai's embeddings need a key: set OPENAI_API_KEY, or name another server's base URL", passes=False
        )
    return EndpointEmbedder(model or OPENAI_MODEL, base_url=address, api_key=key, dimensions=dimensions)
