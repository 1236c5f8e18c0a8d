"""What came of one user: a report, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass

from aipersona.engine import AIPersona
from aipersona.errors import AIPersonaError
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
        return Learned(user=user_id, error=unforeseen(error))


def unforeseen(error: BaseException) -> AIPersonaError:
    """A defect, by its kind and place: its own words may hold what was said."""
    where = error.__traceback__
    while where is not None and where.tb_next is not None:
        where = where.tb_next
    place = f" at {where.tb_frame.f_globals.get('__name__')}:{where.tb_lineno}" if where is not None else ""
    return AIPersonaError(f"unforeseen {type(error).__name__}{place}")
