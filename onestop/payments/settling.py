"""What came of payments: providers' notices and bank lines, settled at most once a dossier.

Whoever settles holds the dossier's row, and a unique index stands behind. Everything that comes in is
recorded with its outcome, also what is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from common.database import now
from onestop import notices
from onestop.backends.base import Backend, Report
from onestop.backends.contrib.embedded import EmbeddedBackend
from onestop.dossiers import submission
from onestop.dossiers.models import Dossier
from onestop.dossiers.statuses import Status
from onestop.payments.base import BadSignature, Notice, Notifying, Outcome
from onestop.payments.models import Payment, PaymentEvent
from onestop.payments.service import figure, paid
from onestop.schemas import PaymentReceipt

log = structlog.get_logger(__name__)
EMBEDDED = EmbeddedBackend()
PAYER = "payment"  # who moved the dossier on, in its history
IPN, RETURN, STATEMENT = "ipn", "return", "statement"
# Parameters of a notice that are kept; anyone can send a notice, so their size has an end.
MAX_PARAMETERS, MAX_LENGTH = 40, 512
NEEDS_A_PERSON = (
    *(Outcome.PAID_TWICE, Outcome.OVERPAID, Outcome.PARTLY_PAID),
    *(Outcome.WRONG_AMOUNT, Outcome.UNKNOWN, Outcome.BAD_SIGNATURE),
)
# Receipts are numbered by day without gaps, `BN-20261124-0001`: a biên nhận of ours, no treasury's biên lai.
RECEIPT = "BN"


def take_notice(
    session: Session,
    provider: Notifying,
    kind: str,
    received: Mapping[str, str],
    backend: Backend = EMBEDDED,
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
        outcome = _judge(session, kind, payment, notice, backend)
    kept = {key[:MAX_LENGTH]: one[:MAX_LENGTH] for key, one in received.items()}
    record(session, payment, provider.name, kind, dict([*kept.items()][:MAX_PARAMETERS]), outcome)
    log.info("payment_notice", provider=provider.name, kind=kind, outcome=str(outcome))
    return outcome, payment.dossier.code if payment is not None else None


def _judge(
    session: Session, kind: str, payment: Payment | None, notice: Notice, backend: Backend
) -> Outcome:
    if payment is None:
        return Outcome.UNKNOWN
    if kind == IPN:
        amount, ref = notice.amount, notice.provider_ref
        return settle(session, payment, amount, notice.succeeded, ref, backend)
    if notice.amount != payment.amount:
        return Outcome.WRONG_AMOUNT
    if payment.state == "paid":
        return Outcome.PAID
    return Outcome.PENDING if notice.succeeded else Outcome.FAILED


def settle(
    session: Session,
    payment: Payment,
    amount: int | None,
    succeeded: bool,
    provider_ref: str,
    backend: Backend = EMBEDDED,
) -> Outcome:
    """Decide an attempt on its provider's word; `backend` hears of a dossier that waited for it.

    Money that comes after a failure counts: it is there. Money for a dossier that is paid is refused,
    and the citizen is told that it will be given back.
    """
    dossier = _hold(session, payment)
    if amount != payment.amount:
        return Outcome.WRONG_AMOUNT
    if payment.state in ("paid", "refused") or (payment.state == "failed" and not succeeded):
        return Outcome.ALREADY
    payment.decided_at, payment.provider_ref = now(), provider_ref[:64]
    if not succeeded:
        payment.state = "failed"
        return Outcome.FAILED
    if paid(session, dossier) is not None:
        return _refuse(session, payment, payment.amount)
    _pay(session, payment)
    tell(session, payment, "paid", payment.amount)
    _go_on(session, payment, backend)
    return Outcome.PAID


def settle_transfer(
    session: Session, payment: Payment, amount: int, provider_ref: str, backend: Backend = EMBEDDED
) -> Outcome:
    """Decide on money that is on the account already: parts of a sum add up, what is too much is told.

    Args:
        amount: what this transfer brought, in đồng.
    """
    dossier = _hold(session, payment)
    if payment.state != "created" or paid(session, dossier) is not None:
        return _refuse(session, payment, amount)
    payment.received += amount
    missing = payment.amount - payment.received
    if missing > 0:
        tell(session, payment, "partly_paid", amount, missing=figure(missing))
        return Outcome.PARTLY_PAID
    payment.decided_at, payment.provider_ref = now(), provider_ref[:64]
    _pay(session, payment)
    if missing < 0:
        tell(session, payment, "overpaid", payment.received, surplus=figure(-missing))
    else:
        tell(session, payment, "paid", payment.received)
    _go_on(session, payment, backend)
    return Outcome.OVERPAID if missing < 0 else Outcome.PAID


def _hold(session: Session, payment: Payment) -> Dossier:
    """Lock the dossier, and with it all attempts to pay it; the attempt is read anew."""
    dossier = session.get_one(
        Dossier, payment.dossier_id, with_for_update=True, populate_existing=True
    )
    session.refresh(payment)
    return dossier


def _refuse(session: Session, payment: Payment, amount: int) -> Outcome:
    """The dossier is paid: this money is to be given back."""
    if payment.state != "paid":
        payment.state, payment.decided_at = "refused", now()
    tell(session, payment, "paid_twice", amount)
    return Outcome.PAID_TWICE


def _pay(session: Session, payment: Payment) -> None:
    """The attempt pays its dossier, and gets a receipt's number."""
    payment.state = "paid"
    at = payment.decided_at or now()
    number = submission.next_number(session, RECEIPT, at)
    payment.receipt_number = f"{RECEIPT}-{submission.day_of(at):%Y%m%d}-{number:04}"
    session.flush()


def _go_on(session: Session, payment: Payment, backend: Backend) -> None:
    """A dossier that waited for its payment is handled again, as the national statuses have it (6 → 4)."""
    dossier = payment.dossier
    if dossier.status != Status.PAYMENT_REQUESTED:
        return
    submission.step(session, dossier, Status.PROCESSING, PAYER)
    submission.tell_status(session, dossier, "")
    key = f"payment-{payment.id}"
    label = Status.PROCESSING.label
    backend.report(
        session, dossier, Report(key=key, code=dossier.code, status=Status.PROCESSING, note=label)
    )


def tell(session: Session, payment: Payment, template: str, amount: int, **more: str) -> None:
    """Tell the dossier's owner of money in the chat (`data/texts/notices.yml`)."""
    dossier = payment.dossier
    notices.tell(session, dossier.owner, template, code=dossier.code, amount=figure(amount), **more)


def receipt(session: Session, key: str) -> PaymentReceipt:
    """The receipt of a paid attempt; its key is the secret.

    Raises:
        LookupError: if there is no such attempt, or it is not paid.
    """
    payment = session.scalar(select(Payment).where(Payment.key == key, Payment.state == "paid"))
    if payment is None or payment.decided_at is None:
        raise LookupError(key)
    return PaymentReceipt(
        number=payment.receipt_number or "",
        code=payment.dossier.code,
        procedure=payment.dossier.procedure_name,
        amount=payment.amount,
        surplus=max(0, payment.received - payment.amount),
        paid_at=payment.decided_at,
        paid_by=payment.provider,
        provider_ref=payment.provider_ref,
    )


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
