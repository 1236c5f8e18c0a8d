"""What a server keeps, as rows: API keys, message lists that were recorded, answers to requests that may come again."""

from __future__ import annotations

import json
from collections.abc import Sequence

import sqlalchemy as sa

from aipersona.access.keys import ApiKey
from aipersona.sessions.model import Session
from aipersona.store import tables as t
from aipersona.store.protocol import NEVER_SEEN, Answer, Prefix, UserKey
from aipersona.store.session_rows import observe
from aipersona.store.user_rows import head, lock

_KEYS = sa.select(t.api_keys.c.body).order_by(t.api_keys.c.tenant, t.api_keys.c.key_id)
_KEY = sa.select(t.api_keys.c.body).where(t.api_keys.c.key_id == sa.bindparam("one"))
_DROP_KEYS = sa.delete(t.api_keys).where(t.api_keys.c.key_id.in_(sa.bindparam("some", expanding=True)))
_ADD_KEYS = sa.insert(t.api_keys)

_THESE = sa.and_(t.of_user(t.prefixes), t.prefixes.c.digest.in_(sa.bindparam("some", expanding=True)))
_PREFIXES = sa.select(t.prefixes.c.digest, t.prefixes.c.session_id, t.prefixes.c.replied, t.prefixes.c.at).where(_THESE)
_DROP_PREFIXES = sa.delete(t.prefixes).where(_THESE)
_DROP_OLD_PREFIXES = sa.delete(t.prefixes).where(t.of_user(t.prefixes), t.prefixes.c.at < sa.bindparam("older"))

_THIS = sa.and_(t.of_user(t.answers), t.answers.c.request_id == sa.bindparam("of_request"))
_ANSWER = sa.select(t.answers).where(_THIS)
_OWN = sa.and_(_THIS, t.answers.c.owner == sa.bindparam("of_owner"))
_RENEW_ANSWER = sa.update(t.answers).where(_OWN, t.answers.c.status.is_(None)).values(at=sa.bindparam("now"))
_KEEP_ANSWER = (
    sa.update(t.answers)
    .where(_OWN)
    .values({name: sa.bindparam(f"new_{name}") for name in ("at", "status", "headers", "body")})
)
_DROP_ANSWER = sa.delete(t.answers).where(_OWN)
_DROP_OLD_ANSWERS = sa.delete(t.answers).where(
    t.of_user(t.answers),
    sa.or_(
        t.answers.c.at < sa.bindparam("older"),
        sa.and_(t.answers.c.status.is_(None), t.answers.c.at < sa.bindparam("stuck")),
    ),
)

_OLD = t.answers.c.at < sa.bindparam("older")
_WITH_OLD_ANSWERS = sa.select(t.answers.c.tenant).where(_OLD).distinct().order_by(t.answers.c.tenant)
_DROP_OLD_OF_TENANT = sa.delete(t.answers).where(t.answers.c.tenant == sa.bindparam("of_tenant"), _OLD)


def keys(connection: sa.Connection, tenant: str | None) -> list[ApiKey]:
    """The API keys of a tenant, or of all."""
    some = _KEYS if tenant is None else _KEYS.where(t.api_keys.c.tenant == tenant)
    return [ApiKey.model_validate_json(body) for body in connection.execute(some).scalars()]


def key(connection: sa.Connection, key_id: str) -> ApiKey | None:
    """The API key with that id."""
    body = connection.execute(_KEY, {"one": key_id}).scalar_one_or_none()
    return ApiKey.model_validate_json(body) if body is not None else None


def put_keys(connection: sa.Connection, keys: Sequence[ApiKey]) -> None:
    """Keep API keys, in place of those with the same ids."""
    connection.execute(_DROP_KEYS, {"some": [one.key_id for one in keys]})
    connection.execute(_ADD_KEYS, [_key_row(one) for one in keys])


def prefixes(connection: sa.Connection, key: UserKey, digests: Sequence[str]) -> list[Prefix]:
    """Those of these message lists that were recorded."""
    return [
        Prefix(*row) for some in t.in_batches(digests) for row in connection.execute(_PREFIXES, t.asked(key, some=some))
    ]


def record(
    connection: sa.Connection,
    key: UserKey,
    session: Session,
    rows: Sequence[Prefix],
    older: float,
    again: tuple[str | None, float],
    at: float,
) -> bool:
    """Store what is new of an open session, keep message lists as recorded in it, and drop old ones.

    `again` is a digest and a moment: false, and nothing is stored, if that list was recorded since then.

    Raises: SessionChanged.
    """
    lock(connection, key.tenant, [key.user_id])
    unless, since = again
    if unless is not None and any(row.at >= since for row in prefixes(connection, key, [unless])):
        return False
    observe(connection, key, session, closed=False, at=at)
    connection.execute(_DROP_OLD_PREFIXES, t.asked(key, older=older))
    for some in t.in_batches([row.digest for row in rows]):
        connection.execute(_DROP_PREFIXES, t.asked(key, some=some))
    if rows:
        connection.execute(t.adding(connection, t.prefixes), [t.owned(key, **row._asdict()) for row in rows])
    return True


def begin_answer(connection: sa.Connection, key: UserKey, answer: Answer, older: float, stuck: float) -> Answer | None:
    """Reserve a request's id, or the answer that is there."""
    connection.execute(_DROP_OLD_ANSWERS, t.asked(key, older=older, stuck=stuck))
    row = connection.execute(_ANSWER, t.asked(key, of_request=answer.request_id)).one_or_none()
    while row is None:
        reserve = t.adding(connection, t.answers).returning(t.answers.c.request_id)
        if connection.execute(reserve, _answer_row(key, answer)).one_or_none() is not None:
            return None
        row = connection.execute(_ANSWER, t.asked(key, of_request=answer.request_id)).one_or_none()
    headers = json.loads(row.headers) if row.headers is not None else None
    return Answer(row.request_id, row.fingerprint, row.at, row.status, headers, row.body, row.owner or "")


def renew_answer(connection: sa.Connection, key: UserKey, answer: Answer, at: float) -> None:
    """Note that a request was still being answered by its owner."""
    connection.execute(_RENEW_ANSWER, _own(key, answer, now=at))


def end_answer(connection: sa.Connection, key: UserKey, answer: Answer) -> None:
    """Keep an owner's answer; without a status, or where there is no such user, free its id.

    A row is changed in its place: whoever erases the user at the same moment would not see a new one.
    """
    if answer.status is None or head(connection, key) == NEVER_SEEN:
        connection.execute(_DROP_ANSWER, _own(key, answer))
    else:
        kept = {f"new_{name}": _answer_row(key, answer)[name] for name in ("at", "status", "headers", "body")}
        connection.execute(_KEEP_ANSWER, _own(key, answer, **kept))


def with_old_answers(connection: sa.Connection, older: float) -> list[str]:
    """The tenants with answers from before."""
    return list(connection.execute(_WITH_OLD_ANSWERS, {"older": older}).scalars())


def drop_answers(connection: sa.Connection, tenant: str, older: float) -> int:
    """Drop a tenant's answers from before; how many."""
    return connection.execute(_DROP_OLD_OF_TENANT, {"of_tenant": tenant, "older": older}).rowcount


def _key_row(key: ApiKey) -> dict[str, object]:
    ends_at = key.ends_at.timestamp() if key.ends_at is not None else None
    return {"key_id": key.key_id, "tenant": key.tenant, "ends_at": ends_at, "body": key.model_dump_json()}


def _own(key: UserKey, answer: Answer, **more: object) -> dict[str, object]:
    return t.asked(key, of_request=answer.request_id, of_owner=answer.owner, **more)


def _answer_row(key: UserKey, answer: Answer) -> dict[str, object]:
    headers = json.dumps(answer.headers) if answer.headers is not None else None
    return t.owned(key, **{**answer._asdict(), "headers": headers})
