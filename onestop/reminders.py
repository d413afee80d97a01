"""Reminders: of a supplement's deadline, a draft that ends soon, money that is waited for, a counter time.

`schedule` looks at what stands in the database and keeps the notices that are due. Each has a key, so that
it is told once whoever looks, however often; when it is told is the notices' business (quiet hours).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from common.settings import Settings
from onestop import notices
from onestop.bookings import service as bookings
from onestop.bookings.models import Booking
from onestop.dossiers import supplements
from onestop.dossiers.calendar import VIETNAM, working_days_between
from onestop.dossiers.models import Dossier, DossierEvent, Draft, SupplementRequest
from onestop.dossiers.statuses import Status
from onestop.payments.service import paid


@dataclass(frozen=True)
class Plan:
    """When citizens are reminded.

    Args:
        supplement_days: working days before a supplement's deadline.
        draft_kept_days: how long a draft is kept after the last answer.
        draft_days: days before it ends.
        payment_days: days after money was asked for, unless it has come.
    """

    supplement_days: Sequence[int]
    draft_kept_days: int
    draft_days: int
    payment_days: int


def plan_of(config: Settings) -> Plan:
    """The plan that the settings make."""
    return Plan(
        supplement_days=config.remind_supplement_days,
        draft_kept_days=config.draft_days,
        draft_days=config.remind_draft_days,
        payment_days=config.remind_payment_days,
    )


def schedule(session: Session, at: datetime, plan: Plan) -> int:
    """Keep the reminders that are due at `at` and were not kept before; returns how many."""
    today = at.astimezone(VIETNAM).date()
    return sum(
        [
            *_supplements(session, today, plan),
            *_drafts(session, at, plan),
            *_payments(session, at, plan),
            *_bookings(session, today),
        ]
    )


def _supplements(session: Session, today: date, plan: Plan) -> Iterator[bool]:
    waiting = session.execute(
        select(SupplementRequest, Dossier)
        .join(Dossier, SupplementRequest.dossier_id == Dossier.id)
        .where(SupplementRequest.answered_at.is_(None), SupplementRequest.until >= today)
    )
    for request, dossier in waiting.tuples():
        if request.until is None:
            continue
        asked = request.requested_at.astimezone(VIETNAM).date()
        left = working_days_between(today, request.until)
        reached = [days for days in plan.supplement_days if left <= days]
        # Of several the nearest says it all; and who was asked just now needs no reminder.
        if reached and working_days_between(asked, request.until) > min(reached):
            wanted = supplements.Wanted(request.fields, request.new_papers, request.until)
            yield notices.tell(
                session,
                dossier.owner,
                "supplement_reminder",
                key=f"supplement:{request.id}:{min(reached)}",
                **supplements.asked_in_words(session, dossier, wanted),
            )


def _drafts(session: Session, at: datetime, plan: Plan) -> Iterator[bool]:
    ends = timedelta(days=plan.draft_kept_days)
    old = at - ends + timedelta(days=plan.draft_days)
    found = session.scalars(
        select(Draft).where(
            Draft.state == "filling",
            Draft.only.is_(None),  # a supplement has a deadline of its own
            Draft.updated_at <= old,
            Draft.updated_at > at - ends,
        )
    )
    for draft in found:
        if not draft.answers:
            continue
        last = (draft.updated_at + ends).astimezone(VIETNAM)
        yield notices.tell(
            session,
            draft.owner,
            "draft_reminder",
            key=f"draft:{draft.id}:{draft.updated_at:%Y%m%d%H%M%S}",
            procedure=draft.procedure_name,
            draft=draft.id,
            until=f"{last - timedelta(days=1):%d/%m/%Y}",
        )


def _payments(session: Session, at: datetime, plan: Plan) -> Iterator[bool]:
    for dossier, event in _asked_for_money(session, at - timedelta(days=plan.payment_days)):
        if paid(session, dossier) is None:
            yield notices.tell(
                session,
                dossier.owner,
                "payment_reminder",
                key=f"payment:{event.id}",
                code=dossier.code,
                procedure=dossier.procedure_name,
                since=f"{event.at.astimezone(VIETNAM):%d/%m/%Y}",
            )


def _asked_for_money(session: Session, before: datetime) -> Iterator[tuple[Dossier, DossierEvent]]:
    """Dossiers that have waited for money since before then, each with the request."""
    asking = session.scalars(select(Dossier).where(Dossier.status == Status.PAYMENT_REQUESTED))
    for dossier in asking:
        event = dossier.history[-1]
        if event.at <= before:
            yield dossier, event


def _bookings(session: Session, today: date) -> Iterator[bool]:
    """Counter times of tomorrow; booked only today, they need no reminder."""
    booked = session.scalars(
        select(Booking).where(Booking.day == today + timedelta(days=1), Booking.state == "booked")
    )
    for booking in booked:
        if booking.created_at.astimezone(VIETNAM).date() < today:
            key = f"booking:{booking.code}"
            yield bookings.tell(session, booking, "booking_reminder", key=key)
