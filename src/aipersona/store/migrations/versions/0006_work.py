"""Work to come: when a session last grew, whom an identity stands for, what failed and what was done."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from aipersona.store.postgres import PARTITIONS, users_table

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sessions", sa.Column("grown", sa.Float))
    unlearned = sa.text("learned IS NULL")
    op.create_index(
        "sessions_unlearned",
        "sessions",
        ["tenant", "user_id", "closed", "grown"],
        sqlite_where=unlearned,
        postgresql_where=unlearned,
    )
    op.create_index("users_by_identity", "users", ["identity"])
    if op.get_bind().dialect.name == "postgresql":
        _make_on_postgresql()
        return
    op.create_table(
        "work",
        sa.Column("tenant", sa.String(256), primary_key=True),
        sa.Column("user_id", sa.String(256), primary_key=True),
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


def _make_on_postgresql() -> None:
    config = op.get_context().config
    count = config.attributes.get("partitions", PARTITIONS) if config is not None else PARTITIONS
    columns = """kind TEXT COLLATE "C" NOT NULL, asked DOUBLE PRECISION, attempts INTEGER NOT NULL,
        error TEXT COLLATE "C", failed_at DOUBLE PRECISION, again_at DOUBLE PRECISION, dead BOOLEAN NOT NULL,
        done_at DOUBLE PRECISION, done_revision INTEGER, PRIMARY KEY (tenant, user_id, kind)"""
    for statement in users_table("work", columns, count):
        op.execute(sa.text(statement))


def downgrade() -> None:
    op.drop_table("work")
    op.drop_index("users_by_identity", "users")
    op.drop_index("sessions_unlearned", "sessions")
    with op.batch_alter_table("sessions") as table:
        table.drop_column("grown")
