"""What a server keeps: API keys, message lists that were recorded, answers to requests that may be repeated."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from aipersona.store.postgres import PARTITIONS, users_table

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


_ON_POSTGRESQL = {
    "prefixes": """
        digest TEXT COLLATE "C" NOT NULL, session_id TEXT COLLATE "C" NOT NULL, replied BOOLEAN NOT NULL,
        at DOUBLE PRECISION NOT NULL, PRIMARY KEY (tenant, user_id, digest)""",
    "answers": """
        request_id TEXT COLLATE "C" NOT NULL, fingerprint TEXT COLLATE "C" NOT NULL, at DOUBLE PRECISION NOT NULL,
        status INTEGER, headers TEXT COLLATE "C", body BYTEA, PRIMARY KEY (tenant, user_id, request_id)""",
}


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        _make_on_postgresql()
        return
    op.create_table(
        "api_keys",
        sa.Column("key_id", sa.String(12), primary_key=True),
        sa.Column("tenant", sa.String(256), nullable=False),
        sa.Column("ends_at", sa.Float),
        sa.Column("body", sa.Text, nullable=False),
    )
    op.create_index("api_keys_by_tenant", "api_keys", ["tenant"])
    op.create_table(
        "prefixes",
        sa.Column("tenant", sa.String(256), primary_key=True),
        sa.Column("user_id", sa.String(256), primary_key=True),
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("session_id", sa.String(256), nullable=False),
        sa.Column("replied", sa.Boolean, nullable=False),
        sa.Column("at", sa.Float, nullable=False),
    )
    op.create_table(
        "answers",
        sa.Column("tenant", sa.String(256), primary_key=True),
        sa.Column("user_id", sa.String(256), primary_key=True),
        sa.Column("request_id", sa.String(256), primary_key=True),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("status", sa.Integer),
        sa.Column("headers", sa.Text),
        sa.Column("body", sa.LargeBinary),
    )


def _make_on_postgresql() -> None:
    """The tables of users in partitions, with the wall between tenants; a key is found before its tenant is known."""
    config = op.get_context().config
    count = config.attributes.get("partitions", PARTITIONS) if config is not None else PARTITIONS
    made = """
        CREATE TABLE api_keys (
          key_id TEXT COLLATE "C" PRIMARY KEY, tenant TEXT COLLATE "C" NOT NULL, ends_at DOUBLE PRECISION,
          body TEXT COLLATE "C" NOT NULL)"""
    op.execute(sa.text(made))
    op.create_index("api_keys_by_tenant", "api_keys", ["tenant"])
    for table, columns in _ON_POSTGRESQL.items():
        for statement in users_table(table, columns, count):
            op.execute(sa.text(statement))


def downgrade() -> None:
    op.drop_table("answers")
    op.drop_table("prefixes")
    op.drop_table("api_keys")
