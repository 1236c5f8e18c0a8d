"""Prompts as files: a header with name and version, then the text with slots {{so}}."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources

_HEADER = re.compile(r"\A---\n(.*?)\n---\n", re.DOTALL)
_SLOT = re.compile(r"\{\{(\w+)\}\}")


@cache
def prompt(package: str, name: str) -> tuple[str, str]:
    """The version and the text of a prompt, from the folder `prompts` of a package."""
    raw = resources.files(package).joinpath(f"prompts/{name}.md").read_text("utf-8")
    found = _HEADER.match(raw)
    if found is None:
        raise ValueError(f"prompt {name!r} has no header")
    header = dict(line.split(": ", 1) for line in found[1].splitlines())
    return header["version"], raw[found.end() :].strip()


def rendered(package: str, name: str, values: Mapping[str, str]) -> str:
    """A prompt with its slots filled; slots inside the values stay as they are."""
    return _SLOT.sub(lambda match: values[match[1]], prompt(package, name)[1])


def versions(package: str, names: Iterable[str]) -> str:
    """Name, version and hash of each prompt, such as "answer@1:1a2b3c4d"."""
    texts = ((name, *prompt(package, name)) for name in names)
    return " ".join(f"{name}@{version}:{hashlib.sha256(t.encode()).hexdigest()[:8]}" for name, version, t in texts)
