"""What goes out to platforms: how far it is; and the platforms' own clock for what comes in."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

INDEXES = (("ix_messages_unsent", ["sender", "id"], False, "unsent"),)
UNIQUE = (("uq_messages_one_sending_per_sender", ["sender"], True, "sending"),)


def upgrade() -> None:
    with op.batch_alter_table("messages") as batch_op:
        batch_op.add_column(sa.Column("sent_at", sa.BigInteger()))
        batch_op.add_column(
            sa.Column("parts_sent", sa.Integer(), nullable=False, server_default="0")
        )
        batch_op.alter_column("parts_sent", server_default=None)
        batch_op.add_column(sa.Column("reason", sa.String(length=40)))
        for name, columns, unique, state in INDEXES + UNIQUE:
            where = sa.text(f"state = '{state}'")
            batch_op.create_index(
                name, columns, unique=unique, sqlite_where=where, postgresql_where=where
            )


def downgrade() -> None:
    with op.batch_alter_table("messages") as batch_op:
        for name, *_ in INDEXES + UNIQUE:
            batch_op.drop_index(name)
        for name in ("reason", "parts_sent", "sent_at"):
            batch_op.drop_column(name)
