"""Dossiers that were handed in elsewhere, for the reports."""

import sqlalchemy as sa
from alembic import op

import common.database

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "counter_files",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("read_at", common.database.UTCDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_counter_files")),
    )
    op.create_table(
        "counter_dossiers",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("file", sa.String(length=64), nullable=False),
        sa.Column("procedure_code", sa.String(length=16), nullable=False),
        sa.Column("agency", sa.Text(), nullable=False),
        sa.Column("way", sa.String(length=16), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("finished_on", sa.Date(), nullable=True),
        sa.Column("result_by_post", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["file"],
            ["counter_files.digest"],
            name=op.f("fk_counter_dossiers_file_counter_files"),
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_counter_dossiers")),
    )
    op.create_index(
        op.f("ix_counter_dossiers_procedure_code"), "counter_dossiers", ["procedure_code"]
    )
    op.create_index(op.f("ix_counter_dossiers_received_on"), "counter_dossiers", ["received_on"])


def downgrade() -> None:
    op.drop_table("counter_dossiers")
    op.drop_table("counter_files")
