"""Tables of notices and of who wants none."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from common.database import EncryptedJSON, UTCDateTime, now
from onestop.models import Base


class State(StrEnum):
    """How far a notice is."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    MUTED = "muted"  # the citizen wants none
    FAILED = "failed"  # not without help; operators see it


_WAITING = text("state = 'waiting'")


class Notice(Base):
    """One notice to one owner."""

    __tablename__ = "notices"
    __table_args__ = (
        # What is looked through every few seconds, however many were told before.
        Index("ix_notices_waiting", "due_at", sqlite_where=_WAITING, postgresql_where=_WAITING),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str | None] = mapped_column(String(80), unique=True)  # what it is the notice of
    owner: Mapped[str] = mapped_column(String(128), index=True)
    template: Mapped[str] = mapped_column(String(40))
    variables: Mapped[dict[str, Any]] = mapped_column(EncryptedJSON)
    state: Mapped[State] = mapped_column(String(10), default=State.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)  # that did not succeed
    last_error: Mapped[str] = mapped_column(String(40), default="")  # a reason code
    lease: Mapped[str | None] = mapped_column(String(32))
    leased_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    due_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    delivered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Muted(Base):
    """An owner who wants no notices but those that must be told."""

    __tablename__ = "muted_owners"

    owner: Mapped[str] = mapped_column(String(128), primary_key=True)
    since: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
