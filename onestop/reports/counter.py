"""Lists of dossiers handed in elsewhere, read from CSV: all of a list or nothing, however often it is read.

Headings and words are data (`data/reports/counter.yml`). A code is one dossier: a later list tells what became
of it, and one that this service took itself is counted as such (`dossiers.py`).
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any, cast

from pydantic import BaseModel, ConfigDict
from sqlalchemy import TableClause, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from common import yaml_files
from common.database import insert_if_absent, now
from common.settings import ROOT
from onestop.catalogue.content import WayKind
from onestop.catalogue.models import ProcedureRecord
from onestop.eforms.words import fold
from onestop.reports.models import CounterDossier, CounterFile
from onestop.staff import audit

FILE = ROOT / "data" / "reports" / "counter.yml"
DATES = ("%d/%m/%Y", "%Y-%m-%d", "%d-%m-%Y")
DELIMITERS = ",;\t"
MOST_ERRORS = 50
AT_ONCE = 1000
LONGEST = {"code": 40, "agency": 200}


class Words(BaseModel):
    """Headings and words of a list, folded."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    columns: dict[str, list[str]]
    optional: frozenset[str]
    ways: dict[WayKind, list[str]]


class ListError(ValueError):
    """A list that cannot be taken: one line for each thing that is wrong, the first `MOST_ERRORS`."""

    def __init__(self, errors: Sequence[str]) -> None:
        super().__init__("\n".join(errors))
        self.errors = list(errors)


@dataclass(frozen=True)
class Taken:
    """What came of a list: rows that are new, and those that were known; `before`: it was read already."""

    new: int
    known: int
    before: bool = False


@cache
def words() -> Words:
    """The words of `data/reports/counter.yml`."""
    return Words.model_validate(yaml_files.read(FILE))


def _plain(text: str) -> str:
    return fold(" ".join(text.split())).casefold()


def _heading(row: Sequence[str]) -> dict[str, int]:
    names = [_plain(one) for one in row]
    found = {}
    for column, headings in words().columns.items():
        at = next((names.index(one) for one in headings if one in names), None)
        if at is not None:
            found[column] = at
    return found


@lru_cache(4096)  # a list names few days, and few ways, very often
def _day(text: str) -> date | None:
    if not text:
        return None
    for form in DATES:
        try:
            return datetime.strptime(text.split()[0], form).date()  # noqa: DTZ007
        except ValueError:
            continue
    raise ValueError(f"{text!r} is no date")


@lru_cache(256)
def _way(text: str) -> WayKind:
    said = _plain(text)
    for way, names in words().ways.items():
        if any(name in said for name in names):
            return way
    raise ValueError(f"{text!r} is no way to hand in")


def _row(cells: dict[str, str], procedures: set[str], today: date) -> dict[str, Any]:
    """A line's values.

    Raises:
        ValueError: saying what is wrong.
    """
    for column, most in LONGEST.items():
        if len(cells.get(column, "")) > most:
            raise ValueError(f"the {column} is longer than {most} characters")
    if not cells["code"]:
        raise ValueError("the code is missing")
    if cells["procedure"] not in procedures:
        raise ValueError(f"the catalogue has no procedure {cells['procedure']!r}")
    received, due = _day(cells["received"]), _day(cells.get("due", ""))
    finished = _day(cells.get("finished", ""))
    if received is None:
        raise ValueError("the day of receiving is missing")
    if received > today or (finished is not None and finished > today):
        raise ValueError("a day lies in the future")
    if (finished is not None and finished < received) or (due is not None and due < received):
        raise ValueError("it is due or finished before it was received")
    result = cells.get("result", "")
    return {
        "code": cells["code"].upper(),
        "procedure_code": cells["procedure"],
        "agency": cells.get("agency", ""),
        "way": _way(cells["way"]),
        "received_on": received,
        "due_on": due,
        "finished_on": finished,
        "result_by_post": bool(result)
        and any(one in _plain(result) for one in words().ways[WayKind.POST]),
    }


def _lines(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    """The lines under the heading, with their numbers.

    Raises:
        ListError: if a column that is needed is missing.
    """
    first = text.partition("\n")[0]
    delimiter = max(DELIMITERS, key=first.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        places = _heading(next(rows, []))
        missing = words().columns.keys() - words().optional - places.keys()
        if missing:
            names = ", ".join(words().columns[one][0] for one in sorted(missing))
            raise ListError([f"line 1: there is no column {names}"])
        for row in rows:
            if any(cell.strip() for cell in row):
                yield (
                    rows.line_num,
                    {
                        column: row[at].strip() if at < len(row) else ""
                        for column, at in places.items()
                    },
                )
    except csv.Error as error:
        raise ListError([f"line {rows.line_num}: no CSV ({error})"]) from error


def read(text: str, procedures: set[str], today: date) -> list[dict[str, Any]]:
    """The rows of a list.

    Args:
        text: the CSV, separated by comma, semicolon or tab, the heading in its first line.
        procedures: codes that the catalogue has.
        today: nothing may lie after it.

    Raises:
        ListError: with a line for each that cannot be taken.
    """
    rows, errors, seen = list[dict[str, Any]](), list[str](), dict[str, int]()
    for number, cells in _lines(text):
        try:
            row = _row(cells, procedures, today)
            if row["code"] in seen:
                raise ValueError(f"{row['code']} stands in line {seen[row['code']]} too")
            seen[row["code"]] = number
            rows.append(row)
        except ValueError as error:
            errors.append(f"line {number}: {error}")
            if len(errors) >= MOST_ERRORS:
                raise ListError([*errors, "and perhaps more"]) from None
    if errors:
        raise ListError(errors)
    return rows


def take(session: Session, content: bytes, name: str, actor: str, today: date) -> Taken:
    """Take a list in, all of it or nothing; the same list again changes nothing.

    Raises:
        ListError: if it is no UTF-8 text, or a line cannot be taken.
    """
    digest = hashlib.sha256(content).hexdigest()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ListError(["it is not UTF-8"]) from error
    rows = read(text, set(session.scalars(select(ProcedureRecord.code))), today)
    given = {"name": name, "rows": len(rows), "actor": actor, "read_at": now()}
    if not insert_if_absent(session, CounterFile, digest=digest, **given):
        return Taken(0, len(rows), before=True)
    known = 0
    for at in range(0, len(rows), AT_ONCE):
        part = rows[at : at + AT_ONCE]
        codes = [row["code"] for row in part]
        held = select(CounterDossier.code).where(CounterDossier.code.in_(codes))
        known += len(session.scalars(held).all())
        _upsert(session, [{**row, "file": digest} for row in part])
    audit.record(session, actor, "counter.imported", f"file:{digest[:12]}", rows=len(rows))
    return Taken(len(rows) - known, known)


def _upsert(session: Session, rows: list[dict[str, Any]]) -> None:
    backend = session.get_bind().dialect.name
    insert = postgresql.insert if backend == "postgresql" else sqlite.insert
    # Of the table, not of the class: so many rows need no objects.
    statement = insert(cast("TableClause", CounterDossier.__table__))
    told = {name: statement.excluded[name] for name in rows[0] if name != "code"}
    session.execute(statement.on_conflict_do_update(index_elements=["code"], set_=told), rows)
