"""Against which shipped file a kept document was made; of those that are there already nobody knows."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("kept_revisions", sa.Column("against", sa.String(length=64), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("kept_revisions") as batch_op:
        batch_op.drop_column("against")
