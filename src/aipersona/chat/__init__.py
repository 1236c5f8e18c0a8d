"""Chat: context -> model -> tools -> reply -> session."""

from __future__ import annotations

from aipersona.chat.replying import Asked, Chat, Reply
from aipersona.chat.talk import REMEMBERED, close_session

__all__ = ["REMEMBERED", "Asked", "Chat", "Reply", "close_session"]
