"""A message's number is never given twice on SQLite: 0002 had lost that when it made the table anew."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def _remake(autoincrement: bool) -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    # The old table cannot be dropped while rows name rows of it.
    op.execute(
        "CREATE TEMPORARY TABLE replies AS SELECT id, reply_to FROM messages WHERE reply_to > 0"
    )
    op.execute("UPDATE messages SET reply_to = NULL")
    kept = {"sqlite_autoincrement": autoincrement}
    with op.batch_alter_table("messages", recreate="always", table_kwargs=kept):
        pass
    op.execute(
        "UPDATE messages SET reply_to = (SELECT reply_to FROM replies WHERE replies.id = messages.id)"
    )
    op.execute("DROP TABLE replies")


def upgrade() -> None:
    _remake(True)


def downgrade() -> None:
    _remake(False)
