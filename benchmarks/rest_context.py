"""`context` over REST beside mem0's `search`: the same sessions, questions, embedder and machine; milliseconds.

    python -m benchmarks.rest_context [--questions 200]      (needs the extra `peers`, and ../shared/data/realmem)

The sessions are those of RealMem's first user. Ours is called over HTTP at an `aipersona serve`, and answers with a
context of 1,000 tokens made of the persona and of the past; mem0's `search` is called as a function in this process,
with the embedder in this process, too, and finds 20 memories, as it does by default. Every turn of the sessions is a
memory there (`infer=False`), since what it would keep of them takes a model hours; and once more with the user's turns
alone, which are half as many. The questions take turns.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from importlib import import_module
from pathlib import Path
from typing import Any

import httpx2
from pydantic import JsonValue

from aipersona import AIPersona, Embedder
from aipersona.embedding import embedder_for
from benchmarks.recall_sets import History, realmem
from benchmarks.served import percentile, serving

PERSONA: dict[str, JsonValue] = {
    "demographics.name": "Ann",
    "demographics.residence.city": "Lisbon",
    "demographics.occupation": "nurse",
    "preferences.diet": "vegetarian",
    "personality.interests": ["chess", "tea", "running"],
}


async def fill(database: Path, history: History) -> None:
    async with AIPersona(database, embedder="local") as ai:
        await ai.observe_all(history.sessions)
        await ai.index(history.user_id)
        for path, value in PERSONA.items():
            await ai.set(history.user_id, path, value)


class InProcess:
    """An embedder as mem0 calls one."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    def embed(self, text: str, memory_action: str | None = None) -> list[float]:
        if memory_action == "search":
            return self._embedder.embed_question(text).tolist()
        return self._embedder.embed([text])[0].tolist()

    def embed_batch(self, texts: Sequence[str], memory_action: str | None = None) -> list[list[float]]:
        del memory_action
        return self._embedder.embed(list(texts)).tolist()


def searching(folder: Path, embedder: Embedder, history: History, roles: set[str]) -> Callable[[str], object]:
    """mem0's search over the turns of these roles."""
    os.environ["MEM0_TELEMETRY"] = "False"
    os.environ["MEM0_DIR"] = str(folder)
    library: Any = import_module("mem0")  # an extra that is not always here

    store = {"path": str(folder / "qdrant"), "embedding_model_dims": embedder.dimensions, "on_disk": True}
    unused = {"provider": "openai", "config": {"api_key": "none"}}
    memory: Any = library.Memory.from_config(
        {
            "llm": unused,
            "embedder": unused,
            "vector_store": {"provider": "qdrant", "config": store},
            "history_db_path": str(folder / "history.db"),
        }
    )
    memory.embedding_model = InProcess(embedder)
    for session in history.sessions:
        messages = [{"role": turn.role, "content": turn.content} for turn in session.turns if turn.role in roles]
        if messages:
            memory.add(messages, user_id=history.user_id, infer=False)
    return lambda question: memory.search(question, filters={"user_id": history.user_id})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=int, default=200)
    given = parser.parse_args()
    history = next(realmem(), None)
    embedder = embedder_for("local")
    if history is None or embedder is None:
        raise SystemExit("RealMem or the local embedder is not here")
    questions = [question.text for question in history.questions][: given.questions]
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        database = Path(folder) / "personas.db"
        asyncio.run(fill(database, history))
        url, _ = serving(stack, database, "--no-auth", "--no-work", AIPERSONA_EMBEDDER="local")
        http = stack.enter_context(httpx2.Client(base_url=url, timeout=60, trust_env=False))

        def context(question: str) -> None:
            asked = {"query": question, "budget": 1000}
            http.post(f"/v1/users/{history.user_id}/context", json=asked).raise_for_status()

        ways: dict[str, Callable[[str], object]] = {"context over REST": context}
        for name, roles in (("all turns", {"user", "assistant"}), ("the user's turns", {"user"})):
            place = Path(folder) / name.replace(" ", "-")
            place.mkdir()
            ways[f"mem0's search, {name}"] = searching(place, embedder, history, roles)
        taken: dict[str, list[float]] = {name: [] for name in ways}
        for number, question in enumerate(questions):
            for name, call in ways.items():
                started = time.perf_counter()
                call(question)
                if number >= 5:  # the first ones warm up
                    taken[name].append((time.perf_counter() - started) * 1000)
    turns = sum(len(session.turns) for session in history.sessions)
    print(f"{len(history.sessions)} sessions, {turns} turns, {len(questions)} questions, {embedder.name}")
    for name, times in taken.items():
        print(f"| {name} | p50 {statistics.median(times):.1f} ms | p99 {percentile(times, 99):.1f} ms |")


if __name__ == "__main__":
    main()
