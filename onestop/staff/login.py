"""Logging in: tries are counted, then name and password are judged, then the second factor.

Nothing tells whether a name exists: unknown, disabled and wrong get one answer, after the same work.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from common.settings import Settings
from onestop.staff import accounts, audit, second_factor, sessions, throttle
from onestop.staff.access import Stage
from onestop.staff.models import StaffAccount
from onestop.staff.sessions import Staff

UNKNOWN = "-"


@dataclass(frozen=True)
class Limits:
    """How many tries an account and an address have, and for how long they count."""

    account: int
    address: int
    window: timedelta

    @classmethod
    def of(cls, config: Settings) -> Limits:
        """From the settings."""
        window = timedelta(minutes=config.staff_lock_minutes)
        return cls(config.staff_login_attempts, config.staff_address_attempts, window)


@dataclass(frozen=True)
class Candidate:
    """Whom a name may belong to."""

    account_id: int
    password_hash: str | None


def reserve(
    session: Session, name: str, address: str, limits: Limits, at: datetime
) -> datetime | None:
    """Count a try for name and address; None if it may be made, else when the next may."""
    wanted = {
        throttle.key("name", name): limits.account,
        throttle.key("address", address): limits.address,
    }
    return throttle.reserve(session, wanted, at, limits.window)


def candidate(session: Session, name: str) -> Candidate | None:
    """The account that a name belongs to, unless it is disabled."""
    account = accounts.by_name(session, name)
    if account is None or account.disabled_at is not None:
        return None
    return Candidate(account.id, account.password_hash)


def failed(session: Session, found: Candidate | None) -> None:
    """Note a wrong try. A name that is none of ours is not kept: it may be a password."""
    name = session.get_one(StaffAccount, found.account_id).name if found else UNKNOWN
    audit.record(session, name, "login.failed")


def passed(
    session: Session, account_id: int, name: str, address: str, at: datetime
) -> tuple[str, Stage]:
    """The password was right: a session that waits for the second factor; its token and stage."""
    throttle.forget(session, throttle.key("name", name))
    throttle.give_back(session, throttle.key("address", address))
    account = session.get_one(StaffAccount, account_id)
    stage = Stage.SECOND_FACTOR if account.totp_secret else Stage.ENROLMENT
    return sessions.begin(session, account, stage, at), stage


def reserve_code(session: Session, staff: Staff, limits: Limits, at: datetime) -> datetime | None:
    """Count a try of a code; None if it may be made, else when the next may."""
    wanted = {throttle.key("code", staff.name): limits.account}
    return throttle.reserve(session, wanted, at, limits.window)


def proven(session: Session, staff: Staff) -> None:
    """A code or the password again was right: its tries are forgotten."""
    throttle.forget(session, throttle.key("code", staff.name))


def give_code(session: Session, staff: Staff, code: str, at: datetime) -> tuple[str, Stage] | None:
    """Go on with a session by its code; the new token and stage, or None if the code is wrong."""
    account = session.get_one(StaffAccount, staff.account_id)
    if not second_factor.accept(session, account, code, at):
        audit.record(session, staff.name, "login.code_failed")
        return None
    proven(session, staff)
    return _go_on(session, staff, at)


def enrol(
    session: Session, staff: Staff, code: str, at: datetime
) -> tuple[str, Stage, list[str]] | None:
    """Let a drawn second factor count; the new token, stage and recovery codes, or None if it is wrong."""
    account = session.get_one(StaffAccount, staff.account_id)
    codes = second_factor.confirm(session, account, code, at)
    if codes is None:
        return None
    proven(session, staff)
    audit.record(session, staff.name, "account.second_factor_set", f"account:{staff.name}")
    sessions.end_all(session, staff.account_id, but=staff.session)
    token, stage = _go_on(session, staff, at)
    return token, stage, codes


def _go_on(session: Session, staff: Staff, at: datetime) -> tuple[str, Stage]:
    account = session.get_one(StaffAccount, staff.account_id)
    stage = Stage.PASSWORD if account.password_is_first else Stage.OPEN
    if staff.stage is not Stage.OPEN:
        audit.record(session, staff.name, "login.passed")
    return sessions.advance(session, staff, stage, at), stage


def sweep(session: Session, config: Settings, at: datetime) -> None:
    """Delete sessions and tries that count no more."""
    sessions.sweep(session, at, sessions.Lifetimes.of(config))
    throttle.sweep(session, at, Limits.of(config).window)
