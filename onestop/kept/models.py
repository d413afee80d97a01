"""The table of kept documents: each state of each, whole; the newest counts."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from common.database import UTCDateTime, now
from onestop.changes.models import CODE_LENGTH, KIND_LENGTH
from onestop.models import Base


class KeptRevision(Base):
    """A document as staff kept it once; the greatest id is the version of all of them together."""

    __tablename__ = "kept_revisions"
    __table_args__ = (
        Index("ix_kept_revisions_kind_code", "kind", "code"),
        {"sqlite_autoincrement": True},  # an id is never used twice: it is a version number
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(KIND_LENGTH))
    code: Mapped[str] = mapped_column(String(CODE_LENGTH))
    content: Mapped[str] = mapped_column(Text)
    # Digest of the shipped file that whoever kept it knew of; none: from before this was noted.
    against: Mapped[str | None] = mapped_column(String(64))
    saved_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
