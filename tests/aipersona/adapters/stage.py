"""What the adapters' tests share: a persona that learns where somebody moved, a store that fails, what was kept."""

from __future__ import annotations

import asyncio
from inspect import iscoroutinefunction
from typing import Any

from aipersona import AIPersona, DraftEdit, DraftRequest
from aipersona.errors import StoreUnavailable
from aipersona.store.memory import MemoryStore
from aipersona.store.protocol import UserKey
from tests.aipersona.kit import NOON, propose

MOVED = "I moved to Lisbon last week. Where do I eat tonight?"
KNOWN = "Lisbon"


class FailingStore(MemoryStore):
    """A store whose database is away, for as long as `away`; its errors hold what no log may."""

    away = True

    def __getattribute__(self, name: str) -> Any:
        found = super().__getattribute__(name)
        if name in ("observe", "session", "sessions", "head", "load", "commit") and self.away:
            raise StoreUnavailable("cannot read /secret/path: 'I moved to Lisbon'")
        return found


class SlowStore(MemoryStore):
    """A store that answers nothing before it is `released`."""

    def __init__(self) -> None:
        super().__init__()
        self.released = asyncio.Event()

    def __getattribute__(self, name: str) -> Any:
        found = super().__getattribute__(name)
        if name.startswith("_") or not iscoroutinefunction(found):
            return found

        async def slow(*given: Any, **named: Any) -> Any:
            await self.released.wait()
            return await found(*given, **named)

        return slow


def moved(request: DraftRequest) -> list[DraftEdit]:
    """Lisbon as the residence of whoever says that they moved there, and vegan as the diet of whoever says so."""
    found: list[DraftEdit] = []
    for session in request.sessions:
        for turn in session.turns:
            said: Any = {"sid": session.session_id, "turn": turn.number}
            if "Lisbon" in turn.content:
                found.append(propose("demographics.residence.city", "Lisbon", "I moved to Lisbon last week", **said))
            if "vegan" in turn.content:
                found.append(propose("preferences.diet", "vegan", "I'm vegan", **said))
    return found


def persona(store: MemoryStore | None = None) -> AIPersona:
    """An engine with a store in memory, at a fixed time."""
    return AIPersona(store=store or MemoryStore(), drafter=moved, clock=lambda: NOON)


async def kept(ai: AIPersona, user: str = "alice") -> dict[str, list[tuple[str, str]]]:
    """What was said, by session: role and content of each turn."""
    sessions = await (await ai.store()).sessions(UserKey(ai.tenant, user))
    return {s.session.session_id: [(turn.role, turn.content) for turn in s.session.turns] for s in sessions}


async def calls(ai: AIPersona, session: str, user: str = "alice") -> list[tuple[str, Any, Any]]:
    """The calls in a session: name, arguments and result."""
    sessions = await (await ai.store()).sessions(UserKey(ai.tenant, user))
    (found,) = [s.session for s in sessions if s.session.session_id == session]
    return [(call.name, call.arguments, call.result) for turn in found.turns for call in turn.tool_calls]
