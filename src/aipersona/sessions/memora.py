"""Memora's conversations: a folder of session_NNNN.json files of one user (Apache-2.0, github.com/Memora-Bench)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from pydantic import JsonValue

from aipersona.errors import InvalidSession
from aipersona.sessions.reading import Located, Notice, files_in, in_order, json_of, validated

_ROLES = {"user_agent": "user", "user": "user", "ai_agent": "assistant"}


def read(path: Path, *, user_id: str | None, notice: Notice) -> Iterator[Located]:
    """The user's sessions in order. The files give days only: the n-th session of a day starts n minutes after 9."""
    del notice
    folder = path / "conversations" if (path / "conversations").is_dir() else path
    files = in_order(files_in(folder, "session_*.json"))
    owner = user_id or (folder.parent.name if folder.name == "conversations" else None)
    if owner is None:
        raise InvalidSession("the files do not say whose sessions they are: name the user", source=str(path))
    nth: Counter[str] = Counter()
    for file in files:
        value = json_of(file)
        if not isinstance(value, dict) or not isinstance(value.get("conversation"), list):
            raise InvalidSession("not a Memora session: no conversation", source=str(file))
        day, session_id = value.get("date"), value.get("session_id")
        if not isinstance(session_id, int | str):
            raise InvalidSession("session_id is missing", source=str(file))
        try:
            if not isinstance(day, str):
                raise ValueError
            start = datetime.combine(datetime.fromisoformat(day), time(9), UTC) + timedelta(minutes=nth[day])
        except (ValueError, OverflowError):
            raise InvalidSession("date is not a day such as 2025-06-01", source=str(file)) from None
        nth[day] += 1
        turns = [_turn(raw, number, file) for number, raw in enumerate(_conversation(value["conversation"]), start=1)]
        values: dict[str, object] = {
            "user_id": owner,
            "session_id": f"session_{session_id:0>4}",
            "started_at": start,
            "turns": turns,
        }
        yield Located(validated(values, source=file), file, None)


def _conversation(value: JsonValue) -> list[JsonValue]:
    return value if isinstance(value, list) else []


def _turn(raw: JsonValue, number: int, file: Path) -> dict[str, object]:
    if not isinstance(raw, dict):
        raise InvalidSession(f"turn {number} is not a JSON object", source=str(file))
    return {
        "number": raw.get("turn", number),
        "role": _ROLES.get(str(raw.get("speaker")), raw.get("speaker")),
        "content": raw.get("message"),
    }
