"""Settings, from the environment (`AIPERSONA_...`) or given in code; code wins."""

from __future__ import annotations

from datetime import time
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

Strategy = Literal["auto", "edits", "slots"]


class Settings(BaseSettings):
    """Where the data lies, which model is asked, what may be kept."""

    model_config = SettingsConfigDict(env_prefix="AIPERSONA_", extra="ignore", hide_input_in_errors=True)

    database: str | None = None
    """A file's path or an SQLAlchemy URL, such as postgresql://user@host/name; None is the default file under the
    platform's data directory."""
    model: str | None = None
    """`local`, `local:PATH.gguf`, or a pydantic-ai name such as `openai:gpt-5-mini` or `anthropic:claude-haiku-4-5`."""
    base_url: str | None = None
    """An OpenAI-compatible server for the model, such as http://localhost:11434/v1."""
    api_key: SecretStr | None = None
    """Its key; providers' own variables (OPENAI_API_KEY, ...) work as usual."""
    strategy: Strategy = "auto"
    """How edits are drafted: one structured call (`edits`) or forms for small models (`slots`)."""
    schema_file: Path | None = None
    """A YAML schema instead of the built-in one."""
    special: bool = False
    """Whether special categories (health, religion, sexuality, politics) may be kept."""
    every: Annotated[int, Field(ge=1)] = 3
    """Sessions per update."""
    idle_minutes: Annotated[float, Field(gt=0)] = 30
    """After so long without a word an open session is closed, and a worker learns from fewer sessions than `every`."""
    nightly: bool = True
    """Whether workers consolidate, once a night, the users whose persona changed."""
    consolidate_at: time = time(3)
    """When the night's consolidation begins, in UTC, as 03:00."""
    learn_concurrency: Annotated[int, Field(ge=1)] = 8
    """For how many users at once workers ask one model, all workers together."""
    learn_rate: Annotated[int, Field(ge=1)] | None = None
    """How many updates a minute workers ask one model for, all workers together; most models take one call for each."""
    attempts: Annotated[int, Field(ge=1)] = 5
    """How often a worker tries before it gives up on an update and leaves it to somebody to retry."""
    tenant: str = "default"
    embedder: str = "auto"
    """What finds turns by meaning: `local` (English), `openai:MODEL`, `none`; `auto` is `local` where the extra `local`
    is installed, and otherwise words alone."""
    embedder_base_url: str | None = None
    """An OpenAI-compatible server for the embedder."""
    embedder_api_key: SecretStr | None = None
    embedder_dimensions: Annotated[int, Field(ge=1)] | None = None
    """Shorter vectors than the model's own, where it can (OpenAI's text-embedding-3)."""
    embedder_threads: Annotated[int, Field(ge=1)] = 1
    """How many threads the local embedder may use."""
    tools_file: Path | None = None
    """A file that names MCP servers whose tools a chat has (docs/formats.md)."""
    context_tokens: int = 8192
    """The local model's context: prompt and answer together."""
