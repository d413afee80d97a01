"""Files: what the virus scan said of each."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("files", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("scan", sa.String(length=10), nullable=False, server_default="")
        )
    with op.batch_alter_table("files", schema=None) as batch_op:
        batch_op.alter_column("scan", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("files", schema=None) as batch_op:
        batch_op.drop_column("scan")
