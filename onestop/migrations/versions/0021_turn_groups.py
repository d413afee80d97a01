"""Groups of misunderstood messages, week by week."""

import sqlalchemy as sa
from alembic import op

import common.database

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "grouped_weeks",
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("made_at", common.database.UTCDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("week", name=op.f("pk_grouped_weeks")),
    )
    op.create_table(
        "turn_groups",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["week"],
            ["grouped_weeks.week"],
            name=op.f("fk_turn_groups_week_grouped_weeks"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_turn_groups")),
    )
    op.create_index(op.f("ix_turn_groups_week"), "turn_groups", ["week"])
    op.create_table(
        "grouped_turns",
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("turn_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"],
            ["turn_groups.id"],
            name=op.f("fk_grouped_turns_group_id_turn_groups"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["turn_id"],
            ["turns.id"],
            name=op.f("fk_grouped_turns_turn_id_turns"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("group_id", "turn_id", name=op.f("pk_grouped_turns")),
    )
    op.create_index(op.f("ix_grouped_turns_turn_id"), "grouped_turns", ["turn_id"])


def downgrade() -> None:
    op.drop_table("grouped_turns")
    op.drop_table("turn_groups")
    op.drop_table("grouped_weeks")
