"""mem0, the open-source library with a local Qdrant: what it makes of each session, found again by its own search.

It is used as its documentation shows, with its default prompts, and without its optional parts: keyword search takes
a model that is downloaded when it is first used, entities take spaCy. Two things differ, so that it is measured fairly
and repeatably: the library tells its model that every session is of today, which is replaced by the session's day; and
its random ids are numbered. Its telemetry is off.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Sequence
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from aipersona import Session, Turn
from personabench.datasets import Probe
from personabench.errors import BenchError, MissingExtra
from personabench.systems.protocol import Retrieved, Setting
from personabench.systems.repeatable import numbered_ids
from personabench.systems.tokens import fitting
from personabench.worker import Worker

SEARCHED = 100
"""How many memories are searched for; the budget decides how many of them are shown."""

ALL = 100_000
"""More memories than one person has."""

EMBEDDER = "embedder"


class Mem0:
    """One user's memories. The library blocks, so it works in a thread of its own."""

    def __init__(self, setting: Setting) -> None:
        if setting.model is None or setting.embed is None:
            raise BenchError("the system 'mem0' needs a model and an embedder")
        self._user = setting.person.user_id
        self._main = _library(setting.folder)
        self._main.uuid = numbered_ids(f"mem0/{self._user}")
        self._worker = Worker()
        dimensions = len(setting.embed(["how long is a vector?"])[0])
        at = {"api_key": setting.model.api_key, "openai_base_url": setting.model.base_url}
        store = {"path": str(setting.folder / "qdrant"), "embedding_model_dims": dimensions, "on_disk": True}
        self._config = {
            "llm": {"provider": "openai", "config": {"model": setting.model.model, "temperature": 0.0, **at}},
            "embedder": {"provider": "openai", "config": {"model": EMBEDDER, **at}},
            "vector_store": {"provider": "qdrant", "config": store},
            "history_db_path": str(setting.folder / "history.db"),
        }
        self._memory: Any = None

    async def observe(self, session: Session) -> None:
        messages = [_message(turn) for turn in session.turns if turn.role in ("user", "assistant") and turn.content]
        if messages:
            await self._worker.run(lambda: self._add(messages, session))

    async def settle(self) -> None: ...

    async def context(self, probe: Probe, *, budget: int, running: Sequence[Turn] = ()) -> Retrieved:
        found = await self._worker.run(lambda: self._search(probe.query))
        lines = (f"- {str(item.get('created_at') or '')[:10]}: {item['memory']}" for item in found)
        return Retrieved(text="\n".join(fitting(lines, budget)), sessions=_sessions(found))

    async def memories(self) -> Sequence[str]:
        found: Any = await self._worker.run(
            lambda: self._opened().get_all(filters={"user_id": self._user}, top_k=ALL)["results"]
        )
        return [item["memory"] for item in found]

    async def aclose(self) -> None:
        if self._memory is not None:
            await self._worker.run(self._close)
        self._worker.close()

    def _opened(self) -> Any:
        if self._memory is None:
            self._memory = self._main.Memory.from_config(self._config)
        return self._memory

    def _add(self, messages: list[dict[str, str]], session: Session) -> None:
        day = session.day.isoformat()
        prompt = import_module("mem0.configs.prompts").generate_additive_extraction_prompt
        self._main.generate_additive_extraction_prompt = partial(prompt, current_date=day, timestamp=day)
        metadata = {"session_id": session.session_id, "created_at": session.started_at.isoformat()}
        self._opened().add(messages, user_id=self._user, metadata=metadata)

    def _search(self, query: str) -> list[dict[str, Any]]:
        return self._opened().search(query, filters={"user_id": self._user}, top_k=SEARCHED)["results"]

    def _close(self) -> None:
        for opened in (self._memory.vector_store, self._memory.llm, self._memory.embedding_model):
            opened.client.close()
        self._memory.close()


def _library(folder: Path) -> Any:
    """The library's main module. It reads its environment once, when it is imported.

    Raises: MissingExtra.
    """
    os.environ["MEM0_TELEMETRY"] = "False"
    os.environ.setdefault("MEM0_DIR", str(folder))
    logging.getLogger("mem0").setLevel(logging.CRITICAL + 1)  # it logs what was said
    try:
        return import_module("mem0.memory.main")
    except ImportError:
        raise MissingExtra("the system 'mem0'", "mem0ai", "peers") from None


def _message(turn: Turn) -> dict[str, str]:
    content = f"{turn.speaker}: {turn.content}" if turn.speaker else turn.content
    return {"role": turn.role, "content": content}


def _sessions(found: Iterable[dict[str, Any]]) -> tuple[str, ...]:
    kept: Iterable[dict[str, Any]] = (item.get("metadata") or {} for item in found)
    return tuple(dict.fromkeys(str(metadata["session_id"]) for metadata in kept if "session_id" in metadata))
