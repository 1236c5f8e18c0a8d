"""The conversations that an adapter serves at the same time, by user and session; the least used are let go."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

from aipersona.adapters.conversation import Conversation

if TYPE_CHECKING:
    from aipersona.engine import AIPersona
    from aipersona.learning import LearnReport

MOST_HELD = 1000
"""How many conversations are kept at hand. One that was let go is found again in the store, by its name."""


class Conversations:
    """Conversations by name, made when they are first asked for.

    `budget` and `steering` are those of Conversation.
    """

    def __init__(self, ai: AIPersona, *, budget: int = 1000, steering: bool = False) -> None:
        self.ai = ai
        self._budget, self._steering = budget, steering
        self._held: OrderedDict[tuple[str, str], Conversation] = OrderedDict()
        self._holding = threading.Lock()

    def of(self, user_id: str, session_id: str) -> Conversation:
        """The conversation of a user that is kept under this name.

        Raises: InvalidInput for names that cannot be kept.
        """
        name = (user_id, session_id)
        with self._holding:  # agents that are not async ask from threads
            if name not in self._held:
                self._held[name] = Conversation(
                    self.ai, user_id, session_id, budget=self._budget, steering=self._steering
                )
                while len(self._held) > MOST_HELD:
                    self._held.popitem(last=False)
            self._held.move_to_end(name)
            return self._held[name]

    async def end(self, user_id: str, session_id: str, *, learn: bool = True) -> LearnReport | None:
        """End a conversation: see Conversation.end.

        Raises: StoreUnavailable; ModelError.
        """
        return await self.of(user_id, session_id).end(learn=learn)
