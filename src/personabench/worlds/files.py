"""World files: worlds as somebody writes them down, to be opened by hand.

worlds: [restaurants, messages]
seed: 7
day: 2026-05-04
currency: EUR
tools: [find_restaurants, book_table, send_message]    # only these; left out: all
rows:
  contacts:
    - {name: Ana, relation: sister}
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, ClassVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from personabench.errors import BrokenWorld
from personabench.worlds.catalogue import Worlds, open_worlds
from personabench.worlds.keeping import LOOKUPS
from personabench.worlds.protocol import Setup


@dataclass(frozen=True, kw_only=True)
class WorldFile:
    """Which worlds there are, how they begin, and which of their tools are to be had (None: all)."""

    names: tuple[str, ...]
    setup: Setup
    tools: tuple[str, ...] | None = None

    def open(self) -> Worlds:
        return open_worlds(self.names, self.setup, tools=self.tools)


def read_world(path: Path) -> WorldFile:
    """What a YAML or JSON file says; it can be opened.

    Raises: BrokenWorld, UnknownWorld, UnknownTool.
    """
    try:
        written = _Written.model_validate_json(json.dumps(_loaded(path), allow_nan=False), strict=True)
    except ValidationError as error:
        raise BrokenWorld(path, _cause(error)) from None
    except (TypeError, ValueError, RecursionError):
        raise BrokenWorld(path, "holds what JSON cannot") from None
    setup = Setup(seed=written.seed, day=written.day, currency=written.currency, rows=written.rows)
    read = WorldFile(names=written.worlds, setup=setup, tools=written.tools)
    kept = sorted(read.open().state.keys() - {LOOKUPS})
    for collection in written.rows:
        if collection not in kept:
            raise BrokenWorld(path, f"rows.{collection}: no world here keeps it; kept: {', '.join(kept) or 'nothing'}")
    return read


class _Written(BaseModel):
    model_config = ConfigDict(extra="forbid")

    worlds: Annotated[tuple[str, ...], Field(min_length=1)]
    seed: int = 0
    day: date
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] = "EUR"
    rows: dict[str, list[dict[str, JsonValue]]] = {}
    tools: tuple[str, ...] | None = None


def _scalars() -> dict[str, list[tuple[str, re.Pattern[str]]]]:
    """What an unquoted scalar is, by its first letter, in PyYAML's form; what is not here is text."""
    found: dict[str, list[tuple[str, re.Pattern[str]]]] = {}
    for tag, pattern, firsts in (
        ("bool", r"true|false", [*"tf"]),
        ("int", r"[-+]?[0-9]+", [*"-+0123456789"]),
        ("float", r"[-+]?[0-9]+\.[0-9]+(?:[eE][-+]?[0-9]+)?", [*"-+0123456789"]),
        ("null", r"null|~|", ["n", "~", ""]),
    ):
        for first in firsts:
            found.setdefault(first, []).append((f"tag:yaml.org,2002:{tag}", re.compile(f"^(?:{pattern})$")))
    return found


class _Loader(yaml.SafeLoader):
    """YAML in which 18:30 and 2026-05-04 are texts, as they are in rows."""

    yaml_implicit_resolvers: ClassVar = _scalars()


def _loaded(path: Path) -> object:
    try:
        text = path.read_text("utf-8-sig")
    except OSError as error:
        raise BrokenWorld(path, error.strerror or "cannot be read") from None
    except UnicodeDecodeError as error:
        raise BrokenWorld(path, f"is not UTF-8 (byte {error.start})") from None
    try:
        return yaml.load(text, _Loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise BrokenWorld(path, "is neither YAML nor JSON", line=mark.line + 1 if mark else None) from None


def _cause(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(map(str, first["loc"]))
    match first["type"]:
        case "dict_type" | "model_type" if not where:
            return "is no object with worlds and day"
        case "missing":
            return f"{where}: is needed"
        case "extra_forbidden":
            return f"{where}: is not known; known: {', '.join(_Written.model_fields)}"
        case "dict_type":
            return f"{where}: is no object"
        case _:
            return f"{where}: {first['msg']}"
