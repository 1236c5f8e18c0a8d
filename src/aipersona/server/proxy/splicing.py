"""Splicing: text is put into the bytes of a JSON request, and every other byte stays as it was."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import JsonValue

_SPACE = re.compile(r"[ \t\n\r]*")
_DECODER = json.JSONDecoder()


@dataclass(frozen=True)
class Value:
    """A JSON value in a text: what it is, and where it stands, [start, end)."""

    value: JsonValue
    start: int
    end: int


@dataclass(frozen=True)
class Call:
    """A request's body as text, and the members of the object that it is; of a name that comes twice, the last."""

    text: str
    members: dict[str, Value]

    def get(self, name: str) -> JsonValue:
        """A member's value; None if there is none."""
        found = self.members.get(name)
        return found.value if found is not None else None

    def with_text(self, at: int, more: str) -> bytes:
        """The bytes with `more` put in at a place in the text."""
        return (self.text[:at] + more + self.text[at:]).encode()


def read_call(raw: bytes) -> Call | None:
    """The body as an object; None where it is none, which the upstream may tell its client itself."""
    try:
        text = raw.decode()
        start = _after_space(text, 0)
        if text[start : start + 1] != "{":
            return None
        members = dict(_members(text, start))
    except (ValueError, RecursionError, IndexError):
        return None
    return Call(text, members)


def with_system_text(call: Call, told: str) -> bytes | None:
    """A chat completion's body with a text for the model; None where it has no messages to put it to.

    It goes to the end of the system message that comes first, or of the last of several; without one, before all.
    """
    messages = call.members.get("messages")
    if messages is None or not isinstance(messages.value, list) or not messages.value:
        return None
    system: Value | None = None
    for item in _items(call.text, messages.start):
        if not (isinstance(item.value, dict) and item.value.get("role") in ("system", "developer")):
            break
        system = item
    if system is not None:
        content = dict(_members(call.text, system.start)).get("content")
        if content is not None:
            inside = _inside(content, told, {"type": "text", "text": told})
            if inside is not None:
                return call.with_text(*inside)
    message = json.dumps({"role": "system", "content": told})
    return call.with_text(_after_space(call.text, messages.start + 1), f"{message},")


def with_instructions(call: Call, told: str) -> bytes:
    """A response's body (/v1/responses) with a text for the model, behind the instructions that it has."""
    given = call.members.get("instructions")
    if given is not None and isinstance(given.value, str):
        return call.with_text(given.end - 1, _escaped(f"\n\n{told}"))
    if given is not None:  # null
        return (call.text[: given.start] + json.dumps(told) + call.text[given.end :]).encode()
    start = _after_space(call.text, 0) + 1
    return call.with_text(start, f'"instructions":{json.dumps(told)}' + ("," if call.members else ""))


def _inside(content: Value, told: str, part: dict[str, str]) -> tuple[int, str] | None:
    """Where and what to put into the content of a message."""
    if isinstance(content.value, str):
        return content.end - 1, _escaped(f"\n\n{told}" if content.value else told)
    if isinstance(content.value, list):
        return content.end - 1, ("," if content.value else "") + json.dumps(part)
    return None


def _escaped(text: str) -> str:
    return json.dumps(text)[1:-1]


def _after_space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found is not None else at


def _value(text: str, at: int) -> Value:
    value: Any
    start = _after_space(text, at)
    value, end = _DECODER.raw_decode(text, start)
    return Value(value, start, end)


def _members(text: str, start: int) -> Iterator[tuple[str, Value]]:
    """The members of the object that begins at `start`.

    Raises: ValueError where it is none.
    """
    at = _after_space(text, start + 1)
    while text[at] != "}":
        name = _value(text, at)
        colon = _after_space(text, name.end)
        if not isinstance(name.value, str) or text[colon] != ":":
            raise ValueError("not an object")
        value = _value(text, colon + 1)
        yield name.value, value
        at = _next(text, value.end, "}")


def _items(text: str, start: int) -> Iterator[Value]:
    """The items of the list that begins at `start`."""
    at = _after_space(text, start + 1)
    while text[at] != "]":
        item = _value(text, at)
        yield item
        at = _next(text, item.end, "]")


def _next(text: str, end: int, closing: str) -> int:
    at = _after_space(text, end)
    if text[at] == ",":
        return _after_space(text, at + 1)
    if text[at] != closing:
        raise ValueError("not JSON")
    return at
