"""A small generated benchmark, made once: what is lived in the tests; and an embedder."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from personabench.generation.generating import generate
from personabench.generation.life import Life
from personabench.generation.plan import Plan
from personabench.generation.query import Planned
from personabench.generation.stages import PEOPLE, SESSIONS, read_items
from personabench.generation.writers.scripted import ScriptedWriter
from personabench.generation.writing import Scripted


@cache
def benchmark() -> Path:
    """The folder of four people with eight sessions each."""
    folder = Path(mkdtemp(prefix="personabench-test-"))
    plan = Plan(people=4, sessions=8, scenes=20, seed=5)
    with ThreadPoolExecutor(1) as thread:  # the caller's may have a loop that runs
        thread.submit(asyncio.run, generate(plan, folder / "b", Scripted(ScriptedWriter()))).result()
    return folder / "b"


class Letters:
    """An embedder by which texts are alike that have the same letters; it keeps what it was given."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def __call__(self, texts: Sequence[str]) -> list[list[float]]:
        self.texts += texts
        return [[1.0, *(float(text.lower().count(letter)) for letter in "etaoinshrdlu")] for text in texts]


def people() -> list[tuple[Life, list[Planned]]]:
    lives = read_items(benchmark() / PEOPLE, Life)
    sessions = read_items(benchmark() / SESSIONS, Planned)
    return [(life, [one for one in sessions if one.person_id == life.person_id]) for life in lives]
