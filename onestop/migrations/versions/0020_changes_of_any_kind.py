"""Changes that staff propose are of any kind; documents that staff keep; uploads of national records."""

from typing import Any

import sqlalchemy as sa
from alembic import op

import common.database

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

MOMENT = common.database.UTCDateTime(timezone=True)


def _common() -> list[sa.Column[Any]]:
    return [
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("author", sa.String(length=64), nullable=False),
        sa.Column("proposed_at", MOMENT, nullable=False),
        sa.Column("reviewer", sa.String(length=64), nullable=False),
        sa.Column("review_note", sa.Text(), nullable=False),
        sa.Column("reviewed_at", MOMENT, nullable=True),
    ]


def upgrade() -> None:
    op.create_table(
        "changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        *_common(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_changes")),
    )
    op.execute(
        "INSERT INTO changes (id, kind, code, before, content, note, effective_from, state, author, "
        "proposed_at, reviewer, review_note, reviewed_at) "
        "SELECT c.id, 'procedure', c.code, r.content, c.content, c.note, c.effective_from, c.state, "
        "c.author, c.proposed_at, c.reviewer, c.review_note, c.reviewed_at "
        "FROM procedure_changes c JOIN procedure_revisions r ON r.id = c.base_id"
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "SELECT setval('changes_id_seq', (SELECT COALESCE(MAX(id), 0) + 1 FROM changes), false)"
        )
    op.drop_table("procedure_changes")
    op.create_index("ix_changes_kind_code", "changes", ["kind", "code"])
    op.create_index(op.f("ix_changes_state"), "changes", ["state"])
    op.create_table(
        "kept_revisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("saved_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_revisions")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_kept_revisions_kind_code", "kept_revisions", ["kind", "code"])
    op.create_table(
        "catalogue_imports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("author", sa.String(length=64), nullable=False),
        sa.Column("uploaded_at", MOMENT, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_imports")),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    op.drop_table("catalogue_imports")
    op.drop_table("kept_revisions")
    op.create_table(
        "procedure_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("base_id", sa.Integer(), nullable=False),
        *_common(),
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
    op.execute(
        "INSERT INTO procedure_changes (id, code, base_id, content, note, effective_from, state, "
        "author, proposed_at, reviewer, review_note, reviewed_at) "
        "SELECT c.id, c.code, (SELECT MAX(r.id) FROM procedure_revisions r WHERE r.code = c.code "
        "AND r.content = c.before), c.content, c.note, c.effective_from, c.state, c.author, "
        "c.proposed_at, c.reviewer, c.review_note, c.reviewed_at "
        "FROM changes c WHERE c.kind = 'procedure'"
    )
    op.drop_table("changes")
