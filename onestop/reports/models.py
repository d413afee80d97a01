"""Tables of dossiers that were handed in elsewhere, as the one-stop system lists them; without names."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Boolean, Date, ForeignKey, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from common.database import UTCDateTime, now
from onestop.catalogue.content import WayKind
from onestop.models import Base


class CounterFile(Base):
    """A list that was read; its digest is unique, so that the same list counts once."""

    __tablename__ = "counter_files"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    rows: Mapped[int] = mapped_column(Integer)
    actor: Mapped[str] = mapped_column(String(64))
    read_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)


class CounterDossier(Base):
    """A dossier handed in elsewhere, by its code; a later list tells what became of it."""

    __tablename__ = "counter_dossiers"

    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    file: Mapped[str] = mapped_column(ForeignKey("counter_files.digest"))
    procedure_code: Mapped[str] = mapped_column(String(16), index=True)
    agency: Mapped[str] = mapped_column(Text)  # that takes it; empty: the procedure's own
    way: Mapped[WayKind] = mapped_column(String(16))
    received_on: Mapped[date] = mapped_column(Date, index=True)
    due_on: Mapped[date | None] = mapped_column(Date)
    finished_on: Mapped[date | None] = mapped_column(Date)
    result_by_post: Mapped[bool] = mapped_column(Boolean)
