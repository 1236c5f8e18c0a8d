"""The tables of PostgreSQL: the ones that SQLite has by now, in partitions by user, with a wall between tenants."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from aipersona.store.postgres import PARTITIONS, partitioned

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_OWNER = 'tenant TEXT COLLATE "C" NOT NULL, user_id TEXT COLLATE "C" NOT NULL'
_TABLES = {
    "users": """
        identity TEXT COLLATE "C" NOT NULL, revision INTEGER NOT NULL, position INTEGER NOT NULL,
        PRIMARY KEY (tenant, user_id)""",
    "sessions": """
        session_id TEXT COLLATE "C" NOT NULL, position INTEGER NOT NULL, started_at TEXT COLLATE "C" NOT NULL,
        sort_key DOUBLE PRECISION NOT NULL, speaker TEXT COLLATE "C", closed BOOLEAN NOT NULL, learned INTEGER,
        PRIMARY KEY (tenant, user_id, session_id)""",
    "turns": """
        session_id TEXT COLLATE "C" NOT NULL, number INTEGER NOT NULL, role TEXT COLLATE "C" NOT NULL,
        speaker TEXT COLLATE "C", content TEXT COLLATE "C" NOT NULL, at TEXT COLLATE "C", tool_calls JSON,
        PRIMARY KEY (tenant, user_id, session_id, number)""",
    "revisions": """
        number INTEGER NOT NULL, body TEXT COLLATE "C" NOT NULL,
        PRIMARY KEY (tenant, user_id, number)""",
    "entries": """
        entry_id TEXT COLLATE "C" NOT NULL, recorded INTEGER NOT NULL, retired INTEGER,
        type TEXT COLLATE "C" NOT NULL, path TEXT COLLATE "C" NOT NULL, body TEXT COLLATE "C" NOT NULL,
        PRIMARY KEY (tenant, user_id, entry_id, recorded)""",
    "vectors": """
        session_id TEXT COLLATE "C" NOT NULL, turn INTEGER NOT NULL, embedder TEXT COLLATE "C" NOT NULL,
        position INTEGER NOT NULL, vector VECTOR,
        PRIMARY KEY (tenant, user_id, session_id, turn, embedder)""",
}
_INDEXES = {
    "sessions_by_position": "sessions (tenant, user_id, position)",
    "sessions_pending": "sessions (tenant, user_id, learned, closed, sort_key)",
    "entries_believed": "entries (tenant, user_id, retired)",
}


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    config = op.get_context().config
    count = config.attributes.get("partitions", PARTITIONS) if config is not None else PARTITIONS
    by_user = "PARTITION BY HASH (tenant, user_id)" if count else ""
    for table, columns in _TABLES.items():
        _run(f"CREATE TABLE {table} ({_OWNER}, {columns}) {by_user}")
    for name, columns in _INDEXES.items():
        _run(f"CREATE INDEX {name} ON {columns}")
    for table in _TABLES:
        for statement in partitioned(table, count):
            _run(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table in _TABLES:
            _run(f"DROP TABLE {table}")


def _run(statement: str) -> None:
    op.execute(sa.text(statement))
