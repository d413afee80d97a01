"""Tables of staff: accounts, their sessions and second factors, tries to log in, the audit."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from common.database import EncryptedJSON, UTCDateTime, now
from onestop.models import Base

DIGEST = 64  # hexadecimal digits of a SHA-256


class StaffAccount(Base):
    """A member of staff. Without a password the account logs in through OpenID Connect only."""

    __tablename__ = "staff_accounts"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(64), unique=True)
    display_name: Mapped[str] = mapped_column(String(120))  # as citizens are told who writes
    roles: Mapped[list[str]] = mapped_column(JSON)
    agencies: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))  # none: all
    password_hash: Mapped[str | None] = mapped_column(String(255))
    password_is_first: Mapped[bool]  # given by an administrator: to be changed
    subject: Mapped[str | None] = mapped_column(String(255), unique=True)  # of the OpenID provider
    totp_secret: Mapped[str | None] = mapped_column(EncryptedJSON)
    totp_pending: Mapped[str | None] = mapped_column(EncryptedJSON)  # shown, not yet confirmed
    totp_last_step: Mapped[int | None] = mapped_column(BigInteger)  # of the last code accepted
    disabled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)


class StaffRecoveryCode(Base):
    """A code for whoever lost the telephone; good once, kept as its digest."""

    __tablename__ = "staff_recovery_codes"

    digest: Mapped[str] = mapped_column(String(DIGEST), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("staff_accounts.id"), index=True)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class StaffSession(Base):
    """A session, under its token's digest."""

    __tablename__ = "staff_sessions"

    digest: Mapped[str] = mapped_column(String(DIGEST), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("staff_accounts.id"), index=True)
    stage: Mapped[str] = mapped_column(String(16))
    began_at: Mapped[datetime] = mapped_column(UTCDateTime)
    seen_at: Mapped[datetime] = mapped_column(UTCDateTime)

    account: Mapped[StaffAccount] = relationship(lazy="joined")


class StaffAttempts(Base):
    """How often someone tried since when: for an account, for an address."""

    __tablename__ = "staff_attempts"

    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    count: Mapped[int] = mapped_column(Integer)
    since: Mapped[datetime] = mapped_column(UTCDateTime)


class StaffOidcFlow(Base):
    """A log-in that has gone to the OpenID provider, under its state's digest."""

    __tablename__ = "staff_oidc_flows"

    digest: Mapped[str] = mapped_column(String(DIGEST), primary_key=True)
    binding: Mapped[str] = mapped_column(String(DIGEST))  # digest of the browser's cookie
    nonce: Mapped[str] = mapped_column(String(64))
    verifier: Mapped[str] = mapped_column(EncryptedJSON)
    began_at: Mapped[datetime] = mapped_column(UTCDateTime)


class AuditEntry(Base):
    """Who did or saw what, chained by digests; triggers of the database refuse any change."""

    __tablename__ = "staff_audit"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    actor: Mapped[str] = mapped_column(String(80), index=True)
    action: Mapped[str] = mapped_column(String(48), index=True)
    subject: Mapped[str] = mapped_column(String(200), index=True)
    reason: Mapped[str] = mapped_column(EncryptedJSON)
    details: Mapped[dict[str, Any]] = mapped_column(JSON)
    previous: Mapped[str] = mapped_column(String(DIGEST), unique=True)
    digest: Mapped[str] = mapped_column(String(DIGEST), unique=True)
