"""Bank statements as CSV: read, and reconciled with the VietQR payments by the code in each note.

Banks name their columns differently (`data/payments/statement.yml`) and write figures in several ways;
above the heading there may be lines about the account.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from pydantic import BaseModel, ConfigDict
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.nlu.text import fold
from common import yaml_files
from common.settings import ROOT
from onestop.backends.base import Backend
from onestop.dossiers.models import Dossier
from onestop.payments.base import Outcome, squeeze
from onestop.payments.contrib.vietqr import VietQR
from onestop.payments.models import BankLine, Payment
from onestop.payments.settling import EMBEDDED, STATEMENT, record, settle_transfer

FILE = ROOT / "data" / "payments" / "statement.yml"
DATE_FORMATS = ("%d/%m/%Y", "%d-%m-%Y", "%Y-%m-%d")
DELIMITERS = ",;\t"
UNMATCHED = Outcome.UNKNOWN


class StatementError(ValueError):
    """The file cannot be read; the message says where, without what stands there."""


class Columns(BaseModel):
    """The headings under which banks give each thing, folded and in small letters."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    date: list[str]
    credit: list[str]
    note: list[str]
    reference: list[str]


@dataclass(frozen=True)
class Credit:
    """Money that came in: `amount` in đồng, `line` in the file."""

    line: int
    booked_on: date
    amount: int
    note: str
    digest: str


@dataclass(frozen=True)
class Settled:
    """What was made of a line; `new` is false for one that was read before."""

    credit: Credit
    outcome: Outcome
    code: str | None
    new: bool


@lru_cache
def columns() -> Columns:
    """The headings of `data/payments/statement.yml`."""
    return Columns.model_validate(yaml_files.read(FILE))


def read_amount(text: str) -> int | None:
    """Đồng as banks write them (`135.000`, `+135,000.00`, `135000 VND`); `None` for none and for debits.

    Raises:
        ValueError: if it is no sum of whole đồng.
    """
    squeezed = re.sub(r"\s|VN[DĐ]|đ(?:ồng)?$", "", text.strip(), flags=re.IGNORECASE)
    match = re.fullmatch(
        r"\+?((?P<minus>-)?(?:\d+|\d{1,3}(?P<mark>[.,])\d{3}(?:(?P=mark)\d{3})*))(?:[.,]0{1,2})?",
        squeezed,
    )
    if not squeezed:
        return None
    if match is None:
        raise ValueError("no sum of whole đồng")
    amount = int(re.sub(r"[.,]", "", match[1]))
    return amount if amount > 0 else None


def read_day(text: str) -> date:
    """The day of a line; the time of day beside it is left out.

    Raises:
        ValueError: if there is no date.
    """
    for form in DATE_FORMATS:
        try:
            return datetime.strptime(re.split(r"[\sT]", text.strip())[0], form).date()  # noqa: DTZ007
        except ValueError:
            continue
    raise ValueError("no date")


def _places(row: Sequence[str]) -> dict[str, int] | None:
    """Where the columns are, if this row is the heading."""
    names = [fold(" ".join(one.split())).casefold() for one in row]
    found = {}
    for column, headings in columns():
        for heading in headings:
            if heading in names:
                found[column] = names.index(heading)
                break
    return found if {"date", "credit", "note"} <= found.keys() else None


def _rows(lines: Iterable[str], delimiter: str, first: int) -> Iterator[tuple[int, list[str]]]:
    """The rows with the line where each ends; `first` is the first one's line."""
    rows = csv.reader(lines, delimiter=delimiter)
    try:
        for row in rows:
            yield first - 1 + rows.line_num, row
    except csv.Error as error:
        raise StatementError(f"line {first + rows.line_num}: no CSV") from error


def _heading(lines: Sequence[str]) -> tuple[int, str, dict[str, int]]:
    """Where the heading is, what separates its names, and where the columns are."""
    for at, line in enumerate(lines):
        for delimiter in DELIMITERS:
            row = next((row for _, row in _rows([line], delimiter, at + 1)), [])
            if (places := _places(row)) is not None:
                return at, delimiter, places
    raise StatementError("there is no heading with date, credit and note")


def read(text: str) -> Iterator[Credit]:
    """The credits on a statement, in the file's order.

    Args:
        text: the CSV, separated by comma, semicolon or tab.

    Raises:
        StatementError: if there is no heading, or a line under it cannot be read.
    """
    lines = text.splitlines(keepends=True)
    start, delimiter, places = _heading(lines)
    repeats: Counter[str] = Counter()
    body = io.StringIO("".join(lines[start + 1 :]), newline=None)
    for at, row in _rows(body, delimiter, start + 2):
        if max(places.values()) >= len(row):  # a blank line, or a sum at the end
            continue
        try:
            amount = read_amount(row[places["credit"]])
            if amount is None:
                continue
            day = read_day(row[places["date"]])
        except ValueError as error:
            raise StatementError(f"line {at}: {error}") from None
        note = " ".join(row[places["note"]].split())
        reference = row[places["reference"]].strip() if "reference" in places else ""
        # Two equal lines without a reference are two transfers: the second one says so.
        facts = "|".join([reference, day.isoformat(), str(amount), note])
        repeats[facts] += 1
        digest = hashlib.sha256(f"{facts}|{0 if reference else repeats[facts]}".encode())
        yield Credit(at, day, amount, note, digest.hexdigest())


def reconcile(
    session: Session, credits: Sequence[Credit], backend: Backend = EMBEDDED
) -> list[Settled]:
    """Settle the VietQR payments that these credits pay; a line that was read before changes nothing."""
    open_payments = session.execute(
        select(Dossier.code, Payment)
        .join(Payment, Payment.dossier_id == Dossier.id)
        .where(Payment.provider == VietQR.name)
        .order_by(Payment.id)
    )
    by_note = {squeeze(code): (code, payment) for code, payment in open_payments}
    return [_one(session, credit, by_note, backend) for credit in credits]


def _one(
    session: Session, credit: Credit, by_note: dict[str, tuple[str, Payment]], backend: Backend
) -> Settled:
    text = re.sub(r"[^A-Z0-9]", "", fold(credit.note).upper())
    # Codes have one length in an agency; should one hold another, the longer is meant.
    match = max((note for note in by_note if note in text), key=len, default=None)
    code, payment = by_note[match] if match is not None else (None, None)
    known = session.get(BankLine, credit.digest, with_for_update=True)
    if known is not None and (payment is None or known.payment_id is not None):
        return Settled(credit, Outcome(known.outcome), code, new=False)
    outcome = UNMATCHED
    if payment is not None:
        outcome = settle_transfer(session, payment, credit.amount, credit.digest[:16], backend)
    row = known or BankLine(digest=credit.digest)
    row.booked_on, row.amount, row.note = credit.booked_on, credit.amount, credit.note
    row.line, row.outcome, row.payment_id = credit.line, outcome, payment.id if payment else None
    session.add(row)
    received = {"line": credit.line, "amount": credit.amount, "note": credit.note}
    record(session, payment, VietQR.name, STATEMENT, received, outcome)
    session.flush()
    return Settled(credit, outcome, code, new=True)
