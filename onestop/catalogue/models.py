"""Tables of the catalogue: every revision of a procedure whole, the current one spread out.

`procedure_revisions` holds the content (`onestop.catalogue.content.Procedure`) as JSON and only
grows; it is what `store.get` reads. `procedures` and its child tables repeat what is filtered,
joined or counted of the current revision. `store.save` alone writes all of them, together.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from common.database import UTCDateTime, now
from onestop.models import Base

CODE_LENGTH = 16  # "1.001193"; some of the portal are a few digits longer


class ProcedureRevision(Base):
    """A procedure as one source gave it once; the greatest id is the catalogue's version."""

    __tablename__ = "procedure_revisions"
    __table_args__ = (
        Index("ix_procedure_revisions_code_source", "code", "source"),
        {"sqlite_autoincrement": True},  # an id is never used twice: it is a version number
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(CODE_LENGTH))
    source: Mapped[str] = mapped_column(String(32))
    digest: Mapped[str] = mapped_column(String(64))
    content: Mapped[str] = mapped_column(Text)
    saved_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)


class ProcedureRecord(Base):
    """A procedure as it stands now: the columns by which procedures are found and counted."""

    __tablename__ = "procedures"

    code: Mapped[str] = mapped_column(String(CODE_LENGTH), primary_key=True)
    revision_id: Mapped[int] = mapped_column(ForeignKey("procedure_revisions.id"))
    source: Mapped[str] = mapped_column(String(32), index=True)
    digest: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(Text)
    level: Mapped[int | None] = mapped_column(index=True)
    tier: Mapped[str | None] = mapped_column(String(16), index=True)
    kind: Mapped[str] = mapped_column(Text)
    field: Mapped[str] = mapped_column(Text, index=True)
    agency: Mapped[str] = mapped_column(Text)
    decision_number: Mapped[str] = mapped_column(Text)
    effective_date: Mapped[date | None]
    online: Mapped[bool]
    withdrawn: Mapped[bool]

    revision: Mapped[ProcedureRevision] = relationship()


class ProcedureAlias(Base):
    """An everyday name of a procedure."""

    __tablename__ = "procedure_aliases"

    procedure_code: Mapped[str] = mapped_column(
        ForeignKey("procedures.code", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    alias: Mapped[str] = mapped_column(Text)


class ProcedureWay(Base):
    """One way to hand in a dossier, with its time and fee."""

    __tablename__ = "procedure_ways"

    procedure_code: Mapped[str] = mapped_column(
        ForeignKey("procedures.code", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(16), index=True)
    time_amount: Mapped[float | None]
    time_unit: Mapped[str | None] = mapped_column(String(16))
    time_note: Mapped[str] = mapped_column(Text)
    fee_amount: Mapped[int | None] = mapped_column(BigInteger)  # đồng
    fee_note: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text)


class ProcedurePaper(Base):
    """One dossier paper."""

    __tablename__ = "procedure_papers"

    procedure_code: Mapped[str] = mapped_column(
        ForeignKey("procedures.code", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    originals: Mapped[int]
    copies: Mapped[int]
    case: Mapped[str] = mapped_column("case_name", Text)  # `Paper.group`; both are SQL keywords
    form: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text)
    required: Mapped[bool]


class ProcedureLegalBasis(Base):
    """One legal text that a procedure rests on."""

    __tablename__ = "procedure_legal_bases"

    procedure_code: Mapped[str] = mapped_column(
        ForeignKey("procedures.code", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(Text, index=True)
    title: Mapped[str] = mapped_column(Text)
