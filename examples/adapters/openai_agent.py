"""An agent of the OpenAI Agents SDK that knows its user. MODEL names the model, AIPERSONA_MODEL the one that learns."""

from __future__ import annotations

import asyncio
import os

from agents import Agent, Model, Runner

from aipersona import AIPersona
from aipersona.adapters.openai_agents import AgentPersona


async def talk(ai: AIPersona, model: Model | str) -> None:
    persona = AgentPersona(ai, user_id="alice", session_id=lambda context: context["day"])
    agent = persona.on(Agent(name="Planner", instructions="You plan evenings.", model=model))
    question = "I moved to Lisbon last week. Where do I eat tonight?"
    monday = await Runner.run(agent, question, context={"day": "monday"})
    print(monday.final_output)
    await persona.end("alice", "monday")  # learns that she moved
    tuesday = await Runner.run(agent, "And where do I eat tonight?", context={"day": "tuesday"})
    print(tuesday.final_output)


async def main() -> None:
    async with AIPersona() as ai:
        await talk(ai, os.environ.get("MODEL", "gpt-5-mini"))


if __name__ == "__main__":
    asyncio.run(main())
