"""OpenAI chat messages: a JSON list of messages, an object with "messages", or one such object a line."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from pydantic import JsonValue

from aipersona.errors import InvalidSession
from aipersona.sessions.model import Session
from aipersona.sessions.openai_parts import arguments_of
from aipersona.sessions.reading import (
    Located,
    Notice,
    files_in,
    in_order,
    json_of,
    lines_of,
    moment,
    validated,
)

_ROLES = {"developer": "system", "function": "tool"}


def read(path: Path, *, user_id: str | None, notice: Notice) -> Iterator[Located]:
    """A session for each conversation; its id is the conversation's, else the file's name (and the line)."""
    for file in in_order(files_in(path, "*.json", "*.jsonl")):
        if file.suffix == ".jsonl":
            for line, value in lines_of(file):
                session = session_of(value, user_id=user_id, source=file, line=line, notice=notice)
                yield Located(session, file, line)
        else:
            session = session_of(json_of(file), user_id=user_id, source=file, line=None, notice=notice)
            yield Located(session, file, None)


def session_of(value: JsonValue, *, user_id: str | None, source: Path, line: int | None, notice: Notice) -> Session:
    """The session that one conversation describes."""
    whole: dict[str, JsonValue] = {"messages": value} if isinstance(value, list) else {}
    if isinstance(value, dict):
        whole = value
    messages = whole.get("messages")
    if not isinstance(messages, list):
        raise InvalidSession("no list of messages", source=str(source), line=line)
    owner = whole.get("user_id") or whole.get("user") or user_id
    if not owner:
        raise InvalidSession("user_id is missing, and no user was named", source=str(source), line=line)
    started = next((whole[key] for key in ("started_at", "created_at", "created") if whole.get(key)), None)
    if started is None:
        notice("conversations without a time are dated by their file")
        started_at = datetime.fromtimestamp(int(source.stat().st_mtime), UTC)
    else:
        started_at = moment(started, where="started_at", notice=notice, source=source, line=line)
    turns = [_turn(message, number, source, line) for number, message in enumerate(messages, start=1)]
    name = whole.get("session_id") or whole.get("id") or (source.stem if line is None else f"{source.stem}:{line}")
    values: dict[str, object] = {
        "user_id": owner,
        "session_id": name,
        "started_at": started_at,
        "turns": turns,
    }
    return validated(values, source=source, line=line)


def _turn(message: JsonValue, number: int, source: Path, line: int | None) -> dict[str, object]:
    if not isinstance(message, dict):
        raise InvalidSession(f"message {number} is not a JSON object", source=str(source), line=line)
    role = message.get("role")
    turn: dict[str, object] = {
        "number": number,
        "role": _ROLES.get(role, role) if isinstance(role, str) else role,
        "content": _text(message.get("content")),
        "tool_calls": [_call(call, number, source, line) for call in _items(message.get("tool_calls"))],
    }
    if message.get("name") is not None:
        turn["speaker"] = message["name"]
    return turn


def _text(content: JsonValue) -> object:
    """The text of a message; of a list of parts, the text ones."""
    if content is None:
        return ""
    if not isinstance(content, list):
        return content
    texts = [part["text"] for part in content if isinstance(part, dict) and "text" in part]
    said = [text for text in texts if isinstance(text, str)]
    return "\n".join(said) if len(said) == len(texts) else content


def _call(call: JsonValue, number: int, source: Path, line: int | None) -> dict[str, object]:
    function = call.get("function") if isinstance(call, dict) else None
    if not isinstance(function, dict):
        raise InvalidSession(f"message {number}: a tool call without a function", source=str(source), line=line)
    return {"name": function.get("name"), "arguments": arguments_of(function.get("arguments"))}


def _items(value: JsonValue) -> list[JsonValue]:
    return value if isinstance(value, list) else []
