"""Codes with which a draft is gone on with in another conversation."""

import sqlalchemy as sa
from alembic import op

import common.database

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "resume_codes",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("draft_id", sa.String(length=32), nullable=False),
        sa.Column("expires_at", common.database.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["drafts.id"], name=op.f("fk_resume_codes_draft_id_drafts")
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_resume_codes")),
        sa.UniqueConstraint("draft_id", name=op.f("uq_resume_codes_draft_id")),
    )


def downgrade() -> None:
    op.drop_table("resume_codes")
