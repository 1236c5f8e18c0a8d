"""The tables. Every key of what is kept of users begins with (tenant, user_id): they partition by user, on PostgreSQL.

`entries` is the ledger: a row is one version of a claim, a question or a learned field, believed from revision
`recorded` until `retired`. It is written only together with the revision that causes it.

`work` holds of the work to come what the other tables do not show: requests, failures, and when something was done that
left nothing behind. Moments are seconds since 1970; `grown`, when a session last grew, is empty in old rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

import sqlalchemy as sa

from aipersona.store.protocol import UserKey
from aipersona.store.vector_type import FloatVector

ItemT = TypeVar("ItemT")

metadata = sa.MetaData()


def _text(characters: int | None = None) -> sa.String:
    """Text in the order of its code points in every database; how long it may be is checked before it comes here."""
    return (sa.Text() if characters is None else sa.String(characters)).with_variant(
        sa.Text(collation="C"), "postgresql"
    )


def _owner() -> tuple[sa.Column[str], sa.Column[str]]:
    return (
        sa.Column("tenant", _text(256), primary_key=True),
        sa.Column("user_id", _text(256), primary_key=True),
    )


users = sa.Table(
    "users",
    metadata,
    *_owner(),
    sa.Column("identity", _text(32), nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Index("users_by_identity", "identity"),
)

_UNLEARNED = sa.text("learned IS NULL")

sessions = sa.Table(
    "sessions",
    metadata,
    *_owner(),
    sa.Column("session_id", _text(256), primary_key=True),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("started_at", _text(40), nullable=False),
    sa.Column("sort_key", sa.Float, nullable=False),
    sa.Column("speaker", _text(256)),
    sa.Column("closed", sa.Boolean, nullable=False),
    sa.Column("learned", sa.Integer),
    sa.Column("grown", sa.Float),
    sa.Index("sessions_by_position", "tenant", "user_id", "position"),
    sa.Index("sessions_pending", "tenant", "user_id", "learned", "closed", "sort_key"),
    sa.Index(
        "sessions_unlearned",
        "tenant",
        "user_id",
        "closed",
        "grown",
        sqlite_where=_UNLEARNED,
        postgresql_where=_UNLEARNED,
    ),
)

turns = sa.Table(
    "turns",
    metadata,
    *_owner(),
    sa.Column("session_id", _text(256), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("role", _text(16), nullable=False),
    sa.Column("speaker", _text(256)),
    sa.Column("content", _text(), nullable=False),
    sa.Column("at", _text(40)),
    sa.Column("tool_calls", sa.JSON(none_as_null=True)),
)

revisions = sa.Table(
    "revisions",
    metadata,
    *_owner(),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("body", _text(), nullable=False),
)

entries = sa.Table(
    "entries",
    metadata,
    *_owner(),
    sa.Column("entry_id", _text(256), primary_key=True),
    sa.Column("recorded", sa.Integer, primary_key=True),
    sa.Column("retired", sa.Integer),
    sa.Column("type", _text(16), nullable=False),
    sa.Column("path", _text(128), nullable=False),
    sa.Column("body", _text(), nullable=False),
    sa.Index("entries_believed", "tenant", "user_id", "retired"),
)

vectors = sa.Table(
    "vectors",
    metadata,
    *_owner(),
    sa.Column("session_id", _text(256), primary_key=True),
    sa.Column("turn", sa.Integer, primary_key=True),
    sa.Column("embedder", _text(256), primary_key=True),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("vector", sa.LargeBinary().with_variant(FloatVector(), "postgresql"), nullable=False),
)

work = sa.Table(
    "work",
    metadata,
    *_owner(),
    sa.Column("kind", _text(16), primary_key=True),
    sa.Column("asked", sa.Float),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("error", _text(64)),
    sa.Column("failed_at", sa.Float),
    sa.Column("again_at", sa.Float),
    sa.Column("dead", sa.Boolean, nullable=False),
    sa.Column("done_at", sa.Float),
    sa.Column("done_revision", sa.Integer),
)

prefixes = sa.Table(
    "prefixes",
    metadata,
    *_owner(),
    sa.Column("digest", _text(64), primary_key=True),
    sa.Column("session_id", _text(256), nullable=False),
    sa.Column("replied", sa.Boolean, nullable=False),
    sa.Column("at", sa.Float, nullable=False),
)

answers = sa.Table(
    "answers",
    metadata,
    *_owner(),
    sa.Column("request_id", _text(256), primary_key=True),
    sa.Column("fingerprint", _text(64), nullable=False),
    sa.Column("at", sa.Float, nullable=False),
    sa.Column("status", sa.Integer),
    sa.Column("headers", sa.Text),
    sa.Column("body", sa.LargeBinary),
    sa.Column("owner", _text(32)),
)

ALL = (work, answers, prefixes, vectors, turns, sessions, entries, revisions, users)
"""The tables of what is kept of users, in an order in which they can be emptied."""

api_keys = sa.Table(
    "api_keys",
    metadata,
    sa.Column("key_id", _text(12), primary_key=True),
    sa.Column("tenant", _text(256), nullable=False),
    sa.Column("ends_at", sa.Float),
    sa.Column("body", _text(), nullable=False),
    sa.Index("api_keys_by_tenant", "tenant"),
)
"""No user's: a key is looked up before it is known whose it is."""


def of_user(table: sa.Table) -> sa.ColumnElement[bool]:
    """Whether a row is of the user that `asked` names."""
    return sa.and_(table.c.tenant == sa.bindparam("of_tenant"), table.c.user_id == sa.bindparam("of_user"))


def asked(key: UserKey, **more: object) -> dict[str, object]:
    """The parameters of a statement about a user."""
    return {"of_tenant": key.tenant, "of_user": key.user_id, **more}


def owned(key: UserKey, **columns: object) -> dict[str, object]:
    """A row of a user."""
    return {"tenant": key.tenant, "user_id": key.user_id, **columns}


def in_batches(ids: Sequence[ItemT], size: int = 500) -> Iterable[Sequence[ItemT]]:
    """The ids in as many pieces as a statement takes at once."""
    return (ids[start : start + size] for start in range(0, len(ids), size))


def adding(connection: sa.Connection, table: sa.Table) -> sa.Insert:
    """Adds rows, but none whose key another transaction adds at the same moment; it is waited for.

    On SQLite there is only one writer.
    """
    if connection.dialect.name != "postgresql":
        return sa.insert(table)
    from sqlalchemy.dialects.postgresql import insert

    return insert(table).on_conflict_do_nothing()
