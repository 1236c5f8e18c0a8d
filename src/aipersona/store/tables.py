"""The tables. Every key of what is kept of users begins with (tenant, user_id), so that they partition by user.

`entries` is the ledger: a row is one version of a claim, a question or a learned field, believed from revision
`recorded` until `retired`. It is written only together with the revision that causes it.

`work` holds of the work to come what the other tables do not show: requests, failures, and when something was done that
left nothing behind. Moments are seconds since 1970; `grown`, when a session last grew, is empty in old rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import sqlalchemy as sa

from aipersona.store.protocol import UserKey

metadata = sa.MetaData()


def _owner() -> tuple[sa.Column[str], sa.Column[str]]:
    return (
        sa.Column("tenant", sa.String(256), primary_key=True),
        sa.Column("user_id", sa.String(256), primary_key=True),
    )


users = sa.Table(
    "users",
    metadata,
    *_owner(),
    sa.Column("identity", sa.String(32), nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Index("users_by_identity", "identity"),
)

_UNLEARNED = sa.text("learned IS NULL")

sessions = sa.Table(
    "sessions",
    metadata,
    *_owner(),
    sa.Column("session_id", sa.String(256), primary_key=True),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("started_at", sa.String(40), nullable=False),
    sa.Column("sort_key", sa.Float, nullable=False),
    sa.Column("speaker", sa.String(256)),
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
    sa.Column("session_id", sa.String(256), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("role", sa.String(16), nullable=False),
    sa.Column("speaker", sa.String(256)),
    sa.Column("content", sa.Text, nullable=False),
    sa.Column("at", sa.String(40)),
    sa.Column("tool_calls", sa.JSON(none_as_null=True)),
)

revisions = sa.Table(
    "revisions",
    metadata,
    *_owner(),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("body", sa.Text, nullable=False),
)

entries = sa.Table(
    "entries",
    metadata,
    *_owner(),
    sa.Column("entry_id", sa.String(256), primary_key=True),
    sa.Column("recorded", sa.Integer, primary_key=True),
    sa.Column("retired", sa.Integer),
    sa.Column("type", sa.String(16), nullable=False),
    sa.Column("path", sa.String(128), nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Index("entries_believed", "tenant", "user_id", "retired"),
)

vectors = sa.Table(
    "vectors",
    metadata,
    *_owner(),
    sa.Column("session_id", sa.String(256), primary_key=True),
    sa.Column("turn", sa.Integer, primary_key=True),
    sa.Column("embedder", sa.String(256), primary_key=True),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("vector", sa.LargeBinary, nullable=False),
)

work = sa.Table(
    "work",
    metadata,
    *_owner(),
    sa.Column("kind", sa.String(16), primary_key=True),
    sa.Column("asked", sa.Float),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("error", sa.String(64)),
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
    sa.Column("digest", sa.String(64), primary_key=True),
    sa.Column("session_id", sa.String(256), nullable=False),
    sa.Column("replied", sa.Boolean, nullable=False),
    sa.Column("at", sa.Float, nullable=False),
)

answers = sa.Table(
    "answers",
    metadata,
    *_owner(),
    sa.Column("request_id", sa.String(256), primary_key=True),
    sa.Column("fingerprint", sa.String(64), nullable=False),
    sa.Column("at", sa.Float, nullable=False),
    sa.Column("status", sa.Integer),
    sa.Column("headers", sa.Text),
    sa.Column("body", sa.LargeBinary),
)

ALL = (work, answers, prefixes, vectors, turns, sessions, entries, revisions, users)
"""The tables of what is kept of users, in an order in which they can be emptied."""

api_keys = sa.Table(
    "api_keys",
    metadata,
    sa.Column("key_id", sa.String(12), primary_key=True),
    sa.Column("tenant", sa.String(256), nullable=False),
    sa.Column("ends_at", sa.Float),
    sa.Column("body", sa.Text, nullable=False),
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


def in_batches(ids: Sequence[str], size: int = 500) -> Iterable[Sequence[str]]:
    """The ids in as many pieces as a statement takes at once."""
    return (ids[start : start + size] for start in range(0, len(ids), size))
