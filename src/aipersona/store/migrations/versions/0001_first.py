"""The first tables: users, sessions, turns, revisions, entries."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def _owner() -> tuple[sa.Column[str], sa.Column[str]]:
    return sa.Column("tenant", sa.String(256), primary_key=True), sa.Column("user_id", sa.String(256), primary_key=True)


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        return  # its tables begin with 0004
    op.create_table(
        "users",
        *_owner(),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
    )
    op.create_table(
        "sessions",
        *_owner(),
        sa.Column("session_id", sa.String(256), primary_key=True),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("started_at", sa.String(40), nullable=False),
        sa.Column("sort_key", sa.Float, nullable=False),
        sa.Column("speaker", sa.String(256)),
        sa.Column("closed", sa.Boolean, nullable=False),
        sa.Column("learned", sa.Integer),
    )
    op.create_index("sessions_by_position", "sessions", ["tenant", "user_id", "position"])
    op.create_index("sessions_pending", "sessions", ["tenant", "user_id", "learned", "closed", "sort_key"])
    op.create_table(
        "turns",
        *_owner(),
        sa.Column("session_id", sa.String(256), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("speaker", sa.String(256)),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("at", sa.String(40)),
        sa.Column("tool_calls", sa.JSON),
    )
    op.create_table(
        "revisions",
        *_owner(),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("body", sa.Text, nullable=False),
    )
    op.create_table(
        "entries",
        *_owner(),
        sa.Column("entry_id", sa.String(256), primary_key=True),
        sa.Column("recorded", sa.Integer, primary_key=True),
        sa.Column("retired", sa.Integer),
        sa.Column("type", sa.String(16), nullable=False),
        sa.Column("path", sa.String(128), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
    )
    op.create_index("entries_believed", "entries", ["tenant", "user_id", "retired"])


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        return  # its tables begin with 0004
    for table in ("entries", "revisions", "turns", "sessions", "users"):
        op.drop_table(table)
