"""What is owed, and that a dossier is paid at most once: first with the guard removed, then with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier

import pytest
from sqlalchemy import delete, func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from common.database import Database, now, open_engine
from common.settings import settings
from onestop.backends.base import Report
from onestop.backends.contrib.embedded import EmbeddedBackend
from onestop.catalogue.content import Procedure
from onestop.dossiers import grants, submission
from onestop.dossiers.models import Dossier
from onestop.dossiers.statuses import Status
from onestop.eforms.definition import EForm
from onestop.notices.models import Notice
from onestop.payments import service, settling
from onestop.payments.base import Outcome
from onestop.payments.contrib.vietqr import VietQR
from onestop.payments.contrib.vnpay import VNPay
from onestop.payments.models import Payment, PaymentEvent
from onestop.schemas import Owed
from tests.onestop.dossiers.test_submission_races import ready_draft, submit
from tests.onestop.payments.conftest import FEE, told

PAY = text("UPDATE payments SET state = 'paid' WHERE txn_ref = :ref")


def begin(database: Database, code: str, provider: VNPay | VietQR) -> str:
    return database.transact(lambda session: service.begin(session, code, provider)[0].txn_ref)


def tell(database: Database, vnpay: VNPay, notice: dict[str, str], kind: str = "ipn") -> Outcome:
    return database.transact(settling.take_notice, vnpay, kind, notice)[0]


def owed(database: Database, code: str) -> Owed:
    def work(session: Session) -> Owed:
        dossier = session.scalars(select(Dossier).where(Dossier.code == code)).one()
        return service.owed(session, dossier, ["vnpay"])

    return database.transact(work)


def outcomes(database: Database) -> list[str]:
    return database.transact(
        lambda session: list(
            session.scalars(select(PaymentEvent.outcome).order_by(PaymentEvent.id))
        )
    )


def test_the_fee_on_the_receipt_is_due_until_it_is_paid(
    database: Database, code: str, vnpay: VNPay
) -> None:
    before = owed(database, code)
    assert (before.state, before.amount, before.providers) == ("due", FEE, ["vnpay"])
    assert tell(database, vnpay, told(begin(database, code, vnpay))) is Outcome.PAID
    after = owed(database, code)
    assert (after.state, after.amount, after.providers) == ("paid", FEE, [])
    with pytest.raises(service.NotDue, match="paid"):
        begin(database, code, vnpay)


def test_a_dossier_that_was_refused_takes_no_money(
    database: Database, code: str, vnpay: VNPay
) -> None:
    def refuse(session: Session) -> None:
        session.scalars(select(Dossier)).one().status = Status.REFUSED

    database.transact(refuse)
    assert owed(database, code).state == "closed"
    with pytest.raises(service.NotDue, match="closed"):
        begin(database, code, vnpay)


def test_who_paid_is_told_in_the_chat(database: Database, code: str, vnpay: VNPay) -> None:
    tell(database, vnpay, told(begin(database, code, vnpay)))
    row = database.transact(lambda session: session.scalars(select(Notice)).one())
    assert (row.template, row.variables) == ("paid", {"code": code, "amount": "15.000"})


def test_each_notice_is_recorded_with_what_was_made_of_it(
    database: Database, code: str, vnpay: VNPay
) -> None:
    ref = begin(database, code, vnpay)
    tell(database, vnpay, {**told(ref), "vnp_SecureHash": "0"})
    tell(database, vnpay, told("NOBODYS"))
    tell(database, vnpay, told(ref, FEE - 1))
    tell(database, vnpay, told(ref, vnp_Amount="much"))
    assert owed(database, code).state == "due"
    tell(database, vnpay, told(ref), "return")
    tell(database, vnpay, told(ref))
    tell(database, vnpay, told(ref))
    tell(database, vnpay, told(ref), "return")
    assert outcomes(database) == [
        *("bad_signature", "unknown_order", "wrong_amount", "wrong_amount"),
        *("pending", "paid", "already_confirmed", "paid"),
    ]


def test_the_browser_coming_back_settles_nothing(
    database: Database, code: str, vnpay: VNPay
) -> None:
    ref = begin(database, code, vnpay)
    assert tell(database, vnpay, told(ref), "return") is Outcome.PENDING
    assert owed(database, code).state == "due"


def test_a_failed_attempt_can_be_repeated_with_another_reference(
    database: Database, code: str, vnpay: VNPay
) -> None:
    first = begin(database, code, vnpay)
    failed = told(first, vnp_ResponseCode="24", vnp_TransactionStatus="02")
    assert tell(database, vnpay, failed) is Outcome.FAILED
    assert tell(database, vnpay, failed) is Outcome.ALREADY
    second = begin(database, code, vnpay)
    assert second != first
    assert tell(database, vnpay, told(second)) is Outcome.PAID


def test_money_that_comes_after_a_failure_counts(
    database: Database, code: str, vnpay: VNPay
) -> None:
    ref = begin(database, code, vnpay)
    tell(database, vnpay, told(ref, vnp_ResponseCode="24"))
    assert tell(database, vnpay, told(ref)) is Outcome.PAID


def test_a_second_payment_is_refused_recorded_and_told(
    database: Database, code: str, vnpay: VNPay
) -> None:
    first, second = begin(database, code, vnpay), begin(database, code, vnpay)
    assert tell(database, vnpay, told(first)) is Outcome.PAID
    assert tell(database, vnpay, told(second)) is Outcome.PAID_TWICE
    assert tell(database, vnpay, told(second)) is Outcome.ALREADY
    told_of = database.transact(lambda session: list(session.scalars(select(Notice.template))))
    assert told_of == ["paid", "paid_twice"]


def test_a_code_to_scan_is_made_once_a_dossier(database: Database, code: str) -> None:
    vietqr = VietQR("970415", "113366668888")
    assert begin(database, code, vietqr) == begin(database, code, vietqr)


def test_without_lock_and_index_two_attempts_would_both_be_paid(
    database: Database, code: str, vnpay: VNPay
) -> None:
    """The guard removed: look whether it is paid in one statement, write in another."""
    refs = [begin(database, code, vnpay), begin(database, code, vnpay)]
    both_have_looked = Barrier(2, timeout=60)

    def unguarded(ref: str) -> None:
        engine = open_engine(str(database.engine.url))
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            count = "SELECT count(*) FROM payments WHERE state = 'paid'"
            assert connection.exec_driver_sql(count).scalar_one() == 0
            connection.rollback()
            both_have_looked.wait()
            connection.execute(PAY, {"ref": ref})
            connection.commit()
        engine.dispose()

    with index_removed(database), ThreadPoolExecutor(2) as threads:
        list(threads.map(unguarded, refs))
        assert paid_rows(database) == 2


@contextmanager
def index_removed(database: Database) -> Iterator[None]:
    """Without the index on paid attempts; the attempts go with it, for it could not come back else."""
    (index,) = (one for one in Payment.__table__.indexes if one.name == "uq_payments_paid_dossier")
    index.drop(database.engine)
    yield
    with database.engine.begin() as connection:
        connection.execute(delete(Payment))
        index.create(connection)


def paid_rows(database: Database) -> int | None:
    count = select(func.count()).select_from(Payment).where(Payment.state == "paid")
    return database.transact(lambda session: session.scalar(count))


def test_with_them_many_notices_at_once_pay_once(
    database: Database, code: str, vnpay: VNPay
) -> None:
    refs = [begin(database, code, vnpay) for _ in range(4)]
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda ref: tell(database, vnpay, told(ref)), refs * 5))
    assert found.count(Outcome.PAID) == 1
    assert found.count(Outcome.PAID_TWICE) == 3
    assert found.count(Outcome.ALREADY) == 16
    assert paid_rows(database) == 1


def test_the_index_alone_refuses_a_second_paid_attempt(
    database: Database, code: str, vnpay: VNPay
) -> None:
    refs = [begin(database, code, vnpay), begin(database, code, vnpay)]

    def pay(ref: str) -> None:
        with database.engine.begin() as connection:
            connection.execute(PAY, {"ref": ref})

    pay(refs[0])
    with pytest.raises(IntegrityError):
        pay(refs[1])
    assert paid_rows(database) == 1


def test_a_grant_opens_one_dossier_to_one_asker() -> None:
    cipher = settings().cipher()
    token = grants.give(cipher, "web:1", "H25-20261124-0000001")
    assert grants.opened(cipher, "web:1", token) == "H25-20261124-0000001"
    assert grants.opened(cipher, "web:2", token) is None
    assert grants.opened(cipher, "web:1", token[:-4] + "AAAA") is None
    assert grants.opened(cipher, "web:1", "") is None


def test_what_needs_a_person_is_listed_with_its_dossier(
    database: Database, code: str, vnpay: VNPay
) -> None:
    ref = begin(database, code, vnpay)
    tell(database, vnpay, told("NOBODYS"))
    tell(database, vnpay, told(ref, FEE - 1))
    tell(database, vnpay, told(ref))
    found = database.transact(settling.troubles)
    assert [(event.outcome, known) for event, known in found] == [
        ("unknown_order", None),
        ("wrong_amount", code),
    ]


def waiting_for_payment(database: Database, code: str) -> None:
    for status in (Status.RECEIVED, Status.PROCESSING, Status.PAYMENT_REQUESTED):
        database.transact(submission.advance, code, status, "officer")


def history(database: Database, code: str) -> list[tuple[int, str]]:
    def work(session: Session) -> list[tuple[int, str]]:
        dossier = session.scalars(select(Dossier).where(Dossier.code == code)).one()
        return [(event.status, event.actor) for event in dossier.history]

    return database.transact(work)


def test_a_dossier_that_waits_for_its_payment_moves_on_once_it_is_paid(
    database: Database, code: str, vnpay: VNPay
) -> None:
    waiting_for_payment(database, code)
    ref = begin(database, code, vnpay)
    tell(database, vnpay, told(ref, vnp_ResponseCode="24"))
    assert history(database, code)[-1][0] == Status.PAYMENT_REQUESTED
    tell(database, vnpay, told(ref))
    tell(database, vnpay, told(ref))
    assert history(database, code)[-2:] == [
        (Status.PAYMENT_REQUESTED, "officer"),
        (Status.PROCESSING, settling.PAYER),
    ]
    told_of = database.transact(lambda session: list(session.scalars(select(Notice.template))))
    assert told_of == ["decision", "status", "payment_requested", "paid", "status"]


def test_one_that_does_not_wait_stays_where_it_is(
    database: Database, code: str, vnpay: VNPay
) -> None:
    tell(database, vnpay, told(begin(database, code, vnpay)))
    assert history(database, code) == [(Status.REGISTERED, "citizen")]


def test_another_one_stop_system_hears_that_the_dossier_goes_on(
    database: Database, code: str, vnpay: VNPay
) -> None:
    heard: list[Report] = []

    class Elsewhere(EmbeddedBackend):
        def report(self, session: Session, dossier: Dossier, report: Report) -> None:
            heard.append(report)

    waiting_for_payment(database, code)
    notice = told(begin(database, code, vnpay))
    for _ in range(2):
        database.transact(settling.take_notice, vnpay, "ipn", notice, Elsewhere())
    assert [(one.code, one.status) for one in heard] == [(code, Status.PROCESSING)]


def test_receipts_are_numbered_by_day_without_gaps(
    database: Database, code: str, forms: Mapping[str, EForm], procedure: Procedure, vnpay: VNPay
) -> None:
    draft = database.transact(ready_draft, forms, procedure, "web:other")
    other = database.transact(submit, draft, "web:other", procedure)
    tell(database, vnpay, told(begin(database, code, vnpay), vnp_ResponseCode="24"))
    for one in (code, other):
        tell(database, vnpay, told(begin(database, one, vnpay)))
    today = submission.day_of(now())
    numbers = [owed(database, one).receipt_number for one in (code, other)]
    assert numbers == [f"BN-{today:%Y%m%d}-0001", f"BN-{today:%Y%m%d}-0002"]
