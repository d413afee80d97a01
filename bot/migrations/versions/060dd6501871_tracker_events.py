"""The tracker's events."""

import sqlalchemy as sa
from alembic import op

revision = "060dd6501871"
down_revision = None
branch_labels = None
depends_on = None

SESSION_STARTS = sa.text("type_name = 'session_started'")


def upgrade() -> None:
    op.create_table(
        "tracker_events",
        sa.Column("sender_id", sa.String(length=255), nullable=False),
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("type_name", sa.String(length=60), nullable=False),
        sa.Column("timestamp", sa.Float(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sender_id", "sequence"),
    )
    op.create_index(
        "ix_tracker_events_session_starts",
        "tracker_events",
        ["sender_id", "sequence"],
        sqlite_where=SESSION_STARTS,
        postgresql_where=SESSION_STARTS,
    )


def downgrade() -> None:
    op.drop_index("ix_tracker_events_session_starts", "tracker_events")
    op.drop_table("tracker_events")
