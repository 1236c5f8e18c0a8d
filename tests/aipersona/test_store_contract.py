"""What every store promises, on each backend; a new backend is one more entry of BACKENDS."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from anyio import create_task_group
from hypothesis import given, settings

from aipersona.access.keys import new_key
from aipersona.access.principals import Scope
from aipersona.errors import InvalidInput, InvalidSession, RevisionConflict, SessionChanged, UnknownRevision
from aipersona.persona.apply import apply, diff
from aipersona.persona.claims import Evidence
from aipersona.persona.edits import AskEdit, Edit, LearnEdit, RemoveEdit, RestoreEdit, SetEdit
from aipersona.persona.model import Persona
from aipersona.persona.revisions import ModelCall, Revision, fold
from aipersona.schema.fields import FieldSpec
from aipersona.sessions.model import Session, ToolCall, Turn
from aipersona.store.opening import open_store
from aipersona.store.protocol import NEVER_SEEN, Answer, CallSum, Head, Prefix, Store, TurnVector, UserKey
from tests.aipersona import postgres
from tests.aipersona.persona_strategies import histories

pytestmark = pytest.mark.anyio

Open = Callable[[], Awaitable[Store]]
"""Opens the same data, again if it is open already."""

ANN = UserKey("acme", "ann")
NOW = datetime(2025, 3, 1, 12, tzinfo=UTC)
WRITERS = 40


@contextmanager
def in_memory(_folder: Path) -> Generator[Open]:
    kept: list[Store] = []

    async def again() -> Store:
        if not kept:
            kept.append(await open_store(":memory:"))
        return kept[0]

    yield again


@contextmanager
def in_sqlite(folder: Path) -> Generator[Open]:
    yield lambda: open_store(folder / "personas.db")


@contextmanager
def in_postgres(_folder: Path) -> Generator[Open]:
    with postgres.server().emptied() as url:
        yield lambda: open_store(postgres.shown(url))


BACKENDS: dict[str, Callable[[Path], AbstractContextManager[Open]]] = {
    "memory": in_memory,
    "sqlite": in_sqlite,
    "postgres": in_postgres,
}


@pytest.fixture(params=list(BACKENDS))
def backend(request: pytest.FixtureRequest, tmp_path: Path) -> Generator[Open]:
    with BACKENDS[request.param](tmp_path) as opened:
        yield opened


@pytest.fixture
async def store(backend: Open) -> AsyncIterator[Store]:
    opened = await backend()
    yield opened
    await opened.aclose()


def session(name: str = "s1", *said: str, user: str = "ann", at: datetime = NOW, **more: Any) -> Session:
    turns = tuple(Turn(number=n, role="user", content=text) for n, text in enumerate(said or ("hello",), start=1))
    return Session.model_validate({"user_id": user, "session_id": name, "started_at": at, "turns": turns, **more})


def give(value: Any, path: str = "home.city") -> SetEdit:
    words = (Evidence(session_id="s1", turn=1, quote="words", at=NOW),)
    return SetEdit(op="set", path=path, authority="told", value=value, said_at=NOW, evidence=words)


def revision(number: int, *edits: Edit, sessions: Sequence[str] = ()) -> Revision:
    return Revision(number=number, at=NOW, author="user", cause="said", edits=edits, session_ids=tuple(sessions))


async def learn(store: Store, key: UserKey, *edits: Edit, sessions: Sequence[str] = ()) -> Revision:
    """Commit these edits on what is believed now."""
    before = await store.load(key)
    made = revision(before.revision + 1, *edits, sessions=sessions)
    await store.commit(key, made, diff(before, apply(before, edits, revision=made.number)))
    return made


async def everything(store: Store, key: UserKey) -> object:
    """All that a store tells about a user."""
    found = await store.load(key)
    at_each = [(await store.load(key, revision=n)).entries for n in range(found.revision + 1)]
    return found, at_each, await store.revisions(key), await store.sessions(key), await store.users(key.tenant)


# --- sessions


async def test_a_session_comes_back_as_it_was_observed(store: Store) -> None:
    call = ToolCall(name="weather", arguments={"city": "São Paulo", "n": [1, 2.5, None]}, result={"ok": True})
    tokyo = timezone(timedelta(hours=9))
    turns = (
        Turn(number=1, role="user", content="我住在里斯本 🙂\r\n\ttabs '; DROP TABLE turns; --", speaker="Ann"),
        Turn(number=3, role="assistant", content="", tool_calls=(call, call), at=NOW.astimezone(tokyo)),
        Turn(number=2**31 - 1, role="tool", content="x" * 1_000_000),
    )
    told = Session(user_id="ann", session_id="ü" * 256, started_at=NOW.astimezone(tokyo), turns=turns, speaker="Ann")
    assert await store.observe(ANN, told)
    (stored,) = await store.sessions(ANN)
    assert stored.session == told
    assert stored.session.day == told.day
    assert stored.session.started_at.utcoffset() == timedelta(hours=9)
    assert (stored.position, stored.closed, stored.learned) == (1, True, None)


async def test_observing_a_session_again_stores_nothing(store: Store) -> None:
    assert await store.observe(ANN, session())
    before = await everything(store, ANN)
    assert not await store.observe(ANN, session())
    assert not await store.observe(ANN, session(), closed=False)
    assert await everything(store, ANN) == before


async def test_a_session_in_the_hour_that_a_clock_change_repeats_is_the_same_when_observed_again(store: Store) -> None:
    repeated = datetime(2025, 10, 26, 2, 30, fold=1, tzinfo=ZoneInfo("Europe/Berlin"))
    told = session(at=repeated)
    assert await store.observe(ANN, told)
    assert not await store.observe(ANN, told)
    assert (await store.sessions(ANN))[0].session.started_at == datetime(2025, 10, 26, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "other",
    [
        session("s1", "hello!"),
        session("s1", "hello", "more"),
        session("s1", "hello", at=NOW + timedelta(seconds=1)),
        session("s1", "hello", speaker="Ann"),
        Session(user_id="ann", session_id="s1", started_at=NOW, turns=()),
    ],
    ids=["words", "more", "time", "speaker", "less"],
)
async def test_a_closed_session_never_changes(store: Store, other: Session) -> None:
    await store.observe(ANN, session("s1", "hello"))
    before = await everything(store, ANN)
    with pytest.raises(SessionChanged, match="'s1' of user 'ann'"):
        await store.observe(ANN, other)
    assert await everything(store, ANN) == before


async def test_an_open_session_only_grows_until_it_is_closed(store: Store) -> None:
    assert await store.observe(ANN, session("s1", "a"), closed=False)
    assert not await store.observe(ANN, session("s1", "a"), closed=False)
    assert await store.observe(ANN, session("s1", "a", "b"), closed=False)
    with pytest.raises(SessionChanged):
        await store.observe(ANN, session("s1", "a", "c", "d"), closed=False)
    assert await store.observe(ANN, session("s1", "a", "b", "c"))
    assert not await store.observe(ANN, session("s1", "a", "b", "c"))
    with pytest.raises(SessionChanged):
        await store.observe(ANN, session("s1", "a", "b", "c", "d"))
    (stored,) = await store.sessions(ANN)
    assert [turn.content for turn in stored.session.turns] == ["a", "b", "c"]
    assert (stored.position, stored.closed) == (3, True)


async def test_closing_an_open_session_without_new_turns_counts_as_a_change(store: Store) -> None:
    await store.observe(ANN, session(), closed=False)
    assert await store.sessions(ANN, pending=True) == []
    assert await store.observe(ANN, session())
    assert [s.position for s in await store.sessions(ANN, pending=True)] == [2]


async def test_a_session_of_another_user_is_refused(store: Store) -> None:
    with pytest.raises(InvalidSession, match="of user 'bob', not of 'ann'"):
        await store.observe(ANN, session(user="bob"))
    assert await store.users("acme") == []


async def test_many_sessions_of_several_users_are_observed_at_once(store: Store) -> None:
    await store.observe(ANN, session("s1", "a"), closed=False)
    told = [session("s1", "a", "b"), session("s1", user="bob"), session("s2"), session("s2"), session("s3", user="bob")]
    assert await store.observe_all("acme", told) == [True, True, True, False, True]
    assert await store.observe_all("acme", told) == [False] * 5
    assert await store.observe_all("acme", []) == []
    assert [s.session for s in await store.sessions(ANN)] == [told[0], told[2]]
    assert [(s.position, s.closed) for s in await store.sessions(ANN)] == [(2, True), (3, True)]
    assert [s.position for s in await store.sessions(UserKey("acme", "bob"))] == [1, 2]
    assert (await store.head(UserKey("acme", "bob"))).position == 2


async def test_of_many_sessions_none_is_stored_when_one_has_changed(store: Store) -> None:
    await store.observe(ANN, session("s1", "a"))
    await store.observe(ANN, session("open", "a"), closed=False)
    before = await everything(store, ANN), await store.head(ANN)
    new = [session("s0", user="bob"), session("open", "a", "b"), session("s2", "c")]
    for changed in (session("s1", "other"), session("s2", "other"), session("open", "a")):
        with pytest.raises(SessionChanged, match=f"'{changed.session_id}' of user 'ann'"):
            await store.observe_all("acme", [*new, changed, session("s3")])
        assert (await everything(store, ANN), await store.head(ANN)) == before
        assert await store.head(UserKey("acme", "bob")) == NEVER_SEEN
    assert await store.observe_all("acme", new, closed=False) == [True, True, True]


async def test_a_batch_leaves_what_its_sessions_would_leave_one_after_another(store: Store) -> None:
    told = [
        session("s1", "a"), session("s2", user="bob"), session("s1", "a", "b"), session("s1", "a", "b"), session("s3"),
        session("s2", "hello", "more", user="bob"), session("s1", "a", "b", "c"), session("s3"), session("s4"),
    ]  # fmt: skip
    tenants = ("one by one", "batch", "two batches")
    for tenant in tenants:
        await store.observe(UserKey(tenant, "ann"), session("s3"), closed=False)
    one_by_one = [await store.observe(UserKey("one by one", s.user_id), s, closed=False) for s in told]
    assert await store.observe_all("batch", told, closed=False) == one_by_one
    halves = [await store.observe_all("two batches", half, closed=False) for half in (told[:4], told[4:])]
    assert halves[0] + halves[1] == one_by_one
    for user in ("ann", "bob"):
        kept = [await store.sessions(UserKey(tenant, user)) for tenant in tenants]
        assert kept[0] == kept[1] == kept[2]
        assert len({(await store.head(UserKey(tenant, user))).position for tenant in tenants}) == 1


async def test_sessions_come_by_position_and_pending_ones_by_their_start(store: Store) -> None:
    for n, hours in enumerate((5, 1, 3, 1)):
        await store.observe(ANN, session(f"s{n}", at=NOW + timedelta(hours=hours)))
    await store.observe(ANN, session("open", at=NOW), closed=False)

    async def names(**how: Any) -> list[str]:
        return [s.session.session_id for s in await store.sessions(ANN, **how)]

    assert await names() == ["s0", "s1", "s2", "s3", "open"]
    assert await names(after=2) == ["s2", "s3", "open"]
    assert await names(after=1, limit=2) == ["s1", "s2"]
    assert await names(limit=0) == []
    assert await names(pending=True) == ["s1", "s3", "s2", "s0"]
    await learn(store, ANN, sessions=["s1", "s0"])
    assert await names(pending=True) == ["s3", "s2"]
    assert await names(pending=True, limit=1) == ["s3"]
    assert [s.learned for s in await store.sessions(ANN)] == [1, 1, None, None, None]


async def test_hundreds_of_sessions_and_turns_come_back_whole(store: Store) -> None:
    for n in range(20):
        await store.observe(ANN, session(f"s{n}", *(f"{n}.{i}" for i in range(60))))
    await store.observe(ANN, session("long", *("word" for _ in range(3000))))
    found = await store.sessions(ANN)
    assert [len(s.session.turns) for s in found] == [60] * 20 + [3000]
    assert all(s.session.turns[7].content == f"{n}.7" for n, s in enumerate(found[:20]))


async def test_a_session_without_turns_is_a_session(store: Store) -> None:
    empty = Session(user_id="ann", session_id="s1", started_at=NOW, turns=())
    assert await store.observe(ANN, empty)
    assert not await store.observe(ANN, empty)
    assert [s.session for s in await store.sessions(ANN, pending=True)] == [empty]


# --- revisions


async def test_a_user_never_seen_has_an_empty_persona(store: Store) -> None:
    assert await store.load(ANN) == Persona(user_id="ann")
    assert await store.load(ANN, revision=0) == Persona(user_id="ann")
    assert await store.revisions(ANN) == []
    assert await store.sessions(ANN) == []
    assert await store.users("acme") == []


@pytest.mark.parametrize("asked", [-1, 3, 10**6])
async def test_a_revision_that_is_not_there_names_the_latest(store: Store, asked: int) -> None:
    await learn(store, ANN, give("Berlin"))
    await learn(store, ANN, give("Lisbon"))
    with pytest.raises(UnknownRevision) as caught:
        await store.load(ANN, revision=asked)
    assert (caught.value.user_id, caught.value.revision, caught.value.head) == ("ann", asked, 2)


async def test_reading_at_a_revision_gives_what_was_believed_then(store: Store, backend: Open) -> None:
    made = [
        await learn(store, ANN, give("Berlin"), LearnEdit(op="learn", spec=FieldSpec(path="a.b", description="x"))),
        await learn(store, ANN, give("Lisbon"), AskEdit(op="ask", path="home.city", authority="tool", proposed=1,
                                                       said_at=NOW)),
        await learn(store, ANN),
        await learn(store, ANN, RemoveEdit(op="remove", path="home.city", authority="told", on=NOW.date(),
                                           said_at=NOW)),
    ]  # fmt: skip
    again = await backend()
    for reader in (store, again):
        assert await reader.revisions(ANN) == made
        for n in range(len(made) + 1):
            assert (await reader.load(ANN, revision=n)) == fold("ann", made[:n])
        assert await reader.load(ANN) == fold("ann", made)
    await again.aclose()


@pytest.mark.parametrize("number", [-1, 0, 1, 3, 99])
async def test_a_commit_on_another_revision_than_the_latest_is_a_conflict_and_changes_nothing(
    store: Store, number: int
) -> None:
    await learn(store, ANN, give("Berlin"))
    before = await everything(store, ANN)
    with pytest.raises(RevisionConflict) as caught:
        await store.commit(ANN, revision(number, give("Rome")), RestoreEdit(op="restore"))
    assert (caught.value.expected, caught.value.found) == (number - 1, 1)
    assert await everything(store, ANN) == before


async def test_a_conflict_on_a_user_never_seen_makes_no_user(store: Store) -> None:
    with pytest.raises(RevisionConflict):
        await store.commit(ANN, revision(2), RestoreEdit(op="restore"))
    assert await store.users("acme") == []


async def test_a_session_is_learned_once(store: Store) -> None:
    for name in ("s1", "s2", "s3"):
        await store.observe(ANN, session(name))
    await learn(store, ANN, give("Berlin"), sessions=["s1", "s2"])
    before = await everything(store, ANN)
    with pytest.raises(RevisionConflict):
        await learn(store, ANN, give("Rome"), sessions=["s3", "s2"])
    assert await everything(store, ANN) == before
    await learn(store, ANN, give("Rome"), sessions=["s3"])
    assert [s.learned for s in await store.sessions(ANN)] == [1, 1, 2]


async def test_a_revision_may_name_sessions_that_are_stored_elsewhere(store: Store) -> None:
    await store.observe(ANN, session("s1"))
    await learn(store, ANN, give("Berlin"), sessions=["elsewhere", "s1"])
    assert [s.learned for s in await store.sessions(ANN)] == [1]


async def test_a_revision_over_very_many_sessions_takes_them_all(store: Store) -> None:
    names = [f"s{n:04}" for n in range(1200)]
    for name in names[::200]:
        await store.observe(ANN, session(name))
    await learn(store, ANN, sessions=names)
    assert [s.learned for s in await store.sessions(ANN)] == [1] * 6


async def test_a_revision_may_change_very_many_entries(store: Store) -> None:
    many = [give(n, f"many.field{n}") for n in range(1200)]
    first = await learn(store, ANN, *many)
    second = await learn(store, ANN, *[give("other", edit.path) for edit in many])
    assert await store.load(ANN) == fold("ann", [first, second])
    assert await store.load(ANN, revision=1) == fold("ann", [first])


@settings(max_examples=10)
@given(made=histories(min_revisions=3, max_revisions=7))
@pytest.mark.parametrize("name", list(BACKENDS))
def test_any_history_reads_back_as_the_fold_of_its_first_revisions(name: str, made: Sequence[Revision]) -> None:
    async def lived(backend: Open) -> None:
        store = await backend()
        for n, one in enumerate(made):
            change = diff(fold("ann", made[:n]), fold("ann", made[: n + 1]))
            await store.commit(ANN, one, change)
        for n in range(len(made) + 1):
            assert (await store.load(ANN, revision=n)) == fold("ann", made[:n])
        assert await store.revisions(ANN) == list(made)
        await store.aclose()

    with TemporaryDirectory() as folder, BACKENDS[name](Path(folder)) as backend:
        asyncio.run(lived(backend))


async def test_the_head_moves_with_every_revision_and_every_change_of_a_session(store: Store) -> None:
    assert await store.head(ANN) == NEVER_SEEN
    await store.observe(ANN, session("s1"), closed=False)
    await store.observe(ANN, session("s2"))
    before = await store.head(ANN)
    assert before[:2] == (0, 2)
    await store.observe(ANN, session("s2"))
    await learn(store, ANN, give("Berlin"), sessions=["s2"])
    assert await store.head(ANN) == (1, 2, before.identity)
    await store.observe(ANN, session("s1", "hello", "more"))
    with pytest.raises(RevisionConflict):
        await store.commit(ANN, revision(1), RestoreEdit(op="restore"))
    assert await store.head(ANN) == (1, 3, before.identity)
    assert await store.head(UserKey("acme", "bob")) == NEVER_SEEN
    await store.erase(ANN)
    assert await store.head(ANN) == NEVER_SEEN


async def test_a_user_erased_and_made_again_is_another_one_at_the_same_revision_and_position(
    store: Store, backend: Open
) -> None:
    heads: list[Head] = []
    for _ in range(3):
        await store.observe(ANN, session("s1"))
        await learn(store, ANN, give("Berlin"), sessions=["s1"])
        heads.append(await store.head(ANN))
        await store.erase(ANN)
    await learn(store, ANN, give("Berlin"))
    again = await backend()
    heads.append(await again.head(ANN))
    assert [head[:2] for head in heads] == [(1, 1)] * 3 + [(1, 0)]
    assert len({head.identity for head in heads} - {None}) == 4
    await again.aclose()


async def test_a_revision_built_on_a_user_erased_since_is_a_conflict_and_brings_nobody_back(store: Store) -> None:
    await store.observe(ANN, session("s1"))
    read = await store.head(ANN)
    await store.erase(ANN)
    for _ in range(2):
        before = await everything(store, ANN)
        with pytest.raises(RevisionConflict):
            await store.commit(ANN, revision(1, give("x")), RestoreEdit(op="restore"), identity=read.identity)
        assert await everything(store, ANN) == before
        await store.observe(ANN, session("s1"))  # the same rows, of somebody else
    now = await store.head(ANN)
    await store.commit(ANN, revision(1, give("x")), RestoreEdit(op="restore"), identity=now.identity)
    assert await store.head(ANN) == (1, 1, now.identity)


# --- many writers


async def insist(store: Store, key: UserKey, path: str) -> None:
    """Read, change and commit until nobody else was first."""
    while True:
        try:
            await learn(store, key, give(path, path))
        except RevisionConflict:
            continue
        return


async def test_forty_writers_end_with_forty_revisions_and_none_lost(store: Store) -> None:
    paths = [f"many.field{n}" for n in range(WRITERS)]
    async with create_task_group() as group:
        for path in paths:
            group.start_soon(insist, store, ANN, path)
    await none_lost(store, paths)


async def test_writers_on_several_connections_to_the_same_data_lose_nothing(backend: Open) -> None:
    stores = [await backend() for _ in range(4)]
    paths = [f"many.field{n}" for n in range(WRITERS)]
    async with create_task_group() as group:
        for n, path in enumerate(paths):
            group.start_soon(insist, stores[n % len(stores)], ANN, path)
    await none_lost(stores[0], paths)
    for opened in stores:
        await opened.aclose()


async def none_lost(store: Store, paths: Sequence[str]) -> None:
    made = await store.revisions(ANN)
    assert [one.number for one in made] == list(range(1, len(paths) + 1))
    persona = await store.load(ANN)
    assert persona == fold("ann", made)
    assert sorted(claim.path for claim in persona.claims) == sorted(paths)
    assert len((await store.load(ANN, revision=len(paths) // 2)).claims) == len(paths) // 2


async def test_many_observers_of_one_session_store_it_once(store: Store) -> None:
    stored: list[bool] = []

    async def look() -> None:
        stored.append(await store.observe(ANN, session()))

    async with create_task_group() as group:
        for _ in range(WRITERS):
            group.start_soon(look)
    assert sorted(stored) == [False] * (WRITERS - 1) + [True]
    assert [s.position for s in await store.sessions(ANN)] == [1]


async def test_observers_of_many_sessions_get_a_position_each(store: Store) -> None:
    async with create_task_group() as group:
        for n in range(WRITERS):
            group.start_soon(store.observe, ANN, session(f"s{n}"))
    assert [s.position for s in await store.sessions(ANN)] == list(range(1, WRITERS + 1))


async def test_opening_the_same_new_data_many_times_at_once_works(backend: Open) -> None:
    stores = await asyncio.gather(*(backend() for _ in range(6)))
    for n, opened in enumerate(stores):
        await opened.observe(ANN, session(f"s{n}"))
    assert len(await stores[0].sessions(ANN)) == 6
    for opened in stores:
        await opened.aclose()


# --- owners


async def test_users_and_tenants_with_the_same_ids_never_see_each_other(store: Store) -> None:
    keys = [
        UserKey(tenant, user) for tenant in ("acme", "Acme", "") for user in ("ann", "Ann", "ann ", "acme", "%", "a_n")
    ]
    for n, key in enumerate(keys):
        assert await store.observe(key, session("s1", f"words {n}", user=key.user_id))
        await learn(store, key, give(n), sessions=["s1"])
    for n, key in enumerate(keys):
        (stored,) = await store.sessions(key)
        assert (stored.session.turns[0].content, stored.learned) == (f"words {n}", 1)
        assert [claim.value for claim in (await store.load(key)).claims] == [n]
    assert (await store.erase(keys[0]))["users"] == 1
    for n, key in enumerate(keys[1:], start=1):
        assert [claim.value for claim in (await store.load(key)).claims] == [n]
        assert len(await store.sessions(key)) == 1
    assert await store.sessions(keys[0]) == []


async def test_the_users_of_a_tenant_are_listed_by_id_with_what_is_pending(store: Store) -> None:
    for user, n in (("bob", 3), ("ann", 1), ("Zoe", 0)):
        key = UserKey("acme", user)
        for i in range(n):
            await store.observe(key, session(f"s{i}", user=user))
        await store.observe(key, session("open", user=user), closed=False)
    await learn(store, UserKey("acme", "bob"), sessions=["s1"])
    await learn(store, UserKey("other", "eve"))
    listed = [(u.user_id, u.revision, u.sessions, u.pending) for u in await store.users("acme")]
    assert listed == [("Zoe", 0, 1, 0), ("ann", 0, 2, 1), ("bob", 1, 4, 2)]
    assert [u.user_id for u in await store.users("other")] == ["eve"]
    assert await store.users("nobody") == []


# --- vectors


async def put(store: Store, *turns: tuple[str, int], embedder: str = "one", vector: bytes = b"\0\0\x80?") -> bool:
    """Store the same vector for some turns of ann as she is now."""
    identity = (await store.head(ANN)).identity or "nobody"
    rows = [TurnVector(session_id, turn, vector) for session_id, turn in turns]
    return await store.put_vectors(ANN, embedder, rows, identity=identity)


async def test_users_and_revisions_come_in_pages(store: Store) -> None:
    names = ["Zoë", "ann", "bob", "Ärger", "里斯本"]
    for name in names:
        await store.observe(UserKey("acme", name), session(user=name))
    await store.observe(UserKey("other", "aaa"), session(user="aaa"))
    by_code_point = sorted(names)
    first = await store.users("acme", limit=2)
    rest = await store.users("acme", after=first[-1].user_id)
    assert [user.user_id for user in (*first, *rest)] == by_code_point
    assert await store.users("acme", after=by_code_point[-1]) == []
    assert await store.user(ANN) == next(user for user in rest + first if user.user_id == "ann")
    assert await store.user(UserKey("other", "ann")) is None
    for value in ("a", "b", "c"):
        await learn(store, ANN, give(value))
    assert [one.number for one in await store.revisions(ANN, after=1, limit=1)] == [2]
    assert [one.number for one in await store.revisions(ANN, after=1)] == [2, 3]


async def test_one_session_is_found_by_its_id(store: Store) -> None:
    await store.observe(ANN, session("s1", "hello"), closed=False)
    await store.observe(ANN, session("s2", "bye"))
    found = await store.session(ANN, "s1")
    assert found is not None
    assert (found.session, found.closed) == (session("s1", "hello"), False)
    assert await store.session(ANN, "s3") is None
    assert await store.session(UserKey("other", "ann"), "s1") is None


async def test_vectors_come_back_byte_for_byte_under_the_name_of_their_embedder(store: Store, backend: Open) -> None:
    await store.observe(ANN, session("s1", "a", "b", "c"))
    odd = np.array(
        [0.1, -0.0, 1e-45, 3.4028235e38, -1 / 3, *np.random.default_rng(7).normal(size=379)], "<f4"
    ).tobytes()
    assert await put(store, ("s1", 2), vector=odd)
    assert await put(store, ("s1", 3), vector=b"")
    assert await put(store, ("s1", 2), embedder="two")
    again = await backend()
    for reader in (store, again):
        assert await reader.vectors(ANN, "one") == [TurnVector("s1", 2, odd), TurnVector("s1", 3, b"")]
        assert await reader.vectors(ANN, "two") == [TurnVector("s1", 2, b"\0\0\x80?")]
        assert await reader.vectors(ANN, "three") == []
        assert await reader.vectors(UserKey("other", "ann"), "one") == []
    await again.aclose()


@pytest.mark.parametrize("vector", [b"abc", b"\0\0\x80?x", np.float32(np.nan).tobytes(), np.float32(-np.inf).tobytes()])
async def test_a_vector_of_other_than_finite_numbers_is_refused(store: Store, vector: bytes) -> None:
    await store.observe(ANN, session("s1", "a", "b"))
    before = await store.head(ANN)
    identity = before.identity or "nobody"
    rows = [TurnVector("s1", 1, b"1234"), TurnVector("s1", 2, vector)]
    with pytest.raises(InvalidInput, match="turn 2 of session 's1'"):
        await store.put_vectors(ANN, "one", rows, identity=identity)
    assert (await store.head(ANN), await store.vectors(ANN, "one")) == (before, [])


async def test_vectors_move_the_position_on_so_that_only_new_ones_need_to_be_read(store: Store) -> None:
    await store.observe(ANN, session("s1", "a", "b"))
    await put(store, ("s1", 1))
    assert await store.head(ANN) == (0, 2, (await store.head(ANN)).identity)
    assert await store.vectors(ANN, "one", after=2) == []
    await put(store, ("s1", 2))
    assert [row.turn for row in await store.vectors(ANN, "one", after=2)] == [2]
    await put(store)
    assert (await store.head(ANN)).position == 3
    assert await store.sessions(ANN, after=1) == []


async def test_a_vector_put_again_takes_the_place_of_the_first(store: Store) -> None:
    await store.observe(ANN, session("s1", "a"))
    await put(store, ("s1", 1), ("s1", 1))
    await put(store, ("s1", 1), vector=b"new.")
    assert await store.vectors(ANN, "one", after=2) == [TurnVector("s1", 1, b"new.")]
    assert len(await store.vectors(ANN, "one")) == 1


async def test_hundreds_of_vectors_come_back_in_order(store: Store) -> None:
    await store.observe(ANN, session("s1"))
    turns = [(f"s{n}", turn) for n in range(3) for turn in range(1, 400)]
    await put(store, *reversed(turns))
    assert [(row.session_id, row.turn) for row in await store.vectors(ANN, "one")] == turns


async def test_vectors_of_a_user_who_was_erased_meanwhile_are_not_kept(store: Store) -> None:
    await store.observe(ANN, session("s1", "a"))
    identity = (await store.head(ANN)).identity
    assert identity is not None
    rows = [TurnVector("s1", 1, b"1234")]
    await store.erase(ANN)
    assert not await store.put_vectors(ANN, "one", rows, identity=identity)
    assert await store.head(ANN) == NEVER_SEEN
    await store.observe(ANN, session("s1", "other"))
    assert not await store.put_vectors(ANN, "one", rows, identity=identity)
    assert await store.vectors(ANN, "one") == []


# --- what a server keeps


async def test_keys_are_kept_replaced_and_found_by_tenant_and_id(store: Store, backend: Open) -> None:
    read: frozenset[Scope] = frozenset({"read"})
    acme, other = (new_key(tenant=name, name="web", scopes=read, now=NOW)[0] for name in ("acme", "other"))
    await store.put_keys(acme, other)
    ended = acme.model_copy(update={"ends_at": NOW})
    await store.put_keys(ended)
    again = await backend()
    assert await again.key(acme.key_id) == ended
    assert await again.key("0" * 12) is None
    assert await again.keys("acme") == [ended]
    assert await again.keys() == [ended, other]
    await again.aclose()


async def test_recorded_message_lists_are_found_by_digest_until_they_are_old(store: Store) -> None:
    bob = UserKey("acme", "bob")
    old, new = Prefix("a" * 64, "s1", False, 1.5), Prefix("b" * 64, "s1", True, 2.5)
    await store.record(ANN, session("s1", "a"), [old, new], older=0)
    assert set(await store.prefixes(ANN, [new.digest, old.digest, "c" * 64])) == {old, new}
    assert await store.prefixes(bob, [old.digest]) == []
    moved = new._replace(session_id="s2", at=3.5)
    await store.record(bob, session("s1", "a", user="bob"), [], older=9)
    await store.record(ANN, session("s2", "b"), [moved], older=2.0)
    assert await store.prefixes(ANN, [old.digest, new.digest]) == [moved]


async def test_a_request_is_answered_once_and_its_answer_comes_back(store: Store) -> None:
    await store.observe(ANN, session("s1"))
    asked = Answer("r1", "print", 10.0)
    assert await store.begin_answer(ANN, asked, older=0, stuck=0) is None
    assert await store.begin_answer(ANN, asked, older=0, stuck=0) == asked
    whole = Answer("r1", "print", 10.0, 200, {"etag": '"3"'}, b"\x00whole")
    await store.end_answer(ANN, whole)
    assert await store.begin_answer(ANN, asked, older=10, stuck=99) == whole
    assert await store.begin_answer(UserKey("acme", "bob"), asked, older=0, stuck=0) is None
    assert await store.begin_answer(ANN, asked._replace(at=20.0), older=15, stuck=0) is None


async def test_of_requests_with_one_id_that_come_at_once_one_is_let_through(store: Store) -> None:
    for number in range(5):
        asked = Answer(f"r{number}", "print", 10.0)
        begun = await asyncio.gather(*(store.begin_answer(ANN, asked, older=0, stuck=0) for _ in range(8)))
        assert sorted(begun, key=lambda there: there is not None) == [None, *[asked] * 7]


async def test_only_its_owner_renews_and_ends_a_reservation(store: Store) -> None:
    await store.observe(ANN, session("s1"))
    first = Answer("r1", "print", 10.0, owner="first")
    second = first._replace(at=80.0, owner="second")
    assert await store.begin_answer(ANN, first, older=0, stuck=0) is None
    await store.renew_answer(ANN, first, at=50.0)
    await store.renew_answer(ANN, second, at=70.0)
    assert await store.begin_answer(ANN, second, older=0, stuck=50) == first._replace(at=50.0)
    assert await store.begin_answer(ANN, second, older=0, stuck=51) is None
    await store.renew_answer(ANN, first, at=90.0)
    for late in (first, first._replace(at=90.0, status=200, headers={}, body=b"late")):
        await store.end_answer(ANN, late)
        assert await store.begin_answer(ANN, first, older=0, stuck=0) == second
    whole = second._replace(at=95.0, status=200, headers={}, body=b"whole")
    await store.end_answer(ANN, whole)
    await store.renew_answer(ANN, second, at=99.0)
    assert await store.begin_answer(ANN, first, older=0, stuck=99) == whole


async def test_of_who_is_not_there_no_answer_is_kept(store: Store) -> None:
    asked = Answer("r1", "print", 10.0, owner="first")
    await store.begin_answer(ANN, asked, older=0, stuck=0)
    await store.end_answer(ANN, asked._replace(status=404, headers={}, body=b"no such user"))
    assert await store.begin_answer(ANN, asked, older=0, stuck=0) is None


async def test_old_answers_of_all_users_and_tenants_are_dropped(store: Store) -> None:
    keys = [UserKey(tenant, user) for tenant in ("acme", "", "it's 100%s") for user in ("ann", "bob")]
    for key in keys:
        await store.observe(key, session("s1", user=key.user_id))
        for name, at in (("old", 10.0), ("new", 20.0)):
            asked = Answer(name, "print", at)
            await store.begin_answer(key, asked, older=0, stuck=0)
            await store.end_answer(key, asked._replace(status=200, headers={}, body=b""))
    await store.begin_answer(ANN, Answer("died", "print", 10.0), older=0, stuck=0)
    assert await store.drop_answers(older=20.0) == len(keys) + 1
    assert await store.drop_answers(older=20.0) == 0
    assert [(await store.erase(key))["answers"] for key in keys] == [1] * len(keys)


async def test_one_message_list_that_is_recorded_by_several_at_once_is_kept_once(store: Store) -> None:
    for number in range(5):
        row = Prefix(f"{number}" * 64, "s1", False, 1.5)
        talk = session("s1", *"abcde"[: number + 1])
        await asyncio.gather(*(store.record(ANN, talk, [row], older=0) for _ in range(8)))
        assert await store.prefixes(ANN, [row.digest]) == [row]
        assert [stored.session for stored in await store.sessions(ANN)] == [talk]


async def test_what_cannot_be_recorded_leaves_no_message_list_behind(store: Store) -> None:
    await store.observe(ANN, session("s1", "a"))
    row = Prefix("a" * 64, "s1", True, 1.5)
    for changed in (session("s1", "b"), session("s1", "a", "b")):  # other words, and a session that was closed
        with pytest.raises(SessionChanged):
            await store.record(ANN, changed, [row], older=0)
    assert await store.prefixes(ANN, [row.digest]) == []
    await store.record(ANN, session("s2", "a"), [row], older=0)
    assert [stored.closed for stored in await store.sessions(ANN)] == [True, False]


async def test_news_are_the_head_and_the_sessions_behind_a_position(store: Store) -> None:
    assert await store.news(ANN, after=0) == (NEVER_SEEN, [])
    for name in ("s1", "s2"):
        await store.observe(ANN, session(name))
    head = await store.head(ANN)
    first, second = await store.sessions(ANN)
    assert await store.news(ANN, after=0) == (head, [first, second])
    assert await store.news(ANN, after=first.position) == (head, [second])
    assert await store.news(ANN, after=head.position) == (head, [])


async def test_a_request_that_came_to_nothing_frees_its_id_at_once_or_after_a_while(store: Store) -> None:
    asked = Answer("r1", "print", 10.0)
    await store.begin_answer(ANN, asked, older=0, stuck=0)
    await store.end_answer(ANN, asked)
    assert await store.begin_answer(ANN, asked, older=0, stuck=0) is None
    assert await store.begin_answer(ANN, asked._replace(at=20.0), older=0, stuck=11) is None
    await store.erase(ANN)
    await store.end_answer(ANN, Answer("r1", "print", 20.0, 200, {}, b""))
    assert await store.begin_answer(ANN, asked, older=0, stuck=0) is None


# --- erasure


async def test_erasing_a_user_leaves_nothing_of_theirs_and_says_what_was_removed(store: Store, backend: Open) -> None:
    await store.observe(ANN, session("s1", "a", "b"))
    await store.observe(ANN, session("s2", "c"))
    await learn(store, ANN, give("Berlin"), sessions=["s1"])
    await learn(store, ANN, give("Lisbon"))
    assert await put(store, ("s1", 1), ("s1", 2))
    lists = [Prefix("one", "s2", True, 5.0), Prefix("two", "s2", False, 5.0)]
    await store.record(ANN, session("s2", "c"), lists, older=0)
    await store.begin_answer(ANN, Answer("r1", "print", 5.0), older=0, stuck=0)
    counts = {"work": 0, "users": 1, "sessions": 2, "turns": 3, "vectors": 2, "revisions": 2, "entries": 3} | {
        "prefixes": 2,
        "answers": 1,
    }
    assert await store.erase(ANN) == counts
    again = await backend()
    for reader in (store, again):
        assert await everything(reader, ANN) == (Persona(user_id="ann"), [{}], [], [], [])
        assert await reader.vectors(ANN, "one") == []
        assert await reader.prefixes(ANN, ["one", "two"]) == []
    assert await store.erase(ANN) == dict.fromkeys(counts, 0)
    await again.aclose()


async def test_an_erased_user_can_begin_anew(store: Store) -> None:
    await store.observe(ANN, session("s1", "old words"))
    await learn(store, ANN, give("Berlin"), sessions=["s1"])
    await store.erase(ANN)
    assert await store.observe(ANN, session("s1", "new words"))
    made = await learn(store, ANN, give("Lisbon"), sessions=["s1"])
    assert made.number == 1
    assert [s.position for s in await store.sessions(ANN)] == [1]
    assert await store.load(ANN) == fold("ann", [made])


# What models were asked.


def asked_of(model: str, prompt_tokens: int, completion_tokens: int) -> ModelCall:
    return ModelCall(
        purpose="draft",
        model=model,
        prompt="edits@1:0",
        prompt_tokens=prompt_tokens,
        completion_tokens=completion_tokens,
        prompt_characters=1,
        seconds=0.1,
    )


async def test_the_calls_of_a_tenant_are_added_up_by_day_and_model(store: Store) -> None:
    bob, elsewhere = UserKey("acme", "bob"), UserKey("other", "ann")
    monday, tuesday = date(2025, 3, 3), date(2025, 3, 4)
    for key, number, day, calls in (
        (ANN, 1, monday, [asked_of("openai:a", 100, 10), asked_of("openai:a", 50, 5)]),
        (ANN, 2, tuesday, [asked_of("openai:a", 7, 1), asked_of("local", 1, 0)]),
        (bob, 1, monday, [asked_of("openai:a", 1000, 100)]),
        (bob, 2, monday, []),
        (elsewhere, 1, monday, [asked_of("openai:a", 9, 9)]),
    ):
        at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
        made = revision(number).model_copy(update={"at": at, "calls": tuple(calls)})
        await store.commit(key, made, RestoreEdit(op="restore"))
    on_monday = CallSum(monday, "openai:a", 3, 1150, 115)
    on_tuesday = [CallSum(tuesday, "local", 1, 1, 0), CallSum(tuesday, "openai:a", 1, 7, 1)]
    assert await store.calls("acme") == [on_monday, *on_tuesday]
    assert await store.calls("acme", until=monday) == [on_monday]
    assert await store.calls("acme", since=tuesday, until=tuesday) == on_tuesday
    assert await store.calls("nobody") == []
    await store.erase(ANN)
    assert await store.calls("acme") == [CallSum(monday, "openai:a", 1, 1000, 100)]
