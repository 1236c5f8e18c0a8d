"""Who a user's row is: an erased user that is made again gets another identity."""

from __future__ import annotations

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        return  # its tables begin with 0004
    op.add_column("users", sa.Column("identity", sa.String(32)))
    text = sa.String()
    users = sa.table("users", sa.column("tenant", text), sa.column("user_id", text), sa.column("identity", text))
    connection = op.get_bind()
    found = connection.execute(sa.select(users.c.tenant, users.c.user_id)).all()
    one = sa.and_(users.c.tenant == sa.bindparam("of_tenant"), users.c.user_id == sa.bindparam("of_user"))
    if found:
        connection.execute(
            sa.update(users).where(one).values(identity=sa.bindparam("made_up")),
            [{"of_tenant": tenant, "of_user": user, "made_up": secrets.token_hex(16)} for tenant, user in found],
        )
    with op.batch_alter_table("users") as table:
        table.alter_column("identity", existing_type=sa.String(32), nullable=False)


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        return  # its tables begin with 0004
    with op.batch_alter_table("users") as table:
        table.drop_column("identity")
