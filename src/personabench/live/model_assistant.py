"""An assistant that is a model: it is told what a setting tells, and calls the world's tools itself.

It chats through aipersona with nothing known of its own, so that each setting brings all that it knows by its context.
"""

from __future__ import annotations

from collections.abc import Sequence

from aipersona import AIPersona, AIPersonaError, Turn
from personabench.endpoint.upstream import UpstreamDown
from personabench.errors import ModelDown
from personabench.live.assistant import Acted, Made, Understood
from personabench.worlds.catalogue import Worlds

FAILED = "Sorry, something went wrong."


class ModelAssistant:
    """Answers with the model of an engine that knows nobody."""

    name = "model-1"

    def __init__(self, ai: AIPersona) -> None:
        self._ai = ai
        self._talks = 0

    async def reply(self, talk: Sequence[Turn], context: str, world: Worlds, understood: Understood) -> Acted:
        if sum(turn.role == "user" for turn in talk) == 1:
            self._talks += 1
        try:
            reply = await self._ai.chat(
                "nobody",
                talk[-1].content,
                session_id=f"talk-{self._talks}",
                context=context,
                tools=world.tools,
                steering=False,
                desk=False,
            )
        except UpstreamDown as down:
            raise ModelDown(str(down)) from None
        except AIPersonaError:
            return Acted(text=FAILED, asks=None)
        calls = tuple(
            Made(tool=call.name, arguments=call.arguments, result=call.result, error=call.error) for call in reply.calls
        )
        tokens = reply.prompt_tokens + reply.completion_tokens
        return Acted(text=reply.text, calls=calls, asks=None, tokens=tokens)
