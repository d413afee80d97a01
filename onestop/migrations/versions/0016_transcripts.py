"""Conversations as they were: turns, masked, with an index of their words; notes and corrections."""

import sqlalchemy as sa
from alembic import op

import common.database

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

WAITING_SQLITE = sa.text("free = 1 AND correct IS NULL")
WAITING_POSTGRESQL = sa.text("free AND correct IS NULL")


def upgrade() -> None:
    op.create_table(
        "conversations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(length=255), nullable=False),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("started_at", common.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("last_at", common.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("turn_count", sa.Integer(), nullable=False),
        sa.Column("fallbacks", sa.Integer(), nullable=False),
        sa.Column("lowest_confidence", sa.Double(), nullable=True),
        sa.Column("procedure", sa.String(length=16), nullable=False),
        sa.Column("outcome", sa.String(length=12), nullable=False),
        sa.Column("field", sa.String(length=64), nullable=False),
        sa.Column("stars", sa.Integer(), nullable=True),
        sa.Column("handed_over", sa.Boolean(), nullable=False),
        sa.Column("assigned", sa.String(length=64), nullable=False),
        sa.Column("reviewed_by", sa.String(length=64), nullable=False),
        sa.Column("reviewed_at", common.database.UTCDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversations")),
        sa.UniqueConstraint("owner", "first", name="uq_conversations_first"),
    )
    with op.batch_alter_table("conversations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_conversations_assigned"), ["assigned"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_conversations_started_at"), ["started_at"], unique=False
        )

    op.create_table(
        "transcript_feeds",
        sa.Column("owner", sa.String(length=255), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.Integer(), nullable=True),
        sa.Column("asked", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("known", common.database.EncryptedJSON(), nullable=False),
        sa.PrimaryKeyConstraint("owner", name=op.f("pk_transcript_feeds")),
    )
    op.create_table(
        "conversation_labels",
        sa.Column("label", sa.String(length=40), nullable=False),
        sa.Column("conversation_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_conversation_labels_conversation_id_conversations"),
        ),
        sa.PrimaryKeyConstraint("label", "conversation_id", name=op.f("pk_conversation_labels")),
    )
    with op.batch_alter_table("conversation_labels", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_conversation_labels_conversation_id"), ["conversation_id"], unique=False
        )

    op.create_table(
        "conversation_procedures",
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("conversation_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_conversation_procedures_conversation_id_conversations"),
        ),
        sa.PrimaryKeyConstraint("code", "conversation_id", name=op.f("pk_conversation_procedures")),
    )
    with op.batch_alter_table("conversation_procedures", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_conversation_procedures_conversation_id"),
            ["conversation_id"],
            unique=False,
        )

    op.create_table(
        "turns",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", common.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("clear", common.database.EncryptedJSON(), nullable=False),
        sa.Column("free", sa.Boolean(), nullable=False),
        sa.Column("intent", sa.String(length=64), nullable=False),
        sa.Column("confidence", sa.Double(), nullable=True),
        sa.Column("alternatives", sa.JSON(), nullable=False),
        sa.Column("entities", sa.JSON(), nullable=False),
        sa.Column("candidates", sa.JSON(), nullable=False),
        sa.Column("actions", sa.JSON(), nullable=False),
        sa.Column("answered", sa.String(length=64), nullable=False),
        sa.Column("fallback", sa.Boolean(), nullable=False),
        sa.Column("latency_ms", sa.Integer(), nullable=True),
        sa.Column("uncertainty", sa.Double(), nullable=False),
        sa.Column("lot", sa.Integer(), nullable=False),
        sa.Column("correct", sa.Boolean(), nullable=True),
        sa.Column("sampled", sa.Boolean(), nullable=False),
        sa.Column("judged_by", sa.String(length=64), nullable=False),
        sa.Column("judged_at", common.database.UTCDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_turns_conversation_id_conversations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_turns")),
        sa.UniqueConstraint("conversation_id", "number", name="uq_turns_number"),
    )
    with op.batch_alter_table("turns", schema=None) as batch_op:
        batch_op.create_index("ix_turns_intent", ["intent", "conversation_id"], unique=False)
        batch_op.create_index(
            "ix_turns_lot",
            ["lot"],
            unique=False,
            sqlite_where=WAITING_SQLITE,
            postgresql_where=WAITING_POSTGRESQL,
        )
        batch_op.create_index(
            "ix_turns_uncertain",
            ["uncertainty", "id"],
            unique=False,
            sqlite_where=WAITING_SQLITE,
            postgresql_where=WAITING_POSTGRESQL,
        )

    op.create_table(
        "suggestions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("turn_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("was", sa.String(length=200), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("proposed_by", sa.String(length=64), nullable=False),
        sa.Column("proposed_at", common.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(length=64), nullable=False),
        sa.Column("decided_at", common.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["turn_id"],
            ["turns.id"],
            name=op.f("fk_suggestions_turn_id_turns"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suggestions")),
    )
    with op.batch_alter_table("suggestions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_suggestions_state"), ["state"], unique=False)
        batch_op.create_index(batch_op.f("ix_suggestions_turn_id"), ["turn_id"], unique=False)

    op.create_table(
        "turn_notes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("turn_id", sa.Integer(), nullable=False),
        sa.Column("author", sa.String(length=64), nullable=False),
        sa.Column("text", common.database.EncryptedJSON(), nullable=False),
        sa.Column("at", common.database.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["turn_id"], ["turns.id"], name=op.f("fk_turn_notes_turn_id_turns")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_turn_notes")),
    )
    with op.batch_alter_table("turn_notes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_turn_notes_turn_id"), ["turn_id"], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE TABLE turn_words (turn_id INTEGER PRIMARY KEY"
            " REFERENCES turns (id) ON DELETE CASCADE, words TSVECTOR NOT NULL)"
        )
        op.execute("CREATE INDEX ix_turn_words_words ON turn_words USING gin (words)")
    else:
        op.execute("CREATE VIRTUAL TABLE turn_words USING fts5 (words, tokenize = 'ascii')")


def downgrade() -> None:
    op.drop_table("turn_words")
    op.drop_table("turn_notes")
    op.drop_table("suggestions")
    op.drop_table("turns")
    op.drop_table("conversation_procedures")
    op.drop_table("conversation_labels")
    op.drop_table("transcript_feeds")
    op.drop_table("conversations")
