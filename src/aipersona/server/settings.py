"""What a server may be told, from the environment (`AIPERSONA_...`) or given in code; code wins."""

from __future__ import annotations

from typing import Annotated, Literal

from limits import parse
from pydantic import AfterValidator, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


def _rate(text: str) -> str:
    parse(text)
    return text


class ServerSettings(BaseSettings):
    """Limits, the upstream of the proxy, and what signs tokens."""

    model_config = SettingsConfigDict(env_prefix="AIPERSONA_", extra="ignore", hide_input_in_errors=True)

    log: Literal["text", "json"] = "text"
    """How the server logs: what somebody should look at, as text, or that and each request, as lines of JSON."""
    rate_limit: Annotated[str, AfterValidator(_rate)] = "1200/minute"
    """Requests of one key, or of one user's tokens, in each process: "20/second", "1200/minute"."""
    request_bytes: Annotated[int, Field(ge=1)] = 8 * 2**20
    """The longest body of a request."""
    proxied_bytes: Annotated[int, Field(ge=1)] = 64 * 2**20
    """The longest body of a request that goes on to the upstream: images come in messages."""
    mcp_sessions: Annotated[int, Field(ge=1)] = 32
    """Sessions of MCP (2025-11-25 and before) that one key, or one user's tokens, may have open in each process."""
    token_secret: SecretStr | None = None
    """What signs users' tokens: 32 bytes or more. Without it there are none."""
    upstream_url: str = "https://api.openai.com/v1"
    """The OpenAI-compatible server behind the proxy."""
    upstream_key: SecretStr | None = None
    """Its key, for clients that show a key of this server."""
    upstream_seconds: Annotated[float, Field(gt=0)] = 600.0
    """How long the upstream may stay silent."""
    context_budget: Annotated[int, Field(ge=1)] = 1000
    """Tokens of what a proxied call is told about its user."""
    context_seconds: Annotated[float, Field(gt=0)] = 1.0
    """How long a proxied call waits for that, before it goes on without."""
    session_idle: Annotated[float, Field(gt=0)] = 30.0
    """Minutes of silence after which a conversation through the proxy goes on in a new session."""
