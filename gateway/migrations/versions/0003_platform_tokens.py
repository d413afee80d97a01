"""Tokens of the platforms."""

import sqlalchemy as sa
from alembic import op

import common.database

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "platform_tokens",
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("tokens", common.database.EncryptedJSON(), nullable=False),
        sa.Column("expires_at", common.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("worker", sa.String(length=32), nullable=True),
        sa.Column("lease_until", common.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("refused_at", common.database.UTCDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("channel", name=op.f("pk_platform_tokens")),
    )


def downgrade() -> None:
    op.drop_table("platform_tokens")
