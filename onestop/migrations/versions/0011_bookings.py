"""Booked counter times, and what is counted by one transaction at a time."""

import sqlalchemy as sa
from alembic import op

import common.database

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "booking_locks",
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_booking_locks")),
    )
    op.create_table(
        "bookings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("owner", sa.String(length=128), nullable=False),
        sa.Column("unit", sa.String(length=16), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("begin", sa.Time(), nullable=False),
        sa.Column("end", sa.Time(), nullable=False),
        sa.Column("details", common.database.EncryptedJSON(), nullable=False),
        sa.Column("phone_key", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("created_at", common.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("cancelled_at", common.database.UTCDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bookings")),
        sa.UniqueConstraint("code", name=op.f("uq_bookings_code")),
    )
    with op.batch_alter_table("bookings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_bookings_owner"), ["owner"], unique=False)
        batch_op.create_index(batch_op.f("ix_bookings_phone_key"), ["phone_key"], unique=False)
        batch_op.create_index("ix_bookings_unit_day", ["unit", "day"], unique=False)


def downgrade() -> None:
    op.drop_table("bookings")
    op.drop_table("booking_locks")
