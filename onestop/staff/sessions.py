"""Sessions of staff, kept in the database: any process knows them, and they can be ended."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, or_
from sqlalchemy.orm import Session

from common.settings import Settings
from onestop.staff.access import Role, Stage
from onestop.staff.models import StaffAccount, StaffSession
from onestop.staff.scope import Scope

# How exactly the last sign of life is kept: each look would be a write otherwise.
SEEN_EXACT = timedelta(minutes=1)
# To type a code, or to set up an authenticator.
UNFINISHED = timedelta(minutes=15)


@dataclass(frozen=True)
class Lifetimes:
    """How long a session lasts without a sign of life, and at most."""

    idle: timedelta
    longest: timedelta

    @classmethod
    def of(cls, config: Settings) -> Lifetimes:
        """From the settings."""
        return cls(
            timedelta(minutes=config.staff_idle_minutes),
            timedelta(hours=config.staff_session_hours),
        )


@dataclass(frozen=True)
class Staff:
    """Who asks: the account behind a session, as it stands now."""

    account_id: int
    name: str
    display_name: str
    roles: frozenset[Role]
    scope: Scope
    stage: Stage
    session: str  # the token's digest


def digest(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def begin(session: Session, account: StaffAccount, stage: Stage, at: datetime) -> str:
    """Begin a session; returns its token, which is told once."""
    token = secrets.token_urlsafe(32)
    session.add(
        StaffSession(
            digest=digest(token), account_id=account.id, stage=stage.value, began_at=at, seen_at=at
        )
    )
    session.flush()
    return token


def advance(session: Session, staff: Staff, stage: Stage, at: datetime) -> str:
    """Let a session go on at another stage, under a new token; the old one is good no more."""
    account = session.get_one(StaffAccount, staff.account_id)
    end(session, staff.session)
    return begin(session, account, stage, at)


def find(session: Session, token: str, at: datetime, lifetimes: Lifetimes) -> Staff | None:
    """Who bears a token; None if the session has ended or its account was disabled."""
    row = session.get(StaffSession, digest(token))
    if row is None or row.account.disabled_at is not None or _over(row, at, lifetimes):
        return None
    account = row.account
    return Staff(
        account_id=account.id,
        name=account.name,
        display_name=account.display_name,
        roles=frozenset(Role(role) for role in account.roles),
        scope=Scope.of(account.agencies),
        stage=Stage(row.stage),
        session=row.digest,
    )


def seen_long_ago(session: Session, staff: Staff, at: datetime) -> bool:
    """Whether the sign of life is due to be written."""
    row = session.get(StaffSession, staff.session)
    return row is not None and row.seen_at <= at - SEEN_EXACT


def touch(session: Session, staff: Staff, at: datetime) -> None:
    """Write the sign of life."""
    row = session.get(StaffSession, staff.session)
    if row is not None:
        row.seen_at = at


def end(session: Session, ended: str) -> None:
    """End the session of this digest."""
    session.execute(delete(StaffSession).where(StaffSession.digest == ended))


def end_all(session: Session, account_id: int, but: str = "") -> None:
    """End all sessions of an account, but for one."""
    session.execute(
        delete(StaffSession).where(
            StaffSession.account_id == account_id, StaffSession.digest != but
        )
    )


def sweep(session: Session, at: datetime, lifetimes: Lifetimes) -> int:
    """Delete sessions that have ended; returns how many."""
    ended = or_(
        StaffSession.seen_at <= at - lifetimes.idle, StaffSession.began_at <= at - lifetimes.longest
    )
    return len(
        session.scalars(delete(StaffSession).where(ended).returning(StaffSession.digest)).all()
    )


def _over(row: StaffSession, at: datetime, lifetimes: Lifetimes) -> bool:
    longest = lifetimes.longest if row.stage == Stage.OPEN else UNFINISHED
    return row.seen_at <= at - lifetimes.idle or row.began_at <= at - longest
