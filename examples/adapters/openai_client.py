"""An OpenAI client whose answers know the user. MODEL names the model, AIPERSONA_MODEL the one that learns."""

from __future__ import annotations

import os

from openai import OpenAI

from aipersona import AIPersona
from aipersona.adapters.openai_client import wrap_openai


def talk(ai: AIPersona, plain: OpenAI, model: str) -> None:
    client = wrap_openai(plain, ai, user_id="alice")

    def ask(message: str, session: str) -> None:
        messages = [{"role": "system", "content": "You plan evenings."}, {"role": "user", "content": message}]
        named = {"X-AIPersona-Session": session}
        answer = client.chat.completions.create(model=model, messages=messages, extra_headers=named)
        print(answer.choices[0].message.content)

    ask("I moved to Lisbon last week. Where do I eat tonight?", "monday")
    ai.sync.end_session("alice", "monday")  # learns that she moved
    ask("And where do I eat tonight?", "tuesday")


def main() -> None:
    ai = AIPersona()
    with ai.sync:
        talk(ai, OpenAI(), os.environ.get("MODEL", "gpt-5-mini"))


if __name__ == "__main__":
    main()
