"""Bulk learning: many users at once, in this process or on Ray, with the same personas and each session learned once.

    async with AIPersona("postgresql+psycopg://...", model="openai:gpt-5-mini") as ai:
        await ai.observe_all(sessions)
        async for learned in learn_users(ai, await pending_users(ai), engine=RayEngine()):
            print(learned.user, learned.error or learned.report)

A user is worked on as a whole and by one at a time, so that their sessions are learned in order; what one user fails
with stops no other. Cut off anywhere, it leaves what was committed, and what is still pending is learned next time.
"""

from __future__ import annotations

from aipersona.bulk.learned import Learned
from aipersona.bulk.learning import BulkEngine, learn_users, pending_users
from aipersona.bulk.local import LocalEngine
from aipersona.bulk.on_ray import RayEngine

__all__ = ["BulkEngine", "Learned", "LocalEngine", "RayEngine", "learn_users", "pending_users"]
