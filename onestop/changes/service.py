"""Propose, approve, reject, withdraw, apply on the day: the same for each kind (`registry.SUBJECTS`).

A change is made against the content that its author saw. Has it become another meanwhile, the change is
outdated and is not applied: nobody's words are overwritten unseen. Going back to an old state is a change, too.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from onestop.changes.models import Change
from onestop.changes.registry import SUBJECTS
from onestop.changes.subject import (
    APPLIED,
    APPROVED,
    OUTDATED,
    PENDING,
    REJECTED,
    WAITING,
    WITHDRAWN,
    Unfit,
)
from onestop.dossiers.submission import day_of
from onestop.staff import audit
from onestop.staff.scope import Scope


class ChangeRefused(ValueError):
    """What cannot be done with a change.

    `code`: `outdated` (something else is current), `unchanged`, `other_code`, `own_change` (a second person
    approves), `not_own`, `decided` (by somebody, in the meantime), `no_longer_fits` (beside the
    other things of its kind).
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def propose(
    session: Session,
    author: str,
    scope: Scope,
    kind: str,
    code: str,
    before: str,
    content: str,
    note: str,
    effective_from: date | None,
    at: datetime,
) -> Change:
    """Propose a new content.

    Args:
        session: an open transaction.
        author: the account's name.
        scope: what the author may see.
        kind: of what is changed.
        code: which of its kind.
        before: the content that the author saw.
        content: the whole content as it should be.
        note: why, for the second person and the history.
        effective_from: the day from which it holds; None: as soon as it is approved.
        at: now.

    Raises:
        LookupError: if there is no such thing for this author.
        ChangeRefused: `outdated` or `unchanged`.
        Unfit: if the content cannot be used.
    """
    subject = SUBJECTS[kind]
    standing = subject.current(session, code)
    if not subject.sees(session, code, scope):
        raise LookupError(code)
    if standing != before:
        raise ChangeRefused("outdated")
    content = subject.checked(session, code, content)
    if content == standing and not subject.moved(session, code):
        raise ChangeRefused("unchanged")
    change = Change(
        kind=kind,
        code=code,
        before=before,
        content=content,
        note=note,
        effective_from=effective_from,
        state=PENDING,
        author=author,
        proposed_at=at,
        reviewer="",
        review_note="",
    )
    session.add(change)
    session.flush()
    _audit(session, author, "proposed", change)
    return change


def get(session: Session, change_id: int, scope: Scope) -> Change:
    """A change, locked until the transaction ends.

    Raises:
        LookupError: if there is none that the scope sees.
    """
    change = session.get(Change, change_id, with_for_update=True)
    if change is None or not _sees(session, change, scope):
        raise LookupError(change_id)
    return change


def listed(session: Session, scope: Scope, states: tuple[str, ...]) -> list[Change]:
    """Changes in these states that the scope sees, the oldest first."""
    wanted = select(Change).where(Change.state.in_(states)).order_by(Change.id)
    return [one for one in session.scalars(wanted) if _sees(session, one, scope)]


def of(session: Session, kind: str, code: str, limit: int = 50) -> list[Change]:
    """The changes of one thing, the newest first."""
    wanted = select(Change).where(Change.kind == kind, Change.code == code)
    return list(session.scalars(wanted.order_by(Change.id.desc()).limit(limit)))


def title(session: Session, change: Change) -> str:
    """What people call the thing that is changed."""
    return SUBJECTS[change.kind].title(session, change.code)


def overtaken(session: Session, change: Change) -> bool:
    """Whether a waiting change was made against what is no longer current."""
    if change.state not in WAITING:
        return False
    return SUBJECTS[change.kind].current(session, change.code) != change.before


def approve(session: Session, reviewer: str, change: Change, at: datetime) -> None:
    """Approve another's change; it is applied at once, or waits for its day.

    Raises:
        ChangeRefused: `own_change`, `decided`, `outdated` or `no_longer_fits`.
    """
    if change.author == reviewer:
        raise ChangeRefused("own_change")
    _decide(change, reviewer, "", at)
    if overtaken(session, change):
        raise ChangeRefused("outdated")
    change.state = APPROVED
    _audit(session, reviewer, "approved", change)
    if change.effective_from is not None and change.effective_from > day_of(at):
        return
    if refused := _apply(session, change):
        raise ChangeRefused(refused)


def reject(session: Session, reviewer: str, change: Change, note: str, at: datetime) -> None:
    """Reject a change, telling its author why.

    Raises:
        ChangeRefused: `decided`.
    """
    _decide(change, reviewer, note, at)
    change.state = REJECTED
    _audit(session, reviewer, "rejected", change)


def withdraw(session: Session, author: str, change: Change) -> None:
    """Take one's own change back, also while it waits for its day.

    Raises:
        ChangeRefused: `not_own` or `decided`.
    """
    if change.author != author:
        raise ChangeRefused("not_own")
    if change.state not in WAITING:
        raise ChangeRefused("decided")
    change.state = WITHDRAWN
    _audit(session, author, "withdrawn", change)


def apply_due(session: Session, at: datetime) -> int:
    """Apply the approved changes whose day has come; returns how many were."""
    due = (
        select(Change)
        .where(Change.state == APPROVED, Change.effective_from <= day_of(at))
        .order_by(Change.effective_from, Change.id)
        .with_for_update()
    )
    return sum(not _apply(session, change) for change in session.scalars(due).all())


def _sees(session: Session, change: Change, scope: Scope) -> bool:
    return SUBJECTS[change.kind].sees(session, change.code, scope)


def _decide(change: Change, reviewer: str, note: str, at: datetime) -> None:
    if change.state != PENDING:
        raise ChangeRefused("decided")
    change.reviewer, change.review_note, change.reviewed_at = reviewer, note, at


def _apply(session: Session, change: Change) -> str:
    """Let a change count; else why not: `outdated` or `no_longer_fits`."""
    subject, refused = SUBJECTS[change.kind], ""
    if subject.current(session, change.code, lock=True) != change.before:
        refused = "outdated"
    else:
        try:
            subject.checked(session, change.code, change.content)
            subject.apply(session, change.code, change.content)
        except Unfit:
            refused = "no_longer_fits"
    change.state = OUTDATED if refused else APPLIED
    _audit(session, change.reviewer, change.state, change)
    return refused


def _audit(session: Session, actor: str, done: str, change: Change) -> None:
    subject = f"{change.kind}:{change.code}"
    audit.record(session, actor, f"{change.kind}.{done}", subject, change=change.id)
