"""Which events others have yet to hear of."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "060dd6501871"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "event_outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sender_id", sa.String(length=255), nullable=False),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("due", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_event_outbox_sender_id", "event_outbox", ["sender_id"])


def downgrade() -> None:
    op.drop_table("event_outbox")
