"""What libraries log while they talk to an MCP server: lines that it wrote, addresses with keys in them. None of it is
logged from here: it may hold what a user said, or a secret."""

from __future__ import annotations

import logging
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar

_SPEAKING: ContextVar[bool] = ContextVar("aipersona_speaks_to_a_server", default=False)

LOGGERS = (
    "client",
    "httpcore2.connection",
    "httpcore2.http11",
    "httpcore2.http2",
    "httpcore2.proxy",
    "httpcore2.socks",
    "httpx2",
    "mcp.client.caching",
    "mcp.client.client",
    "mcp.client.session",
    "mcp.client.stdio",
    "mcp.client.streamable_http",
    "mcp.shared.dispatcher",
    "mcp.shared.jsonrpc_dispatcher",
    "mcp.shared.tool_name_validation",
)
"""Every logger of the libraries that is written to: a filter sees only what its own logger is given."""


class _Quiet(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        del record
        return not _SPEAKING.get()


_FILTER = _Quiet()


@contextmanager
def quietly() -> Generator[None]:
    """Nothing is logged by those libraries in this context, and in the tasks that are started in it."""
    for name in LOGGERS:
        logging.getLogger(name).addFilter(_FILTER)
    token = _SPEAKING.set(True)
    try:
        yield
    finally:
        _SPEAKING.reset(token)
