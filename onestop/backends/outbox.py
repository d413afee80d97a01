"""What must be sent to another system, kept in the transaction that caused it, and how far it got.

    queued → token → code → uploaded → created → done          (at any point: failed)

Each state says what is behind us; `results` holds what was learnt (token, code, identifiers of files),
so that a process killed anywhere is followed by one that goes on from there. A report on a dossier that
exists takes the same way, its code known from the start. A row is worked on by who holds its lease; who
lost it may have called the other system (the key makes the repeat harmless), but writes nothing here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Integer, String, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from common.database import EncryptedJSON, UTCDateTime, now
from onestop.backends.base import Parcel, Report
from onestop.dossiers.models import opaque_key
from onestop.dossiers.statuses import Status
from onestop.models import Base


class State(StrEnum):
    """How far a row got."""

    QUEUED = "queued"
    TOKEN = "token"  # noqa: S105 - a state's name
    CODE = "code"
    UPLOADED = "uploaded"
    CREATED = "created"
    DONE = "done"
    FAILED = "failed"


class OutboxRow(Base):
    """A parcel or a report on its way; `next_at` empty: nothing more is to be done with it."""

    __tablename__ = "backend_outbox"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    draft_id: Mapped[str | None] = mapped_column(ForeignKey("drafts.id"), unique=True)
    state: Mapped[State] = mapped_column(String(16), default=State.QUEUED)
    parcel: Mapped[dict[str, Any] | None] = mapped_column(EncryptedJSON)
    report: Mapped[dict[str, Any] | None] = mapped_column(EncryptedJSON)
    results: Mapped[dict[str, Any]] = mapped_column(EncryptedJSON, default=dict)
    tries: Mapped[int] = mapped_column(Integer, default=0)  # how often a worker took it up
    failures: Mapped[int] = mapped_column(Integer, default=0)  # of the present step, in a row
    last_error: Mapped[str] = mapped_column(String(200), default="")
    next_at: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True, default=now)
    lease: Mapped[str | None] = mapped_column(String(32))
    leased_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now, onupdate=now)


@dataclass(frozen=True)
class Claim:
    """A row as the worker holds it."""

    id: int
    lease: str
    state: State
    sent: Parcel | Report
    results: dict[str, Any]
    tries: int
    failures: int
    created_at: datetime


class LeaseLost(Exception):
    """Another worker has the row by now."""


def enqueue(session: Session, draft_id: str, parcel: Parcel) -> None:
    """Put a parcel on its way; the unique draft makes a second one impossible."""
    session.add(OutboxRow(key=parcel.key, draft_id=draft_id, parcel=parcel.model_dump(mode="json")))


def enqueue_report(session: Session, report: Report) -> None:
    """Put a report on its way."""
    session.add(
        OutboxRow(
            key=report.key, report=report.model_dump(mode="json"), results={"code": report.code}
        )
    )


def parcel_of(session: Session, draft_id: str) -> tuple[State, Parcel] | None:
    """The parcel that a draft became, and how far it is."""
    row = session.scalar(select(OutboxRow).where(OutboxRow.draft_id == draft_id))
    if row is None or row.parcel is None:
        return None
    return State(row.state), Parcel.model_validate(row.parcel)


def claim(session: Session, at: datetime, lease: timedelta) -> Claim | None:
    """Take up the row that has waited longest, if any is due and free."""
    row = session.scalar(
        select(OutboxRow)
        .where(
            OutboxRow.next_at <= at,
            or_(OutboxRow.leased_until.is_(None), OutboxRow.leased_until <= at),
        )
        .order_by(OutboxRow.next_at, OutboxRow.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if row is None:
        return None
    row.lease, row.leased_until = opaque_key(), at + lease
    row.tries += 1
    return Claim(
        id=row.id,
        lease=row.lease,
        state=State(row.state),
        sent=Parcel.model_validate(row.parcel)
        if row.parcel is not None
        else Report.model_validate(row.report),
        results=dict(row.results),
        tries=row.tries,
        failures=row.failures,
        created_at=row.created_at,
    )


def held(session: Session, claimed: Claim) -> OutboxRow:
    """The claimed row, locked until the transaction ends.

    Raises:
        LeaseLost: if somebody else has taken it up since.
    """
    row = session.scalar(
        select(OutboxRow)
        .where(OutboxRow.id == claimed.id, OutboxRow.lease == claimed.lease)
        .with_for_update()
    )
    if row is None:
        raise LeaseLost(claimed.id)
    return row


def save(
    session: Session,
    claimed: Claim,
    state: State,
    results: dict[str, Any],
    until: datetime,
) -> Claim:
    """Keep what a step gave and hold the row on until `until`; returns the claim as it is now."""
    row = held(session, claimed)
    row.state, row.results, row.failures, row.last_error = state, results, 0, ""
    row.leased_until = until
    return replace(claimed, state=state, results=results, failures=0)


def release(
    session: Session,
    claimed: Claim,
    next_at: datetime | None,
    state: State,
    seen: Status | None = None,
) -> None:
    """Let a row go in `state`: to be taken up again at `next_at`, or never.

    Args:
        seen: the status that the other system told, so that only its next change is news.
    """
    row = held(session, claimed)
    row.state, row.next_at, row.lease, row.leased_until = state, next_at, None, None
    if state is State.DONE:
        row.failures, row.last_error = 0, ""
        # The token and the rest have done their work.
        row.results = {"code": row.results["code"], "seen": seen}


def postpone(session: Session, claimed: Claim, next_at: datetime, reason: str) -> None:
    """A step did not succeed: try again at `next_at`."""
    row = held(session, claimed)
    row.failures += 1
    row.last_error = reason[:200]
    row.next_at, row.lease, row.leased_until = next_at, None, None


def retry(session: Session, key: str) -> bool:
    """Send a failed row again from where it stopped (an operator's decision); whether there is one."""
    row = session.scalar(
        select(OutboxRow)
        .where(OutboxRow.key == key, OutboxRow.state == State.FAILED)
        .with_for_update()
    )
    if row is None:
        return False
    row.state, row.failures, row.next_at, row.created_at = State.QUEUED, 0, now(), now()
    return True


def unfinished(session: Session) -> list[OutboxRow]:
    """What is still on its way or has failed, oldest first; for operators."""
    return list(
        session.scalars(
            select(OutboxRow).where(OutboxRow.state != State.DONE).order_by(OutboxRow.id)
        )
    )
