"""The tables of the hand-over: who waits for a person, and which members of staff are there."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column

from common.database import EncryptedJSON, UTCDateTime, now
from gateway.models import Base


class Stage(StrEnum):
    """How far a hand-over is. The assistant is silent while a citizen waits and while staff have it."""

    TICKET = "ticket"  # nobody is there now; the assistant goes on meanwhile
    WAITING = "waiting"
    TAKEN = "taken"
    CLOSED = "closed"


SILENT = (Stage.WAITING, Stage.TAKEN)
QUEUED = (Stage.TICKET, Stage.WAITING)


class End(StrEnum):
    """Who or what ended a hand-over."""

    STAFF = "staff"
    CITIZEN = "citizen"
    IDLE = "idle"  # answered, and the citizen wrote no more
    GONE = "gone"  # the conversation was ended; nobody reads it


class Handover(Base):
    """One time that a citizen asks for a person.

    `request`: what the assistant gave with it, see `gateway.handover.turns`; `outcome`: how staff closed
    it, {"reason", "note"}. The moments are never changed once set, so that waiting times can be counted.
    """

    __tablename__ = "handovers"
    __table_args__ = (
        # A citizen has one at most; the database itself refuses a second one.
        Index(
            "uq_handovers_one_open_per_sender",
            "sender",
            unique=True,
            sqlite_where=text("stage != 'closed'"),
            postgresql_where=text("stage != 'closed'"),
        ),
        Index("ix_handovers_stage_asked_at", "stage", "asked_at"),
        # A number that was told to a citizen must never be given twice.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    sender: Mapped[str] = mapped_column(String(80), index=True)
    channel: Mapped[str] = mapped_column(String(20))
    stage: Mapped[str] = mapped_column(String(10))
    request: Mapped[dict[str, Any]] = mapped_column(EncryptedJSON)
    agency: Mapped[str] = mapped_column(
        String(300),
        default="",
        doc="whose matter it is, as the assistant told; empty: nobody's yet",
    )

    agent: Mapped[str | None] = mapped_column(String(64), doc="the staff account that has it")
    agent_name: Mapped[str | None] = mapped_column(String(100), doc="as the citizen sees it")

    asked_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    taken_at: Mapped[datetime | None] = mapped_column(UTCDateTime, doc="the first time")
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime, doc="the first answer")
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ended_by: Mapped[str | None] = mapped_column(String(10))
    outcome: Mapped[dict[str, Any] | None] = mapped_column(EncryptedJSON)

    waits_since: Mapped[datetime | None] = mapped_column(
        UTCDateTime, doc="since when staff owe the citizen a word; none: they have answered"
    )
    active_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now, doc="the last word")


class Agent(Base):
    """A member of staff who helps citizens, as far as the gateway must know: whether he or she is there."""

    __tablename__ = "agents"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    agencies: Mapped[list[str] | None] = mapped_column(
        JSON(none_as_null=True), doc="whose matters the account sees; none: all"
    )
    seen_at: Mapped[datetime] = mapped_column(UTCDateTime)
