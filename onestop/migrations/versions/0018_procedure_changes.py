"""Changes of procedures that staff propose."""

import sqlalchemy as sa
from alembic import op

import common.database

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = common.database.UTCDateTime(timezone=True)
    op.create_table(
        "procedure_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("base_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("author", sa.String(length=64), nullable=False),
        sa.Column("proposed_at", moment, nullable=False),
        sa.Column("reviewer", sa.String(length=64), nullable=False),
        sa.Column("review_note", sa.Text(), nullable=False),
        sa.Column("reviewed_at", moment, nullable=True),
        sa.ForeignKeyConstraint(
            ["base_id"],
            ["procedure_revisions.id"],
            name=op.f("fk_procedure_changes_base_id_procedure_revisions"),
        ),
        sa.ForeignKeyConstraint(
            ["code"], ["procedures.code"], name=op.f("fk_procedure_changes_code_procedures")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_procedure_changes")),
    )
    for column in ("code", "state"):
        op.create_index(op.f(f"ix_procedure_changes_{column}"), "procedure_changes", [column])


def downgrade() -> None:
    op.drop_table("procedure_changes")
