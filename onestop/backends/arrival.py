"""What the outcome of sending changes here: the dossier, its history, what the citizen is told."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from onestop import notices
from onestop.backends import outbox
from onestop.backends.base import Parcel, Progress
from onestop.backends.outbox import Claim, State
from onestop.dossiers import submission, supplements
from onestop.dossiers.calendar import VIETNAM
from onestop.dossiers.models import Dossier, DossierEvent, Draft
from onestop.dossiers.statuses import Status
from onestop.schemas import Receipt


def arrived(
    session: Session, claim: Claim, parcel: Parcel, progress: Progress, follow_at: datetime
) -> None:
    """The other system has the dossier: keep ours with its code, and tell the citizen.

    Raises:
        outbox.LeaseLost: if another worker finished it.
    """
    row = outbox.held(session, claim)
    receipt = parcel.receipt.model_copy(
        update={"code": str(claim.results["code"]), "state": "received"}
    )
    draft = session.get_one(Draft, row.draft_id, with_for_update={"of": Draft})
    submission.record(
        session,
        draft=draft,
        receipt=receipt,
        lines=parcel.lines,
        second_factors=parcel.second_factors,
        status=progress.status,
        note=progress.note,
    )
    _tell_sent(session, draft.owner, receipt)
    next_at = None if progress.status.final else follow_at
    outbox.release(session, claim, next_at, State.DONE, progress.status)


def _tell_sent(session: Session, owner: str, receipt: Receipt) -> None:
    """Give the receipt, to where the draft is by now."""
    due, received = receipt.due_at, receipt.received_at.astimezone(VIETNAM)
    fee = f"{receipt.fee_amount:,}".replace(",", ".") if receipt.fee_amount else ""
    notices.tell(
        session,
        owner,
        "sent",
        procedure=receipt.procedure,
        code=receipt.code,
        received_day=f"{received:%d/%m/%Y}",
        received_time=f"{received:%H:%M}",
        due=f"{due.astimezone(VIETNAM):%d/%m/%Y}" if due else "",
        time_note=receipt.time_note,
        fee_amount=fee,
        fee_note=receipt.fee_note,
        pay=receipt.pay,
        collect_at=receipt.collect_at,
    )


def moved(session: Session, claim: Claim, progress: Progress, follow_at: datetime) -> None:
    """Take over where the dossier stands in the other system; that system decides what follows what.

    Only what it says anew counts: after a supplement it may go on saying "supplement requested" until an
    officer has read the report.
    """
    code = str(claim.results["code"])
    dossier = session.scalar(select(Dossier).where(Dossier.code == code).with_for_update())
    news = progress.status != claim.results.get("seen")
    if dossier is not None and news and dossier.status != progress.status:
        _enter(session, dossier, progress)
    next_at = None if Status(progress.status).final else follow_at
    outbox.release(session, claim, next_at, State.DONE, progress.status)


def _enter(session: Session, dossier: Dossier, progress: Progress) -> None:
    status, note = progress.status, progress.note
    if status is Status.SUPPLEMENT_REQUESTED and status in Status(dossier.status).next:
        # It asks in words only; a paper under those words is what can be handed in here.
        wanted = supplements.Wanted(new_papers=[note] if note else [status.label])
        supplements.ask(session, dossier, wanted, submission.BACKEND, note)
        return
    event = DossierEvent(status=status, actor=submission.BACKEND, note=note, at=progress.at)
    submission.enter(session, dossier, status, event)
    submission.tell_status(session, dossier, note)


def failed(session: Session, claim: Claim, reason: str) -> None:
    """It will not be sent without help: keep the reason for operators, and tell the citizen so."""
    row = outbox.held(session, claim)
    row.last_error = reason[:200]
    outbox.release(session, claim, None, State.FAILED)
    if isinstance(claim.sent, Parcel):
        notices.tell(session, claim.sent.owner, "not_sent", procedure=claim.sent.procedure_name)
