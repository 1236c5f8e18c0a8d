"""What came of one user: a report, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass

from aipersona.engine import AIPersona
from aipersona.errors import AIPersonaError, unforeseen
from aipersona.learning import LearnReport


@dataclass(frozen=True, kw_only=True)
class Learned:
    """A user and what a run learned from them; with an `error` some of their sessions may be learned all the same."""

    user: str
    report: LearnReport | None = None
    error: AIPersonaError | None = None


async def learn_user(ai: AIPersona, user_id: str, every: int | None) -> Learned:
    """Learn from what is pending of one user; whatever that fails with is told in the result."""
    try:
        return Learned(user=user_id, report=await ai.learn(user_id, every=every))
    except AIPersonaError as error:
        return Learned(user=user_id, error=error)
    except Exception as error:
        return Learned(user=user_id, error=AIPersonaError(unforeseen(error)))
