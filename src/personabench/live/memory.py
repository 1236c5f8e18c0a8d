"""The settings that are compared: what tells the assistant about the user, and what it learns of each session.

none              nothing
golden            the truth of the day
told              of it what the user has told by then: no memory can know more
rag               turns of the past by BM25
full-history      the past as it was, the newest part that fits
aipersona-kN      a persona, updated every N sessions by the model of the run
gold-drafts-kN    the same, where edits are drafted from what was really told: what a perfect model would reach
mem0, langmem     as they are measured elsewhere
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from pydantic import JsonValue

from aipersona import Session
from personabench.datasets import Person, Probe
from personabench.errors import UnknownSystem
from personabench.generation.life import Fact, Life
from personabench.generation.query import Planned
from personabench.live.episode import ContextText
from personabench.live.gold import GoldDrafter
from personabench.live.truth import Told
from personabench.systems import ModelAccess, Setting, System, opener, version_of
from personabench.systems.ours import Personas
from personabench.systems.protocol import Embed
from personabench.systems.tokens import count_tokens

SETTINGS = (
    "none", "golden", "told", "rag", "full-history", "aipersona-k1", "aipersona-k3", "aipersona-k5", "gold-drafts-k1",
    "gold-drafts-k3", "gold-drafts-k5", "mem0", "langmem",
)  # fmt: skip
"""Those with a name of their own; any other N from 1 will do."""

_EVERY = re.compile(r"(aipersona|gold-drafts)-k([1-9][0-9]*)")
_SYSTEMS = {"none": "none", "rag": "bm25", "full-history": "full-history", "mem0": "mem0", "langmem": "langmem"}


def check_setting(name: str) -> None:
    """Raises: UnknownSystem for what is no setting."""
    if name not in ("golden", "told") and name not in _SYSTEMS and not _EVERY.fullmatch(name):
        raise UnknownSystem(name, SETTINGS)


def check_installed(name: str) -> None:
    """Raises: MissingExtra for a setting whose package is not installed."""
    if name in _SYSTEMS:
        version_of(_SYSTEMS[name])


def needs_model(name: str) -> bool:
    return name.startswith("aipersona-k") or needs_embedder(name)


def needs_embedder(name: str) -> bool:
    return name in ("mem0", "langmem")


class Memory:
    """One person's memory under one setting."""

    def __init__(self, system: System, person: str, budget: int, *, every: int = 1) -> None:
        self._system, self._person, self._budget, self._every = system, person, budget, every
        self._seen = 0

    async def context(self, query: str, day: date) -> ContextText:
        """What the assistant is told for a query."""
        probe = Probe(probe_id="live", user_id=self._person, kinds=("context",), group="live", query=query, day=day)
        text = (await self._system.context(probe, budget=self._budget)).text
        return ContextText(text=text, tokens=count_tokens(text))

    async def observe(self, session: Session) -> None:
        """Take in a session that has ended, and learn if it is time to."""
        await self._system.observe(session)
        self._seen += 1
        if self._seen % self._every == 0:
            await self._system.settle()

    async def claims(self) -> Sequence[tuple[str, JsonValue]] | None:
        """What it holds, field by field; None where it keeps no fields."""
        if isinstance(self._system, Personas):
            return await self._system.claims()
        return None

    async def aclose(self) -> None:
        await self._system.aclose()


class Golden:
    """The truth of the day, as a profile; with `told` only what was told of it."""

    def __init__(self, life: Life, sessions: Sequence[Planned] = (), *, told: bool = False) -> None:
        self._life = life
        self._planned = {session.session_id: session for session in sessions}
        self._told = Told(life) if told else None

    async def context(self, query: str, day: date) -> ContextText:
        facts = self._life.on(day) if self._told is None else self._told.on(day)
        text = f"About the user:\n{as_profile(facts)}"
        return ContextText(text=text, tokens=count_tokens(text))

    async def observe(self, session: Session) -> None:
        if self._told is not None:
            self._told.hear(self._planned[session.session_id], [turn.content for turn in session.user_turns])

    async def claims(self) -> Sequence[tuple[str, JsonValue]] | None:
        return None

    async def aclose(self) -> None: ...


def open_memory(
    setting: str,
    life: Life,
    sessions: Sequence[Planned],
    *,
    folder: Path,
    budget: int,
    model: ModelAccess | None = None,
    embed: Embed | None = None,
) -> Memory | Golden:
    """The memory of a setting, empty.

    Raises: UnknownSystem; BenchError where it needs what is not there.
    """
    check_setting(setting)
    if setting in ("golden", "told"):
        return Golden(life, sessions, told=setting == "told")
    person = Person(user_id=life.person_id, sessions=(), probes=())
    given = Setting(person=person, folder=folder, dataset="live", data=folder, model=model, embed=embed)
    every = _EVERY.fullmatch(setting)
    if every is None:
        open_system: Callable[[Setting], System] = opener(_SYSTEMS[setting])
        return Memory(open_system(given), life.person_id, budget)
    drafter = GoldDrafter(life, sessions) if every[1] == "gold-drafts" else None
    return Memory(Personas(given, drafter=drafter), life.person_id, budget, every=int(every[2]))


def as_profile(facts: Sequence[Fact]) -> str:
    """Facts as the lines of a profile."""
    return "\n".join(f"- {fact.path}: {shown(fact.value)}" for fact in facts)


def shown(value: JsonValue) -> str:
    """A value on one line, the columns of a row named."""
    if isinstance(value, dict):
        return ", ".join(f"{name} {shown(one)}" for name, one in value.items() if one is not None)
    return str(value)
