"""Changes of procedures by staff: proposed by one person, approved by a second, applied on their day.

A change is made against the revision that its author saw. Has another become current meanwhile, it is outdated
and is not applied: nobody's words are overwritten unseen. Going back to an old revision is a change, too.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from onestop.catalogue import store
from onestop.catalogue.content import Procedure
from onestop.catalogue.models import ProcedureChange, ProcedureRecord
from onestop.catalogue.sources import Source
from onestop.dossiers.submission import day_of
from onestop.staff import audit
from onestop.staff.scope import Scope

PENDING = "pending"  # waits for a second person
APPROVED = "approved"  # waits for its day
APPLIED = "applied"
REJECTED = "rejected"
WITHDRAWN = "withdrawn"  # by its author
OUTDATED = "outdated"  # its day came, but another revision was current
WAITING = (PENDING, APPROVED)


class ChangeRefused(ValueError):
    """What cannot be done with a change.

    `code`: `outdated` (another revision is current), `unchanged`, `other_code`, `own_change` (a second person
    approves), `not_own`, `decided` (by somebody, in the meantime).
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def record_of(session: Session, code: str, scope: Scope) -> ProcedureRecord:
    """The current record of a code.

    Raises:
        LookupError: if there is none, or the scope does not see its agency.
    """
    record = session.get(ProcedureRecord, code)
    if record is None or not scope.sees(record.agency):
        raise LookupError(code)
    return record


def propose(
    session: Session,
    author: str,
    scope: Scope,
    base_id: int,
    content: Procedure,
    note: str,
    effective_from: date | None,
    at: datetime,
) -> ProcedureChange:
    """Propose a procedure's new content.

    Args:
        session: an open transaction.
        author: the account's name.
        scope: what the author may see.
        base_id: the revision that the author changed.
        content: the whole procedure as it should be.
        note: why, for the second person and the history.
        effective_from: the day from which it holds; None: as soon as it is approved.
        at: now.

    Raises:
        LookupError: if there is no such procedure for this author.
        ChangeRefused: `outdated` or `unchanged`.
    """
    record = record_of(session, content.code, scope)
    if record.revision_id != base_id:
        raise ChangeRefused("outdated")
    if record.digest == content.digest():
        raise ChangeRefused("unchanged")
    change = ProcedureChange(
        code=content.code,
        base_id=base_id,
        content=content.model_dump_json(),
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


def get(session: Session, change_id: int, scope: Scope) -> ProcedureChange:
    """A change, locked until the transaction ends.

    Raises:
        LookupError: if there is none that the scope sees.
    """
    change = session.get(ProcedureChange, change_id, with_for_update=True)
    if change is None:
        raise LookupError(change_id)
    record_of(session, change.code, scope)
    return change


def listed(session: Session, scope: Scope, states: tuple[str, ...]) -> list[ProcedureChange]:
    """Changes in these states, the oldest first."""
    wanted = (
        select(ProcedureChange)
        .join(ProcedureRecord, ProcedureRecord.code == ProcedureChange.code)
        .where(ProcedureChange.state.in_(states), scope.where(ProcedureRecord.agency))
    )
    return list(session.scalars(wanted.order_by(ProcedureChange.id)))


def approve(session: Session, reviewer: str, change: ProcedureChange, at: datetime) -> None:
    """Approve another's change; it is applied at once, or waits for its day.

    Raises:
        ChangeRefused: `own_change`, `decided` or `outdated`.
    """
    if change.author == reviewer:
        raise ChangeRefused("own_change")
    _decide(change, reviewer, "", at)
    record = session.get_one(ProcedureRecord, change.code)
    if record.revision_id != change.base_id:
        raise ChangeRefused("outdated")
    change.state = APPROVED
    _audit(session, reviewer, "approved", change)
    if change.effective_from is None or change.effective_from <= day_of(at):
        _apply(session, change)


def reject(
    session: Session, reviewer: str, change: ProcedureChange, note: str, at: datetime
) -> None:
    """Reject a change, telling its author why.

    Raises:
        ChangeRefused: `decided`.
    """
    _decide(change, reviewer, note, at)
    change.state = REJECTED
    _audit(session, reviewer, "rejected", change)


def withdraw(session: Session, author: str, change: ProcedureChange) -> None:
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
        select(ProcedureChange)
        .where(ProcedureChange.state == APPROVED, ProcedureChange.effective_from <= day_of(at))
        .order_by(ProcedureChange.effective_from, ProcedureChange.id)
        .with_for_update()
    )
    return sum(_apply(session, change) for change in session.scalars(due).all())


def _decide(change: ProcedureChange, reviewer: str, note: str, at: datetime) -> None:
    if change.state != PENDING:
        raise ChangeRefused("decided")
    change.reviewer, change.review_note, change.reviewed_at = reviewer, note, at


def _apply(session: Session, change: ProcedureChange) -> bool:
    record = session.get_one(ProcedureRecord, change.code, with_for_update=True)
    fits = record.revision_id == change.base_id
    if fits:
        store.save(session, Procedure.model_validate_json(change.content), Source.STAFF)
    change.state = APPLIED if fits else OUTDATED
    _audit(session, change.reviewer, change.state, change)
    return fits


def _audit(session: Session, actor: str, done: str, change: ProcedureChange) -> None:
    audit.record(session, actor, f"procedure.{done}", f"procedure:{change.code}", change=change.id)
