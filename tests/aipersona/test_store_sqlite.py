"""What the SQLite file promises beyond the contract: erased bytes, damage, full disks, kills, versions, addresses."""

from __future__ import annotations

import asyncio
import gc
import sqlite3
import subprocess
import sys
import traceback
from collections.abc import AsyncIterator, Callable, Coroutine, Generator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from anyio import CancelScope, create_task_group, to_thread
from anyio.lowlevel import checkpoint
from sqlalchemy import event

from aipersona.errors import RevisionConflict, StoreError, StoreTooNew, StoreUnavailable
from aipersona.persona.apply import apply, diff
from aipersona.persona.claims import Evidence
from aipersona.persona.edits import RestoreEdit, SetEdit
from aipersona.persona.revisions import Revision, fold
from aipersona.sessions.model import Session, Turn
from aipersona.store.memory import MemoryStore
from aipersona.store.opening import NEWEST, connect, database_url, open_store
from aipersona.store.protocol import Answer, Store, UserKey
from aipersona.store.sql import SQLStore
from aipersona.store.tables import ALL, metadata

pytestmark = pytest.mark.anyio

ANN = UserKey("acme", "ann")
NOW = datetime(2025, 3, 1, 12, tzinfo=UTC)
PLANTED = "zanzibar-7731"
"""What a user said: it may stand in no error, and after an erasure in no file."""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "personas.db"


@pytest.fixture
async def store(file: Path) -> AsyncIterator[Store]:
    opened = await open_store(file)
    yield opened
    await opened.aclose()


def told(name: str = "s1", text: str = f"I moved to {PLANTED}", turns: int = 1) -> Session:
    said = tuple(Turn(number=n, role="user", content=text) for n in range(1, turns + 1))
    return Session(user_id="ann", session_id=name, started_at=NOW, turns=said)


def give(value: str, path: str = "home.city") -> SetEdit:
    words = (Evidence(session_id="s1", turn=1, quote=f"to {value}", at=NOW),)
    return SetEdit(op="set", path=path, authority="told", value=value, said_at=NOW, evidence=words)


def revision(number: int, *edits: SetEdit) -> Revision:
    return Revision(number=number, at=NOW, author="user", cause="said", edits=edits)


async def learn(store: Store, *edits: SetEdit) -> Revision:
    before = await store.load(ANN)
    made = revision(before.revision + 1, *edits)
    await store.commit(ANN, made, diff(before, apply(before, edits, revision=made.number)))
    return made


async def opened_with(file: Path, *pragmas: str) -> Store:
    """The store in a file, each of its connections under these pragmas."""
    engine = connect(database_url(file))

    def prepare(connection: Any, _record: object) -> None:
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    event.listen(engine, "connect", prepare)
    return SQLStore(engine)


def fill(file: Path, content: bytes) -> None:
    file.write_bytes(content)


def bytes_of(file: Path) -> bytes:
    """The file and all that SQLite keeps beside it."""
    return b"".join(found.read_bytes() for found in sorted(file.parent.glob(f"{file.name}*")))


@contextmanager
def failing(kind: type[StoreError] = StoreUnavailable, match: str = ".") -> Generator[None]:
    """Expects a failure of this kind that shows nothing of what was said, in no part of its report."""
    with pytest.raises(kind, match=match) as caught:
        yield
    report = "".join(traceback.format_exception(caught.value))
    assert PLANTED not in report
    assert PLANTED not in repr(caught.value)


# --- erasure


async def test_an_erased_user_leaves_no_bytes_in_the_file_or_beside_it(store: Store, file: Path) -> None:
    for n in range(30):
        await store.observe(ANN, told(f"s{n}", f"{PLANTED} " * 200, turns=3))
        await learn(store, give(f"{PLANTED} {n}"))
    other = UserKey("acme", "bob")
    await store.observe(other, Session(user_id="bob", session_id="s1", started_at=NOW, turns=()))
    assert PLANTED.encode() in bytes_of(file)
    await store.erase(ANN)
    assert PLANTED.encode() not in bytes_of(file)
    assert len(await store.sessions(other)) == 1


async def test_erasing_leaves_no_bytes_while_another_store_has_the_file_open(store: Store, file: Path) -> None:
    other = await open_store(file)
    await store.observe(ANN, told())
    assert len(await other.sessions(ANN)) == 1
    await other.erase(ANN)
    assert PLANTED.encode() not in bytes_of(file)
    await other.aclose()


async def test_an_erasure_that_a_reader_holds_up_says_so(file: Path) -> None:
    await (first := await open_store(file)).observe(ANN, told())
    await first.aclose()
    store = await opened_with(file, "busy_timeout = 0")
    with closing(sqlite3.connect(file, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM turns").fetchall()
        with failing(match="erase"):
            await store.erase(ANN)
        reader.execute("COMMIT")
    assert await store.sessions(ANN) == []
    await store.erase(ANN)
    assert PLANTED.encode() not in bytes_of(file)
    await store.aclose()


# --- versions and foreign files


async def test_a_database_from_a_newer_version_is_refused_and_left_as_it_is(store: Store, file: Path) -> None:
    await store.observe(ANN, told())
    await store.aclose()
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.execute("CREATE TABLE from_the_future (x)")
        connection.commit()
    before = bytes_of(file)
    with failing(StoreTooNew, f"tables 9999, this one knows {NEWEST}"):
        await open_store(file)
    assert bytes_of(file) == before


@pytest.mark.parametrize("content", [b"hello, this is no database " * 99, b"SQLite format 3\0" + b"\xff" * 4096])
async def test_a_file_that_is_no_database_is_refused_and_left_as_it_is(file: Path, content: bytes) -> None:
    fill(file, content)
    with failing(match="cannot open the database"):
        await open_store(file)
    assert bytes_of(file) == content


async def test_an_empty_file_becomes_a_database(file: Path) -> None:
    fill(file, b"")
    store = await open_store(file)
    assert await store.observe(ANN, told())
    await store.aclose()


async def test_opening_again_keeps_everything(store: Store, file: Path) -> None:
    await store.observe(ANN, told())
    made = await learn(store, give("Lisbon"))
    await store.aclose()
    again = await open_store(file)
    assert await again.load(ANN) == fold("ann", [made])
    assert [s.session for s in await again.sessions(ANN)] == [told()]
    await again.aclose()


def test_the_migrations_make_exactly_the_tables_of_the_code(file: Path) -> None:
    asyncio.run(_made(file))
    engine = sa.create_engine(f"sqlite:///{file}", poolclass=sa.NullPool)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []
        assert set(sa.inspect(connection).get_table_names()) == {*metadata.tables, "alembic_version"}
    config = Config()
    config.set_main_option("script_location", "aipersona.store:migrations")
    assert ScriptDirectory.from_config(config).get_heads() == [NEWEST]


async def _made(file: Path) -> None:
    await (await open_store(file)).aclose()


async def test_a_database_of_the_first_version_keeps_its_users_and_gives_each_an_identity(file: Path) -> None:
    keys = [UserKey(tenant, user) for tenant in "ab" for user in ("ann", "bob", "日本")]
    engine = sa.create_engine(f"sqlite:///{file}", poolclass=sa.NullPool)
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", "aipersona.store:migrations")
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        add = sa.text("INSERT INTO users (tenant, user_id, revision, position) VALUES (:tenant, :user, 2, 7)")
        connection.execute(add, [{"tenant": tenant, "user": user} for tenant, user in keys])
    store = await open_store(file)
    heads = [await store.head(key) for key in keys]
    assert [head[:2] for head in heads] == [(2, 7)] * 6
    assert len({head.identity for head in heads} - {None}) == 6
    await store.aclose()
    again = await open_store(file)
    assert [await again.head(key) for key in keys] == heads
    await again.aclose()


async def test_answers_that_were_kept_before_they_had_owners_still_come_again(file: Path) -> None:
    engine = sa.create_engine(f"sqlite:///{file}", poolclass=sa.NullPool)
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", "aipersona.store:migrations")
        config.attributes["connection"] = connection
        command.upgrade(config, "0006")
        add = "INSERT INTO answers (tenant, user_id, request_id, fingerprint, at, status, headers, body)"
        row = (ANN.tenant, ANN.user_id, "r1", "print", 10.0, 200, "{}", b"whole")
        connection.exec_driver_sql(f"{add} VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
    store = await open_store(file)
    asked = Answer("r1", "print", 20.0, owner="new")
    whole = Answer("r1", "print", 10.0, 200, {}, b"whole")
    assert await store.begin_answer(ANN, asked, older=0, stuck=0) == whole
    await store.end_answer(ANN, asked)
    assert await store.begin_answer(ANN, asked, older=0, stuck=0) == whole
    await store.aclose()


async def test_every_key_begins_with_tenant_and_user() -> None:
    for table in ALL:
        assert [column.name for column in table.primary_key][:2] == ["tenant", "user_id"]
        indexes = [index for index in table.indexes if index.name != "users_by_identity"]  # an identity is a user's
        assert all([column.name for column in index.columns][:2] == ["tenant", "user_id"] for index in indexes)


async def test_several_databases_are_made_at_the_same_time(tmp_path: Path) -> None:
    stores = await asyncio.gather(*(open_store(tmp_path / f"{n}.db") for n in range(6)))
    for n, opened in enumerate(stores):
        assert await opened.observe(ANN, told(f"s{n}"))
        await opened.aclose()


# --- addresses


@pytest.mark.parametrize(
    "name", ["what?.db", "a%20b.db", "hash#.db", "two words.db", "日本.db", "q?mode=ro.db", "a;b.db"]
)
async def test_any_file_name_is_that_file(tmp_path: Path, name: str) -> None:
    await (await open_store(tmp_path / "new folder" / name)).aclose()
    assert [found.name for found in (tmp_path / "new folder").iterdir()] == [name]


async def test_a_url_names_a_file_too(file: Path) -> None:
    for url in (f"sqlite:///{file}", f"sqlite+aiosqlite:///{file}", f"sqlite+pysqlite:///{file}"):
        await (await open_store(url)).aclose()
    assert bytes_of(file)


@pytest.mark.parametrize("name", [":memory:", "sqlite://", "sqlite:///:memory:", "sqlite+aiosqlite:///:memory:"])
async def test_memory_is_the_in_memory_store(name: str) -> None:
    assert isinstance(await open_store(name), MemoryStore)


@pytest.mark.parametrize(
    "url", ["://", "nothing://host/x", "sqlite", "postgresql+nothing://h/x", "x://user:hunter2@host:port/name"]
)
async def test_an_address_that_cannot_be_used_is_refused_without_its_password(
    url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    if "://" not in url:
        (tmp_path / url).mkdir()
    with pytest.raises(StoreUnavailable) as caught:
        await open_store(url)
    assert "hunter2" not in "".join(traceback.format_exception(caught.value))


async def test_a_folder_that_cannot_be_made_is_named_as_the_cause(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreUnavailable, match="folder of the database"):
        await open_store(tmp_path / "file" / "personas.db")


# --- damage, locks, full disks


async def test_a_full_disk_is_an_error_and_what_was_stored_stays(store: Store, file: Path) -> None:
    await store.observe(ANN, told())
    made = await learn(store, give(PLANTED))
    await store.aclose()
    with closing(sqlite3.connect(file)) as connection:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
    full = await opened_with(file, f"max_page_count = {pages}")
    with failing(match="cannot write the database: .*disk is full"):
        await full.observe(ANN, told("s2", f"{PLANTED} " * 9000))
    with failing(match="disk is full"):
        await learn(full, *(give(PLANTED * 99, f"many.field{n}") for n in range(99)))
    assert await full.load(ANN) == fold("ann", [made])
    assert [s.session for s in await full.sessions(ANN)] == [told()]
    await full.aclose()
    roomy = await open_store(file)
    assert await roomy.observe(ANN, told("s2", f"{PLANTED} " * 9000))
    assert (await learn(roomy, give("Rome"))).number == 2
    await roomy.aclose()


@pytest.mark.skipif(sys.platform == "win32", reason="limits of processes are a Unix matter")
async def test_a_file_that_may_not_grow_is_an_error_and_what_was_stored_stays(store: Store, file: Path) -> None:
    await store.observe(ANN, told())
    made = await learn(store, give(PLANTED))
    await store.aclose()
    done = await to_thread.run_sync(run_python, _LIMITED, str(file))
    assert done.stdout.split() == ["StoreUnavailable"], done.stderr
    assert PLANTED not in done.stdout + done.stderr
    again = await open_store(file)
    assert await again.load(ANN) == fold("ann", [made])
    assert [s.session for s in await again.sessions(ANN)][:1] == [told()]
    await again.aclose()


_LIMITED = f"""
import asyncio, resource, signal, sys
from datetime import datetime, UTC
from pathlib import Path
from aipersona.errors import StoreError
from aipersona.sessions.model import Session, Turn
from aipersona.store.opening import open_store
from aipersona.store.protocol import UserKey

async def main():
    store = await open_store(Path(sys.argv[1]))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
    text = "{PLANTED} " * 1000
    try:
        for n in range(1000):
            turns = (Turn(number=1, role="user", content=text),)
            started = datetime(2025, 3, 1, tzinfo=UTC)
            session = Session(user_id="ann", session_id="big%d" % n, started_at=started, turns=turns)
            await store.observe(UserKey("acme", "ann"), session)
    except StoreError as error:
        print(type(error).__name__)
    try:
        await store.aclose()
    except Exception:
        pass

asyncio.run(main())
"""


async def test_a_locked_database_is_an_error_and_works_again_afterwards(store: Store, file: Path) -> None:
    await store.observe(ANN, told())
    hasty = await opened_with(file, "busy_timeout = 0")
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        for _ in range(20):
            with failing(match="database is locked"):
                await hasty.observe(ANN, told("s2"))
        assert [s.session for s in await hasty.sessions(ANN)] == [told()]
        other.execute("ROLLBACK")
    assert await hasty.observe(ANN, told("s2"))
    await hasty.aclose()


async def test_readers_go_on_while_another_writes(store: Store, file: Path) -> None:
    await store.observe(ANN, told())
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("DELETE FROM turns")
        assert [s.session for s in await store.sessions(ANN)] == [told()]
        other.execute("ROLLBACK")


async def test_readers_of_a_store_wait_for_no_writer_of_it(store: Store, file: Path) -> None:
    await store.observe(ANN, told())
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        writers = [asyncio.create_task(store.observe(ANN, told(f"s{n}"))) for n in range(2, 20)]
        for _ in range(9):
            assert [s.session for s in await store.sessions(ANN)] == [told()]
        assert not any(writer.done() for writer in writers)
        other.execute("ROLLBACK")
    assert await asyncio.gather(*writers) == [True] * 18
    assert (await store.head(ANN)).position == 19


async def _use(store: Store) -> None:
    await store.observe(ANN, told("s9"))
    await store.sessions(ANN)
    await store.load(ANN)


def _drop_turns(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("DROP TABLE turns")
        connection.commit()


def _spoil(file: Path) -> None:
    with file.open("r+b") as stream:
        stream.seek(4096)
        stream.write(b"\xff" * (file.stat().st_size - 4096))


def _forbid(file: Path) -> None:
    """What users said stands in the message of the failure itself."""
    with closing(sqlite3.connect(file)) as connection:
        words = f"disk locked {PLANTED}"
        connection.execute(f"CREATE TRIGGER no BEFORE INSERT ON turns BEGIN SELECT RAISE(ABORT, '{words}'); END")
        connection.commit()


@pytest.mark.parametrize("damage", [_drop_turns, _spoil, _forbid])
async def test_a_damaged_database_is_an_error_that_shows_nothing_of_what_was_said(
    store: Store, file: Path, damage: Callable[[Path], None]
) -> None:
    await store.observe(ANN, told())
    await learn(store, give(PLANTED))
    await store.aclose()
    damage(file)
    with failing(StoreError):
        damaged = await open_store(file)
        try:
            await _use(damaged)
        finally:
            await damaged.aclose()


async def test_a_commit_that_the_database_rejects_leaves_nothing_and_shows_nothing(store: Store) -> None:
    made = await learn(store, give("Lisbon"))
    (claim,) = fold("ann", [revision(2, give(PLANTED))]).claims
    with failing(match="rejected"):
        await store.commit(ANN, revision(2, give(PLANTED)), RestoreEdit(op="restore", put=(claim, claim)))
    assert await store.load(ANN) == fold("ann", [made])
    assert await store.revisions(ANN) == [made]
    assert (await learn(store, give("Rome"))).number == 2


async def test_a_row_that_does_not_parse_is_an_error_that_shows_nothing(store: Store, file: Path) -> None:
    await learn(store, give(PLANTED))
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("UPDATE entries SET body = replace(body, '\"value\"', '\"worth\"')")
        connection.execute("UPDATE revisions SET body = substr(body, 1, length(body) - 9)")
        connection.commit()
    with failing(match="does not parse"):
        await store.load(ANN)
    with failing(match="does not parse"):
        await store.revisions(ANN)


# --- interruption


@pytest.mark.parametrize("way", ["scope", "task"])
async def test_a_cancelled_commit_is_whole_or_not_there(store: Store, file: Path, way: str) -> None:
    other = await open_store(file)
    made: list[Revision] = []
    given_up = 0
    for patience in (0, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89):
        before = await store.load(ANN)
        number = before.revision + 1
        edits = [give(f"{number}", f"many.field{n}") for n in range(5)]
        one = revision(number, *edits)
        change = diff(before, apply(before, edits, revision=number))
        await (_given_up if way == "scope" else _cancelled)(store.commit(ANN, one, change), patience)
        given_up += await _eventually(store, other, number)
        made = await other.revisions(ANN)
        assert await store.load(ANN) == await other.load(ANN) == fold("ann", made)
        assert [len(r.edits) for r in made] == [5] * len(made)
    assert given_up < 11
    assert (await learn(store, give("Rome"))).number == len(made) + 1
    await other.aclose()


async def _given_up(work: Coroutine[Any, Any, object], patience: int) -> None:
    """Do some work in a scope that is cancelled after some turns of the event loop."""
    scope = CancelScope()

    async def begun() -> None:
        with scope:
            await work

    async with create_task_group() as group:
        group.start_soon(begun)
        for _ in range(patience):
            await checkpoint()
        scope.cancel()
    work.close()


async def _cancelled(work: Coroutine[Any, Any, object], patience: int) -> None:
    """Do some work in a task that is cancelled after some turns of the event loop."""
    task = asyncio.create_task(work)
    for _ in range(patience):
        await checkpoint()
    task.cancel()
    await asyncio.wait({task})
    work.close()


async def _eventually(store: Store, other: Store, number: int) -> bool:
    """Whether revision `number` was not made, once what was under way has ended."""
    await store.aclose()
    return (await other.load(ANN)).revision < number


async def test_a_failure_that_nobody_waits_for_any_more_is_no_noise(
    store: Store, file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    await store.observe(ANN, told())
    hasty = await opened_with(file, "busy_timeout = 0")
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        for patience in range(5):
            await _cancelled(hasty.observe(ANN, told("s2")), patience)
        await hasty.aclose()
        other.execute("ROLLBACK")
    gc.collect()
    assert caplog.records == []
    assert [s.session for s in await hasty.sessions(ANN)] == [told()]
    await hasty.aclose()


def test_a_store_serves_one_event_loop_after_another(file: Path) -> None:
    store = asyncio.run(open_store(file))
    for n in range(3):
        assert asyncio.run(store.observe(ANN, told(f"s{n}")))
    assert asyncio.run(store.head(ANN))[:2] == (0, 3)
    asyncio.run(store.aclose())


async def test_closing_waits_for_what_was_begun(store: Store, file: Path) -> None:
    await _given_up(store.observe(ANN, told()), 3)
    await store.aclose()
    again = await open_store(file)
    assert [s.session for s in await again.sessions(ANN)] == [told()]
    await again.aclose()


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is a Unix matter")
async def test_a_writer_killed_at_any_moment_leaves_only_whole_revisions(file: Path) -> None:
    done = await to_thread.run_sync(run_python, _KILLED, str(file))
    assert done.returncode == 0, done.stderr
    runs = [[int(n) for n in line.split()] for line in done.stdout.splitlines()]
    assert [len(reported) >= seen for reported, seen in zip(runs, (1, 3, 8), strict=True)] == [True] * 3
    for before, after in pairwise(runs):
        assert after[0] - before[-1] in (1, 2)  # the last commit may have been made and not reported
    store = await open_store(file)
    made = await store.revisions(ANN)
    assert [one.number for one in made] == list(range(1, len(made) + 1))
    assert len(made) - runs[-1][-1] in (0, 1)
    for n in range(len(made) + 1):
        persona = await store.load(ANN, revision=n)
        assert persona == fold("ann", made[:n])
        assert sum(claim.revision == n for claim in persona.claims) == (20 if n else 0)
    await store.aclose()


def run_python(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", script, *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


_KILLED = """
import asyncio, os, sys
from datetime import UTC, datetime
from pathlib import Path
from aipersona.persona.apply import apply, diff
from aipersona.persona.edits import SetEdit
from aipersona.persona.revisions import Revision
from aipersona.store.opening import open_store
from aipersona.store.protocol import UserKey

KEY, NOW = UserKey("acme", "ann"), datetime(2025, 3, 1, tzinfo=UTC)

async def main():
    store = await open_store(Path(sys.argv[1]))
    while True:
        before = await store.load(KEY)
        n = before.revision + 1
        edits = tuple(
            SetEdit(op="set", path=f"many.field{i}", authority="told", value=f"{n}", said_at=NOW) for i in range(20)
        )
        made = Revision(number=n, at=NOW, author="user", cause="said", edits=edits)
        await store.commit(KEY, made, diff(before, apply(before, edits, revision=n)))
        os.write(1, b"%d\\n" % n)

for seen in (1, 3, 8):
    out, into = os.pipe()
    writer = os.fork()
    if writer == 0:
        os.dup2(into, 1)
        asyncio.run(main())
    os.close(into)
    with os.fdopen(out) as reports:
        reported = [reports.readline() for _ in range(seen)]
        os.kill(writer, 9)
        reported += reports.readlines()
    os.waitpid(writer, 0)
    print(*(line.strip() for line in reported), flush=True)
"""


async def test_a_conflict_leaves_the_connection_usable(store: Store) -> None:
    await learn(store, give("Lisbon"))
    for _ in range(30):
        with pytest.raises(RevisionConflict):
            await store.commit(ANN, revision(1), RestoreEdit(op="restore"))
    assert (await learn(store, give("Rome"))).number == 2
