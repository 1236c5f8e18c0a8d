"""Workers killed at random moments (SIGKILL) while users learn with a scripted drafter: what was learned, how often.

Sessions come in all the while. Each tells of one hobby of its own, so that what is known at the end says what was
learned; the drafter takes 0.2 to 2 s. Each kill hits one of the workers, which is started again: one in five while it
starts, within two seconds, the others up to `--up-to` seconds after it has started. At the end workers that are left
alone learn the rest, and every session, revision and value is looked at. The exit status is 1 if a session was not
learned exactly once.

    python -m benchmarks.killed_workers [--kills 100] [--users 200] [--sessions 12]
    python -m benchmarks.killed_workers --database postgresql+psycopg://... --workers 2
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

from aipersona import AIPersona, DraftEdit, DraftRequest, Session, Turn
from aipersona.optimizer.draft import Drafts, ScriptedDrafter
from aipersona.settings import Settings
from aipersona.work import Worker

START = datetime(2026, 1, 1, 9, tzinfo=UTC)
EVERY = 3


@dataclass(kw_only=True)
class Figures:
    """What the tables hold at the end; all counts."""

    users: int = 0
    sessions: int = 0
    learned_once: int = 0
    lost: int = 0
    """Sessions that no revision learned from."""
    doubled: int = 0
    """Sessions that more than one revision learned from."""
    revisions: int = 0
    gaps: int = 0
    """Users whose revisions are not numbered 1, 2, 3, ..."""
    wrong_values: int = 0
    """Users who are not known for exactly the hobbies that they told of, each once."""
    failures: int = 0
    drafts: int = 0
    """Batches that a drafter began to read, those included that a kill cut off."""

    @property
    def holds(self) -> bool:
        once = self.learned_once == self.sessions and not self.lost and not self.doubled
        return once and not self.gaps and not self.wrong_values and not self.failures


def session(user: int, number: int) -> Session:
    """Session `number` of a user, who tells of a hobby that nobody else has."""
    said = f"I love hobby{user}x{number}."
    return Session(
        user_id=f"u{user:04}",
        session_id=f"s{number:04}",
        started_at=START + timedelta(hours=number),
        turns=(Turn(number=1, role="user", content=said),),
    )


def hobbies(request: DraftRequest) -> list[DraftEdit]:
    """Proposes the hobby that each session tells of."""
    found: list[DraftEdit] = []
    for one in request.sessions:
        quote = one.turns[0].content
        value = quote.removeprefix("I love ").rstrip(".")
        edit = {"op": "add", "path": "personality.interests", "value": value, "quote": quote}
        found.append(DraftEdit.model_validate({**edit, "session_id": one.session_id, "turns": (1,)}))
    return found


class Slow:
    """Drafts hobbies after a moment, and notes in a file when it begins and ends."""

    def __init__(self, notes: Path) -> None:
        self._notes = os.open(notes, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        self._scripted = ScriptedDrafter(hobbies)

    def note(self, what: str) -> None:
        os.write(self._notes, f"{what} {os.getpid()}\n".encode())

    async def draft(self, request: DraftRequest) -> Drafts:
        self.note("begin")
        await asyncio.sleep(random.uniform(0.2, 2))
        made = await self._scripted.draft(request)
        self.note("end")
        return made


async def work(database: str, notes: Path) -> None:
    """A worker that goes on until it is killed."""
    settings = Settings(every=EVERY, embedder="none", nightly=False, learn_concurrency=4)
    drafter = Slow(notes)
    async with AIPersona(database, drafter=drafter, settings=settings) as ai, Worker(ai, sweep=1):
        drafter.note("ready")
        await asyncio.Event().wait()


def started(database: str, notes: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "benchmarks.killed_workers", "--work", "--database", database, "--notes", notes]
    return subprocess.Popen(command)


def told_by(worker: subprocess.Popen[bytes], notes: Path) -> Counter[str]:
    """What a worker noted so far, and how often."""
    lines = (line.split() for line in notes.read_text().splitlines()) if notes.exists() else ()
    return Counter(what for what, pid in lines if pid == str(worker.pid))


def killed(worker: subprocess.Popen[bytes], notes: Path) -> int:
    """Kill a worker; how many batches it was reading."""
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    told = told_by(worker, notes)
    return told["begin"] - told["end"]


def begun(notes: Path) -> int:
    """How many batches the drafters began to read."""
    return sum(line.startswith("begin") for line in notes.read_text().splitlines())


async def ready(worker: subprocess.Popen[bytes], notes: Path) -> None:
    """Wait until a worker has started."""
    for _ in range(600):
        if told_by(worker, notes)["ready"]:
            return
        await asyncio.sleep(0.1)
    raise TimeoutError("a worker did not start within a minute")


async def lived(given: argparse.Namespace, ai: AIPersona, notes: Path) -> list[int]:
    """Let the sessions come and the kills go on; how many batches each kill cut off."""
    rng = random.Random(given.seed)
    order = [user for user in range(given.users) for _ in range(given.sessions)]
    rng.shuffle(order)
    told: Counter[int] = Counter()
    each = -(-len(order) // max(1, given.kills))
    workers = [started(given.database, notes) for _ in range(given.workers)]
    cut: list[int] = []
    try:
        for kill in range(given.kills):
            coming: list[Session] = []
            for user in order[kill * each : (kill + 1) * each]:
                coming.append(session(user, told[user]))
                told[user] += 1
            hit = rng.randrange(given.workers)
            early = rng.random() < 0.2
            if not early:
                await ready(workers[hit], notes)
            wait = rng.uniform(0, 2 if early else given.up_to)
            for one in coming:
                await ai.observe(one)
                await asyncio.sleep(wait / len(coming))
            cut.append(killed(workers[hit], notes))
            workers[hit] = started(given.database, notes)
        await ended(ai, workers)
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()
    return cut


async def ended(ai: AIPersona, workers: Sequence[subprocess.Popen[bytes]]) -> None:
    """Wait until nothing is pending, or until nothing was learned for a minute."""
    pending, since = -1, time.monotonic()
    while pending and time.monotonic() - since < 60:
        await asyncio.sleep(0.5)
        left = sum(user.pending for user in await ai.users())
        if left != pending:
            pending, since = left, time.monotonic()
        assert all(worker.poll() is None for worker in workers), "a worker ended by itself"


async def counted(ai: AIPersona) -> Figures:
    """What the tables hold."""
    store, found = await ai.store(), Figures()
    for user in await ai.users():
        key = ai._key(user.user_id)  # pyright: ignore[reportPrivateUsage]
        stored, revisions = await store.sessions(key), await ai.log(user.user_id)
        learned = Counter(name for revision in revisions for name in revision.session_ids)
        by_number = {revision.number: revision for revision in revisions}
        found.users += 1
        found.sessions += len(stored)
        for one in stored:
            times, name = learned[one.session.session_id], one.session.session_id
            found.lost += times == 0 or one.learned is None
            found.doubled += times > 1
            marked = by_number.get(one.learned or 0)
            found.learned_once += times == 1 and marked is not None and name in marked.session_ids
        found.revisions += len(revisions)
        found.gaps += [revision.number for revision in revisions] != list(range(1, len(revisions) + 1))
        told = sorted(one.session.turns[0].content.removeprefix("I love ").rstrip(".") for one in stored)
        known = cast("list[str] | None", (await ai.persona(user.user_id)).value("personality.interests"))
        found.wrong_values += sorted(known or []) != told
    found.failures = len(await store.failures())
    return found


async def proof(given: argparse.Namespace) -> Figures:
    """All of it; the figures are printed."""
    with tempfile.TemporaryDirectory() as folder:
        notes = Path(folder) / "notes"
        given.database = given.database or str(Path(folder) / "personas.db")
        settings = Settings(every=EVERY, embedder="none")
        async with AIPersona(given.database, settings=settings) as ai:
            began = time.monotonic()
            cut = await lived(given, ai, notes)
            found = await counted(ai)
        read = begun(notes)
    found.drafts = read
    where = "PostgreSQL" if "://" in given.database and "postgres" in given.database else "SQLite"
    took = f"{time.monotonic() - began:.0f} s"
    print(f"{where}, {given.workers} at work, {given.kills} killed in {took}, seed {given.seed}")
    print(f"kills that cut off learning: {sum(1 for one in cut if one)}; batches cut off: {sum(cut)}")
    for one in fields(found):
        print(f"{one.name.replace('_', ' ')}: {getattr(found, one.name)}")
    print("every session learned exactly once" if found.holds else "NOT every session learned exactly once")
    return found


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--users", type=int, default=200)
    parser.add_argument("--sessions", type=int, default=12, help=f"of each user; a multiple of {EVERY}")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--up-to", type=float, default=4.0, metavar="SECONDS")
    parser.add_argument("--database", help="an empty one; without it an SQLite file that is thrown away")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--work", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--notes", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args(argv)
    if given.sessions % EVERY:
        parser.error(f"--sessions is a multiple of {EVERY}: the rest would wait for others")
    if given.work:
        asyncio.run(work(given.database, given.notes))
        return 0
    return 0 if asyncio.run(proof(given)).holds else 1


if __name__ == "__main__":
    sys.exit(main())
