"""From draft to dossier: in one transaction, once, with a code and a receipt."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from common.database import insert_if_absent, now
from onestop.catalogue.content import Procedure, Way, WayKind
from onestop.dossiers.calendar import VIETNAM, due_at
from onestop.dossiers.codes import make_code
from onestop.dossiers.models import Dossier, DossierEvent, Draft, RunningNumber
from onestop.dossiers.statuses import Status
from onestop.schemas import Receipt

CITIZEN = "citizen"


class NotReady(Exception):
    """The draft cannot be submitted; `reason`: `unanswered`, `no_consent`, `discarded`."""

    def __init__(self, reason: str, fields: Sequence[str] = ()) -> None:
        super().__init__(reason)
        self.reason, self.fields = reason, list(fields)


def next_number(session: Session, agency: str, received: datetime) -> int:
    """The next running number of an agency and a day: gap-free, for it lives and dies with the transaction."""
    day = received.astimezone(VIETNAM).date()
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


def create_dossier(
    session: Session,
    draft: Draft,
    procedure: Procedure,
    lines: list[dict[str, object]],
    second_factors: list[str],
    agency: str,
) -> Receipt:
    """Make the draft a dossier, or give the receipt of the one that it has become already.

    Args:
        draft: a complete draft with consent, its row locked by the caller.
        lines: the filled e-form as an officer reads it.
        second_factors: four-digit strings that open the status to the applicant.
        agency: the agency identifier.
    """
    existing = session.scalar(select(Dossier).where(Dossier.draft_id == draft.id))
    if existing is not None:
        return Receipt.model_validate(existing.receipt)
    received = now()
    way = online_way(procedure)
    receipt = Receipt(
        code=make_code(
            agency, received.astimezone(VIETNAM).date(), next_number(session, agency, received)
        ),
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
    session.add(
        Dossier(
            code=receipt.code,
            draft_id=draft.id,
            owner=draft.owner,
            procedure_code=procedure.code,
            procedure_name=procedure.name,
            lines=lines,
            second_factors=second_factors,
            status=Status.REGISTERED,
            received_at=received,
            due_at=receipt.due_at,
            receipt=receipt.model_dump(mode="json"),
            history=[DossierEvent(status=Status.REGISTERED, actor=CITIZEN, at=received)],
        )
    )
    draft.state = "submitted"
    return receipt


class ImpossibleStep(ValueError):
    """A status that may not follow the present one."""


def advance(session: Session, code: str, status: Status, actor: str, note: str = "") -> Dossier:
    """Move a dossier on.

    Raises:
        LookupError: if there is no such dossier.
        ImpossibleStep: if `status` may not follow.
    """
    dossier = session.scalar(select(Dossier).where(Dossier.code == code).with_for_update())
    if dossier is None:
        raise LookupError(code)
    present = Status(dossier.status)
    if status not in present.next:
        allowed = ", ".join(f"{one} {one.label}" for one in sorted(present.next)) or "nothing"
        raise ImpossibleStep(
            f"{code} stands at {present} {present.label}; after that may come: {allowed}"
        )
    dossier.status = status
    dossier.history.append(DossierEvent(status=status, actor=actor, note=note))
    return dossier
