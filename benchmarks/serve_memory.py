"""How much memory `aipersona serve` holds after calls about many users, each of whom has a persona and a past.

    python -m benchmarks.serve_memory [--users 100000] [--clients 16]

The users are put into an SQLite file first: one session of four turns and one field each. Then each of them is asked
about once over REST (`POST /v1/users/.../context`), several at a time, and the process's resident memory is read on
the way.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from contextlib import ExitStack
from itertools import islice
from pathlib import Path

import httpx2

from aipersona import AIPersona
from benchmarks.made import sessions
from benchmarks.served import resident, serving

AT_ONCE = 500


async def fill(database: Path, users: int) -> None:
    async with AIPersona(database, embedder="none") as ai:
        for first in range(0, users, AT_ONCE):
            names = [f"u{n:07}" for n in range(first, min(users, first + AT_ONCE))]
            await ai.observe_all([session for n in names for session in sessions(n, 1, 4, seed=int(n[1:]))])
            await asyncio.gather(*(ai.set(name, "preferences.diet", "vegetarian") for name in names))


async def ask(url: str, clients: int, names: list[str]) -> None:
    """A context for each of these users."""
    waiting = iter(names)
    async with httpx2.AsyncClient(base_url=url, timeout=60, trust_env=False) as http:

        async def client() -> None:
            for name in waiting:
                answer = await http.post(f"/v1/users/{name}/context", json={"query": "What shall I eat tonight?"})
                answer.raise_for_status()

        await asyncio.gather(*(client() for _ in range(clients)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--users", type=int, default=100_000)
    parser.add_argument("--clients", type=int, default=16)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        database = Path(folder) / "personas.db"
        started = time.perf_counter()
        asyncio.run(fill(database, given.users))
        print(f"{given.users} users in {time.perf_counter() - started:.0f} s", flush=True)
        url, process = serving(stack, database, "--no-auth", "--no-work", AIPERSONA_EMBEDDER="none")
        print(f"users asked about  MiB  contexts a second\n{0:17}  {resident(process):3.0f}", flush=True)
        names, done = iter([f"u{n:07}" for n in range(given.users)]), 0
        while some := list(islice(names, max(1, given.users // 10))):
            started = time.perf_counter()
            asyncio.run(ask(url, given.clients, some))
            done += len(some)
            rate = len(some) / (time.perf_counter() - started)
            print(f"{done:17}  {resident(process):3.0f}  {rate:.0f}", flush=True)


if __name__ == "__main__":
    main()
