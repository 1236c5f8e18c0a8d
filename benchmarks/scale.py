"""Rows and bytes per user, sessions a second and the time of a read, in SQLite or PostgreSQL, for made-up users.

How many sessions somebody has is drawn: most have few, some very many (log-normal, median 6, mean about 12, at most
300). A session has 4 to 12 turns, of 6 to 40 words by the user and 30 to 120 by the assistant. Over every three of them
there is a revision of three edits with their evidence, and with --vectors every turn has a vector of so many numbers.
Users are written as an import writes them. Then, into the database as full as it is by now: sessions a second by
`observe_all`, by `observe` one after another and by many at once, and how long reads of users drawn by chance take;
with --filler N once more, after N short users were made inside PostgreSQL.

    python -m benchmarks.scale --users 2000 --database postgresql://... [--vectors 384] [--filler 1000000]
    python -m benchmarks.scale --users 2000                                                # SQLite, a temporary file
"""

from __future__ import annotations

import argparse
import asyncio
import math
import random
import resource
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from itertools import count, islice
from pathlib import Path

import numpy as np
import sqlalchemy as sa

from aipersona import Session, Turn
from aipersona.persona.apply import apply, diff
from aipersona.persona.claims import Evidence
from aipersona.persona.edits import AddEdit, Edit, SetEdit
from aipersona.persona.model import Persona
from aipersona.persona.revisions import Revision
from aipersona.store.opening import connect, database_url, open_store
from aipersona.store.protocol import Store, TurnVector, UserKey
from aipersona.store.tables import ALL
from aipersona.store.threads import Threads
from benchmarks.made import START, sentence

TENANT, INGEST = "scale", "ingest"
AT_ONCE = 20
"""Users that are written together."""
FILLER = (
    "INSERT INTO users (tenant, user_id, identity, revision, position) "
    "SELECT 'filler', 'f' || n, md5(n::text), 1, 1 FROM generate_series(1, {users}) n",
    "INSERT INTO sessions (tenant, user_id, session_id, position, started_at, sort_key, closed, learned) "
    "SELECT 'filler', 'f' || n, 's1', 1, '2026-01-01T09:00:00+00:00', 1767258000 + n, true, 1 "
    "FROM generate_series(1, {users}) n",
    "INSERT INTO turns (tenant, user_id, session_id, number, role, content) "
    "SELECT 'filler', 'f' || n, 's1', turn, 'user', repeat(md5(n::text), 6) "
    "FROM generate_series(1, {users}) n, generate_series(1, 2) turn",
    "INSERT INTO entries (tenant, user_id, entry_id, recorded, type, path, body) "
    "SELECT 'filler', 'f' || n, '1.0', 1, 'claim', 'preferences.diet', repeat(md5(n::text), 16) "
    "FROM generate_series(1, {users}) n",
)
"""Users with one short session and one claim, made inside PostgreSQL: what else is in a large database."""
SIZES = """
    SELECT split_part(c.relname, '_p0', 1), sum(pg_relation_size(c.oid)), sum(pg_indexes_size(c.oid)),
           sum(pg_total_relation_size(c.oid) - pg_relation_size(c.oid) - pg_indexes_size(c.oid))
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = current_schema()
    WHERE c.relkind = 'r' GROUP BY 1"""


def drawn_session(rng: random.Random, user: str, number: int) -> Session:
    """A session as people have them with an assistant."""
    turns = rng.randint(4, 12)
    return Session(
        user_id=user,
        session_id=f"{user}-{number:05}",
        started_at=START + timedelta(hours=31 * number),
        turns=tuple(
            Turn(
                number=n,
                role="user" if n % 2 else "assistant",
                content=sentence(rng, rng.randint(6, 40) if n % 2 else rng.randint(30, 120)),
            )
            for n in range(1, turns + 1)
        ),
    )


def drawn_user(rng: random.Random, user: str) -> list[Session]:
    sessions = min(300, max(1, round(math.exp(rng.gauss(math.log(6), 1.18)))))
    return [drawn_session(rng, user, number) for number in range(sessions)]


def drawn_edits(rng: random.Random, session: Session, number: int) -> list[Edit]:
    """A field set, an item added, a row recorded; each with the words that it stands on."""
    said = session.turns[0]
    quote = " ".join(said.content.split()[:8])
    words = (Evidence(session_id=session.session_id, turn=1, quote=quote, at=session.started_at),)
    fields = ["demographics.residence.city", "demographics.occupation", "preferences.diet", "preferences.formats.reply"]
    value, item, what = (sentence(rng, size).rstrip(".") for size in (2, 1, 3))
    row = {"what": f"{what} {number}", "amount": f"{rng.randint(2, 90)} EUR", "date": session.day.isoformat()}
    common = {"authority": "told", "said_at": session.started_at, "evidence": words}
    return [
        SetEdit.model_validate({"op": "set", "path": rng.choice(fields), "value": value, **common}),
        AddEdit.model_validate(
            {"op": "add", "kind": "set", "path": "personality.interests", "value": f"{item} {number}", **common}
        ),
        AddEdit.model_validate({"op": "add", "kind": "records", "path": "finances.expenses", "value": row, **common}),
    ]


async def learn(store: Store, key: UserKey, sessions: Sequence[Session], rng: random.Random) -> None:
    """A revision over every three sessions."""
    persona = Persona(user_id=key.user_id)
    for number, first in enumerate(range(0, len(sessions), 3), start=1):
        some = sessions[first : first + 3]
        edits = drawn_edits(rng, some[-1], number)
        made = Revision(
            number=number,
            at=some[-1].started_at,
            author="optimizer",
            cause="sessions",
            edits=tuple(edits),
            session_ids=tuple(session.session_id for session in some),
        )
        after = apply(persona, edits, revision=number)
        await store.commit(key, made, diff(persona, after))
        persona = after


async def put_vectors(store: Store, key: UserKey, sessions: Sequence[Session], size: int, seed: int) -> None:
    turns = [(session.session_id, turn.number) for session in sessions for turn in session.turns]
    made = np.random.default_rng(seed).normal(size=(len(turns), size)).astype("<f4")
    rows = [TurnVector(name, turn, vector.tobytes()) for (name, turn), vector in zip(turns, made, strict=True)]
    identity = (await store.head(key)).identity or ""
    await store.put_vectors(key, "scale", rows, identity=identity)


async def fill(store: Store, users: int, vectors: int) -> tuple[int, float]:
    """Write the users; how many sessions they have, and how many seconds it took."""
    rng, sessions, started = random.Random(7), 0, time.perf_counter()
    for first in range(0, users, AT_ONCE):
        batch = {
            UserKey(TENANT, f"u{n:09}"): drawn_user(rng, f"u{n:09}") for n in range(first, min(users, first + AT_ONCE))
        }
        await store.observe_all(TENANT, [session for each in batch.values() for session in each])
        await asyncio.gather(*(learn(store, key, each, random.Random(first)) for key, each in batch.items()))
        if vectors:
            await asyncio.gather(*(put_vectors(store, key, each, vectors, first) for key, each in batch.items()))
        sessions += sum(map(len, batch.values()))
    return sessions, time.perf_counter() - started


async def ingest(store: Store, writers: int) -> dict[str, float]:
    """Sessions a second, by how they are told; each user of this part is new."""
    rng, names = random.Random(11), count()
    rates: dict[str, float] = {}

    def some(users: int, each: int) -> list[Session]:
        return [drawn_session(rng, f"i{name}", n) for name in islice(names, users) for n in range(each)]

    async def timed(name: str, sessions: list[Session], work: Callable[[list[Session]], Awaitable[object]]) -> None:
        started = time.perf_counter()
        await work(sessions)
        rates[name] = len(sessions) / (time.perf_counter() - started)

    async def one_by_one(sessions: list[Session]) -> None:
        for session in sessions:
            await store.observe(UserKey(INGEST, session.user_id), session)

    async def by_hundreds(sessions: list[Session]) -> None:
        for first in range(0, len(sessions), 100):
            await store.observe_all(INGEST, sessions[first : first + 100])

    async def by_writers(sessions: list[Session]) -> None:
        await asyncio.gather(*(one_by_one(sessions[n::writers]) for n in range(writers)))

    async def hundreds_by_writers(sessions: list[Session]) -> None:
        share = len(sessions) // writers
        await asyncio.gather(*(by_hundreds(sessions[n * share : (n + 1) * share]) for n in range(writers)))

    await timed("observe, one after another", some(100, 10), one_by_one)
    await timed(f"observe, {writers} at once, different users", some(160, 10), by_writers)
    await timed(f"observe, {writers} at once, one user", some(1, 600), by_writers)
    await timed("observe_all, 100 at once", some(300, 10), by_hundreds)
    await timed(f"observe_all, 100 at once, {writers} batches side by side", some(800, 10), hundreds_by_writers)
    return rates


async def reads(store: Store, users: int, vectors: int, rounds: int) -> dict[str, list[float]]:
    """Milliseconds of each read of users drawn by chance."""
    rng = random.Random(13)
    taken: dict[str, list[float]] = {"head": [], "persona": [], "sessions": []} | ({"vectors": []} if vectors else {})
    for _ in range(rounds):
        key = UserKey(TENANT, f"u{rng.randrange(users):09}")
        asked: dict[str, Callable[[], Awaitable[object]]] = {
            "head": lambda key=key: store.head(key),
            "persona": lambda key=key: store.load(key),
            "sessions": lambda key=key: store.sessions(key),
            "vectors": lambda key=key: store.vectors(key, "scale"),
        }
        for name, times in taken.items():
            started = time.perf_counter()
            await asked[name]()
            times.append(1000 * (time.perf_counter() - started))
    return taken


def fill_up(threads: Threads, users: int) -> float:
    """Add the filler to PostgreSQL; how many seconds it took."""
    started = time.perf_counter()
    for statement in FILLER:
        with threads.connection("write", tenant="filler") as connection:
            connection.exec_driver_sql(statement.format(users=users))
    return time.perf_counter() - started


async def print_reads(store: Store, users: int, vectors: int) -> None:
    print("\n| a read, ms | p50 | p99 |\n|---|---|---|")
    for name, times in (await reads(store, users, vectors, 1000)).items():
        print(f"| {name} | {np.percentile(times, 50):.2f} | {np.percentile(times, 99):.2f} |")
    print(f"\nMost memory of this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")


def counted(threads: Threads) -> dict[str, int]:
    with threads.connection("look", tenant=TENANT) as connection:
        return {
            table.name: connection.execute(sa.select(sa.func.count()).where(table.c.tenant == TENANT)).scalar_one()
            for table in reversed(ALL)
        }


def sized(threads: Threads) -> dict[str, tuple[int, ...]]:
    """Bytes by table: rows, indexes, long values; of an SQLite file only all together, tables and indexes apart."""
    with threads.connection("look") as connection:
        if connection.dialect.name == "postgresql":
            found = {row[0]: tuple(int(part) for part in row[1:]) for row in connection.exec_driver_sql(SIZES)}
            return {table.name: found[table.name] for table in reversed(ALL)}
        pages = connection.exec_driver_sql("SELECT * FROM pragma_page_count, pragma_page_size").one()
        return {"the file": (pages[0] * pages[1],)}


async def measured(database: str, users: int, vectors: int, writers: int, filler: int) -> None:
    store = await open_store(database)
    if await store.users(TENANT):
        raise SystemExit("the database has users of an earlier run: use another one")
    threads = Threads(connect(database_url(database)))
    empty = sized(threads)
    sessions, seconds = await fill(store, users, vectors)
    if threads.engine.dialect.name == "sqlite":
        with threads.connection("look") as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    rows, sizes = counted(threads), sized(threads)
    print(f"\n{threads.engine.dialect.name}, {users} users, {sessions} sessions, written in {seconds:.0f} s")
    print("\n| table | rows per user |\n|---|---|")
    for name, number in rows.items():
        print(f"| {name} | {number / users:.1f} |")
    print(f"| together | {sum(rows.values()) / users:.1f} |")
    print("\n| bytes per user | rows | indexes | long values | together |\n|---|---|---|---|---|")
    whole = 0
    for name, parts in sizes.items():
        grown = [after - before for after, before in zip(parts, empty[name], strict=True)]
        whole += sum(grown)
        cells = [f"{part / users:,.0f}" for part in grown] if len(grown) == 3 else ["", "", ""]
        print(f"| {name} | {' | '.join(cells)} | {sum(grown) / users:,.0f} |")
    print(f"| together | | | | {whole / users:,.0f} |")
    print("\n| ingest | sessions a second |\n|---|---|")
    for name, rate in (await ingest(store, writers)).items():
        print(f"| {name} | {rate:,.0f} |")
    await print_reads(store, users, vectors)
    if filler and threads.engine.dialect.name == "postgresql":
        print(f"\nWith {filler:,} users more, made in {fill_up(threads, filler):.0f} s:")
        await print_reads(store, users, vectors)
    await store.aclose()
    await threads.aclose()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--users", type=int, default=2000)
    parser.add_argument("--database", help="a URL; without one, SQLite in a temporary folder")
    parser.add_argument("--vectors", type=int, default=0, help="numbers of each turn's vector; 0 is none")
    parser.add_argument("--writers", type=int, default=16)
    parser.add_argument("--filler", type=int, default=0, help="short users made inside PostgreSQL, then reads again")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        database = given.database or str(Path(folder) / "scale.db")
        asyncio.run(measured(database, given.users, given.vectors, given.writers, given.filler))


if __name__ == "__main__":
    main()
