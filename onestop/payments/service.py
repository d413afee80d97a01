"""Payments of dossiers: who may pay, what is owed, and attempts to pay it; what came of them: `settling`."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from onestop.catalogue import store
from onestop.dossiers.calendar import VIETNAM
from onestop.dossiers.models import Dossier, Draft
from onestop.dossiers.statuses import Status
from onestop.eforms.answers import Value
from onestop.payments import fees
from onestop.payments.base import Instructions, Order, Provider, squeeze
from onestop.payments.models import Payment
from onestop.schemas import Owed


class NotDue(Exception):
    """There is nothing to pay; `state` as in `Owed`."""

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = state


# What is owed, and the attempt to pay it --------------------------------------------------------


def fee_of(session: Session, dossier: Dossier) -> fees.Fee:
    """The fee that an officer stated, else the receipt's, counted by the rules over the answers."""
    if dossier.stated_fee is not None:
        return fees.Fee((fees.FeeLine(1, dossier.stated_fee),), dossier.stated_fee)
    draft = session.get_one(Draft, dossier.draft_id)
    answers = {key: Value.model_validate(one) for key, one in draft.answers.items()}
    promised = dossier.receipt
    day = dossier.received_at.astimezone(VIETNAM).date()
    procedure = store.get(session, dossier.procedure_code)
    way = fees.way_of(procedure) if procedure is not None else None
    note = f"{promised['fee_note']} {fees.beside(way) if way is not None else ''}".strip()
    return fees.count(dossier.procedure_code, promised["fee_amount"], note, answers, day)


def paid(session: Session, dossier: Dossier) -> Payment | None:
    """The payment that paid the dossier."""
    query = select(Payment).where(Payment.dossier_id == dossier.id, Payment.state == "paid")
    return session.scalar(query)


def received(session: Session, dossier: Dossier) -> int:
    """What came by transfers towards a dossier that is not paid yet, in đồng."""
    query = select(func.sum(Payment.received)).where(
        Payment.dossier_id == dossier.id, Payment.state == "created"
    )
    return int(session.scalar(query) or 0)


def owed(session: Session, dossier: Dossier, offered: Collection[str]) -> Owed:
    """What is owed for a dossier; `offered` are the configured providers."""
    view = Owed(code=dossier.code, procedure=dossier.procedure_name, state="due", amount=None)
    done = paid(session, dossier)
    if done is not None:
        view.state, view.amount, view.paid_at = "paid", done.amount, done.decided_at
        view.paid_by, view.provider_ref = done.provider, done.provider_ref
        view.receipt_number = done.receipt_number or ""
        view.receipt_url = f"/payments/receipt/{done.key}" if done.receipt_number else ""
        return view
    fee = fee_of(session, dossier)
    view.amount, view.note = fee.total, dossier.receipt["fee_note"]
    view.received = received(session, dossier)
    view.exempted_by = fee.exempted_by.group if fee.exempted_by else ""
    view.exemptions = [one.group for one in fee.exemptions]
    if dossier.status in (Status.REFUSED, Status.STOPPED):
        view.state = "closed"
    elif fee.total is None:
        view.state = "unknown"
    elif fee.total == 0:
        view.state = "nothing"
    else:
        view.providers = list(offered)
    return view


def begin(session: Session, code: str, provider: Provider) -> tuple[Payment, Instructions]:
    """Begin an attempt to pay the dossier `code`; a lasting provider's open attempt is used again.

    Raises:
        NotDue: if there is nothing to pay.
        LookupError: if there is no such dossier.
    """
    dossier = session.scalar(select(Dossier).where(Dossier.code == code).with_for_update())
    if dossier is None:
        raise LookupError(code)
    view = owed(session, dossier, ())
    if view.state != "due" or view.amount is None:
        raise NotDue(view.state)
    payment = None
    if provider.lasting:
        query = select(Payment).where(
            Payment.dossier_id == dossier.id,
            Payment.provider == provider.name,
            Payment.state == "created",
            Payment.amount == view.amount,
        )
        payment = session.scalar(query)
    if payment is None:
        payment = Payment(
            txn_ref=f"{squeeze(code)}{secrets.token_hex(4).upper()}",
            dossier=dossier,
            provider=provider.name,
            amount=view.amount - (0 if provider.lasting else view.received),
        )
        session.add(payment)
        session.flush()
    return payment, provider.begin(order_of(payment))


def figure(amount: int) -> str:
    """Đồng as people write them: `15000` → `15.000`."""
    return f"{amount:,}".replace(",", ".")


def order_of(payment: Payment) -> Order:
    """The attempt as its provider sees it."""
    return Order(
        txn_ref=payment.txn_ref,
        note=squeeze(payment.dossier.code),
        amount=payment.amount - payment.received,
        at=payment.created_at,
        key=payment.key,
    )


def instructions(session: Session, key: str, offered: Mapping[str, Provider]) -> Instructions:
    """What an attempt is paid with, again; for its picture.

    Raises:
        LookupError: if there is no such attempt, or its provider is no longer offered.
    """
    payment = session.scalar(select(Payment).where(Payment.key == key))
    if payment is None or payment.provider not in offered:
        raise LookupError(key)
    return offered[payment.provider].begin(order_of(payment))
