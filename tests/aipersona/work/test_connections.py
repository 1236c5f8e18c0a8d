"""Connections to PostgreSQL: each notices within seconds that the server's machine is gone."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.pool import Pool

from aipersona import AIPersona
from aipersona.store.opening import connect
from aipersona.work import Worker
from aipersona.work.lease import take
from tests.aipersona import postgres
from tests.aipersona.kit import hobbies

pytestmark = pytest.mark.anyio

NOTICING = {
    "connect_timeout": "10",
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "3",
    "tcp_user_timeout": "10000",
}


@contextmanager
def connections() -> Generator[list[dict[str, str]]]:
    """The parameters of each connection that is made meanwhile."""
    made: list[dict[str, str]] = []

    def told(connection: Any, _record: object) -> None:
        made.append(connection.info.get_parameters())

    event.listen(Pool, "connect", told)
    try:
        yield made
    finally:
        event.remove(Pool, "connect", told)


def noticing(made: list[dict[str, str]]) -> list[dict[str, str | None]]:
    return [{name: one.get(name) for name in NOTICING} for one in made]


@pytest.fixture
def url() -> sa.URL:
    """A database with tables."""
    return postgres.server().kept


async def test_a_store_and_the_lock_of_a_worker_notice_that_the_server_is_gone(url: sa.URL) -> None:
    with connections() as made:
        take(url).close()
        assert noticing(made) == [NOTICING]
        async with AIPersona(postgres.shown(url), drafter=hobbies) as ai:
            await ai.users()
    assert len(made) > 1
    assert noticing(made) == [NOTICING] * len(made)


async def test_the_queue_of_work_notices_that_the_server_is_gone() -> None:
    url = postgres.server().create()
    with connections() as made:
        async with AIPersona(postgres.shown(url), drafter=hobbies) as ai, Worker(ai):
            pass
    queues = [one for one in made if one.get("application_name") == "aipersona"]
    assert queues
    assert noticing(queues) == [NOTICING] * len(queues)


def test_what_the_url_says_of_it_counts(url: sa.URL) -> None:
    url = url.update_query_dict({"tcp_user_timeout": "7000", "connect_timeout": "3"})
    engine = connect(url.render_as_string(hide_password=False))
    with connections() as made, engine.connect() as connection:
        connection.execute(sa.text("SELECT 1"))
    engine.dispose()
    assert noticing(made) == [{**NOTICING, "tcp_user_timeout": "7000", "connect_timeout": "3"}]
