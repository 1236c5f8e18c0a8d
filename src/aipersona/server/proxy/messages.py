"""Messages of OpenAI clients as turns, and the digests by which a message list that was seen before is known again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from pydantic import JsonValue, ValidationError

from aipersona.sessions.model import MAX_NAME_CHARACTERS, MAX_TURN_CHARACTERS, Role, ToolCall, Turn, is_storable
from aipersona.sessions.openai_parts import arguments_of, items_of, text_of

_ROLES: dict[str, Role] = {"user": "user", "assistant": "assistant", "tool": "tool", "function": "tool"}
"""What becomes a turn: what the application tells its model in system messages was said by nobody."""


def turns_in(messages: JsonValue) -> list[Turn]:
    """The turns of a message list, numbered from 1; what is no message, and what cannot be kept, is passed over."""
    found: list[Turn] = []
    for message in items_of(messages):
        role = _ROLES.get(str(message.get("role")))
        if role is not None:
            text = text_of(message.get("content"))
            turn = turn_of(len(found) + 1, role, text, message.get("name"), message.get("tool_calls"))
            found.extend([turn] if turn is not None else [])
    return found


def turns_of_input(given: JsonValue) -> list[Turn]:
    """The turns of the input of /v1/responses: a text, or a list of items."""
    if isinstance(given, str):
        given = [{"role": "user", "content": given}]
    found: list[Turn] = []
    for item in items_of(given):
        match item.get("type", "message"):
            case "message":
                role, text, calls = _ROLES.get(str(item.get("role"))), text_of(item.get("content")), None
            case "function_call":
                role, text, calls = "assistant", "", [{"function": dict(item)}]
            case "function_call_output":
                role, text, calls = "tool", text_of(item.get("output")), None
            case _:
                continue
        turn = turn_of(len(found) + 1, role, text, None, cast("JsonValue", calls)) if role is not None else None
        found.extend([turn] if turn is not None else [])
    return found


def turn_of(number: int, role: Role, text: str, name: JsonValue = None, calls: JsonValue = None) -> Turn | None:
    """A turn, or None for what no session keeps: nothing at all, or a document."""
    made = tuple(call for call in map(_call, items_of(calls)) if call is not None)
    if not (text.strip() or made) or len(text) > MAX_TURN_CHARACTERS or not is_storable(text):
        return None
    named = isinstance(name, str) and 1 <= len(name) <= MAX_NAME_CHARACTERS and is_storable(name)
    return Turn(
        number=number, role=role, content=text, speaker=cast("str", name) if named and role == "user" else None,
        tool_calls=made,
    )  # fmt: skip


def digests_of(turns: Iterable[Turn]) -> list[str]:
    """For each turn the digest of the list up to and with it: of roles, texts and calls, white space at ends apart."""
    seen, found = hashlib.sha256(), list[str]()
    for turn in turns:
        calls = [[call.name, call.arguments] for call in turn.tool_calls]
        said = json.dumps([turn.role, turn.content.strip(), calls], sort_keys=True)
        seen.update(said.encode() + b"\n")
        found.append(seen.copy().hexdigest())
    return found


def digest_of_response(response_id: str) -> str:
    """What stands for the list that led to a response, by the id that names it."""
    return hashlib.sha256(f"response {response_id}".encode(errors="surrogatepass")).hexdigest()


def digest_of_name(session_id: str) -> str:
    """What stands for the session in which a named one goes on that was closed."""
    return hashlib.sha256(f"after {session_id}".encode(errors="surrogatepass")).hexdigest()


def overlap(kept: Sequence[Turn], given: Sequence[Turn]) -> int:
    """How many of the given turns are the last kept ones: a list may bring along only the end of what was said."""
    new = [(turn.role, turn.content.strip()) for turn in given]
    borders, met = [0] * len(new), 0  # Knuth, Morris and Pratt: lists may be long
    for place in range(1, len(new)):
        met = _met(new, borders, met, new[place])
        borders[place] = met
    met = 0
    for turn in kept[-len(new) :] if new else ():
        met = _met(new, borders, met, (turn.role, turn.content.strip()))
    return met


def _met(new: Sequence[object], borders: Sequence[int], met: int, one: object) -> int:
    """How much of the beginning of a list ends with `one`, where `met` of it ended before."""
    while met and (met == len(new) or new[met] != one):
        met = borders[met - 1]
    return met + (met < len(new) and new[met] == one)


def _call(call: Mapping[str, Any]) -> ToolCall | None:
    function: Any = call.get("function")
    if not isinstance(function, dict):
        return None
    given = cast("dict[str, Any]", function)
    try:
        return ToolCall(name=given.get("name") or "", arguments=arguments_of(given.get("arguments")))
    except ValidationError:
        return None
