"""What a server keeps: API keys, message lists that were recorded, answers to requests that may be repeated."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
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


def downgrade() -> None:
    op.drop_table("answers")
    op.drop_table("prefixes")
    op.drop_table("api_keys")
