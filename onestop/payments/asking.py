"""An officer asks for the fee of a dossier (national status 6), and states it where the data do not tell it."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from onestop.dossiers import submission
from onestop.dossiers.models import Dossier, DossierEvent
from onestop.dossiers.statuses import Status
from onestop.eforms.texts import word
from onestop.payments.models import Payment
from onestop.payments.service import figure, owed


class FeeRefused(ValueError):
    """The fee cannot be asked for, or not changed any more; the message says why, for an officer."""


def ask(
    session: Session, code: str, fee: int | None, actor: str, note: str = ""
) -> tuple[Dossier, int]:
    """Ask the applicant for the fee, and tell how much it is; `fee` holds over what the data say.

    A dossier that waits for its fee already may be asked for another one, until somebody begins to pay.

    Args:
        fee: in đồng, at least 1; `None` if it is known from the data.
        actor: who asks.
        note: what the citizen is told beside the sum.

    Returns:
        The dossier, its row locked, and the fee in đồng.

    Raises:
        LookupError: if there is no such dossier.
        FeeRefused: if no fee is owed or known, or somebody has begun to pay another one.
        submission.ImpossibleStep: if it may not be asked for at the present status.
    """
    dossier = submission.find(session, code)
    if fee is not None:
        begun = session.scalar(select(Payment.id).where(Payment.dossier_id == dossier.id).limit(1))
        if begun is not None and fee != owed(session, dossier, ()).amount:
            raise FeeRefused(f"{dossier.code}: somebody has begun to pay another fee")
        dossier.stated_fee = fee
    due = owed(session, dossier, ())
    if due.state == "unknown":
        raise FeeRefused(f"{dossier.code}: the fee is not known; state it in đồng")
    if due.state != "due" or due.amount is None:
        raise FeeRefused(f"{dossier.code}: no fee is owed ({due.state})")
    told = word("fee_wanted").format(amount=figure(due.amount))
    told = f"{told}. {note}".strip(". ")
    if fee is not None and dossier.status == Status.PAYMENT_REQUESTED:
        event = DossierEvent(status=Status.PAYMENT_REQUESTED, actor=actor, note=told)
        submission.enter(session, dossier, Status.PAYMENT_REQUESTED, event)
    else:
        submission.step(session, dossier, Status.PAYMENT_REQUESTED, actor, told)
    submission.tell_status(session, dossier, note)
    return dossier, due.amount
