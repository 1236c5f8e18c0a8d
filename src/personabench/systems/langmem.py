"""LangMem: its store manager over LangGraph's store in memory, with vectors; found again by its own search.

It is used as its documentation shows, with its default schema and prompts. It knows nothing of days, so the first
message of a session begins with its day. Its random ids, which stand in its prompts, are numbered, so that what it
keeps can be made again from the answers on disk. It takes a model with tool calls. Tracing is off.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from importlib import import_module
from typing import Any

from aipersona import Session, Turn
from personabench.datasets import Probe
from personabench.errors import BenchError, MissingExtra
from personabench.systems.protocol import Retrieved, Setting
from personabench.systems.repeatable import numbered_ids
from personabench.systems.tokens import fitting

SEARCHED = 100
"""How many memories are searched for; the budget decides how many of them are shown."""

ALL = 100_000
"""More memories than one person has."""


class LangMem:
    """One user's memories."""

    def __init__(self, setting: Setting) -> None:
        if setting.model is None or setting.embed is None:
            raise BenchError("the system 'langmem' needs a model and an embedder")
        os.environ["LANGSMITH_TRACING"] = os.environ["LANGCHAIN_TRACING_V2"] = "false"
        try:
            langmem: Any = import_module("langmem")
            chat: Any = import_module("langchain_openai")
            stores: Any = import_module("langgraph.store.memory")
        except ImportError:
            raise MissingExtra("the system 'langmem'", "langmem", "peers") from None
        ids = numbered_ids(f"langmem/{setting.person.user_id}")
        for name in ("langmem.knowledge.extraction", "trustcall._base"):
            drawing: Any = import_module(name)
            drawing.uuid = ids
        embed = setting.embed
        dimensions = len(embed(["how long is a vector?"])[0])
        access = setting.model
        openai: Any = import_module("openai")
        at = {"base_url": access.base_url, "api_key": access.api_key}
        self._client: Any = openai.DefaultHttpxClient()
        self._async_client: Any = openai.DefaultAsyncHttpxClient()
        self._vectors: Any = openai.OpenAI(**at, http_client=self._client)
        self._store: Any = stores.InMemoryStore(index={"dims": dimensions, "embed": self._embedded})
        self._namespace = ("memories", setting.person.user_id)
        # With clients of its own, since those that the library makes are shared by all and cannot be closed.
        model = chat.ChatOpenAI(
            **at,
            model=access.model,
            temperature=0,
            streaming=False,
            http_client=self._client,
            http_async_client=self._async_client,
            http_socket_options=(),
        )
        self._manager: Any = langmem.create_memory_store_manager(model, namespace=self._namespace, store=self._store)

    async def observe(self, session: Session) -> None:
        messages = [_message(turn) for turn in session.turns if turn.role in ("user", "assistant") and turn.content]
        if messages:
            messages[0]["content"] = f"[{session.day.isoformat()}] {messages[0]['content']}"
            await self._manager.ainvoke({"messages": messages})

    async def settle(self) -> None: ...

    async def context(self, probe: Probe, *, budget: int, running: Sequence[Turn] = ()) -> Retrieved:
        found = await self._store.asearch(self._namespace, query=probe.query, limit=SEARCHED)
        lines = (f"- {_text(item)}" for item in found)
        return Retrieved(text="\n".join(fitting(lines, budget)))

    async def memories(self) -> Sequence[str]:
        found = await self._store.asearch(self._namespace, limit=ALL)
        return [_text(item) for item in found]

    async def aclose(self) -> None:
        self._client.close()
        await self._async_client.aclose()

    def _embedded(self, texts: Sequence[str]) -> list[list[float]]:
        """Vectors by way of the endpoint, where they are counted."""
        answer = self._vectors.embeddings.create(model="embedder", input=list(texts), encoding_format="float")
        return [one.embedding for one in answer.data]


def _text(item: Any) -> str:
    return " ".join(str(item.value["content"]["content"]).split())


def _message(turn: Turn) -> dict[str, str]:
    content = f"{turn.speaker}: {turn.content}" if turn.speaker else turn.content
    return {"role": turn.role, "content": content}
