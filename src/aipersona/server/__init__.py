"""The server: REST, an OpenAI-compatible proxy and MCP, over one engine. `create_app` makes it."""

from __future__ import annotations

from aipersona.server.app import create_app
from aipersona.server.settings import ServerSettings

__all__ = ["ServerSettings", "create_app"]
