"""Prompts: text files with a header, filled by named slots; calls are stored with their name, version and hash."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cache
from importlib import resources

_HEADER = re.compile(r"\A---\n(.*?)\n---\n", re.DOTALL)
_SLOT = re.compile(r"\{\{(\w+)\}\}")


@dataclass(frozen=True, kw_only=True)
class Prompt:
    """A prompt as written: `inputs` are the slots to fill, `answer` says what comes back."""

    name: str
    version: int
    inputs: tuple[str, ...]
    answer: str
    text: str

    @property
    def label(self) -> str:
        """Name, version and the hash of the text, as stored with every call: `edits@1:1a2b3c4d`."""
        return f"{self.name}@{self.version}:{hashlib.sha256(self.text.encode()).hexdigest()[:8]}"

    def render(self, **values: str) -> str:
        """The text with its slots filled. Slots inside the values stay as they are.

        Raises: KeyError if a slot is not given.
        """
        return _SLOT.sub(lambda match: values[match[1]], self.text)


@cache
def prompt(name: str) -> Prompt:
    """The prompt in `prompts/NAME.md`."""
    raw = resources.files("aipersona.prompts").joinpath(f"{name}.md").read_text("utf-8")
    found = _HEADER.match(raw)
    if found is None:
        raise ValueError(f"prompt {name!r} has no header")
    header = dict(line.split(": ", 1) for line in found[1].splitlines())
    text = raw[found.end() :].strip()
    inputs = tuple(header["inputs"].split(", ")) if header["inputs"] != "none" else ()
    if set(inputs) != set(_SLOT.findall(text)):
        raise ValueError(f"prompt {name!r}: the header's inputs are not the slots of the text")
    return Prompt(name=name, version=int(header["version"]), inputs=inputs, answer=header["answer"], text=text)
