"""Who is answering a request that may come again; what was kept before is nobody's."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    text = sa.String(32).with_variant(sa.Text(collation="C"), "postgresql")
    op.add_column("answers", sa.Column("owner", text))


def downgrade() -> None:
    with op.batch_alter_table("answers") as table:
        table.drop_column("owner")
