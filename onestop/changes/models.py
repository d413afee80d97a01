"""The table of changes that staff propose, of whatever kind."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from common.database import UTCDateTime
from onestop.models import Base

KIND_LENGTH, CODE_LENGTH = 16, 64


class Change(Base):
    """A change that one person proposes; a second approves it, then it is applied."""

    __tablename__ = "changes"
    __table_args__ = (Index("ix_changes_kind_code", "kind", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(KIND_LENGTH))
    code: Mapped[str] = mapped_column(String(CODE_LENGTH))  # of what is changed, among its kind
    before: Mapped[str] = mapped_column(Text)  # as the author saw it; "" for something new
    content: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text)
    effective_from: Mapped[date | None]  # none: as soon as it is approved
    state: Mapped[str] = mapped_column(String(16), index=True)
    author: Mapped[str] = mapped_column(String(64))
    proposed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    reviewer: Mapped[str] = mapped_column(String(64))
    review_note: Mapped[str] = mapped_column(Text)
    reviewed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
