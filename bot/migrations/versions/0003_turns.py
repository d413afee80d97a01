"""Which message of the gateway a turn answers: each is played once, whichever server it comes to."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

INDEX = "uq_tracker_events_turn"


def upgrade() -> None:
    op.add_column("tracker_events", sa.Column("turn", sa.String(length=64)))
    begun = sa.text("turn IS NOT NULL")
    op.create_index(
        INDEX,
        "tracker_events",
        ["sender_id", "turn"],
        unique=True,
        sqlite_where=begun,
        postgresql_where=begun,
    )


def downgrade() -> None:
    op.drop_index(INDEX, "tracker_events")
    op.drop_column("tracker_events", "turn")
