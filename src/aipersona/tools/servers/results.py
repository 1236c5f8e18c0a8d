"""What a server answers, as a model reads it: text and data; of images, sounds and files only that they came."""

from __future__ import annotations

from typing import Any, cast

from mcp_types import (
    AudioContent,
    CallToolResult,
    ContentBlock,
    EmbeddedResource,
    ImageContent,
    ResourceLink,
    TextContent,
    TextResourceContents,
)


def readable(result: CallToolResult) -> Any:
    """The data of a result where it has some, else its texts."""
    if result.structured_content is not None and all(isinstance(part, TextContent) for part in result.content):
        data = cast("dict[str, Any]", result.structured_content)
        # Servers put what is no object under this key.
        return data["result"] if list(data) == ["result"] else data
    texts = [_text(part) for part in result.content]
    return texts[0] if len(texts) == 1 else texts


def refusal(result: CallToolResult) -> str:
    """The text of a result that is an error."""
    return "\n".join(_text(part) for part in result.content) or "it failed"


def _text(part: ContentBlock) -> str:
    match part:
        case TextContent():
            return part.text
        case ImageContent() | AudioContent():
            return _left_out(part.mime_type, part.data)
        case ResourceLink():
            return f"{part.name}: {part.uri}"
        case EmbeddedResource(resource=resource):
            if isinstance(resource, TextResourceContents):
                return resource.text
            return _left_out(resource.mime_type or "file", resource.blob)


def _left_out(kind: str, data: str) -> str:
    """What is said of data in base 64."""
    return f"[{kind}, {len(data) * 3 // 4 - data.count('='):,} bytes: not shown]"
