"""Tables of drafts, uploaded files, dossiers and their history."""

from __future__ import annotations

import secrets
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Date, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from common.database import EncryptedJSON, UTCDateTime, now
from onestop.models import Base
from onestop.schemas import DraftState

ANONYMOUS = "-"
"""The owner of what was somebody's and is only counted now; no asker is called so."""


def opaque_key() -> str:
    """An identifier that tells nothing and cannot be guessed (nearly 128 bits).

    It never begins with "-": on a command line that would be an option (`outbox retry KEY`).
    """
    while (key := secrets.token_urlsafe(16)).startswith("-"):
        pass
    return key


class EFormSnapshot(Base):
    """An e-form exactly as some draft started with it; later edits of the e-form make a new row."""

    __tablename__ = "eform_snapshots"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    definition: Mapped[dict[str, Any]] = mapped_column(JSON)


class Draft(Base):
    """An e-form being filled by one citizen."""

    __tablename__ = "drafts"
    __table_args__ = (Index("ix_drafts_owner_state", "owner", "state"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=opaque_key)
    owner: Mapped[str] = mapped_column(String(128))
    channel: Mapped[str] = mapped_column(String(32))
    procedure_code: Mapped[str] = mapped_column(String(16))
    procedure_name: Mapped[str] = mapped_column(Text)  # as it is said in talk
    eform_digest: Mapped[str] = mapped_column(ForeignKey("eform_snapshots.digest"))
    answers: Mapped[dict[str, Any]] = mapped_column(EncryptedJSON, default=dict)
    skipped: Mapped[list[str]] = mapped_column(JSON, default=list)
    asked: Mapped[str | None] = mapped_column(String(64))
    refusals: Mapped[int] = mapped_column(Integer, default=0)  # of the present field, in a row
    refused_for: Mapped[str | None] = mapped_column(String(40))  # the last one's code
    # What each turn changed, the last one last, so that it can be taken back (`changes.py`).
    turns: Mapped[list[dict[str, Any]] | None] = mapped_column(EncryptedJSON)
    # Answers known without asking, until the citizen says yes or no (`offers.py`).
    offer: Mapped[dict[str, Any] | None] = mapped_column(EncryptedJSON)
    state: Mapped[DraftState] = mapped_column(String(16), default="filling")
    consent: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    # Where an unsent draft was given up or ended: the field asked last, "" before sending.
    left_field: Mapped[str | None] = mapped_column(String(64))
    # Set in a draft that supplements a dossier: only these fields are asked and may be changed.
    only: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now, onupdate=now)

    eform: Mapped[EFormSnapshot] = relationship(lazy="joined")


class StoredFile(Base):
    """A file that a citizen sent; its content lies under the same key in the storage."""

    __tablename__ = "files"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=opaque_key)
    owner: Mapped[str] = mapped_column(String(128), index=True)
    name: Mapped[str] = mapped_column(EncryptedJSON)
    content_type: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(Integer)
    sha256: Mapped[str] = mapped_column(String(64))
    warning: Mapped[str] = mapped_column(String(40), default="")  # the text's name in data/texts
    scan: Mapped[str] = mapped_column(String(10), default="")  # onestop.uploads.scanner.Verdict
    held_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # none: nothing refers to it
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)


class Dossier(Base):
    """A submitted draft; the draft's identifier is unique here, so that it becomes one dossier at most."""

    __tablename__ = "dossiers"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    draft_id: Mapped[str] = mapped_column(ForeignKey("drafts.id"), unique=True)
    owner: Mapped[str] = mapped_column(String(128), index=True)
    procedure_code: Mapped[str] = mapped_column(String(16), index=True)
    procedure_name: Mapped[str] = mapped_column(Text)
    lines: Mapped[list[dict[str, Any]]] = mapped_column(EncryptedJSON)
    second_factors: Mapped[list[str]] = mapped_column(EncryptedJSON)
    status: Mapped[int] = mapped_column(Integer, index=True)
    received_at: Mapped[datetime] = mapped_column(UTCDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    receipt: Mapped[dict[str, Any]] = mapped_column(JSON)
    stated_fee: Mapped[int | None] = mapped_column(BigInteger)  # đồng, by an officer

    history: Mapped[list[DossierEvent]] = relationship(
        order_by="DossierEvent.id", cascade="all, delete-orphan"
    )


class DossierEvent(Base):
    """One step in a dossier's history; never changed."""

    __tablename__ = "dossier_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossiers.id"), index=True)
    status: Mapped[int] = mapped_column(Integer)
    note: Mapped[str] = mapped_column(EncryptedJSON, default="")
    actor: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)


class SupplementRequest(Base):
    """What an officer asks a citizen to add or correct; the clock stands still until it is answered."""

    __tablename__ = "supplement_requests"

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossiers.id"), index=True)
    draft_id: Mapped[str | None] = mapped_column(ForeignKey("drafts.id"), unique=True)
    fields: Mapped[list[str]] = mapped_column(JSON)  # of the e-form, papers among them
    new_papers: Mapped[list[str]] = mapped_column(EncryptedJSON, default=list)  # names
    note: Mapped[str] = mapped_column(EncryptedJSON, default="")
    actor: Mapped[str] = mapped_column(String(64))
    status_before: Mapped[int] = mapped_column(Integer)
    requested_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    until: Mapped[date | None] = mapped_column(Date)
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class ResumeCode(Base):
    """A code that moves a draft to another conversation; kept as its digest."""

    __tablename__ = "resume_codes"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    draft_id: Mapped[str] = mapped_column(ForeignKey("drafts.id"), unique=True)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)


class RunningNumber(Base):
    """The last running number given for an agency and a day."""

    __tablename__ = "running_numbers"

    agency: Mapped[str] = mapped_column(String(32), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    last: Mapped[int] = mapped_column(Integer)


class LookupThrottle(Base):
    """Wrong second factors, counted for a dossier code and for an asker."""

    __tablename__ = "lookup_throttles"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    failures: Mapped[int] = mapped_column(Integer, default=0)
    locked_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
