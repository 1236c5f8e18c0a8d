"""Bulk learning in this process: the model of one user answers while another user's drafts are judged."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence

from aipersona.bulk.learned import Learned, learn_user
from aipersona.bulk.learning import as_they_end
from aipersona.engine import AIPersona
from aipersona.errors import InvalidInput


class LocalEngine:
    """`jobs` users at once."""

    def __init__(self, jobs: int = 1) -> None:
        self._jobs = at_least_one_job(jobs)

    def check(self, ai: AIPersona) -> None:
        """Any database will do."""

    def learn(self, ai: AIPersona, users: Sequence[str], *, every: int | None) -> AsyncGenerator[Learned]:
        """One result for each user, as they end."""

        def begin(user_id: str) -> asyncio.Future[Learned]:
            return asyncio.ensure_future(learn_user(ai, user_id, every))

        return as_they_end(begin, users, self._jobs)


def at_least_one_job(jobs: int) -> int:
    """Raises: InvalidInput."""
    if jobs < 1:
        raise InvalidInput(f"`jobs` counts users at once and is at least 1, not {jobs}")
    return jobs
