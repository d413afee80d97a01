"""Payments of dossiers: what is owed, attempts to pay, and what came of them.

A dossier is paid at most once: whoever settles holds the dossier's row, and a unique index stands behind.
Everything that comes in is recorded with its outcome, also what is refused.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any

import structlog
from cryptography.fernet import InvalidToken, MultiFernet
from sqlalchemy import select
from sqlalchemy.orm import Session

from common.database import now
from onestop import notices
from onestop.catalogue import store
from onestop.dossiers.calendar import VIETNAM
from onestop.dossiers.codes import normalise_code
from onestop.dossiers.lookup import Limits, Refused, look_up
from onestop.dossiers.models import Dossier, Draft
from onestop.dossiers.statuses import Status
from onestop.eforms.answers import Value
from onestop.payments import fees
from onestop.payments.base import (
    BadSignature,
    Instructions,
    Notice,
    Notifying,
    Order,
    Outcome,
    Provider,
    squeeze,
)
from onestop.payments.models import Payment, PaymentEvent
from onestop.schemas import Owed

log = structlog.get_logger(__name__)
GRANT_LIFE = timedelta(days=1)
IPN, RETURN, STATEMENT = "ipn", "return", "statement"
# Parameters of a notice that are kept; anyone can send a notice, so their size has an end.
MAX_PARAMETERS, MAX_LENGTH = 40, 512
NEEDS_A_PERSON = (Outcome.PAID_TWICE, Outcome.WRONG_AMOUNT, Outcome.UNKNOWN, Outcome.BAD_SIGNATURE)


class NotDue(Exception):
    """There is nothing to pay; `state` as in `Owed`."""

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = state


# Who may pay ------------------------------------------------------------------------------------


def open_for(
    session: Session, asker: str, code: str, factor: str, limits: Limits
) -> Dossier | Refused:
    """The dossier, if it is the asker's own or `factor` opens it (as for its status)."""
    official = normalise_code(code) or code.strip().upper()
    dossier = session.scalar(select(Dossier).where(Dossier.code == official))
    if dossier is not None and dossier.owner == asker:
        return dossier
    if not factor:
        return Refused("factor_needed")
    seen = look_up(session, asker, code, factor, limits)
    if isinstance(seen, Refused):
        return seen
    return session.scalars(select(Dossier).where(Dossier.code == seen.code)).one()


def grant(cipher: MultiFernet, asker: str, code: str) -> str:
    """A token that lets `asker` pay the dossier `code` for `GRANT_LIFE`."""
    return cipher.encrypt(json.dumps([asker, code]).encode()).decode()


def granted(cipher: MultiFernet, asker: str, token: str) -> str | None:
    """The dossier code that the token opens to `asker`, or `None`."""
    try:
        to, code = json.loads(cipher.decrypt(token, ttl=int(GRANT_LIFE.total_seconds())))
    except (InvalidToken, ValueError):
        return None
    return str(code) if to == asker else None


# What is owed, and the attempt to pay it --------------------------------------------------------


def fee_of(session: Session, dossier: Dossier) -> fees.Fee:
    """The fee as it was promised on the receipt, counted by the rules over what was filled in."""
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


def owed(session: Session, dossier: Dossier, offered: Collection[str]) -> Owed:
    """What is owed for a dossier; `offered` are the configured providers."""
    view = Owed(code=dossier.code, procedure=dossier.procedure_name, state="due", amount=None)
    done = paid(session, dossier)
    if done is not None:
        view.state, view.amount, view.paid_at = "paid", done.amount, done.decided_at
        view.paid_by, view.provider_ref = done.provider, done.provider_ref
        return view
    fee = fee_of(session, dossier)
    view.amount, view.note = fee.total, dossier.receipt["fee_note"]
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
            amount=view.amount,
        )
        session.add(payment)
        session.flush()
    return payment, provider.begin(order_of(payment))


def order_of(payment: Payment) -> Order:
    """The attempt as its provider sees it."""
    return Order(
        txn_ref=payment.txn_ref,
        note=squeeze(payment.dossier.code),
        amount=payment.amount,
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


# What came of it --------------------------------------------------------------------------------


def take_notice(
    session: Session, provider: Notifying, kind: str, received: Mapping[str, str]
) -> tuple[Outcome, str | None]:
    """Record what a provider (`ipn`) or a citizen's browser (`return`) brings; only the first settles.

    Returns:
        The outcome, and the dossier's code if the notice is the provider's own.
    """
    payment, notice = None, None
    try:
        notice = provider.read(received)
    except BadSignature:
        outcome = Outcome.BAD_SIGNATURE
    else:
        query = select(Payment).where(
            Payment.txn_ref == notice.txn_ref, Payment.provider == provider.name
        )
        payment = session.scalar(query)
        outcome = _judge(session, kind, payment, notice)
    kept = {key[:MAX_LENGTH]: one[:MAX_LENGTH] for key, one in received.items()}
    record(session, payment, provider.name, kind, dict([*kept.items()][:MAX_PARAMETERS]), outcome)
    log.info("payment_notice", provider=provider.name, kind=kind, outcome=str(outcome))
    return outcome, payment.dossier.code if payment is not None else None


def _judge(session: Session, kind: str, payment: Payment | None, notice: Notice) -> Outcome:
    if payment is None:
        return Outcome.UNKNOWN
    if kind == IPN:
        return settle(session, payment, notice.amount, notice.succeeded, notice.provider_ref)
    if notice.amount != payment.amount:
        return Outcome.WRONG_AMOUNT
    if payment.state == "paid":
        return Outcome.PAID
    return Outcome.PENDING if notice.succeeded else Outcome.FAILED


def settle(
    session: Session, payment: Payment, amount: int | None, succeeded: bool, provider_ref: str
) -> Outcome:
    """Decide an attempt on its provider's word.

    Money that comes after a failure counts: it is there. Money for a dossier that is paid is refused,
    and the citizen is told that it will be given back.
    """
    # First the dossier's row, for all attempts of it; then the attempt as it stands now.
    dossier = session.get_one(
        Dossier, payment.dossier_id, with_for_update=True, populate_existing=True
    )
    session.refresh(payment)
    if amount != payment.amount:
        return Outcome.WRONG_AMOUNT
    if payment.state in ("paid", "refused") or (payment.state == "failed" and not succeeded):
        return Outcome.ALREADY
    payment.decided_at, payment.provider_ref = now(), provider_ref[:64]
    if not succeeded:
        payment.state = "failed"
        return Outcome.FAILED
    if paid(session, dossier) is not None:
        payment.state = "refused"
        tell(session, payment, "paid_twice")
        return Outcome.PAID_TWICE
    payment.state = "paid"
    session.flush()
    tell(session, payment, "paid")
    return Outcome.PAID


def tell(session: Session, payment: Payment, template: str) -> None:
    """Tell the dossier's owner of the payment in the chat (`data/texts/notices.yml`)."""
    dossier = payment.dossier
    figure = f"{payment.amount:,}".replace(",", ".")
    notices.tell(session, dossier.owner, template, code=dossier.code, amount=figure)


def record(
    session: Session,
    payment: Payment | None,
    provider: str,
    kind: str,
    received: dict[str, Any],
    outcome: Outcome,
) -> None:
    """Keep what came in, and what was made of it."""
    session.add(
        PaymentEvent(
            payment_id=payment.id if payment is not None else None,
            provider=provider,
            kind=kind,
            received=received,
            outcome=outcome,
        )
    )


def troubles(session: Session) -> list[tuple[PaymentEvent, str | None]]:
    """What came in and needs a person, oldest first, each with the dossier's code where it is known."""
    query = (
        select(PaymentEvent, Dossier.code)
        .join(Payment, PaymentEvent.payment_id == Payment.id, isouter=True)
        .join(Dossier, Payment.dossier_id == Dossier.id, isouter=True)
        .where(PaymentEvent.outcome.in_(NEEDS_A_PERSON))
        .order_by(PaymentEvent.id)
    )
    return [(event, code) for event, code in session.execute(query)]
