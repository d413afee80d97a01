"""The turns that were judged by lot are found without reading all."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_turns_sampled",
        "turns",
        ["at"],
        sqlite_where=sa.text("sampled = 1"),
        postgresql_where=sa.text("sampled"),
    )


def downgrade() -> None:
    op.drop_index("ix_turns_sampled", "turns")
