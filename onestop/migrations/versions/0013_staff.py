"""Staff: accounts, sessions, second factors, tries, and an audit that nothing can change."""

import sqlalchemy as sa
from alembic import op

import common.database

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

REFUSAL = "audit entries are never changed"


def upgrade() -> None:
    moment = common.database.UTCDateTime(timezone=True)
    secret = common.database.EncryptedJSON()
    op.create_table(
        "staff_accounts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("display_name", sa.String(length=120), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("agencies", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("password_hash", sa.String(length=255), nullable=True),
        sa.Column("password_is_first", sa.Boolean(), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=True),
        sa.Column("totp_secret", secret, nullable=True),
        sa.Column("totp_pending", secret, nullable=True),
        sa.Column("totp_last_step", sa.BigInteger(), nullable=True),
        sa.Column("disabled_at", moment, nullable=True),
        sa.Column("created_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_accounts")),
        sa.UniqueConstraint("name", name=op.f("uq_staff_accounts_name")),
        sa.UniqueConstraint("subject", name=op.f("uq_staff_accounts_subject")),
    )
    op.create_table(
        "staff_recovery_codes",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("used_at", moment, nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["staff_accounts.id"],
            name=op.f("fk_staff_recovery_codes_account_id_staff_accounts"),
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_staff_recovery_codes")),
    )
    op.create_index(
        op.f("ix_staff_recovery_codes_account_id"), "staff_recovery_codes", ["account_id"]
    )
    op.create_table(
        "staff_sessions",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(length=16), nullable=False),
        sa.Column("began_at", moment, nullable=False),
        sa.Column("seen_at", moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["staff_accounts.id"],
            name=op.f("fk_staff_sessions_account_id_staff_accounts"),
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_staff_sessions")),
    )
    op.create_index(op.f("ix_staff_sessions_account_id"), "staff_sessions", ["account_id"])
    op.create_table(
        "staff_attempts",
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("since", moment, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_staff_attempts")),
    )
    op.create_table(
        "staff_oidc_flows",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("binding", sa.String(length=64), nullable=False),
        sa.Column("nonce", sa.String(length=64), nullable=False),
        sa.Column("verifier", secret, nullable=False),
        sa.Column("began_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_staff_oidc_flows")),
    )
    op.create_table(
        "staff_audit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("action", sa.String(length=48), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("reason", secret, nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_audit")),
        sa.UniqueConstraint("previous", name=op.f("uq_staff_audit_previous")),
        sa.UniqueConstraint("digest", name=op.f("uq_staff_audit_digest")),
    )
    for column in ("at", "actor", "action", "subject"):
        op.create_index(op.f(f"ix_staff_audit_{column}"), "staff_audit", [column])
    _refuse_changes()


def _refuse_changes() -> None:
    """Batch operations on `staff_audit` would copy the table without these: write them anew there."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION staff_audit_refuse() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$"
        )
        op.execute(
            "CREATE TRIGGER staff_audit_rows BEFORE UPDATE OR DELETE ON staff_audit"
            " FOR EACH ROW EXECUTE FUNCTION staff_audit_refuse()"
        )
        op.execute(
            "CREATE TRIGGER staff_audit_whole BEFORE TRUNCATE ON staff_audit"
            " FOR EACH STATEMENT EXECUTE FUNCTION staff_audit_refuse()"
        )
        return
    for event in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER staff_audit_{event.lower()} BEFORE {event} ON staff_audit"
            f" BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        )


def downgrade() -> None:
    op.drop_table("staff_audit")  # with its triggers
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION staff_audit_refuse()")
    for table in (
        "staff_oidc_flows",
        "staff_attempts",
        "staff_sessions",
        "staff_recovery_codes",
        "staff_accounts",
    ):
        op.drop_table(table)
