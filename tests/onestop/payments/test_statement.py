from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from common.database import Database
from common.settings import settings
from onestop.cli import main
from onestop.notices.models import Notice
from onestop.payments import service, settling, statement
from onestop.payments.base import Outcome, squeeze
from onestop.payments.contrib.vietqr import VietQR
from onestop.payments.contrib.vnpay import VNPay
from onestop.payments.models import BankLine, PaymentEvent
from tests.onestop.payments.conftest import FEE, told
from tests.onestop.payments.test_settling import begin, outcomes, owed, tell

VIETQR = VietQR("970415", "113366668888")
HEADING = "Ngày giao dịch,Số tham chiếu,Ghi nợ,Ghi có,Nội dung giao dịch\n"


def row(note: str, amount: str = "15,000", reference: str = "") -> str:
    return f'24/11/2026 08:30:00,{reference},,"{amount}",{note}\n'


def reconcile(database: Database, *rows: str) -> list[Outcome]:
    credits = list(statement.read(HEADING + "".join(rows)))
    return [one.outcome for one in database.transact(statement.reconcile, credits)]


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("135.000", 135_000),
        ("135,000", 135_000),
        ("+135,000.00", 135_000),
        ("135.000,00 VND", 135_000),
        ("135000", 135_000),
        ("1.350.000 đ", 1_350_000),
        ("135000 VNĐ", 135_000),
        ("", None),
        ("0", None),
        ("-135,000", None),
    ],
)
def test_sums_are_read_in_the_banks_ways_of_writing(text: str, amount: int | None) -> None:
    assert statement.read_amount(text) == amount


@pytest.mark.parametrize("text", ["1,35", "135.5", "1.35.000", "abc", "1,000.000", "12,34,567"])
def test_what_is_no_whole_sum_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="đồng"):
        statement.read_amount(text)


@given(st.integers(1, 10**12), st.sampled_from(["", ".", ","]), st.sampled_from(["", "00", "0"]))
def test_any_sum_is_read_back(amount: int, mark: str, cents: str) -> None:
    text = f"{amount:,}".replace(",", mark)
    if cents:
        text += ("," if mark == "." else ".") + cents
    assert statement.read_amount(text) == amount


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_without_repeating_it(text: str) -> None:
    try:
        list(statement.read(HEADING + text))
        list(statement.read(text))
    except statement.StatementError as error:
        assert "heading" in str(error) or str(error).startswith("line ")  # noqa: PT017


def test_lines_above_the_heading_and_other_separators_are_taken() -> None:
    text = "Sao kê tài khoản\n\nTransaction Date;Credit;Description\n2026-11-24;15000;H25 A\n;;\n"
    (credit,) = statement.read(text)
    assert (credit.line, credit.amount, credit.note) == (4, 15_000, "H25 A")


def test_a_transfer_with_the_code_pays_whatever_the_bank_puts_around_it(
    database: Database, code: str
) -> None:
    begin(database, code, VIETQR)
    note = squeeze(code)
    line = f"MBVCB.123 {note[:7]} {note[7:].lower()} tu NGUYEN VAN AN"
    assert reconcile(database, row(line)) == [Outcome.PAID]
    assert owed(database, code).state == "paid"


def test_reading_a_file_twice_changes_nothing(database: Database, code: str) -> None:
    begin(database, code, VIETQR)
    lines = (row(squeeze(code)), row("tien nha"), row("tien nha"))
    first = reconcile(database, *lines)
    events = outcomes(database)
    assert first == [Outcome.PAID, Outcome.UNKNOWN, Outcome.UNKNOWN]
    assert reconcile(database, *lines) == first
    assert outcomes(database) == events
    rows = select(func.count()).select_from(BankLine)
    assert database.transact(lambda session: session.scalar(rows)) == 3


def told_of(database: Database) -> list[dict[str, object]]:
    """What the owner was told of money, newest last."""

    def work(session: Session) -> list[dict[str, object]]:
        rows = session.scalars(select(Notice).order_by(Notice.id))
        return [{"template": one.template, **one.variables} for one in rows]

    return database.transact(work)


def test_parts_of_a_sum_add_up_and_what_is_missing_is_told(database: Database, code: str) -> None:
    begin(database, code, VIETQR)
    assert reconcile(database, row(squeeze(code), "10,000")) == [Outcome.PARTLY_PAID]
    due = owed(database, code)
    assert (due.state, due.amount, due.received) == ("due", FEE, 10_000)
    assert told_of(database)[-1]["missing"] == "5.000"
    assert reconcile(database, row(squeeze(code), "5,000")) == [Outcome.PAID]
    done = owed(database, code)
    assert (done.state, done.received) == ("paid", 0)
    assert [one["template"] for one in told_of(database)] == ["partly_paid", "paid"]


def test_what_is_left_is_what_the_next_attempt_asks_for(
    database: Database, code: str, vnpay: VNPay
) -> None:
    begin(database, code, VIETQR)
    reconcile(database, row(squeeze(code), "10,000"))

    def amounts(session: Session) -> list[int]:
        attempts = [service.begin(session, code, one)[0] for one in (VIETQR, vnpay)]
        return [service.order_of(one).amount for one in attempts]

    assert database.transact(amounts) == [5_000, 5_000]


def test_too_much_pays_and_the_rest_is_to_be_given_back(database: Database, code: str) -> None:
    begin(database, code, VIETQR)
    assert reconcile(database, row(squeeze(code), "20,000")) == [Outcome.OVERPAID]
    assert owed(database, code).state == "paid"
    told = told_of(database)[-1]
    assert (told["template"], told["amount"], told["surplus"]) == ("overpaid", "20.000", "5.000")
    assert reconcile(database, row(squeeze(code), "5,000")) == [Outcome.PAID_TWICE]
    assert told_of(database)[-1]["amount"] == "5.000"
    found = database.transact(settling.troubles)
    assert [event.outcome for event, _ in found] == ["overpaid", "paid_twice"]


def test_two_transfers_are_one_payment_and_one_to_give_back(database: Database, code: str) -> None:
    begin(database, code, VIETQR)
    lines = (row(squeeze(code)), row(squeeze(code)))
    assert reconcile(database, *lines) == [Outcome.PAID, Outcome.PAID_TWICE]
    told_of = database.transact(lambda session: list(session.scalars(select(Notice.template))))
    assert told_of == ["paid", "paid_twice"]


def test_a_transfer_after_paying_at_vnpay_is_to_be_given_back(
    database: Database, code: str, vnpay: VNPay
) -> None:
    begin(database, code, VIETQR)
    tell(database, vnpay, told(begin(database, code, vnpay)))
    assert reconcile(database, row(squeeze(code))) == [Outcome.PAID_TWICE]


def test_a_line_that_matched_nothing_is_tried_again(database: Database, code: str) -> None:
    assert reconcile(database, row(squeeze(code))) == [Outcome.UNKNOWN]
    begin(database, code, VIETQR)
    assert reconcile(database, row(squeeze(code))) == [Outcome.PAID]


def test_what_was_on_the_statement_is_kept_encrypted(database: Database, code: str) -> None:
    begin(database, code, VIETQR)
    reconcile(database, row(f"{squeeze(code)} NGUYEN VAN AN"))
    with database.engine.connect() as connection:
        raw = connection.exec_driver_sql("SELECT received FROM payment_events").scalar_one()
    assert b"NGUYEN" not in raw
    event = database.transact(lambda session: session.scalars(select(PaymentEvent)).one())
    assert (event.kind, event.received["amount"]) == (settling.STATEMENT, FEE)


def test_the_command_reports_what_a_person_must_look_at_without_the_notes(
    database: Database,
    code: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    begin(database, code, VIETQR)
    path = tmp_path / "sao-ke.csv"
    path.write_text(HEADING + row(squeeze(code)) + row("NGUYEN VAN AN"), encoding="utf-8-sig")
    url = str(database.engine.url)
    monkeypatch.setattr(
        "onestop.cli.payments.settings",
        lambda: settings().model_copy(update={"database_url": url}),
    )
    assert main(["payments", "reconcile", str(path)]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said == [
        "line 3: unknown_order 15000 no dossier",
        "2 credits: paid 1, unknown_order 1; read before 0",
    ]
    assert main(["payments", "reconcile", str(path)]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "2 credits: nothing new; read before 2"
    assert main(["payments", "troubles"]) == 0
    assert "vietqr statement unknown_order no dossier" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"no heading", "heading"),
        (b"\xff\xfe", "UTF-8"),
        ((HEADING + row("x", "1,35")).encode(), "line 2"),
    ],
)
def test_the_command_refuses_a_file_that_it_cannot_read(
    tmp_path: Path, content: bytes, reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes(content)
    assert main(["payments", "reconcile", str(path)]) == 1
    assert reason in capsys.readouterr().err


def test_notes_longer_than_a_line_are_one_note() -> None:
    text = HEADING + '24/11/2026,,,"15,000","H25\nNGUYEN"\n'
    assert [one.note for one in statement.read(io.StringIO(text).read())] == ["H25 NGUYEN"]
