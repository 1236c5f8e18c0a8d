"""MCP servers as tools: the file that names them, their connections, and what they offer to a chat."""

from __future__ import annotations

from aipersona.tools.servers.file import ServerSpec, read_tools_file
from aipersona.tools.servers.offering import Offer, Servers, Unavailable

__all__ = ["Offer", "ServerSpec", "Servers", "Unavailable", "read_tools_file"]
