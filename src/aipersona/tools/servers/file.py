"""The tools file: which MCP servers a chat has, whose they are, and which fields fill which of their parameters.

In: JSON of the `mcpServers` shape that MCP clients share, with `${NAME}` for what stands in the environment. Out: a
ServerSpec for each server. What is wrong is named by file, server and key, never by value: it may be a secret.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal, cast

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, JsonValue, ValidationError
from rapidfuzz import fuzz, process

from aipersona.errors import InvalidToolsFile, first_cause
from aipersona.tools.filling import Trust, Wanted

STARTING = 30.0
"""How many seconds a server may take to start and to list its tools, unless the file says otherwise."""

_VARIABLE = re.compile(r"\$\{(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?::-(?P<default>[^}]*))?\}")

Fill = Mapping[str, Mapping[str, Wanted | None]]
"""For each tool, by the server's own name for it, what fills its parameters; None fills one with nothing."""


@dataclass(frozen=True, kw_only=True)
class ServerSpec:
    """One server: a command that speaks over its standard input and output, or the address of one that speaks HTTP.

    What may hold a secret is not shown with the rest.
    """

    name: str
    trust: Trust = "other"
    command: str | None = field(default=None, repr=False)
    args: tuple[str, ...] = field(default=(), repr=False)
    env: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    cwd: str | None = field(default=None, repr=False)
    log: str | None = field(default=None, repr=False)
    """The file to which what a process writes to standard error is added; None is nowhere."""
    url: str | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    fill: Fill = field(default_factory=dict[str, Mapping[str, "Wanted | None"]])
    tools: tuple[str, ...] | None = None
    """The only tools that are offered; None offers all of them."""
    seconds: float | None = None
    """How long the server may take to start, and for each call; None leaves it to `STARTING` and to the chat."""


def read_tools_file(path: Path, environment: Mapping[str, str]) -> list[ServerSpec]:
    """The servers that a file names, in its order, without those that it disables.

    Raises: InvalidToolsFile.
    """
    file = str(path)
    try:
        told: Any = json.loads(path.expanduser().read_bytes().decode("utf-8-sig"), object_pairs_hook=_once)
    except OSError as error:
        raise InvalidToolsFile(error.strerror or type(error).__name__, file=file) from None
    except UnicodeDecodeError:
        raise InvalidToolsFile("it is not UTF-8 text", file=file) from None
    except json.JSONDecodeError as error:
        cause = f"it is not JSON: {error.msg}, line {error.lineno}, column {error.colno}"
        raise InvalidToolsFile(cause, file=file) from None
    except _Twice:
        raise InvalidToolsFile("a key stands twice in one object", file=file) from None
    except RecursionError:
        raise InvalidToolsFile("it is nested too deep", file=file) from None
    servers = cast("dict[str, Any]", told).get("mcpServers") if isinstance(told, dict) else None
    if not isinstance(servers, dict):
        raise InvalidToolsFile('it must be an object with "mcpServers": {NAME: {...}}', file=file)
    found = (_spec(file, name, entry, environment) for name, entry in cast("dict[str, Any]", servers).items())
    return [spec for spec in found if spec is not None]


class _Twice(ValueError):
    pass


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise _Twice
    return made


def _wanted(told: JsonValue) -> object:
    """A field by its path, several by a list, or with the row and column as FromPersona takes them."""
    return {"paths": [told]} if isinstance(told, str) else {"paths": told} if isinstance(told, list) else told


class _Mapped(Wanted):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    paths: Annotated[tuple[str, ...], Field(min_length=1)]


_Wanted = Annotated[_Mapped | None, BeforeValidator(_wanted)]


class _Entry(BaseModel):
    """A server as the file writes it. Keys of other clients stay unread."""

    model_config = ConfigDict(extra="allow", hide_input_in_errors=True)

    command: str | None = None
    args: list[str] | None = None
    env: dict[str, str] | None = None
    cwd: str | None = None
    log: str | None = None
    url: str | None = None
    headers: dict[str, str] | None = None
    type: Literal["stdio", "http", "streamable-http", "streamableHttp", "sse"] | None = None
    disabled: bool = False
    persona: dict[str, dict[str, _Wanted]] = Field(default_factory=dict[str, dict[str, _Wanted]])
    trust: Trust = "other"
    tools: list[str] | None = None
    seconds: Annotated[float, Field(gt=0, le=3600)] | None = None


def _spec(file: str, name: str, told: object, environment: Mapping[str, str]) -> ServerSpec | None:
    """One server; None for one that is disabled."""
    try:
        entry = _Entry.model_validate(told)
    except ValidationError as error:
        raise InvalidToolsFile(first_cause(error), file=file, server=name) from None
    if entry.disabled:
        return None
    for key in entry.model_extra or ():
        near = process.extractOne(key, list(_Entry.model_fields), scorer=fuzz.ratio, score_cutoff=75)
        if near is not None:  # a limit that is misspelt must not go unheard
            raise InvalidToolsFile(f"the key {key!r} is not known; is it {near[0]!r}?", file=file, server=name)
    if not name.strip() or (entry.command is None) == (entry.url is None):
        raise InvalidToolsFile("a server has a name, and either a command or a url", file=file, server=name)
    if entry.type == "sse":
        raise InvalidToolsFile("the transport 'sse' is out of use; name the server's http one", file=file, server=name)

    def whole(key: str, text: str) -> str:
        return _expanded(text, environment, lambda cause: InvalidToolsFile(f"{key}: {cause}", file=file, server=name))

    url = whole("url", entry.url) if entry.url is not None else None
    if url is not None and not url.startswith(("http://", "https://")):
        raise InvalidToolsFile("url: it must begin with http:// or https://", file=file, server=name)
    return ServerSpec(
        name=name,
        trust=entry.trust,
        command=whole("command", entry.command) if entry.command is not None else None,
        args=tuple(whole("args", text) for text in entry.args or ()),
        env={key: whole(f"env.{key}", text) for key, text in (entry.env or {}).items()},
        cwd=whole("cwd", entry.cwd) if entry.cwd is not None else None,
        log=whole("log", entry.log) if entry.log is not None else None,
        url=url,
        headers={key: whole(f"headers.{key}", text) for key, text in (entry.headers or {}).items()},
        fill=entry.persona,
        tools=tuple(entry.tools) if entry.tools is not None else None,
        seconds=entry.seconds,
    )


def _expanded(text: str, environment: Mapping[str, str], error: Callable[[str], InvalidToolsFile]) -> str:
    """The text with `${NAME}` and `${NAME:-default}` as the environment has them."""

    def value(found: re.Match[str]) -> str:
        name: str = found["name"]
        default: str | None = found["default"]
        known = environment.get(name, default)
        if known is None:
            raise error(f"the environment has no {name}; set it, or give ${{{name}:-a default}}")
        return known

    return _VARIABLE.sub(value, text)
