"""This service is the one-stop system: a dossier is there as soon as the transaction ends."""

from __future__ import annotations

from sqlalchemy.orm import Session

from common.database import Database
from onestop.backends.base import Parcel, Report
from onestop.backends.worker import Worker
from onestop.dossiers import submission
from onestop.dossiers.codes import make_code
from onestop.dossiers.models import Dossier, Draft
from onestop.schemas import Receipt


class EmbeddedBackend:
    """Gives the code itself, gap-free for an agency and a day."""

    def send(self, session: Session, draft: Draft, parcel: Parcel) -> Receipt:
        """Make the dossier, in the caller's transaction."""
        received = parcel.receipt.received_at
        number = submission.next_number(session, parcel.agency, received)
        code = make_code(parcel.agency, submission.day_of(received), number)
        receipt = parcel.receipt.model_copy(update={"code": code, "state": "received"})
        submission.record(
            session,
            draft=draft,
            receipt=receipt,
            lines=parcel.lines,
            second_factors=parcel.second_factors,
        )
        return receipt

    def report(self, session: Session, dossier: Dossier, report: Report) -> None:
        """Nobody else has to know: the officers read this service's own records."""

    def worker(self, database: Database) -> Worker | None:
        """Nothing is sent."""
        return None
