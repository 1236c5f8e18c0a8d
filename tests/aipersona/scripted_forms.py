"""A small model that fills in every form in the same way, and what a user's persona is after it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic import JsonValue

from aipersona import AIPersona, Session
from aipersona.optimizer.slots_strategy import SlotsDrafter
from aipersona.persona.claims import plain_text
from tests.aipersona.kit import NOON


class Filled:
    prompt_tokens = 0
    completion_tokens = 0

    def __init__(self, text: str) -> None:
        self.text = text


class Filler:
    """A small model that always fills in the same form."""

    model_name = "scripted"

    def __init__(self, text: str = '{"facts": []}') -> None:
        self._text = text

    async def complete_json(
        self, messages: Sequence[Mapping[str, str]], json_schema: Mapping[str, JsonValue], *, max_tokens: int
    ) -> Filled:
        return Filled(self._text)


async def learned(*sessions: Session, fill: str = '{"facts": []}') -> dict[str, str]:
    """The fields that hold something afterwards, with their values as text."""
    ai = AIPersona(":memory:", drafter=SlotsDrafter(Filler(fill)), clock=lambda: NOON)
    for session in sessions:
        await ai.observe(session)
    await ai.learn("alice")
    persona = (await ai.persona("alice")).persona
    return {claim.path: plain_text(claim.value) for claim in persona.all_holding(NOON.date())}
