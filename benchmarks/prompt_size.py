"""Prompt characters per learn() of one Memora session, after 10 and after 1,000 past sessions, for both strategies.

The session is the one nearest to 1,900 characters. `edits` is rendered as it would be sent; `slots` counts the whole of
each form, although the local model computes its unchanging beginning once.

    python -m benchmarks.prompt_size ../shared/data/memora/weekly/business_executive
"""

from __future__ import annotations

import argparse
import asyncio
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import JsonValue

from aipersona import AIPersona, DraftEdit, DraftRequest, Policy, Session
from aipersona.optimizer.edits_strategy import render
from aipersona.optimizer.slots_strategy import SlotsDrafter
from aipersona.sessions.reading import read_sessions
from benchmarks.made import sessions


@dataclass
class Empty:
    """A form filler that notes nothing; only what it is asked counts here."""

    text: str = '{"facts": []}'
    prompt_tokens: int = 0
    completion_tokens: int = 0
    model_name: str = "none"

    async def complete_json(
        self, messages: Sequence[Mapping[str, str]], json_schema: Mapping[str, JsonValue], *, max_tokens: int
    ) -> Empty:
        del messages, json_schema, max_tokens
        return self


async def characters(session: Session, past: int) -> tuple[int, int, int]:
    """Prompt characters of `edits` and of `slots`, and the calls of the latter, after `past` sessions with facts."""

    # The hardest case for the prompt's size: every past to-do is made of words that come up in the new session.
    words = sorted({word.lower() for turn in session.user_turns for word in turn.content.split() if word.isalpha()})
    rng = random.Random(3)

    def facts(request: DraftRequest) -> list[DraftEdit]:
        return [
            DraftEdit(
                op="add",
                path="agenda.todos",
                value={"task": s.turns[0].content.removeprefix("I need to ").rstrip(".")},
                session_id=s.session_id,
                turns=(1,),
                quote=s.turns[0].content,
            )
            for s in request.sessions
        ]

    async with AIPersona(":memory:", drafter=facts) as ai:
        for made in sessions(session.user_id, past, 2):
            task = " ".join(rng.sample(words, 3))
            first = made.turns[0].model_copy(update={"content": f"I need to {task}."})
            await ai.observe(made.model_copy(update={"turns": (first, *made.turns[1:])}))
        await ai.learn(session.user_id)
        persona = (await ai.persona(session.user_id)).persona
        request = DraftRequest(persona=persona, sessions=(session,), schema=Policy().kept(ai.schema))
        edits = len(render(request, [session]))
        slots = await SlotsDrafter(Empty()).draft(request)
    return edits, sum(call.prompt_characters for call in slots.calls), len(slots.calls)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    found = list(read_sessions(folder, user_id="u"))
    session = min(found, key=lambda s: abs(sum(len(t.content) for t in s.turns) - 1900))
    length = sum(len(turn.content) for turn in session.turns)
    few, many = (asyncio.run(characters(session, past)) for past in (10, 1000))
    print(f"one session of {length} characters ({session.session_id})\n")
    print("| strategy | after 10 sessions | after 1,000 sessions | growth |")
    print("|---|---|---|---|")
    print(f"| edits (1 call) | {few[0]} | {many[0]} | {many[0] / few[0] - 1:+.1%} |")
    print(f"| slots ({few[2]} calls) | {few[1]} | {many[1]} | {many[1] / few[1] - 1:+.1%} |")


if __name__ == "__main__":
    main()
