"""What each turn changed in a draft, and answers offered for it."""

import sqlalchemy as sa
from alembic import op

import common.database

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("drafts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("turns", common.database.EncryptedJSON(), nullable=True))
        batch_op.add_column(sa.Column("offer", common.database.EncryptedJSON(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("drafts", schema=None) as batch_op:
        batch_op.drop_column("offer")
        batch_op.drop_column("turns")
