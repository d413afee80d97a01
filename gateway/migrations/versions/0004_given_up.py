"""What was given up is found without reading everything."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

WHERE = sa.text("state IN ('failed', 'held')")


def upgrade() -> None:
    op.create_index(
        "ix_messages_given_up",
        "messages",
        ["id"],
        sqlite_where=WHERE,
        postgresql_where=WHERE,
    )


def downgrade() -> None:
    op.drop_index("ix_messages_given_up", table_name="messages")
