"""Copying a database into another one: everything arrives, twice is once, and nobody's rows are written over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sqlalchemy as sa

from aipersona.access.keys import ApiKey, new_key
from aipersona.errors import InvalidInput, StoreUnavailable
from aipersona.persona.apply import apply, diff
from aipersona.persona.edits import RemoveEdit, SetEdit
from aipersona.persona.revisions import Revision
from aipersona.sessions.model import Session, ToolCall, Turn
from aipersona.store import copying
from aipersona.store.copying import copy_database
from aipersona.store.opening import open_store
from aipersona.store.protocol import Answer, Prefix, Store, TurnVector, UserKey
from tests.aipersona import postgres

pytestmark = pytest.mark.anyio

NOW = datetime(2025, 3, 1, 12, 30, 5, 17, tzinfo=UTC)
KEYS = [UserKey(tenant, user) for tenant in ("acme", "", "Zoë's 100%") for user in ("ann", "日本 🙂", "%", "Z")]
ROWS = {
    "users": 12,
    "sessions": 24,
    "turns": 36,
    "vectors": 24,
    "revisions": 24,
    "entries": 36,
    "prefixes": 12,
    "answers": 12,
    "work": 12,
    "api_keys": 2,
}
API_KEYS = [
    new_key(tenant="acme", name="Zoë's web", scopes=frozenset({"read", "admin"}), now=NOW)[0],
    new_key(tenant="Zoë's 100%", name="one", scopes=frozenset({"read"}), now=NOW, user_id="ann", ends_at=NOW)[0],
]


async def lived(store: Store, key: UserKey, seed: int = 7) -> None:
    """A user with rows of every kind in every table."""
    call = ToolCall(name="w", arguments={"b": [1, 2.5, None, -0.0, "ü"], "a": {"y": True, "x": 10**30}}, result="ok")
    turns = (
        Turn(number=1, role="user", content=f"words {seed} of {key.user_id}\n\t'\\ %s", speaker="Ann"),
        Turn(number=7, role="assistant", content="", tool_calls=(call,), at=NOW + timedelta(seconds=0.1)),
    )
    talk = Session(user_id=key.user_id, session_id="s1", started_at=NOW, turns=turns, speaker="Ann")
    await store.observe(key, talk)
    await store.observe(
        key, Session(user_id=key.user_id, session_id="open", started_at=NOW, turns=turns[:1]), closed=False
    )
    for number in (1, 2):
        before = await store.load(key)
        edits = (
            SetEdit(op="set", path=f"home.n{number}", authority="told", value=[seed, 0.1, "é"], said_at=NOW),
            *(
                ()
                if number == 1
                else (RemoveEdit(op="remove", path="home.n1", authority="told", on=NOW.date(), said_at=NOW),)
            ),
        )
        made = Revision(
            number=number, at=NOW, author="user", cause="said", edits=edits, session_ids=("s1",) * (number == 1)
        )
        await store.commit(key, made, diff(before, apply(before, edits, revision=number)))
    identity = (await store.head(key)).identity
    assert identity is not None
    vector = np.random.default_rng(seed).normal(size=384).astype("<f4").tobytes()
    rows = [TurnVector("s1", 1, vector), TurnVector("s1", 7, b"")]
    await store.put_vectors(key, "one", rows, identity=identity)
    await store.record(key, talk, [Prefix("digest", "s1", True, 5.5)], older=0)
    await store.begin_answer(key, Answer("r1", "print", 5.5), older=0, stuck=0)
    await store.end_answer(key, Answer("r1", "print", 5.5, 200, {"a": "b"}, b"\x00body"))
    await store.failed(key, "learn", identity=identity, error="model_refused", at=NOW, again_at=None)


async def everything(database: str, keys: list[UserKey]) -> list[object]:
    """All that a store tells about some users, and all API keys."""
    store = await open_store(database)
    found: list[object] = [await store.keys(None)]
    for key in keys:
        found += [await store.head(key), await store.load(key), await store.load(key, revision=1)]
        found += [await store.revisions(key), await store.sessions(key), await store.vectors(key, "one")]
        found += [await store.users(key.tenant)]
    await store.aclose()
    return found


async def filled(database: str, keys: list[UserKey] = KEYS) -> str:
    store = await open_store(database)
    for number, key in enumerate(keys):
        await lived(store, key, number)
    await store.put_keys(*API_KEYS)
    await store.aclose()
    return database


async def keys(database: str, *new: ApiKey) -> list[ApiKey]:
    """The API keys, once the new ones are kept."""
    store = await open_store(database)
    if new:
        await store.put_keys(*new)
    found = await store.keys(None)
    await store.aclose()
    return found


@pytest.fixture(params=["sqlite to postgres", "postgres to sqlite", "sqlite to sqlite"])
def between(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """Where to copy from, and where to."""
    with postgres.server().emptied() as url:
        places: dict[str, str] = {"sqlite": str(tmp_path / "a.db"), "postgres": postgres.shown(url)}
        source, _, target = request.param.partition(" to ")
        yield places[source], places[target] if source != target else str(tmp_path / "b.db")


async def test_everything_of_every_tenant_arrives_and_is_proved_by_counts_and_digests(
    between: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    source, target = between
    await filled(source)
    monkeypatch.setattr(copying, "AT_ONCE", 5)
    told: list[int] = []
    done = copy_database(source, target, progress=told.append)
    assert (done.copied, done.there, done.refused, done.keys_refused) == (12, 0, (), ())
    assert all(one.same for one in done.tables)
    assert {one.table: one.source for one in done.tables} == ROWS
    assert {one.table: one.target for one in done.tables} == ROWS
    assert told == sorted(told)
    assert told[-1] == 12
    assert await everything(target, KEYS) == await everything(source, KEYS)


async def test_copying_again_copies_only_what_is_new(between: tuple[str, str]) -> None:
    source, target = between
    await filled(source, KEYS[:4])
    first = copy_database(source, target)
    assert (first.copied, first.there) == (4, 0)
    await filled(source, KEYS[4:])
    again = copy_database(source, target)
    assert (again.copied, again.there, again.refused) == (8, 4, ())
    assert copy_database(source, target).tables == again.tables
    back = copy_database(target, source)
    assert (back.copied, back.there) == (0, 12)
    assert back.tables == again.tables


async def test_a_user_with_other_content_is_left_alone_and_the_others_are_copied(between: tuple[str, str]) -> None:
    source, target = between
    await filled(source, KEYS[:3])
    store = await open_store(target)
    await lived(store, KEYS[1], seed=99)
    before = await store.sessions(KEYS[1])
    done = copy_database(source, target)
    assert (done.copied, done.there, done.refused) == (2, 0, (KEYS[1],))
    assert {one.table: one.target for one in done.tables}["users"] == 2
    assert await store.sessions(KEYS[1]) == before
    await store.erase(KEYS[1])
    assert copy_database(source, target).copied == 1
    await store.aclose()


async def test_an_api_key_that_is_another_in_the_target_is_left_alone_and_the_others_are_copied(
    between: tuple[str, str],
) -> None:
    source, target = between
    await filled(source, KEYS[:1])
    ended = API_KEYS[0].model_copy(update={"ends_at": NOW})
    await keys(target, ended)
    done = copy_database(source, target)
    assert (done.copied, done.keys_refused) == (1, (ended.key_id,))
    (counted,) = (one for one in done.tables if one.table == "api_keys")
    assert (counted.source, counted.target, counted.same) == (1, 1, True)
    assert await keys(target) == sorted((ended, API_KEYS[1]), key=lambda key: (key.tenant, key.key_id))
    await keys(source, ended)
    assert copy_database(source, target).keys_refused == ()
    assert await keys(target) == await keys(source)


async def test_api_keys_that_do_not_read_back_as_written_are_undone(tmp_path: Path) -> None:
    source, target = str(tmp_path / "a.db"), str(tmp_path / "b.db")
    await filled(source, KEYS[:1])
    assert await keys(target) == []
    broken = sa.create_engine(f"sqlite:///{target}", poolclass=sa.NullPool)
    with broken.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER odd AFTER INSERT ON api_keys BEGIN UPDATE api_keys SET ends_at = 7; END"
        )
    with pytest.raises(StoreUnavailable, match="API keys do not read back"):
        copy_database(source, target)
    assert await keys(target) == []


async def test_a_copied_persona_goes_on(between: tuple[str, str]) -> None:
    source, target = between
    await filled(source, KEYS[:1])
    copy_database(source, target)
    store = await open_store(target)
    before = await store.load(KEYS[0])
    edit = SetEdit(op="set", path="home.city", authority="told", value="Rome", said_at=NOW)
    made = Revision(number=3, at=NOW, author="user", cause="said", edits=(edit,))
    await store.commit(KEYS[0], made, diff(before, apply(before, [edit], revision=3)))
    assert (await store.head(KEYS[0])).revision == 3
    assert copy_database(source, target).refused == (KEYS[0],)
    await store.aclose()


async def test_rows_that_do_not_read_back_as_written_are_undone(tmp_path: Path) -> None:
    source, target = str(tmp_path / "a.db"), str(tmp_path / "b.db")
    await filled(source, KEYS[:3])
    await (store := await open_store(target)).aclose()
    broken = sa.create_engine(f"sqlite:///{target}", poolclass=sa.NullPool)
    with broken.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER odd AFTER INSERT ON turns BEGIN UPDATE turns SET content = 'other' WHERE number = 7; END"
        )
    with pytest.raises(StoreUnavailable, match="does not read back"):
        copy_database(source, target)
    assert [await store.users(key.tenant) for key in KEYS[:3]] == [[]] * 3
    await store.aclose()
    with broken.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER odd")
    assert copy_database(source, target).copied == 3


async def test_an_interrupted_copy_goes_on_where_it_stopped(
    between: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    source, target = between
    await filled(source)
    monkeypatch.setattr(copying, "AT_ONCE", 4)

    def stop(_users: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        copy_database(source, target, progress=stop)
    done = copy_database(source, target)
    assert done.there > 0
    assert (done.copied + done.there, done.refused) == (12, ())
    assert await everything(target, KEYS) == await everything(source, KEYS)


async def test_what_cannot_be_copied_is_said(tmp_path: Path) -> None:
    there = str(tmp_path / "there.db")
    nowhere = tmp_path / "nowhere.db"
    await filled(there, KEYS[:1])
    for source in (str(nowhere), f"sqlite:///{nowhere}"):
        with pytest.raises(InvalidInput, match="no database"):
            copy_database(source, there)
    assert not nowhere.exists()
    for source, target in ((":memory:", there), (there, ":memory:"), ("sqlite://", there)):
        with pytest.raises(InvalidInput, match="in memory"):
            copy_database(source, target)
