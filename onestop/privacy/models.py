"""Tables of erasures on request, of legal holds, and of what the rules of retention took away."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from sqlalchemy import JSON, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from common.database import EncryptedJSON, UTCDateTime, now
from onestop.models import Base
from onestop.privacy.rules import Action, Store

HoldKind = Literal["dossier", "conversation"]


class Erasure(Base):
    """A citizen's wish to have their data erased, until every store has done so; then only counts are left."""

    __tablename__ = "erasures"

    id: Mapped[int] = mapped_column(primary_key=True)
    owner: Mapped[str] = mapped_column(String(128))  # ANONYMOUS once it is finished
    channel: Mapped[str] = mapped_column(String(32))
    counts: Mapped[dict[str, int]] = mapped_column(JSON)
    file_keys: Mapped[list[str]] = mapped_column(JSON)  # contents that are still to be deleted
    requested_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    lease: Mapped[str | None] = mapped_column(String(32))
    leased_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)


class LegalHold(Base):
    """While it stands, nothing of a conversation, or of the one that a dossier came from, goes."""

    __tablename__ = "legal_holds"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[HoldKind] = mapped_column(String(16))
    subject: Mapped[str] = mapped_column(String(128), index=True)  # a dossier's code, or an owner
    reason: Mapped[str] = mapped_column(EncryptedJSON)
    actor: Mapped[str] = mapped_column(String(64))
    placed_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    released_by: Mapped[str | None] = mapped_column(String(64))
    released_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class RetentionRun(Base):
    """When one kind was last looked through on one day, and how much of it went on that day."""

    __tablename__ = "retention_runs"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=now, index=True)
    store: Mapped[Store] = mapped_column(String(16))
    kind: Mapped[str] = mapped_column(String(40))
    action: Mapped[Action] = mapped_column(String(16))
    count: Mapped[int] = mapped_column(Integer)
