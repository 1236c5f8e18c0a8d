"""What the proxy adds: milliseconds at p50 and p99, and requests a second, direct and by way of it.

python -m benchmarks.proxy [--clients 1,16,64] [--calls 200] [--seconds 1] [--users 200]

Three processes: a stub upstream that takes from a half to one and a half of `--seconds` for each answer, by chance, so
that the clients do not call in step (streamed in 20 pieces); `aipersona serve` before it on an SQLite file; and the
clients here. Each client calls again when it has its answer, as another user each time; the users have a persona of
eight fields and three past sessions each, and what they say is recorded. Direct and proxied calls take turns in
rounds, the same calls with the same times. Printed is what a call took beyond its upstream's time. With `--seconds 0`
the rates tell how many calls a second pass, each with all the work that the proxy does for it.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx2

from aipersona import AIPersona
from benchmarks.made import sentence, sessions
from benchmarks.served import free_port, percentile, resident, serving, started

ROUNDS = 4

FIELDS: dict[str, Any] = {
    "demographics.name": "Ann",
    "demographics.residence.city": "Lisbon",
    "demographics.occupation": "nurse",
    "preferences.diet": "vegetarian",
    "preferences.units": "metric",
    "personality.interests": ["chess", "tea", "running"],
    "household.pets": "a dog",
    "demographics.languages": ["English", "Portuguese"],
}


async def fill(database: Path, users: int) -> None:
    """Users with a persona and a past."""
    async with AIPersona(database, embedder="none") as ai:
        for number in range(users):
            for session in sessions(f"u{number}", 3, 8):
                await ai.observe(session)
            for path, value in FIELDS.items():
                if ai.schema.get(path) is not None:
                    await ai.set(f"u{number}", path, value)


def call(number: int, users: int, *, stream: bool) -> dict[str, Any]:
    """What one of the users asks."""
    said = f"{sentence(random.Random(number), 6)}: where should I eat tonight?"
    system = {"role": "system", "content": "You are a helpful assistant."}
    return {
        "model": "stub",
        "user": f"u{number % users}",
        "messages": [system, {"role": "user", "content": said}],
        "stream": stream,
    }


async def round_of(
    url: str, key: str, clients: int, calls: Sequence[tuple[dict[str, Any], float]]
) -> tuple[list[float], float]:
    """The milliseconds of each call beyond what its upstream takes, and the seconds of all."""
    waiting = iter(calls)
    taken: list[float] = []
    limits = httpx2.Limits(max_connections=clients, max_keepalive_connections=clients)
    headers = {"authorization": f"Bearer {key}"}
    async with httpx2.AsyncClient(limits=limits, headers=headers, timeout=60, trust_env=False) as http:

        async def client() -> None:
            for body, takes in waiting:
                started = time.perf_counter()
                answer = await http.post(f"{url}/v1/chat/completions", json=body, headers={"x-takes": str(takes)})
                answer.raise_for_status()
                taken.append((time.perf_counter() - started - takes) * 1000)

        begun = time.perf_counter()
        await asyncio.gather(*(client() for _ in range(clients)))
        return taken, time.perf_counter() - begun


async def compare(
    direct: str, proxied: str, key: str, clients: int, calls: int, users: int, seconds: float, *, stream: bool
) -> dict[str, tuple[list[float], float]]:
    """The times of both ways, in rounds by turns."""
    found: dict[str, tuple[list[float], float]] = {"direct": ([], 0.0), "proxied": ([], 0.0)}
    number, dice = 0, random.Random(7)
    for one in range(ROUNDS + 1):
        bodies = [call(number + n, users, stream=stream) for n in range(max(4 * clients, calls // ROUNDS))]
        number += len(bodies)
        timed = [(body, seconds * dice.uniform(0.5, 1.5)) for body in bodies]
        for way, url in (("direct", direct), ("proxied", proxied)):
            taken, whole = await round_of(url, key, clients, timed)
            if one:  # the first round warms up
                found[way] = (found[way][0] + taken, found[way][1] + whole)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clients", default="1,16,64")
    parser.add_argument("--calls", type=int, default=200, help="calls of each way, at each number of clients")
    parser.add_argument("--seconds", type=float, default=1.0, help="how long the upstream takes, on average")
    parser.add_argument("--users", type=int, default=200)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        database = Path(folder) / "personas.db"
        asyncio.run(fill(database, given.users))
        direct = f"http://127.0.0.1:{free_port()}"
        own = {"AIPERSONA_DATABASE": str(database), "AIPERSONA_EMBEDDER": "none"}
        made = subprocess.run(
            [sys.executable, "-m", "aipersona.cli", "keys", "create", "bench"],
            env={**os.environ, **own},
            check=True,
            capture_output=True,
            text=True,
        )
        key = made.stdout.strip()
        started(stack, "-m", "benchmarks.proxy.stub", direct.rpartition(":")[2], url=direct)
        proxied, server = serving(stack, database, "--upstream", f"{direct}/v1", **own)
        takes = f"an upstream that takes {given.seconds * 1000:.0f} ms on average"
        print(f"{takes}, {given.users} users, SQLite; milliseconds beyond that\n")
        print("clients  stream  direct p50  p99     proxied p50  p99     added p50  p99    requests a second")
        for stream in (False, True):
            for clients in map(int, given.clients.split(",")):
                found = asyncio.run(
                    compare(direct, proxied, key, clients, given.calls, given.users, given.seconds, stream=stream)
                )
                plain, through = found["direct"][0], found["proxied"][0]
                p = [percentile(times, share) for times in (plain, through) for share in (50, 99)]
                rates = [len(times) / seconds for times, seconds in found.values()]
                row = [f"{clients:7}  {'yes' if stream else 'no ':6}", f"{p[0]:10.1f}  {p[1]:6.1f}"]
                row += [f"{p[2]:11.1f}  {p[3]:6.1f}", f"{p[2] - p[0]:9.1f}  {p[3] - p[1]:5.1f}"]
                print("  ".join([*row, f"{rates[0]:7.1f} {rates[1]:7.1f}"]), flush=True)
        print(f"\nmemory of the server: {resident(server):.0f} MiB")


if __name__ == "__main__":
    main()
