"""Whose matter a complaint is that names no dossier."""

import sqlalchemy as sa
from alembic import op

import common.database

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("complaints") as batch_op:
        batch_op.add_column(sa.Column("agency", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("agency_note", common.database.EncryptedJSON()))
    with op.batch_alter_table("complaints") as batch_op:
        batch_op.alter_column("agency", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("complaints") as batch_op:
        batch_op.drop_column("agency_note")
        batch_op.drop_column("agency")
