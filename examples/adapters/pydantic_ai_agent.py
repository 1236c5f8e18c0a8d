"""A pydantic-ai agent that knows its user. AIPERSONA_MODEL names the model, AIPERSONA_DATABASE the database."""

from __future__ import annotations

import asyncio
import os

from pydantic_ai import Agent
from pydantic_ai.models import Model

from aipersona import AIPersona
from aipersona.adapters.pydantic_ai import PersonaCapability


async def talk(ai: AIPersona, model: Model | str) -> None:
    persona = PersonaCapability(ai, user_id="alice")
    agent = Agent(model, instructions="You plan evenings.", capabilities=[persona])
    monday = await agent.run("I moved to Lisbon last week. Where do I eat tonight?")
    print(monday.output)
    await persona.end("alice", monday.conversation_id)  # learns that she moved
    tuesday = await agent.run("And where do I eat tonight?")
    print(tuesday.output)


async def main() -> None:
    async with AIPersona() as ai:
        await talk(ai, os.environ.get("AIPERSONA_MODEL", "openai:gpt-5-mini"))


if __name__ == "__main__":
    asyncio.run(main())
