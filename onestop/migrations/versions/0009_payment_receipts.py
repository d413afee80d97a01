"""Payments: what came by transfers so far, and the number of the receipt."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("payments", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("received", sa.BigInteger(), nullable=False, server_default="0")
        )
        batch_op.add_column(sa.Column("receipt_number", sa.String(length=24), nullable=True))
        batch_op.create_unique_constraint(
            batch_op.f("uq_payments_receipt_number"), ["receipt_number"]
        )
    with op.batch_alter_table("payments", schema=None) as batch_op:
        batch_op.alter_column("received", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("payments", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_payments_receipt_number"), type_="unique")
        batch_op.drop_column("receipt_number")
        batch_op.drop_column("received")
