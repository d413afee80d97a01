"""Files: what holds them, and what may make them hard to read."""

import sqlalchemy as sa
from alembic import op

import common.database

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("files", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("warning", sa.String(length=40), nullable=False, server_default="")
        )
        batch_op.add_column(
            sa.Column("held_at", common.database.UTCDateTime(timezone=True), nullable=True)
        )
    # Of files from before nothing is known: they stay.
    op.execute("UPDATE files SET held_at = created_at")
    with op.batch_alter_table("files", schema=None) as batch_op:
        batch_op.alter_column("warning", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("files", schema=None) as batch_op:
        batch_op.drop_column("held_at")
        batch_op.drop_column("warning")
