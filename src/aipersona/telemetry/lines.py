"""Logs as lines of JSON, or of text: what failed is told by its type and place, never by its message.

Messages of libraries are cut to the first line of their template: their arguments may hold what was said.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TextIO

from opentelemetry.trace import format_trace_id, get_current_span

from aipersona.errors import place_of

OURS = ("aipersona", "uvicorn")
"""Whose messages are told whole: they hold identifiers of keys, routes and numbers."""


def message_of(record: logging.LogRecord) -> str:
    """What a record says, as far as it may be told."""
    ours = record.name.partition(".")[0] in OURS
    said = record.getMessage() if ours else str(record.msg)
    return (said.strip().splitlines() or [""])[0]


def failure_of(record: logging.LogRecord) -> dict[str, str]:
    """The type and the place of the exception that a record is about, if it is about one."""
    error = record.exc_info[1] if record.exc_info else None
    return {} if error is None else {"error": type(error).__qualname__, "at": place_of(error)}


class JsonLines(logging.Formatter):
    """One object a line: time, level, logger, message, trace_id, then what the message is about."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": message_of(record),
        }
        context = get_current_span().get_span_context()
        if context.is_valid:
            line["trace_id"] = format_trace_id(context.trace_id)
        about: Mapping[str, object] = getattr(record, "aipersona", {})
        told = {name: value for name, value in about.items() if value is not None}
        return json.dumps({**line, **told, **failure_of(record)}, ensure_ascii=False)


class TextLines(logging.Formatter):
    """The same for people: level, logger, message."""

    def format(self, record: logging.LogRecord) -> str:
        failure = failure_of(record)
        after = f" ({failure['error']} at {failure['at']})" if failure else ""
        return f"{record.levelname.lower()}: {record.name}: {message_of(record)}{after}"


def log_lines(*, as_json: bool, stream: TextIO | None = None) -> None:
    """Log to a stream, standard error by default: as JSON also each request, as text what somebody should look at."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines() if as_json else TextLines())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("aipersona").setLevel(logging.INFO if as_json else logging.WARNING)
