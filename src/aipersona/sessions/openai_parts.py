"""Parts of OpenAI messages, read as clients and servers write them: what is of another form is passed over."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, cast

from pydantic import JsonValue


def items_of(value: object) -> list[Mapping[str, Any]]:
    """The objects of a list; none where it is no list."""
    found = cast("list[Any]", value) if isinstance(value, list) else []
    return [item for item in found if isinstance(item, Mapping)]


def text_of(content: object) -> str:
    """The text of a message's content; of a list of parts, the text ones, a line each."""
    if isinstance(content, str):
        return content
    texts = (part.get("text") for part in items_of(content))
    return "\n".join(text for text in texts if isinstance(text, str))


def arguments_of(given: object) -> dict[str, JsonValue]:
    """The arguments of a call, which come as the text of a JSON object; what is none stands as `text` or `value`."""
    read: Any = given
    if isinstance(given, str):
        try:
            read = json.loads(given) if given else {}
        except (ValueError, RecursionError):
            return {"text": given}
    if isinstance(read, dict):
        return cast("dict[str, JsonValue]", read)
    return {"value": read} if read is not None else {}
