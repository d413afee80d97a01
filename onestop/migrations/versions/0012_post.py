"""What the public post is asked for, and its way."""

import sqlalchemy as sa
from alembic import op

import common.database

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "post_requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(length=128), nullable=False),
        sa.Column("service", sa.String(length=16), nullable=False),
        sa.Column("details", common.database.EncryptedJSON(), nullable=False),
        sa.Column("zone", sa.String(length=24), nullable=False),
        sa.Column("fee", sa.Integer(), nullable=False),
        sa.Column("fee_estimated", sa.Boolean(), nullable=False),
        sa.Column("carrier_ref", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("created_at", common.database.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossiers.id"], name=op.f("fk_post_requests_dossier_id_dossiers")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post_requests")),
        sa.UniqueConstraint("code", name=op.f("uq_post_requests_code")),
    )
    with op.batch_alter_table("post_requests", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_post_requests_dossier_id"), ["dossier_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_post_requests_state"), ["state"], unique=False)
    op.create_table(
        "post_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("note", common.database.EncryptedJSON(), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("at", common.database.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["post_requests.id"],
            name=op.f("fk_post_events_request_id_post_requests"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post_events")),
    )
    with op.batch_alter_table("post_events", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_post_events_request_id"), ["request_id"], unique=False)


def downgrade() -> None:
    op.drop_table("post_events")
    op.drop_table("post_requests")
