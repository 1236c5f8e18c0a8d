"""How workers know of each other."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from aipersona.errors import WorkUnavailable
from aipersona.work.lease import take
from tests.aipersona import postgres


def test_an_sqlite_file_is_one_workers_until_it_lets_go(tmp_path: Path) -> None:
    url = sa.URL.create("sqlite", database=str(tmp_path / "people.db"))
    first = take(url)
    with pytest.raises(WorkUnavailable, match="several need PostgreSQL"):
        take(url)
    assert first.dead([first.worker]) == []
    first.close()
    take(url).close()


def test_on_postgresql_each_worker_can_tell_who_of_the_others_is_dead() -> None:
    url = postgres.server().kept
    first, second = take(url), take(url)
    workers = {first.worker, second.worker, "worker-0", "of another kind"}
    assert len(workers) == 4
    assert first.dead(workers) == ["worker-0"]
    assert second.dead(workers) == ["worker-0"]
    second.close()
    assert set(first.dead(workers)) == {"worker-0", second.worker}
    first.close()


def test_a_worker_who_lost_the_database_declares_nobody_dead_and_holds_its_lock_again() -> None:
    server = postgres.server()
    first, second = take(server.kept), take(server.kept)
    admin = sa.create_engine(server.above(server.kept), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with admin.connect() as connection:
        ended = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid = :number"
        connection.execute(sa.text(ended), {"number": int(first.worker.removeprefix("worker-"))})
    assert first.dead([second.worker, "worker-0"]) == []
    assert first.dead([second.worker, "worker-0"]) == ["worker-0"]
    assert second.dead([first.worker]) == []
    for held in (first, second):
        held.close()
