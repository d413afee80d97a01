"""Hand-overs to a person, and the presence of staff."""

import sqlalchemy as sa
from alembic import op

import common.database

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

OPEN = sa.text("stage != 'closed'")
UTC = common.database.UTCDateTime


def upgrade() -> None:
    op.create_table(
        "handovers",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sender", sa.String(length=80), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("stage", sa.String(length=10), nullable=False),
        sa.Column("request", common.database.EncryptedJSON(), nullable=False),
        sa.Column("agent", sa.String(length=64)),
        sa.Column("agent_name", sa.String(length=100)),
        sa.Column("asked_at", UTC(timezone=True), nullable=False),
        sa.Column("taken_at", UTC(timezone=True)),
        sa.Column("answered_at", UTC(timezone=True)),
        sa.Column("closed_at", UTC(timezone=True)),
        sa.Column("ended_by", sa.String(length=10)),
        sa.Column("outcome", common.database.EncryptedJSON()),
        sa.Column("waits_since", UTC(timezone=True)),
        sa.Column("active_at", UTC(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_handovers"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_handovers_sender", "handovers", ["sender"])
    op.create_index("ix_handovers_stage_asked_at", "handovers", ["stage", "asked_at"])
    op.create_index(
        "uq_handovers_one_open_per_sender",
        "handovers",
        ["sender"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    op.create_table(
        "agents",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("seen_at", UTC(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_agents"),
    )


def downgrade() -> None:
    op.drop_table("agents")
    op.drop_table("handovers")
