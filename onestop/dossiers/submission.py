"""From draft to dossier: in one transaction, once, with a code and a receipt; then from status to status.

Who gives the code is the back end's business (`onestop/backends`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from common.database import insert_if_absent, now
from onestop import notices
from onestop.catalogue.content import Procedure, Way, WayKind
from onestop.dossiers import waiting
from onestop.dossiers.calendar import VIETNAM, due_at
from onestop.dossiers.models import Dossier, DossierEvent, Draft, RunningNumber
from onestop.dossiers.statuses import Status
from onestop.payments.service import figure, owed
from onestop.post.rules import in_person
from onestop.schemas import Receipt

CITIZEN, BACKEND = "citizen", "backend"


class NotReady(Exception):
    """The draft cannot be submitted; `reason`: `unanswered`, `no_consent`, `discarded`."""

    def __init__(self, reason: str, fields: Sequence[str] = ()) -> None:
        super().__init__(reason)
        self.reason, self.fields = reason, list(fields)


def next_number(session: Session, agency: str, received: datetime) -> int:
    """The next running number of an agency and a day: gap-free, for it lives and dies with the transaction."""
    day = day_of(received)
    insert_if_absent(session, RunningNumber, agency=agency, day=day, last=0)
    row = session.get_one(
        RunningNumber, (agency, day), with_for_update=True, populate_existing=True
    )
    row.last += 1
    return row.last


def online_way(procedure: Procedure) -> Way:
    """The online way of a procedure, or its first way: some agencies state time and fee only once."""
    for way in procedure.ways:
        if way.kind is WayKind.ONLINE:
            return way
    return procedure.ways[0] if procedure.ways else Way(kind=WayKind.ONLINE)


def _pay(way: Way) -> Literal["nothing", "at_counter", "unknown"]:
    if way.fee_amount is None:
        return "unknown"
    return "at_counter" if way.fee_amount else "nothing"


def day_of(moment: datetime) -> date:
    """The calendar day in Vietnam."""
    return moment.astimezone(VIETNAM).date()


def promise(procedure: Procedure, received: datetime) -> Receipt:
    """What is promised to who hands in now; the code is still to come (state `sending`)."""
    way = online_way(procedure)
    return Receipt(
        code="",
        state="sending",
        procedure_code=procedure.code,
        procedure=procedure.name,
        received_at=received,
        due_at=due_at(received, way),
        time_note=way.time_note,
        fee_amount=way.fee_amount,
        fee_note=way.fee_note,
        pay=_pay(way),
        collect_at=procedure.one_stop_unit or procedure.agency,
    )


def record(
    session: Session,
    *,
    draft: Draft,
    receipt: Receipt,
    lines: list[dict[str, Any]],
    second_factors: list[str],
    status: Status = Status.REGISTERED,
    note: str = "",
) -> None:
    """Keep the dossier that a draft became; the unique draft makes a second one impossible.

    Args:
        draft: its row locked by the caller.
        receipt: with the code.
        lines: the filled e-form as an officer reads it.
        second_factors: four-digit strings that open the status to the applicant.
        status: where it stands already, if another system took it in.
    """
    history = [DossierEvent(status=Status.REGISTERED, actor=CITIZEN, at=receipt.received_at)]
    if status is not Status.REGISTERED:
        history.append(DossierEvent(status=status, actor=BACKEND, note=note))
    session.add(
        Dossier(
            code=receipt.code,
            draft_id=draft.id,
            owner=draft.owner,
            procedure_code=receipt.procedure_code,
            procedure_name=receipt.procedure,
            lines=lines,
            second_factors=second_factors,
            status=status,
            received_at=receipt.received_at,
            due_at=receipt.due_at,
            receipt=receipt.model_dump(mode="json"),
            history=history,
        )
    )
    draft.state = "submitted"


def find(session: Session, code: str) -> Dossier:
    """The dossier of that code, its row locked until the transaction ends.

    Raises:
        LookupError: if there is none.
    """
    dossier = session.scalar(select(Dossier).where(Dossier.code == code).with_for_update())
    if dossier is None:
        raise LookupError(code)
    return dossier


def tell_status(session: Session, dossier: Dossier, note: str) -> None:
    """Tell the owner that the dossier moved; where a fee is asked for, how much, with a button to pay it."""
    status = Status(dossier.status)
    due = owed(session, dossier, ()) if status is Status.PAYMENT_REQUESTED else None
    if due is not None and due.state == "due" and due.amount is not None:
        notices.tell(
            session,
            dossier.owner,
            "payment_requested",
            code=dossier.code,
            procedure=dossier.procedure_name,
            amount=figure(due.amount),
            note=note,
        )
        return
    notices.tell(
        session,
        dossier.owner,
        "decision" if status.decision else "status",
        code=dossier.code,
        procedure=dossier.procedure_name,
        status=int(status),
        status_name=status.label,
        note=note,
        by_post=status is Status.DONE and not in_person(dossier.procedure_code),
    )


class ImpossibleStep(ValueError):
    """A status that may not follow the present one."""


def step(session: Session, dossier: Dossier, status: Status, actor: str, note: str = "") -> None:
    """Move a locked dossier on, with a line in its history; its clock goes on if it stood still.

    Raises:
        ImpossibleStep: if `status` may not follow.
    """
    present = Status(dossier.status)
    if status not in present.next:
        allowed = ", ".join(f"{one} {one.label}" for one in sorted(present.next)) or "nothing"
        raise ImpossibleStep(
            f"{dossier.code} stands at {present} {present.label}; after that may come: {allowed}"
        )
    enter(session, dossier, status, DossierEvent(status=status, actor=actor, note=note))


def enter(session: Session, dossier: Dossier, status: Status, event: DossierEvent) -> None:
    """Let a locked dossier stand at `status`, whatever it was before."""
    if dossier.status == Status.SUPPLEMENT_REQUESTED:
        waiting.resume(session, dossier, now())
    dossier.status = status
    dossier.history.append(event)


def advance(session: Session, code: str, status: Status, actor: str, note: str = "") -> Dossier:
    """Move a dossier on as an officer does, and tell its owner.

    Raises:
        LookupError: if there is no such dossier.
        ImpossibleStep: if `status` may not follow.
    """
    dossier = find(session, code)
    step(session, dossier, status, actor, note)
    tell_status(session, dossier, note)
    return dossier
