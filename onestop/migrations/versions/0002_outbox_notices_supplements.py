"""What is sent to a back end, what citizens are told, what officers ask to be supplemented."""

import sqlalchemy as sa
from alembic import op

import common.database

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(length=128), nullable=False),
        sa.Column("template", sa.String(length=40), nullable=False),
        sa.Column("variables", common.database.EncryptedJSON(), nullable=False),
        sa.Column("created_at", common.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("delivered_at", common.database.UTCDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
    )
    with op.batch_alter_table("notices", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notices_delivered_at"), ["delivered_at"], unique=False)

    op.create_table(
        "backend_outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("draft_id", sa.String(length=32), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("parcel", common.database.EncryptedJSON(), nullable=True),
        sa.Column("report", common.database.EncryptedJSON(), nullable=True),
        sa.Column("results", common.database.EncryptedJSON(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.String(length=200), nullable=False),
        sa.Column("next_at", common.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("lease", sa.String(length=32), nullable=True),
        sa.Column("leased_until", common.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("created_at", common.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", common.database.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["drafts.id"], name=op.f("fk_backend_outbox_draft_id_drafts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_backend_outbox")),
        sa.UniqueConstraint("draft_id", name=op.f("uq_backend_outbox_draft_id")),
        sa.UniqueConstraint("key", name=op.f("uq_backend_outbox_key")),
    )
    with op.batch_alter_table("backend_outbox", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_backend_outbox_next_at"), ["next_at"], unique=False)

    op.create_table(
        "supplement_requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("draft_id", sa.String(length=32), nullable=True),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("new_papers", common.database.EncryptedJSON(), nullable=False),
        sa.Column("note", common.database.EncryptedJSON(), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("status_before", sa.Integer(), nullable=False),
        sa.Column("requested_at", common.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("answered_at", common.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("reminded_at", common.database.UTCDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossiers.id"], name=op.f("fk_supplement_requests_dossier_id_dossiers")
        ),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["drafts.id"], name=op.f("fk_supplement_requests_draft_id_drafts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supplement_requests")),
        sa.UniqueConstraint("draft_id", name=op.f("uq_supplement_requests_draft_id")),
    )
    with op.batch_alter_table("supplement_requests", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_supplement_requests_dossier_id"), ["dossier_id"], unique=False
        )

    op.add_column("drafts", sa.Column("only", sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    # Not in a batch: SQLite would drop the table that dossiers refer to, and make it anew.
    op.drop_column("drafts", "only")

    with op.batch_alter_table("supplement_requests", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_supplement_requests_dossier_id"))

    op.drop_table("supplement_requests")
    with op.batch_alter_table("backend_outbox", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_backend_outbox_next_at"))

    op.drop_table("backend_outbox")
    with op.batch_alter_table("notices", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_notices_delivered_at"))

    op.drop_table("notices")
