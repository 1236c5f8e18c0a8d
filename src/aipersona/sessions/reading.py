"""Reading sessions from files: which format a path holds, and sessions out of it, one at a time.

A format is one module with a `Reader`; `READERS` lists them. A reader never guesses what was said: what it cannot
read is an InvalidSession that names file, line and cause.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, NamedTuple, Protocol

from pydantic import JsonValue, ValidationError

from aipersona.errors import InvalidSession
from aipersona.sessions.model import Session

Format = Literal["auto", "jsonl", "openai", "memora"]
Notice = Callable[[str], None]

_KEY = re.compile(r"[A-Za-z_]{1,32}")
"""Keys that look like names may stand in an error; others could be what somebody said."""


class Located(NamedTuple):
    """A session and where it was read: its file, and its line where a line holds one."""

    session: Session
    source: Path
    line: int | None


class Reader(Protocol):
    """Reads one format. `user_id` is whose sessions these are where the file does not say."""

    def __call__(self, path: Path, *, user_id: str | None, notice: Notice) -> Iterator[Located]: ...


def read_sessions(
    path: Path, *, format: Format = "auto", user_id: str | None = None, notice: Notice | None = None
) -> Iterator[Session]:
    """The sessions in a file or a folder, in the order in which they stand there.

    `notice` is called with a sentence, once, for what was understood in a way worth knowing (a time without a zone).

    Raises: InvalidSession while iterating, after the sessions before it.
    """
    found = locate_sessions(path, format=format, user_id=user_id, notice=notice)
    return (located.session for located in found)


def locate_sessions(
    path: Path, *, format: Format = "auto", user_id: str | None = None, notice: Notice | None = None
) -> Iterator[Located]:
    """What `read_sessions` gives, each with where it stands.

    Raises: InvalidSession while iterating, after the sessions before it.
    """
    try:
        found = path.exists()
    except OSError as error:
        raise InvalidSession(f"cannot be read: {error.strerror}", source=str(path)) from None
    if not found:
        raise InvalidSession("there is no such file or folder", source=str(path))
    return _reader(format if format != "auto" else detect(path))(path, user_id=user_id, notice=_once(notice))


def locate_everybody(path: Path, *, format: Format = "auto", notice: Notice | None = None) -> Iterator[Located]:
    """What `locate_sessions` gives of a file or folder; of a folder of folders, of each one by name.

    Where the files of such a folder do not say whose sessions they hold, the folder's name does.

    Raises: InvalidSession while iterating, after the sessions before it.
    """
    once, folders = _once(notice), _folders(path)
    for folder in folders:
        yield from locate_sessions(folder, format=format, user_id=folder.name, notice=once)
    if not folders:
        yield from locate_sessions(path, format=format, notice=once)


def _folders(path: Path) -> list[Path]:
    """The folders in a folder that holds no session files itself."""
    if not path.is_dir() or (path / "conversations").is_dir() or any(path.glob("*.json*")):
        return []
    return sorted(inner for inner in path.iterdir() if inner.is_dir() and not inner.name.startswith("."))


def _reader(format: Format) -> Reader:
    from aipersona.sessions import jsonl, memora, openai

    return {"jsonl": jsonl.read, "openai": openai.read, "memora": memora.read}[format]


def detect(path: Path) -> Format:
    """The format that a path holds, by its layout and its first object.

    Raises: InvalidSession if it is none that is known.
    """
    if path.is_dir():
        if any(path.glob("session_*.json")) or any(path.glob("conversations/session_*.json")):
            return "memora"
        return detect(files_in(path, "*.jsonl", "*.json")[0])
    head = _first_object(path)
    if isinstance(head, list) or (isinstance(head, dict) and "messages" in head):
        return "openai"
    if isinstance(head, dict) and "conversation" in head:
        return "memora"
    return "jsonl"


def files_in(path: Path, *patterns: str) -> list[Path]:
    """The file itself, or the files of a folder that match, by name.

    Raises: InvalidSession if the folder holds none.
    """
    if not path.is_dir():
        return [path]
    found = sorted({file for pattern in patterns for file in path.glob(pattern)})
    if not found:
        raise InvalidSession(f"the folder holds no file {' or '.join(patterns)}", source=str(path))
    return found


def lines_of(file: Path) -> Iterator[tuple[int, JsonValue]]:
    """The JSON values of a file with one on each line, with their line numbers; blank lines are passed over."""
    try:
        with file.open("rb") as stream:
            for number, raw in enumerate(stream, start=1):
                if not raw.strip():
                    continue
                try:
                    yield number, json_from(raw, bom=number == 1)
                except _NotJSON as error:
                    cause = str(error) if raw.endswith(b"\n") else f"{error}; the file ends in the middle of this line"
                    raise InvalidSession(cause, source=str(file), line=number) from None
    except OSError as error:
        raise InvalidSession(f"cannot be read: {error.strerror}", source=str(file)) from None


def json_of(file: Path) -> JsonValue:
    """The JSON value that a file holds."""
    try:
        return json_from(file.read_bytes(), bom=True)
    except OSError as error:
        raise InvalidSession(f"cannot be read: {error.strerror}", source=str(file)) from None
    except _NotJSON as error:
        raise InvalidSession(str(error), source=str(file), line=error.line) from None


class _NotJSON(ValueError):
    """Why a text is no JSON that can be used, and on which of its lines."""

    def __init__(self, cause: str, line: int | None = None) -> None:
        self.line = line
        super().__init__(cause)


def json_from(raw: bytes, *, bom: bool = False) -> JsonValue:
    """The JSON value in these bytes; `bom` allows a byte order mark before it.

    Raises: ValueError, without the content.
    """
    try:
        return json.loads(raw.decode("utf-8-sig" if bom else "utf-8"))
    except UnicodeDecodeError as error:
        raise _NotJSON(f"not UTF-8 at byte {error.start}") from None
    except json.JSONDecodeError as error:
        raise _NotJSON(f"not JSON at column {error.colno}", error.lineno) from None
    except RecursionError:
        raise _NotJSON("nested too deeply") from None
    except ValueError:  # Python reads no integer of more than 4,300 digits
        raise _NotJSON("a number has too many digits") from None


def validated(values: dict[str, object], *, source: Path | None, line: int | None = None) -> Session:
    """The session that these values describe, or an error that names where they came from."""
    try:
        return Session.model_validate(values, strict=False)
    except ValidationError as error:
        raise InvalidSession(_cause(error), source=_name(source), line=line) from None


def moment(value: object, *, where: str, notice: Notice, source: Path | None, line: int | None = None) -> datetime:
    """The time that an ISO 8601 string or a Unix time in seconds names; without a zone it is taken as UTC."""
    try:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return datetime.fromtimestamp(value, UTC)
        if not isinstance(value, str):
            raise ValueError
        found = datetime.fromisoformat(value)
    except (ValueError, OverflowError, OSError):
        cause = f"{where} is not a time such as 2026-03-01T18:30:00+01:00"
        raise InvalidSession(cause, source=_name(source), line=line) from None
    if found.tzinfo is None:
        notice("times without a zone are taken as UTC")
        return found.replace(tzinfo=UTC)
    return found


def _name(source: Path | None) -> str | None:
    return str(source) if source is not None else None


def _cause(error: ValidationError) -> str:
    """What is wrong, with turns named by their number as people count them."""
    first = error.errors(include_input=False, include_url=False, include_context=False)[0]
    loc = [part if isinstance(part, int) or _KEY.fullmatch(part) else "?" for part in first["loc"]]
    if len(loc) >= 2 and loc[0] == "turns" and isinstance(loc[1], int):
        rest = ".".join(str(part) for part in loc[2:])
        message = first["msg"].removeprefix("Value error, ")
        return f"turn {loc[1] + 1}: {rest}: {message}" if rest else f"turn {loc[1] + 1}: {message}"
    where, message = ".".join(str(part) for part in loc), first["msg"].removeprefix("Value error, ")
    return f"{where}: {message}" if where else message


def _first_object(file: Path) -> JsonValue:
    """The first JSON value of a file: of its first line, or of the whole file where that spreads over lines."""
    try:
        return next((value for _, value in lines_of(file)), None)
    except InvalidSession:
        try:
            return json_of(file)
        except InvalidSession:
            return None


def _once(notice: Notice | None) -> Notice:
    said: set[str] = set()

    def once(message: str) -> None:
        if message not in said:
            said.add(message)
            if notice is not None:
                notice(message)

    return once


def in_order(files: Iterable[Path]) -> list[Path]:
    """Files by the numbers in their names, then by name, so that session_10 follows session_9."""
    return sorted(files, key=lambda file: ([int(n) for n in _numbers(file.stem)], file.name))


def _numbers(text: str) -> list[str]:
    return "".join(c if c.isdigit() and c.isascii() else " " for c in text).split()
