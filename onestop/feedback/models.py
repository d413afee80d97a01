"""Tables of complaints with their history, and of ratings. What citizens say is encrypted."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, Date, ForeignKey, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from common.database import EncryptedJSON, UTCDateTime, now
from onestop.models import Base
from onestop.schemas import ComplaintState


class Complaint(Base):
    """A complaint or suggestion; a sender's `request` becomes one at most."""

    __tablename__ = "complaints"
    __table_args__ = (UniqueConstraint("owner", "request", name="uq_complaints_request"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(24), unique=True)
    owner: Mapped[str] = mapped_column(String(128), index=True)
    request: Mapped[str] = mapped_column(String(64))
    channel: Mapped[str] = mapped_column(String(32))
    content: Mapped[list[str]] = mapped_column(EncryptedJSON)  # the messages as they came
    about: Mapped[str] = mapped_column(EncryptedJSON, default="")
    dossier_id: Mapped[int | None] = mapped_column(ForeignKey("dossiers.id"), index=True)
    # Whose matter it is where no dossier says so; "": nobody's yet. And why, as staff told.
    agency: Mapped[str] = mapped_column(Text, default="")
    agency_note: Mapped[str | None] = mapped_column(EncryptedJSON)
    file_ids: Mapped[list[str]] = mapped_column(JSON, default=list)
    name: Mapped[str] = mapped_column(EncryptedJSON)
    phone: Mapped[str] = mapped_column(EncryptedJSON)
    state: Mapped[ComplaintState] = mapped_column(String(16), default="received", index=True)
    received_at: Mapped[datetime] = mapped_column(UTCDateTime)
    forward_by: Mapped[date] = mapped_column(Date)
    answer_by: Mapped[date] = mapped_column(Date)

    history: Mapped[list[ComplaintEvent]] = relationship(
        order_by="ComplaintEvent.id", cascade="all, delete-orphan"
    )


class ComplaintEvent(Base):
    """One step in a complaint's history, with what its sender is told of it; never changed."""

    __tablename__ = "complaint_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaints.id"), index=True)
    state: Mapped[ComplaintState] = mapped_column(String(16))
    note: Mapped[str] = mapped_column(EncryptedJSON, default="")
    actor: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)


class Rating(Base):
    """How a citizen judges a finished dossier; one a dossier."""

    __tablename__ = "ratings"

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossiers.id"), unique=True)
    owner: Mapped[str] = mapped_column(String(128))
    channel: Mapped[str] = mapped_column(String(32))
    stars: Mapped[int] = mapped_column(Integer)
    reason: Mapped[str] = mapped_column(EncryptedJSON, default="")
    rated_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    changed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
