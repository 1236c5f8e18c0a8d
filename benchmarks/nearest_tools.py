"""Are the tools that a request needs among the N that a model is shown? No model is asked.

Two sets. VehicleMemBench: 100 requests in a shared car and its 111 tools, with the gold memory beside the request, with
what aipersona recalls (as `personabench run --reader chat` has it), and with nothing. PersonaBench: the wishes of forty
generated people, in neutral words, and the tools of all ten worlds and of the desk (29), with the truth about the
person beside the wish, and with nothing. Shown are the shares of requests whose tools are all among the nearest N.

    python -m benchmarks.nearest_tools --embedder local
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from pydantic_ai import Tool
from pydantic_ai.tools import ToolDefinition

from aipersona import AIPersona
from aipersona.desk.desk import Desk
from aipersona.embedding import Embedder, embedder_for
from aipersona.recalling import Recalling
from aipersona.resident import Residents
from aipersona.store.memory import MemoryStore
from aipersona.tools.nearest import Matter, Near, nearest
from personabench.datasets import Person, load
from personabench.generation.generating import generate
from personabench.generation.life import Life
from personabench.generation.plan import Plan
from personabench.generation.query import Planned
from personabench.generation.stages import PEOPLE, SESSIONS, read_items
from personabench.generation.writers.scripted import ScriptedWriter
from personabench.generation.writing import Scripted
from personabench.live.memory import as_profile
from personabench.runs.reader import asked
from personabench.runs.schema_tools import tools_of
from personabench.systems import Setting
from personabench.systems.ours import Past
from personabench.worlds.catalogue import WORLDS, open_worlds
from personabench.worlds.protocol import Setup

SHOWN = (8, 12, 16, 24, 32)
CAR = Path(__file__).resolve().parents[2] / "shared" / "data" / "vehiclemembench"


@dataclass(frozen=True, kw_only=True)
class Request:
    """What is asked, what is known beside it, and the tools that it needs; `part` is its row of the table."""

    part: str
    text: str
    around: str
    needs: frozenset[str]


class Vectors:
    """An embedder as the systems of personabench share one; a text is embedded once."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._made: dict[str, Sequence[float]] = {}

    def __call__(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        new = [text for text in dict.fromkeys(texts) if text not in self._made]
        if new:
            self._made |= zip(new, self._embedder.embed(new).tolist(), strict=True)
        return [self._made[text] for text in texts]


async def in_the_car(vectors: Vectors | None, budget: int, users: int) -> AsyncIterator[Request]:
    """The requests of VehicleMemBench, thrice each."""
    for person in load("vehiclemembench", CAR).people[:users]:
        recalled = await _recalled(person, vectors, budget)
        for probe in person.probes:
            needs = frozenset(call.name for call in probe.calls)
            for part, around in (
                ("car, gold memory", probe.memory or ""),
                (f"car, what is recalled ({budget:,} tokens)", recalled[probe.probe_id]),
                ("car, nothing", ""),
            ):
                yield Request(part=part, text=asked(probe), around=around, needs=needs)


async def _recalled(person: Person, vectors: Vectors | None, budget: int) -> dict[str, str]:
    with tempfile.TemporaryDirectory() as folder:
        system = Past(Setting(person=person, folder=Path(folder), dataset="vehiclemembench", data=CAR, embed=vectors))
        for session in person.sessions:
            await system.observe(session)
        await system.settle()
        found = {probe.probe_id: (await system.context(probe, budget=budget)).text for probe in person.probes}
        await system.aclose()
    return found


def car_tools() -> list[ToolDefinition]:
    return [tool.tool_def for tool in tools_of(load("vehiclemembench", CAR).tools)]


async def of_people(seed: int, people: int, folder: Path) -> list[Request]:
    """The wishes of generated people, twice each."""
    await generate(Plan(people=people, sessions=20, seed=seed), folder, Scripted(ScriptedWriter()))
    lives = {life.person_id: life for life in read_items(folder / PEOPLE, Life)}
    return [
        request
        for session in read_items(folder / SESSIONS, Planned)
        for request in _wishes(session, lives[session.person_id])
    ]


def _wishes(session: Planned, life: Life) -> Iterator[Request]:
    if session.query is None:
        return
    needs = frozenset(call.tool for call in session.query.calls)
    language = "English" if life.seed.written_in == "en" else "Chinese"
    for part, around in (("the truth", as_profile(life.on(session.day))), ("nothing", "")):
        yield Request(part=f"people, {language}, {part}", text=session.query.neutral, around=around, needs=needs)


def worlds_tools() -> list[ToolDefinition]:
    """The tools of all worlds, and those of the desk whose names they leave free."""
    worlds = open_worlds(list(WORLDS), Setup(seed=1, day=date(2026, 6, 1)))
    pad: Any = SimpleNamespace(schema=AIPersona(":memory:").schema)
    made = [Tool[Any](tool).tool_def for tool in (*Desk(pad).tools, *worlds.tools)]
    return list({tool.name: tool for tool in made}.values())


async def places(requests: Sequence[Request], tools: Sequence[ToolDefinition], near: Near) -> dict[str, list[int]]:
    """Of each request, by its part, the place of the farthest tool that it needs; the first is 1, hidden is none: 0."""
    found: dict[str, list[int]] = {}
    for request in requests:
        order = await nearest(tools, Matter(message=request.text, around=request.around), near)
        place = max(order.index(name) + 1 for name in request.needs) if order is not None else 0
        found.setdefault(request.part, []).append(place)
    return found


def table(found: dict[str, list[int]], tools: int) -> str:
    lines = [
        f"| {tools} tools, n | " + " | ".join(f"{n} shown" for n in SHOWN) + " | nothing told of any: all shown |",
        "|---" * (len(SHOWN) + 2) + "|",
    ]
    for part, all_places in found.items():
        shares = [sum(place <= n for place in all_places) / len(all_places) for n in SHOWN]
        blind = sum(place == 0 for place in all_places)
        cells = " | ".join(f"{share:.2f}" for share in shares)
        lines.append(f"| {part} ({len(all_places)}) | {cells} | {blind} |")
    return "\n".join(lines)


async def measure(embedder: Embedder | None, *, seed: int, people: int, budget: int, users: int) -> None:
    store = MemoryStore()
    near = Recalling(store, Residents(store), embedder).near
    print(f"embedder: {embedder.name if embedder is not None else 'none'}\n")
    vectors = Vectors(embedder) if embedder is not None else None
    car = [request async for request in in_the_car(vectors, budget, users)]
    print(table(await places(car, tools := car_tools(), near), len(tools)), "\n")
    with tempfile.TemporaryDirectory() as folder:
        wishes = await of_people(seed, people, Path(folder))
    print(table(await places(wishes, tools := worlds_tools(), near), len(tools)))


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description="the shortlist of tools, measured")
    parser.add_argument("--embedder", default="local", help="none, local or openai:MODEL")
    parser.add_argument("--seed", type=int, default=23, help="of the generated people")
    parser.add_argument("--people", type=int, default=40)
    parser.add_argument("--budget", type=int, default=2000, help="tokens of what is recalled")
    parser.add_argument("--users", type=int, default=10, help="groups in the car")
    given = parser.parse_args()
    asyncio.run(
        measure(
            embedder_for(given.embedder),
            seed=given.seed,
            people=given.people,
            budget=given.budget,
            users=given.users,
        )
    )


if __name__ == "__main__":
    main()
