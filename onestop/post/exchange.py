"""What the post office and we exchange: a list of requests out, their states back, as CSV."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from typing import TextIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from common.spreadsheets import cell
from onestop.post.models import PostRequest
from onestop.post.rules import rules
from onestop.post.service import ImpossibleStep, locked, read_code, step
from onestop.post.states import STATES, State

OUT = (
    *("code", "dossier", "service", "receiver", "phone", "address", "time_of_day"),
    *("fee", "fee_estimated", "state", "carrier_ref"),
)
NEEDED = ("code", "state")
_REF = re.compile(r"[A-Z0-9-]{0,40}")


class ExchangeError(ValueError):
    """A line that cannot be read; the message says which and why, without what stands there."""


@dataclass(frozen=True)
class Update:
    """A line of the post office: a new state, and if told its own number, the sum and a note."""

    line: int
    code: str
    state: State
    carrier_ref: str = ""
    fee: int | None = None
    note: str = ""


def write(session: Session, out: TextIO, *, new_only: bool) -> int:
    """Write the requests as CSV; returns how many.

    Args:
        new_only: only those that the post has not taken up.
    """
    query = select(PostRequest).order_by(PostRequest.id)
    if new_only:
        query = query.where(PostRequest.state == "requested")
    writer = csv.writer(out)
    writer.writerow(OUT)
    count = 0
    for one in session.scalars(query):
        told = [one.details[name] for name in ("receiver", "phone", "address", "time_of_day")]
        service = rules().services[one.service]
        end = [one.fee, int(one.fee_estimated), one.state, one.carrier_ref]
        writer.writerow([one.code, one.dossier.code, service, *map(cell, told), *end])
        count += 1
    return count


def read(text: str) -> Iterator[Update]:
    """The lines of a file from the post office, with a heading: code, state and perhaps the others.

    Raises:
        ExchangeError: if a line cannot be read.
    """
    rows = csv.DictReader(StringIO(text))
    headings = [str(one).strip().lower() for one in rows.fieldnames or ()]
    missing = [one for one in NEEDED if one not in headings]
    if missing:
        raise ExchangeError(f"the heading lacks: {', '.join(missing)}")
    rows.fieldnames = headings
    for number, row in enumerate(rows, start=2):
        given = {key: (value or "").strip() for key, value in row.items() if isinstance(key, str)}
        if any(given.values()):
            yield _update(number, given)


def one(given: dict[str, str]) -> Update:
    """A line that was given by itself.

    Raises:
        ExchangeError: if it cannot be read.
    """
    return _update(1, given)


def _update(line: int, given: dict[str, str]) -> Update:
    code, named = read_code(given["code"]), given["state"].lower()
    state = next((one for one in STATES if named in (one, rules().states[one].lower())), None)
    ref, fee = given.get("carrier_ref", "").upper(), given.get("fee", "")
    if code is None:
        raise ExchangeError(f"line {line}: no tracking code")
    if state is None:
        raise ExchangeError(f"line {line}: no state; one of {', '.join(STATES)}")
    if not _REF.fullmatch(ref):
        raise ExchangeError(f"line {line}: the post's number has other than letters and digits")
    if fee and not re.fullmatch(r"\d{1,9}", fee):
        raise ExchangeError(f"line {line}: the fee is no number of đồng")
    note = given.get("note", "")
    return Update(line, code, state, ref, int(fee) if fee else None, note)


def apply(session: Session, update: Update, actor: str) -> bool:
    """Make a line so; whether it changed anything (a line read twice does not).

    Raises:
        ExchangeError: if there is no such request, or its state may not follow.
    """
    try:
        request = locked(session, update.code)
    except LookupError as error:
        raise ExchangeError(f"line {update.line}: there is no {update.code}") from error
    if update.carrier_ref:
        request.carrier_ref = update.carrier_ref
    if update.fee is not None:
        request.fee, request.fee_estimated = update.fee, False
    if request.state == update.state:
        return False
    try:
        step(session, request, update.state, actor, update.note)
    except ImpossibleStep as error:
        raise ExchangeError(f"line {update.line}: {error}") from error
    return True
