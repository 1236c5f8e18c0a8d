"""A LangChain agent that knows its user. MODEL names the model, AIPERSONA_MODEL the one that learns."""

from __future__ import annotations

import os

from langchain.agents import create_agent
from langchain.chat_models import BaseChatModel
from langgraph.checkpoint.memory import InMemorySaver

from aipersona import AIPersona
from aipersona.adapters.langgraph import PersonaMiddleware


def talk(ai: AIPersona, model: BaseChatModel | str) -> None:
    persona = PersonaMiddleware(ai)
    agent = create_agent(model, system_prompt="You plan evenings.", middleware=[persona], checkpointer=InMemorySaver())

    def ask(message: str, thread: str) -> None:
        who = {"configurable": {"user_id": "alice", "thread_id": thread}}
        print(agent.invoke({"messages": [{"role": "user", "content": message}]}, who)["messages"][-1].text)

    ask("I moved to Lisbon last week. Where do I eat tonight?", "monday")
    persona.end("alice", "monday")  # learns that she moved
    ask("And where do I eat tonight?", "tuesday")


def main() -> None:
    ai = AIPersona()
    with ai.sync:
        talk(ai, os.environ.get("MODEL", "openai:gpt-5-mini"))


if __name__ == "__main__":
    main()
