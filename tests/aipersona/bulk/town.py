"""A town of users with sessions about hobbies, and drafters that workers elsewhere can be given."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from aipersona import AIPersona, DraftEdit, DraftRequest, Session
from aipersona.bulk import BulkEngine, Learned, learn_users, pending_users
from tests.aipersona.kit import NOON, hobbies, note

TOWN = [f"user{number:02}" for number in range(6)]


def noon() -> Any:
    return NOON


def sessions(per_user: int = 4) -> list[Session]:
    """Everybody's sessions, those of a user a day apart, the last one first."""
    return [note(number, user=user) for number in reversed(range(per_user)) for user in TOWN]


def failing_for(unlucky: str, error: type[Exception], request: DraftRequest) -> Sequence[DraftEdit]:
    """What `hobbies` proposes, but for one user."""
    if request.persona.user_id == unlucky:
        raise error("SECRET-WORD")
    return hobbies(request)


def dying_once(marker: Path, request: DraftRequest) -> Sequence[DraftEdit]:
    """What `hobbies` proposes; the first process that is asked for a second batch of a user dies."""
    if request.persona.revision and not marker.exists():
        marker.touch()
        os._exit(9)
    return hobbies(request)


async def meeting(folder: Path, count: int, request: DraftRequest) -> Sequence[DraftEdit]:
    """What `hobbies` proposes once so many users are being learned from, in whatever processes; late, it fails."""
    (folder / request.persona.user_id).touch()
    async with asyncio.timeout(60):
        while len(os.listdir(folder)) < count:  # noqa: ASYNC110 - processes share no event
            await asyncio.sleep(0.01)
    return hobbies(request)


def city(folder: Path, *, drafter: Any = hobbies, name: str = "town.db") -> AIPersona:
    """An engine over a file, at a fixed time."""
    return AIPersona(folder / name, drafter=drafter, embedder="none", clock=noon, every=2)


async def learned(ai: AIPersona, engine: BulkEngine) -> dict[str, Learned]:
    """What came of everybody with something pending."""
    users = await pending_users(ai)
    return {one.user: one async for one in learn_users(ai, users, engine=engine)}


async def personas(ai: AIPersona) -> dict[str, list[str]]:
    """Everybody as they would be exported, line by line."""
    return {user.user_id: [line async for line in ai.export(user.user_id)] for user in await ai.users()}


def unlucky(error: type[Exception]) -> Any:
    return partial(failing_for, TOWN[2], error)
