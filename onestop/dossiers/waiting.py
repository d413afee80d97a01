"""The clock of a dossier while its citizen is asked for supplements, and whether it is on time.

The time that a dossier waits for its citizen is no part of the time limit (Nghị định 61/2018/NĐ-CP,
Điều 17): the due date moves by the working days waited. The national portal's indicator counts a dossier
on time if it ended by its due date, reads the clock at the day of the request while it waits, and counts
a second request for supplements as late.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from onestop.dossiers.calendar import VIETNAM, move_due, working_days_between
from onestop.dossiers.models import Dossier, SupplementRequest
from onestop.dossiers.statuses import Status

ENDS = {Status.DONE, Status.HANDED_OVER, Status.REFUSED, Status.STOPPED}


class Timeliness(StrEnum):
    """How the national indicator counts a dossier."""

    ON_TIME = "on_time"
    LATE = "late"


def requests_of(session: Session, dossier: Dossier) -> list[SupplementRequest]:
    """All requests for supplements, oldest first."""
    return list(
        session.scalars(
            select(SupplementRequest)
            .where(SupplementRequest.dossier_id == dossier.id)
            .order_by(SupplementRequest.id)
        )
    )


def open_request(session: Session, dossier: Dossier) -> SupplementRequest | None:
    """The request that waits for its answer."""
    found = [one for one in requests_of(session, dossier) if one.answered_at is None]
    return found[-1] if found else None


def resume(session: Session, dossier: Dossier, at: datetime) -> None:
    """The waiting is over, however it ended: let the clock go on."""
    request = open_request(session, dossier)
    if request is None:
        return
    request.answered_at = at
    if dossier.due_at is not None:
        began = request.requested_at.astimezone(VIETNAM).date()
        waited = working_days_between(began, at.astimezone(VIETNAM).date())
        dossier.due_at = move_due(dossier.due_at, waited)


def timeliness(
    dossier: Dossier, requests: Sequence[SupplementRequest], at: datetime
) -> Timeliness | None:
    """Whether a dossier is on time at `at`; `None` where no due date was promised."""
    ended = [event.at for event in dossier.history if event.status in ENDS]
    asked = [one.requested_at for one in requests if one.answered_at is None]
    return judge(dossier.due_at, min([*ended, *asked], default=at), len(requests))


def judge(due: datetime | None, clock: datetime, requests: int) -> Timeliness | None:
    """How a dossier counts.

    Args:
        due: when it is due; `None`: nothing was promised.
        clock: when it ended or began to wait for its citizen, or now.
        requests: how often supplements were asked for.
    """
    if requests > 1:
        return Timeliness.LATE
    if due is None:
        return None
    return Timeliness.ON_TIME if clock <= due else Timeliness.LATE
