"""What PostgreSQL promises beyond the contract: tenants held apart, partitions, many writers, outages, failures."""

from __future__ import annotations

import asyncio
import json
import re
import traceback
from collections.abc import AsyncIterator, Callable, Generator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pgvector.sqlalchemy  # pyright: ignore[reportUnusedImport]  # noqa: F401  tells SQLAlchemy's inspection of the type
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from anyio import create_task_group
from sqlalchemy import event

from aipersona import AIPersona
from aipersona.errors import AIPersonaError, InvalidInput, RevisionConflict, StoreTooNew, StoreUnavailable
from aipersona.persona.apply import apply, diff
from aipersona.persona.edits import RestoreEdit, SetEdit
from aipersona.persona.revisions import Revision, fold
from aipersona.sessions.model import Session, Turn
from aipersona.store import opening
from aipersona.store import postgres as wall
from aipersona.store.opening import NEWEST, connect, database_url, open_store
from aipersona.store.protocol import Answer, Prefix, Store, TurnVector, UserKey
from aipersona.store.sql import SQLStore
from aipersona.store.tables import ALL, metadata, turns, users
from aipersona.store.threads import Mode, Threads
from tests.aipersona import kit, postgres

pytestmark = pytest.mark.anyio

ANN, EVE = UserKey("acme", "ann"), UserKey("evil", "eve")
NOW = datetime(2025, 3, 1, 12, tzinfo=UTC)
PLANTED = "zanzibar-7731"
"""What a user said: it may stand in no error."""
PASSWORD = "".join(("hunter", "2"))
"""Nor may a password; it does not stand in the lines of source that a traceback quotes."""


@pytest.fixture
def url() -> Generator[sa.URL]:
    with postgres.server().emptied() as kept:
        yield kept


@pytest.fixture
async def store(url: sa.URL) -> AsyncIterator[Store]:
    opened = await open_store(postgres.shown(url))
    yield opened
    await opened.aclose()


@pytest.fixture
async def threads(url: sa.URL) -> AsyncIterator[Threads]:
    """Connections to the database without a store in between, for statements that no store would send."""
    made = Threads(connect(database_url(postgres.shown(url))))
    yield made
    await made.aclose()


def told(name: str = "s1", text: str = f"I moved to {PLANTED}", *, user: str = "ann") -> Session:
    return Session(user_id=user, session_id=name, started_at=NOW, turns=(Turn(number=1, role="user", content=text),))


def give(value: str, path: str = "home.city") -> SetEdit:
    return SetEdit(op="set", path=path, authority="told", value=value, said_at=NOW)


async def learn(store: Store, key: UserKey, *edits: SetEdit, sessions: Sequence[str] = ()) -> Revision:
    before = await store.load(key)
    number = before.revision + 1
    made = Revision(number=number, at=NOW, author="user", cause="said", edits=edits, session_ids=tuple(sessions))
    await store.commit(key, made, diff(before, apply(before, edits, revision=number)))
    return made


async def lived(store: Store, key: UserKey) -> None:
    """A user with rows in every table."""
    await store.observe(key, told(user=key.user_id))
    await learn(store, key, give(PLANTED), sessions=["s1"])
    identity = (await store.head(key)).identity
    assert identity is not None
    await store.put_vectors(key, "one", [TurnVector("s1", 1, b"\0\0\x80?" * 3)], identity=identity)
    await store.record(key, told(user=key.user_id), [Prefix("digest", "s1", True, 5.5)], older=0)
    await store.begin_answer(key, Answer("r1", "print", 5.5), older=0, stuck=0)
    await store.failed(key, "learn", identity=identity, error="model_refused", at=NOW, again_at=None)


def rows(
    threads: Threads, table: sa.Table, tenant: str | None, *, every: bool = False, mode: Mode = "look"
) -> set[str]:
    """The tenants whose rows a statement without any filter finds."""
    with threads.connection(mode, tenant=tenant) as connection:
        if every:
            wall.see_every_tenant(connection)
        return set(connection.execute(sa.select(table.c.tenant)).scalars())


@contextmanager
def failing(kind: type[AIPersonaError] = StoreUnavailable, match: str = ".") -> Generator[None]:
    """Expects a failure of this kind that shows neither what was said nor a password, in no part of its report."""
    with pytest.raises(kind, match=match) as caught:
        yield
    report = "".join(traceback.format_exception(caught.value)) + repr(caught.value)
    assert PLANTED not in report
    assert PASSWORD not in report


# --- the wall between tenants


async def test_a_statement_that_forgets_its_filter_sees_only_the_tenant_of_its_transaction(
    store: Store, threads: Threads
) -> None:
    for key in (ANN, EVE, UserKey("", "nobody"), UserKey("it's 100%s \\", "odd")):
        await lived(store, key)
    for table in ALL:
        for tenant in ("acme", "evil", "", "it's 100%s \\"):
            assert rows(threads, table, tenant) == rows(threads, table, tenant, mode="read") == {tenant}
        assert rows(threads, table, "other") == set()
        assert rows(threads, table, "=acme") == set()
        assert rows(threads, table, None) == set()


async def test_a_statement_that_forgets_its_filter_changes_only_the_tenant_of_its_transaction(
    store: Store, threads: Threads
) -> None:
    await lived(store, ANN)
    await lived(store, EVE)
    for table in ALL:
        with threads.connection("write", tenant="evil") as connection:
            assert connection.execute(sa.delete(table)).rowcount == 1
        assert rows(threads, table, "acme") == {"acme"}
    assert [found.session.session_id for found in await store.sessions(ANN)] == ["s1"]


async def test_rows_are_not_written_for_another_tenant_than_that_of_the_transaction(
    store: Store, threads: Threads
) -> None:
    row = {"tenant": "acme", "user_id": "new", "identity": "x", "revision": 0, "position": 0}
    with failing(match="permission denied"), threads.connection("write", tenant="evil") as connection:
        connection.execute(sa.insert(users), row)
    await lived(store, EVE)
    with failing(match="permission denied"), threads.connection("write", tenant="evil") as connection:
        connection.execute(sa.update(users).values(tenant="acme"))
    assert await store.users("acme") == []


async def test_a_connection_does_not_remember_the_tenant_of_its_last_transaction(
    store: Store, threads: Threads
) -> None:
    await lived(store, UserKey("", "nobody"))
    await lived(store, ANN)
    for tenant, seen in (("acme", {"acme"}), (None, set[str]()), ("", {""}), (None, set[str]())):
        assert rows(threads, turns, tenant) == seen
    assert rows(threads, turns, None, every=True) == {"", "acme"}
    assert rows(threads, turns, None) == set()


async def test_seeing_every_tenant_is_asked_for_and_changes_nothing(store: Store, threads: Threads) -> None:
    await lived(store, ANN)
    await lived(store, EVE)
    for table in ALL:
        assert rows(threads, table, None, every=True) == {"acme", "evil"}
        with threads.connection("write") as connection:
            wall.see_every_tenant(connection)
            assert connection.execute(sa.delete(table)).rowcount == 0


async def test_partitions_that_are_asked_themselves_show_nothing(store: Store, threads: Threads) -> None:
    await lived(store, ANN)
    with threads.connection("look", tenant="acme") as connection:
        for table in ALL:
            parts = [f"SELECT count(*) AS n FROM {table.name}_p{n:04}" for n in range(wall.PARTITIONS)]
            counted = connection.exec_driver_sql(f"SELECT sum(n) FROM ({' UNION ALL '.join(parts)}) AS parts")
            assert counted.scalar_one() == 0


async def test_every_table_with_a_tenant_is_walled_even_against_its_owner(store: Store, threads: Threads) -> None:
    asked = """
        SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity AS held FROM pg_class c
        JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
        WHERE c.relkind IN ('r', 'p') AND c.relname NOT IN ('alembic_version', 'api_keys')"""
    with threads.connection("look") as connection:
        walled = {row.relname: row.held for row in connection.exec_driver_sql(asked)}
        (above,) = connection.exec_driver_sql(
            "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
        ).scalars()
    assert {table.name for table in ALL} <= set(walled)
    assert len(walled) == len(ALL) * (1 + wall.PARTITIONS)
    assert all(walled.values())
    assert not above  # policies do not bind a superuser: these tests would show nothing


# --- partitions


async def test_no_statement_about_a_user_reads_more_than_one_partition_of_a_table(threads: Threads) -> None:
    sent: list[tuple[str, Any]] = []
    engine = connect(threads.engine.url.render_as_string(hide_password=False))

    @event.listens_for(engine, "before_cursor_execute")
    def _(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_more: object) -> None:
        if re.match(r"SELECT|UPDATE|DELETE", statement):
            sent.append((statement, parameters))

    store = SQLStore(engine)
    await lived(store, ANN)
    await store.observe(ANN, told("s2"), closed=False)
    await store.observe_all("acme", [told("s2"), told("s3")])
    await store.sessions(ANN)
    await store.sessions(ANN, pending=True)
    await learn(store, ANN, give("Rome"), sessions=["s2", "s3"])
    await store.load(ANN, revision=1)
    await store.vectors(ANN, "one")
    await store.revisions(ANN)
    await store.erase(ANN)
    await store.aclose()
    read: set[str] = set()
    for statement, parameters in sent:
        with threads.connection("write", tenant="acme") as connection:
            (plan,) = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters).scalars()
        scans = r'"(?:Seq|Index|Index Only|Bitmap Heap) Scan", [^{}]*?"Relation Name": "(\w+)"'
        found = set(re.findall(scans, json.dumps(plan)))
        assert found, statement
        assert all(re.fullmatch(r"\w+_p\d{4}", name) for name in found), statement
        tables = {name.rpartition("_p")[0] for name in found}
        assert len(found) == len(tables), statement
        read |= tables
    assert read == {table.name for table in ALL}


async def test_the_url_says_how_many_partitions_new_tables_get() -> None:
    for asked, made in (("?partitions=3", 3), ("?partitions=0", 0)):
        url = postgres.shown(postgres.server().create())
        query = f"&{asked[1:]}" if "?" in url else asked
        store = await open_store(url + query)
        await lived(store, ANN)
        await lived(store, EVE)
        assert (await store.erase(ANN))["turns"] == 1
        again = await open_store(url)  # what is there stays as it was made
        assert len(await again.sessions(EVE)) == 1
        threads = Threads(connect(database_url(url)))
        assert rows(threads, turns, None) == set()
        assert rows(threads, turns, "evil") == {"evil"}
        with threads.connection("look") as connection:
            assert len(sa.inspect(connection).get_table_names()) == len(ALL) * (1 + made) + 2
        for opened in (store, again, threads):
            await opened.aclose()
    for wrong in ("-1", "many", "2000", "1&partitions=2"):
        with failing(match="partitions is a number"):
            await open_store(f"postgresql://host/name?partitions={wrong}")


async def test_the_migrations_make_exactly_the_tables_of_the_code(threads: Threads, store: Store) -> None:
    def no_partition(name: str | None, kind: str, _parents: object) -> bool:
        return kind != "table" or re.search(r"_p\d{4}$", name or "") is None

    with threads.connection("look") as connection:
        opts = {"compare_type": True, "compare_server_default": True, "include_name": no_partition}
        differences = compare_metadata(MigrationContext.configure(connection, opts=opts), metadata)
        collations = connection.exec_driver_sql(
            "SELECT DISTINCT c.collname FROM pg_attribute a JOIN pg_collation c ON c.oid = a.attcollation "
            "JOIN pg_class t ON t.oid = a.attrelid JOIN pg_namespace n ON n.oid = t.relnamespace "
            "WHERE n.nspname = 'public' AND t.relname <> 'alembic_version' AND t.relkind IN ('r', 'p')"
        )
        assert collations.scalars().all() == ["C"]
    # A vector without numbers is NULL here, since pgvector has no empty one.
    assert [[change[:4] for change in group] for group in differences] == [
        [("modify_nullable", None, "vectors", "vector")]
    ]


# --- opening


async def test_many_processes_may_open_the_same_new_database_at_once() -> None:
    url = postgres.shown(postgres.server().create())
    stores = await asyncio.gather(*(open_store(url) for _ in range(6)))
    for n, opened in enumerate(stores):
        assert await opened.observe(ANN, told(f"s{n}"))
    assert len(await stores[0].sessions(ANN)) == 6
    for opened in stores:
        await opened.aclose()


@pytest.mark.parametrize("name", ["postgres", "postgresql", "postgresql+asyncpg", "postgresql+psycopg"])
async def test_the_names_that_applications_give_the_database_lead_to_it(url: sa.URL, name: str) -> None:
    store = await open_store(url.set(drivername=name).render_as_string(hide_password=False))
    assert await store.observe(ANN, told())
    await store.aclose()


async def test_without_pgvector_the_database_is_refused_by_its_name() -> None:
    url = postgres.server().create(pgvector=False)
    with failing(match="CREATE EXTENSION vector"):
        await open_store(postgres.shown(url))
    with failing(match="CREATE EXTENSION vector"):  # nothing was left half made
        await open_store(postgres.shown(url))


async def test_an_administrator_needs_no_extension_made_beforehand() -> None:
    url = postgres.server().above(postgres.server().create(pgvector=False))
    store = await open_store(postgres.shown(url))
    await lived(store, ANN)
    assert len(await store.vectors(ANN, "one")) == 1
    await store.aclose()


async def test_a_database_that_cannot_hold_any_text_is_refused() -> None:
    url = postgres.server().create("TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'")
    with failing(match="encoded in LATIN1"):
        await open_store(postgres.shown(url))


async def test_a_database_from_a_newer_version_is_refused() -> None:
    url = postgres.server().create()
    await (await open_store(postgres.shown(url))).aclose()
    threads = Threads(connect(database_url(postgres.shown(url))))
    with threads.connection("write") as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    await threads.aclose()
    with failing(StoreTooNew, f"tables 9999, this one knows {NEWEST}"):
        await open_store(postgres.shown(url))


async def test_without_the_extra_its_name_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_extra(_name: str) -> None:
        return None

    monkeypatch.setattr(opening, "find_spec", no_extra)
    with failing(match=r"aipersona\[postgres\]"):
        await open_store(f"postgresql://ann:{PASSWORD}@127.0.0.1/x")


# --- failures


async def test_what_keeps_a_connection_from_being_made_is_told_without_a_password(url: sa.URL) -> None:
    with failing(match="there is no such database"):
        await open_store(postgres.shown(url.set(database="nowhere")))
    with failing(match="the server does not answer"):
        await open_store(f"postgresql://ann:{PASSWORD}@127.0.0.1:1/x")
    with failing(match="permission denied|does not answer|no such database or user|does not let"):
        await open_store(postgres.shown(url.set(username="nobody", password=PASSWORD)))


async def test_a_failure_shows_nothing_of_what_was_said(store: Store, url: sa.URL) -> None:
    made = await learn(store, ANN, give("Lisbon"))
    one = Revision(number=2, at=NOW, author="user", cause="said", edits=(give(PLANTED),))
    (claim,) = fold("ann", [made.model_copy(update={"edits": one.edits})]).claims
    with failing(match="rejected"):
        await store.commit(ANN, one, RestoreEdit(op="restore", put=(claim, claim)))
    assert await store.revisions(ANN) == [made]
    above = sa.create_engine(postgres.server().above(url), poolclass=sa.NullPool)
    with above.begin() as connection:
        connection.exec_driver_sql(
            "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS "
            f"'BEGIN RAISE EXCEPTION ''disk locked {PLANTED} %%'', NEW.content; END'"
        )
        connection.exec_driver_sql("CREATE TRIGGER no BEFORE INSERT ON turns FOR EACH ROW EXECUTE FUNCTION no()")
    try:
        with failing(match="rejected"):
            await store.observe(ANN, told())
    finally:
        with above.begin() as connection:
            connection.exec_driver_sql("DROP FUNCTION no CASCADE")
    assert await store.observe(ANN, told())


@pytest.mark.parametrize("tenant", ["a\0b", "\ud800"])
async def test_a_tenant_whose_name_is_no_text_is_refused(store: Store, tenant: str) -> None:
    for work in (
        store.observe(UserKey(tenant, "ann"), told()),
        store.head(UserKey(tenant, "ann")),
        store.users(tenant),
    ):
        with failing(InvalidInput, "a tenant's name"):
            await work


async def test_names_too_long_together_for_an_index_are_an_input_that_cannot_be_used(store: Store) -> None:
    wide = "".join(chr(0x20000 + n * 37 % 40_000) for n in range(256))
    key = UserKey(wide, wide)
    with failing(InvalidInput, "2,600 bytes"):
        await store.observe(key, told(wide[::-1], user=wide))
    assert await store.users(wide) == []
    assert await store.observe(UserKey("acme", wide), told(wide[::-1], user=wide))


# --- many writers


async def test_a_crowd_writes_for_one_user_and_for_many_and_nothing_is_lost(url: sa.URL) -> None:
    stores = [await open_store(postgres.shown(url)) for _ in range(2)]
    names = [f"u{n}" for n in range(12)]

    async def insist(store: Store, key: UserKey, edit: SetEdit) -> None:
        while True:
            try:
                await learn(store, key, edit)
            except RevisionConflict:
                continue
            return

    async with create_task_group() as group:
        for n in range(24):
            store = stores[n % 2]
            group.start_soon(insist, store, ANN, give("x", f"many.field{n}"))
            group.start_soon(store.observe, ANN, told(f"s{n}"))
            for user in names:
                group.start_soon(store.observe, UserKey("acme", user), told(f"s{n}", user=user))
    made = await stores[0].revisions(ANN)
    assert [one.number for one in made] == list(range(1, 25))
    assert await stores[0].load(ANN) == fold("ann", made)
    for user in ("ann", *names):
        found = await stores[1].sessions(UserKey("acme", user))
        assert [stored.position for stored in found] == list(range(1, 25))
    for opened in stores:
        await opened.aclose()


async def test_batches_over_the_same_users_in_any_order_do_not_stop_each_other(url: sa.URL) -> None:
    stores = [await open_store(postgres.shown(url)) for _ in range(3)]
    names = [f"u{n}" for n in range(20)]
    batches = [[told(f"s{b}", user=user) for user in (names if b % 2 else names[::-1])] for b in range(12)]
    stored = await asyncio.gather(*(stores[b % 3].observe_all("acme", batch) for b, batch in enumerate(batches)))
    assert stored == [[True] * 20] * 12
    for summary in await stores[0].users("acme"):
        assert (summary.sessions, summary.pending) == (12, 12)
    for opened in stores:
        await opened.aclose()


async def test_erasing_while_others_write_leaves_a_whole_user_or_none(url: sa.URL, threads: Threads) -> None:
    stores = [await open_store(postgres.shown(url)) for _ in range(2)]
    for number in range(15):
        async with create_task_group() as group:
            group.start_soon(stores[0].observe, ANN, told(f"a{number}"))
            group.start_soon(stores[1].erase, ANN)
            group.start_soon(stores[1].observe_all, "acme", [told(f"b{number}"), told(f"c{number}")])
        head = await stores[0].head(ANN)
        found = await stores[0].sessions(ANN)
        assert (head.identity is None) == (not found)
        assert head.position == len(found)
    await stores[0].erase(ANN)
    assert [rows(threads, table, "acme") for table in ALL] == [set()] * len(ALL)
    for opened in stores:
        await opened.aclose()


async def test_a_reader_sees_one_moment(store: Store, threads: Threads) -> None:
    await store.observe(ANN, told())
    count = sa.select(sa.func.count()).select_from(turns)
    with threads.connection("read", tenant="acme") as connection:
        assert connection.execute(count).scalar_one() == 1
        await store.observe(ANN, told("s2"))
        assert connection.execute(count).scalar_one() == 1


async def test_a_transaction_that_the_database_undid_is_begun_again(store: Store, url: sa.URL) -> None:
    """Two transactions that wait for each other's user; the database ends one of them."""
    await store.observe(ANN, told())
    await store.observe(UserKey("acme", "bob"), told(user="bob"))
    other = sa.create_engine(postgres.server().above(url), poolclass=sa.NullPool)
    touch = "UPDATE users SET position = position WHERE tenant = 'acme' AND user_id = '{}'"
    with other.connect() as connection:
        connection.exec_driver_sql("SET deadlock_timeout = '1h'")  # so that the store's side is the one that notices
        connection.exec_driver_sql(touch.format("bob"))
        batch = asyncio.create_task(store.observe_all("acme", [told("s2"), told("s2", user="bob")]))
        await asyncio.to_thread(_waited_for, url)
        await asyncio.to_thread(connection.exec_driver_sql, touch.format("ann"))
        connection.commit()
    assert await batch == [True, True]


async def test_nothing_is_asked_for_of_a_user_who_is_erased_at_the_same_moment(
    store: Store, url: sa.URL, threads: Threads
) -> None:
    loop, erasing = asyncio.get_running_loop(), list[Future[dict[str, int]]]()

    def erase_before(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("INSERT INTO work"):
            erasing.append(asyncio.run_coroutine_threadsafe(store.erase(ANN), loop))
            _waited_for(url, unless=erasing[0].done)

    await store.observe(ANN, told())
    event.listen(sa.Engine, "before_cursor_execute", erase_before)
    try:
        assert await store.ask(ANN, NOW)
    finally:
        event.remove(sa.Engine, "before_cursor_execute", erase_before)
    await asyncio.wrap_future(erasing[0])
    assert [rows(threads, table, "acme") for table in ALL] == [set()] * len(ALL)
    assert not await store.ask(ANN, NOW)


def _waited_for(url: sa.URL, unless: Callable[[], bool] = lambda: False) -> None:
    """Return when some transaction of the database waits for a lock, or `unless` holds."""
    engine = sa.create_engine(postgres.server().above(url), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        waiting = (
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        while not (unless() or connection.exec_driver_sql(waiting).scalar_one()):
            pass


# --- outages


async def test_a_server_that_goes_away_under_load_is_an_error_and_nothing_reported_is_lost(
    store: Store, url: sa.URL
) -> None:
    wheel = postgres.server().wheel
    if wheel is None:
        pytest.skip(f"the server of {postgres.VARIABLE} is not ours to stop")
    stored: set[str] = set()
    failures: list[StoreUnavailable] = []
    busy, gone, back = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def write(writer: int) -> None:
        number = 0
        while not (back.is_set() and number > 20):
            name = f"{writer}.{number}"
            try:
                await store.observe(ANN, told(name))
            except StoreUnavailable as error:
                failures.append(error)
                gone.set()
                await back.wait()
                continue
            stored.add(name)
            number += 1
            if len(stored) > 30:
                busy.set()

    async with create_task_group() as group:
        for writer in range(6):
            group.start_soon(write, writer)
        await busy.wait()
        await asyncio.to_thread(wheel.stop)
        await gone.wait()
        with failing(match="cannot read the database"):
            await store.sessions(ANN)
        await asyncio.to_thread(wheel.start)
        back.set()
    kept = {found.session.session_id for found in await store.sessions(ANN)}
    assert stored <= kept
    assert {str(error).partition(" (")[0] for error in failures} <= {
        f"cannot write the database: {cause}"
        for cause in ("connection lost", "the server does not answer", "the server is starting or stopping")
    }


# --- vectors


async def test_the_database_finds_the_same_nearest_turns_as_an_exact_search(store: Store, threads: Threads) -> None:
    made = np.random.default_rng(7).normal(size=(50, 8)).astype("<f4")
    await store.observe(ANN, told())
    identity = (await store.head(ANN)).identity or "nobody"
    kept = [TurnVector("s1", n, one.tobytes()) for n, one in enumerate(made, start=1)]
    await store.put_vectors(ANN, "one", [*kept, TurnVector("s1", 99, b"")], identity=identity)
    asked = made[7] + made[9]
    exact = np.argsort(-(made @ asked) / np.linalg.norm(made, axis=1))[:5] + 1
    with threads.connection("look", tenant="acme") as connection:
        found = connection.exec_driver_sql(
            "SELECT turn FROM vectors WHERE tenant = 'acme' AND user_id = 'ann' AND embedder = 'one' "
            f"AND vector IS NOT NULL ORDER BY vector <=> '{asked.tolist()}' LIMIT 5"
        )
        assert found.scalars().all() == exact.tolist()


# --- the engine


async def test_a_persona_lives_in_postgresql_as_it_does_in_a_file(url: sa.URL) -> None:
    drafter = kit.always(kit.propose("demographics.residence.city", "Lisbon", "I moved to Lisbon"))
    async with AIPersona(postgres.shown(url), drafter=drafter, clock=lambda: kit.NOON) as ai:
        await ai.observe(kit.said("I moved to Lisbon."))
        await ai.learn("alice")
        assert (await ai.persona("alice")).nested == {"demographics": {"residence": {"city": "Lisbon"}}}
        assert "Lisbon" in (await ai.context("alice", "where do I live?")).text
        assert (await ai.erase("alice")).removed["users"] == 1
