"""Accounts of staff: made, changed, disabled by administrators; each act is audited with it."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from common.database import now
from onestop.staff import audit, second_factor, sessions
from onestop.staff.access import Role
from onestop.staff.models import StaffAccount, StaffSession
from onestop.staff.passwords import FirstPassword
from onestop.staff.schemas import AccountChange, AccountNew, AccountView


class NameTakenError(ValueError):
    """Another account has that name."""


class LastAdministratorError(ValueError):
    """Nobody would be left to administrate."""


def by_name(session: Session, name: str) -> StaffAccount | None:
    """The account of this name, disabled or not."""
    return session.scalar(select(StaffAccount).where(StaffAccount.name == name))


def get(session: Session, account_id: int) -> StaffAccount:
    """The account of this number.

    Raises:
        LookupError: if there is none.
    """
    account = session.get(StaffAccount, account_id)
    if account is None:
        raise LookupError(account_id)
    return account


def listed(session: Session) -> list[AccountView]:
    """All accounts by name, with their last sign of life in a session that stands."""
    seen = (
        select(StaffSession.account_id, func.max(StaffSession.seen_at).label("seen_at"))
        .group_by(StaffSession.account_id)
        .subquery()
    )
    wanted = select(StaffAccount, seen.c.seen_at).outerjoin(
        seen, seen.c.account_id == StaffAccount.id
    )
    found = session.execute(wanted.order_by(StaffAccount.name)).all()
    views = []
    for account, seen_at in found:
        one = view(account)
        one.seen_at = seen_at
        views.append(one)
    return views


def view(account: StaffAccount) -> AccountView:
    """An account for administrators."""
    return AccountView(
        id=account.id,
        name=account.name,
        display_name=account.display_name,
        roles=frozenset(Role(role) for role in account.roles),
        agencies=account.agencies,
        external=account.subject is not None,
        second_factor=account.totp_secret is not None,
        disabled=account.disabled_at is not None,
        created_at=account.created_at,
        seen_at=None,
    )


def add(session: Session, actor: str, new: AccountNew, first: FirstPassword) -> StaffAccount:
    """Make an account with a first password, to be changed at the first log-in.

    Args:
        session: an open transaction.
        actor: who does it, for the audit.
        new: the account.
        first: made before the transaction, which others wait for.

    Raises:
        NameTakenError: if there is one of that name.
    """
    if by_name(session, new.name) is not None:
        raise NameTakenError(new.name)
    account = StaffAccount(
        name=new.name,
        display_name=new.display_name,
        roles=_written(new.roles),
        agencies=new.agencies,
        password_hash=first.kept,
        password_is_first=True,
    )
    session.add(account)
    session.flush()
    audit.record(
        session,
        actor,
        "account.added",
        _subject(account),
        roles=account.roles,
        agencies=account.agencies,
    )
    return account


def change(session: Session, actor: str, account_id: int, wanted: AccountChange) -> StaffAccount:
    """Set name to show, roles and agencies; they hold from the account's next request on.

    Raises:
        LookupError: if there is no such account.
        LastAdministratorError: if it is the last one and would be none any more.
    """
    account = get(session, account_id)
    if Role.ADMINISTRATOR not in wanted.roles:
        _keep_an_administrator(session, account)
    before = {"roles": account.roles, "agencies": account.agencies}
    account.display_name = wanted.display_name
    account.roles, account.agencies = _written(wanted.roles), wanted.agencies
    audit.record(
        session,
        actor,
        "account.changed",
        _subject(account),
        before=before,
        after={"roles": account.roles, "agencies": account.agencies},
    )
    return account


def disable(session: Session, actor: str, account: StaffAccount) -> None:
    """End an account's sessions and let it log in no more; what it did stays in the audit.

    Raises:
        LastAdministratorError: if it is the last administrator.
    """
    _keep_an_administrator(session, account)
    account.disabled_at = now()
    sessions.end_all(session, account.id)
    audit.record(session, actor, "account.disabled", _subject(account))


def enable(session: Session, actor: str, account: StaffAccount) -> None:
    """Let a disabled account log in again."""
    account.disabled_at = None
    audit.record(session, actor, "account.enabled", _subject(account))


def reset_second_factor(session: Session, actor: str, account: StaffAccount) -> None:
    """Take the second factor away; the next log-in sets up a new one."""
    second_factor.forget(session, account)
    sessions.end_all(session, account.id)
    audit.record(session, actor, "account.second_factor_reset", _subject(account))


def reset_password(
    session: Session, actor: str, account: StaffAccount, first: FirstPassword
) -> None:
    """Give a new first password."""
    account.password_hash, account.password_is_first = first.kept, True
    sessions.end_all(session, account.id)
    audit.record(session, actor, "account.password_reset", _subject(account))


def set_password(session: Session, account: StaffAccount, kept: str, session_kept: str) -> None:
    """Keep a password that its owner chose (as its hash); their other sessions end."""
    account.password_hash, account.password_is_first = kept, False
    sessions.end_all(session, account.id, but=session_kept)
    audit.record(session, account.name, "account.password_changed", _subject(account))


def _keep_an_administrator(session: Session, account: StaffAccount) -> None:
    if Role.ADMINISTRATOR not in account.roles:
        return
    # Locked, so that two administrators cannot take each other's place away at the same moment.
    active = select(StaffAccount).where(StaffAccount.disabled_at.is_(None)).with_for_update()
    others = [one for one in session.scalars(active) if one.id != account.id]
    if not any(Role.ADMINISTRATOR in one.roles for one in others):
        raise LastAdministratorError(account.name)


def _written(roles: Collection[Role]) -> list[str]:
    return [role.value for role in Role if role in roles]


def _subject(account: StaffAccount) -> str:
    return f"account:{account.name}"
