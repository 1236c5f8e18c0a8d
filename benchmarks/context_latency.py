"""context(): milliseconds at p50 and p99 with 300 fields and 10,000 turns on SQLite, warm.

python -m benchmarks.context_latency [--fields 300] [--turns 10000] [--queries 500]
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import tempfile
import time
from pathlib import Path

from aipersona import AIPersona, FieldSpec, Schema
from benchmarks.made import sentence, sessions


async def measure(fields: int, turns: int, queries: int) -> list[float]:
    """The time of each query in milliseconds."""
    rng = random.Random(1)
    specs = [
        FieldSpec(
            path=f"facts.f{n:03}", description=sentence(rng, 4), core=n < 12, kind="set" if n % 5 == 0 else "scalar"
        )
        for n in range(fields)
    ]
    schema = Schema(name="many", fields=tuple(specs))
    with tempfile.TemporaryDirectory() as folder:
        async with AIPersona(Path(folder) / "bench.db", schema=schema) as ai:
            for session in sessions("u", turns // 20, 20):
                await ai.observe(session)
            for spec in specs:
                await ai.set("u", spec.path, sentence(rng, 3))
            asked = [sentence(rng, 8) for _ in range(queries)]
            await ai.context("u", asked[0])
            taken: list[float] = []
            for query in asked:
                started = time.perf_counter()
                await ai.context("u", query, budget=1000)
                taken.append((time.perf_counter() - started) * 1000)
    return taken


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fields", type=int, default=300)
    parser.add_argument("--turns", type=int, default=10_000)
    parser.add_argument("--queries", type=int, default=500)
    given = parser.parse_args()
    taken = asyncio.run(measure(given.fields, given.turns, given.queries))
    cuts = statistics.quantiles(taken, n=100)
    print(
        f"| context(), {given.fields} fields, {given.turns} turns "
        f"| p50 {cuts[49]:.2f} ms | p99 {cuts[98]:.2f} ms | n {len(taken)} |"
    )


if __name__ == "__main__":
    main()
