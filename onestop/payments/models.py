"""Tables of payments: attempts, everything that was told of them, and the lines of bank statements."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import BigInteger, Date, ForeignKey, Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from common.database import EncryptedJSON, UTCDateTime, now
from onestop.dossiers.models import Dossier, opaque_key
from onestop.models import Base
from onestop.payments.base import TXN_REF_LENGTH

# created → paid | failed (the provider says so) | refused (money came, but the dossier was paid already)
State = Literal["created", "paid", "failed", "refused"]
_PAID = text("state = 'paid'")


class Payment(Base):
    """One attempt to pay a dossier; the index makes a second paid one of the same dossier impossible."""

    __tablename__ = "payments"
    __table_args__ = (
        Index(
            "uq_payments_paid_dossier",
            "dossier_id",
            unique=True,
            sqlite_where=_PAID,
            postgresql_where=_PAID,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(32), unique=True, default=opaque_key)
    txn_ref: Mapped[str] = mapped_column(String(TXN_REF_LENGTH), unique=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossiers.id"), index=True)
    provider: Mapped[str] = mapped_column(String(16))
    amount: Mapped[int] = mapped_column(BigInteger)  # đồng
    state: Mapped[State] = mapped_column(String(16), default="created")
    provider_ref: Mapped[str] = mapped_column(String(64), default="")
    received: Mapped[int] = mapped_column(BigInteger, default=0)  # đồng, by transfers so far
    receipt_number: Mapped[str | None] = mapped_column(String(24), unique=True)  # of a paid one
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    dossier: Mapped[Dossier] = relationship()


class PaymentEvent(Base):
    """What came in about a payment, as received, with what was made of it; never changed."""

    __tablename__ = "payment_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("payments.id"), index=True)
    provider: Mapped[str] = mapped_column(String(16))
    kind: Mapped[str] = mapped_column(String(16))  # ipn, return or statement
    received: Mapped[dict[str, Any]] = mapped_column(EncryptedJSON)
    outcome: Mapped[str] = mapped_column(String(24), index=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)


class BankLine(Base):
    """A credit on a bank statement; its digest is unique, so that a file read twice counts once."""

    __tablename__ = "bank_lines"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    booked_on: Mapped[date] = mapped_column(Date)
    amount: Mapped[int] = mapped_column(BigInteger)  # đồng
    note: Mapped[str] = mapped_column(EncryptedJSON)
    line: Mapped[int] = mapped_column(Integer)  # in the file it was first read from
    outcome: Mapped[str] = mapped_column(String(24), index=True)
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("payments.id"))
    read_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
