"""Chats with servers in tests: a tools file in a folder, somebody in Lisbon, and whether a process still runs."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aipersona import AIPersona
from aipersona.optimizer.draft import ScriptedFunction
from aipersona.settings import Settings
from tests.aipersona.actor import Actor
from tests.aipersona.kit import NOON, always

HERE = Path(__file__).parent
CITY = "demographics.residence.city"


def slim(*tools: str, **more: object) -> dict[str, Any]:
    """A server in a process of its own that starts at once."""
    return {"command": sys.executable, "args": [str(HERE / "slim.py"), *tools], **more}


@asynccontextmanager
async def chatting(
    folder: Path, actor: Actor, draft: ScriptedFunction | None = None, **servers: object
) -> AsyncGenerator[AIPersona]:
    """Somebody in Lisbon who eats no meat and speaks Portuguese, with these servers."""
    async with made(folder, actor, draft, **servers) as ai:
        await ai.set("alice", CITY, "Lisbon")
        await ai.set("alice", "demographics.languages", "Portuguese")
        await ai.set("alice", "preferences.diet", "vegetarian")
        yield ai


def made(folder: Path, actor: Actor, draft: ScriptedFunction | None = None, **servers: object) -> AIPersona:
    file = folder / "tools.json"
    file.write_text(json.dumps({"mcpServers": servers}))
    settings = Settings(tools_file=file, special=True)
    return AIPersona(":memory:", model=actor.model(), drafter=draft or always(), settings=settings, clock=lambda: NOON)


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def pids(*replies: Any) -> list[int]:
    """The processes that answered."""
    return [json.loads(str(call.result))["pid"] for reply in replies for call in reply.calls]
