"""An officer asks for a fee: known from the data, or stated where they do not tell it."""

from __future__ import annotations

import argparse
from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from common.database import Database
from onestop.cli.dossier import read_fee
from onestop.dossiers import submission
from onestop.dossiers.models import Dossier
from onestop.dossiers.statuses import Status
from onestop.notices import telling
from onestop.payments import asking
from onestop.payments.base import Outcome
from onestop.payments.contrib.vnpay import VNPay
from onestop.schemas import NoticeView, Owed
from tests.onestop.payments.conftest import FEE, told
from tests.onestop.payments.test_settling import begin, owed, tell

Ask = Callable[..., tuple[Dossier, int]]


@pytest.fixture
def unknown(database: Database, code: str) -> None:
    """On the receipt the fee is words only."""

    def work(session: Session) -> None:
        dossier = submission.find(session, code)
        dossier.receipt = {**dossier.receipt, "fee_amount": None, "fee_note": "Theo quy định"}

    database.transact(work)


@pytest.fixture
def ask(database: Database, code: str) -> Ask:
    """Ask for the fee of the dossier, which is being handled."""
    for status in (Status.RECEIVED, Status.PROCESSING):
        database.transact(submission.advance, code, status, "officer")

    def work(fee: int | None, note: str = "") -> tuple[Dossier, int]:
        return database.transact(asking.ask, code, fee, "officer", note)

    return work


def notices(database: Database) -> list[NoticeView]:
    waiting = database.query(telling.waiting, 50)
    return [one for one in waiting if one.template == "payment_requested"]


def history(database: Database) -> list[tuple[int, str]]:
    def work(session: Session) -> list[tuple[int, str]]:
        events = session.scalars(select(Dossier)).one().history
        return [(event.status, event.note) for event in events]

    return database.query(work)


def due(view: Owed) -> tuple[str, int | None]:
    return view.state, view.amount


def test_a_fee_that_is_not_known_is_stated_told_and_paid(
    unknown: None, database: Database, code: str, ask: Ask, vnpay: VNPay
) -> None:
    assert due(owed(database, code)) == ("unknown", None)
    assert ask(250_000, "Phí thẩm định")[1] == 250_000
    assert due(owed(database, code)) == ("due", 250_000)
    [notice] = notices(database)
    assert "250.000 đồng" in notice.text
    assert "Phí thẩm định" in notice.text
    assert [one.title for one in notice.buttons] == ["Trả lệ phí", "Xem hồ sơ"]
    assert history(database)[-1] == (6, "Số tiền: 250.000 đồng. Phí thẩm định")
    assert tell(database, vnpay, told(begin(database, code, vnpay), 250_000)) is Outcome.PAID
    assert history(database)[-1][0] == Status.PROCESSING


def test_without_a_sum_an_unknown_fee_is_not_asked_for(
    unknown: None, database: Database, ask: Ask
) -> None:
    with pytest.raises(asking.FeeRefused, match="not known"):
        ask(None)
    assert (history(database)[-1][0], notices(database)) == (Status.PROCESSING, [])


def test_a_known_fee_is_asked_for_as_it_is(database: Database, ask: Ask) -> None:
    assert ask(None)[1] == FEE
    assert "15.000 đồng" in notices(database)[0].text


def test_a_dossier_that_is_just_moved_on_to_its_payment_is_asked_for_it_as_well(
    database: Database, code: str, ask: Ask
) -> None:
    database.transact(
        submission.advance, code, Status.PAYMENT_REQUESTED, "officer", "Phí thẩm định"
    )
    [notice] = notices(database)
    assert "15.000 đồng" in notice.text
    assert "Phí thẩm định" in notice.text
    assert [one.title for one in notice.buttons] == ["Trả lệ phí", "Xem hồ sơ"]


def test_where_the_sum_is_not_known_only_the_step_is_told(
    unknown: None, database: Database, code: str, ask: Ask
) -> None:
    database.transact(submission.advance, code, Status.PAYMENT_REQUESTED, "officer")
    assert notices(database) == []
    assert Status.PAYMENT_REQUESTED.label in database.query(telling.waiting, 50)[-1].text


def test_a_wrong_sum_is_corrected_until_somebody_begins_to_pay(
    unknown: None, database: Database, code: str, ask: Ask, vnpay: VNPay
) -> None:
    ask(25_000)
    ask(250_000)
    assert due(owed(database, code)) == ("due", 250_000)
    assert [status for status, _ in history(database)][-2:] == [6, 6]
    begin(database, code, vnpay)
    with pytest.raises(asking.FeeRefused, match="begun"):
        ask(300_000)
    assert due(owed(database, code)) == ("due", 250_000)


def test_what_is_paid_is_not_asked_for_again(
    database: Database, code: str, ask: Ask, vnpay: VNPay
) -> None:
    tell(database, vnpay, told(begin(database, code, vnpay)))
    with pytest.raises(asking.FeeRefused, match="paid"):
        ask(None)
    assert notices(database) == []


def test_a_dossier_that_is_not_taken_in_yet_is_asked_for_nothing(
    database: Database, code: str
) -> None:
    with pytest.raises(submission.ImpossibleStep):
        database.transact(asking.ask, code, 20_000, "officer")
    assert due(owed(database, code)) == ("due", FEE)


@pytest.mark.parametrize(
    ("text", "sum_"), [("150000", 150_000), ("150.000", 150_000), ("1.250.000", 1_250_000)]
)
def test_a_sum_is_read_as_officers_write_it(text: str, sum_: int) -> None:
    assert read_fee(text) == sum_


@pytest.mark.parametrize("text", ["0", "-5", "15.00", "1,5", "", "mười", "99999999999"])
def test_what_is_no_sum_is_refused(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError):
        read_fee(text)
