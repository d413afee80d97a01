"""Notices: claimed, tried again, kept once for a key; who wants none. Reminders need no mark of their own."""

import sqlalchemy as sa
from alembic import op

import common.database

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

MOMENT = common.database.UTCDateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "muted_owners",
        sa.Column("owner", sa.String(length=128), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("owner", name=op.f("pk_muted_owners")),
    )
    with op.batch_alter_table("notices") as table:
        table.add_column(sa.Column("key", sa.String(length=80), nullable=True))
        table.add_column(
            sa.Column("state", sa.String(length=10), nullable=False, server_default="waiting")
        )
        table.add_column(sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"))
        table.add_column(
            sa.Column("last_error", sa.String(length=40), nullable=False, server_default="")
        )
        table.add_column(sa.Column("lease", sa.String(length=32), nullable=True))
        table.add_column(sa.Column("leased_until", MOMENT, nullable=True))
        table.add_column(sa.Column("due_at", MOMENT, nullable=True))
    op.execute("UPDATE notices SET due_at = created_at")
    # Their kinds have changed since, and what is not told by now is no news.
    op.execute("UPDATE notices SET state = 'delivered' WHERE delivered_at IS NOT NULL")
    op.execute("UPDATE notices SET state = 'muted' WHERE delivered_at IS NULL")
    with op.batch_alter_table("notices") as table:
        for column in ("state", "attempts", "last_error"):
            table.alter_column(column, server_default=None)
        table.alter_column("due_at", nullable=False)
        table.drop_index("ix_notices_delivered_at")
        table.create_unique_constraint(op.f("uq_notices_key"), ["key"])
        table.create_index(op.f("ix_notices_owner"), ["owner"])
        waiting = sa.text("state = 'waiting'")
        table.create_index(
            "ix_notices_waiting", ["due_at"], sqlite_where=waiting, postgresql_where=waiting
        )
    op.drop_column("supplement_requests", "reminded_at")


def downgrade() -> None:
    op.add_column("supplement_requests", sa.Column("reminded_at", MOMENT, nullable=True))
    with op.batch_alter_table("notices") as table:
        table.drop_index("ix_notices_waiting")
        table.drop_index(op.f("ix_notices_owner"))
        table.drop_constraint(op.f("uq_notices_key"), type_="unique")
        for column in ("due_at", "leased_until", "lease", "last_error", "attempts", "state", "key"):
            table.drop_column(column)
        table.create_index("ix_notices_delivered_at", ["delivered_at"])
    op.drop_table("muted_owners")
