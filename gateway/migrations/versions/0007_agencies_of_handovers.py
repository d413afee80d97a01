"""Whose matter a hand-over is, and whose matters a member of staff sees."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    agency = sa.Column("agency", sa.String(length=300), nullable=False, server_default="")
    op.add_column("handovers", agency)
    op.add_column("agents", sa.Column("agencies", sa.JSON(none_as_null=True)))


def downgrade() -> None:
    op.drop_column("agents", "agencies")
    op.drop_column("handovers", "agency")
