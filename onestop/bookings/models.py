"""Tables of booked counter times."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any, Literal

from sqlalchemy import Date, Index, String, Time
from sqlalchemy.orm import Mapped, mapped_column

from common.database import EncryptedJSON, UTCDateTime, now
from onestop.models import Base

State = Literal["booked", "cancelled"]


class Booking(Base):
    """One counter time of one citizen; `details` are name, phone and purpose."""

    __tablename__ = "bookings"
    __table_args__ = (Index("ix_bookings_unit_day", "unit", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    owner: Mapped[str] = mapped_column(String(128), index=True)
    unit: Mapped[str] = mapped_column(String(16))
    day: Mapped[date] = mapped_column(Date)
    begin: Mapped[time] = mapped_column(Time)
    end: Mapped[time] = mapped_column(Time)
    details: Mapped[dict[str, Any]] = mapped_column(EncryptedJSON)
    phone_key: Mapped[str] = mapped_column(String(64), index=True)  # see service.phone_key
    state: Mapped[State] = mapped_column(String(16), default="booked")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    cancelled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class BookingLock(Base):
    """What must be counted by one transaction at a time: a slot's places, a telephone's bookings."""

    __tablename__ = "booking_locks"

    key: Mapped[str] = mapped_column(String(80), primary_key=True)
