"""What staff do with complaints and ratings.

python -m onestop feedback list [--all]
python -m onestop feedback show CODE [--files DIRECTORY]
python -m onestop feedback forward|answer|out-of-scope CODE --note …
python -m onestop feedback report --from DAY --to DAY [--csv FILE]
"""

from __future__ import annotations

import argparse
import csv
import getpass
import mimetypes
import sys
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from common.database import Database, now
from common.settings import settings
from common.spreadsheets import cell
from onestop.dossiers.calendar import VIETNAM
from onestop.dossiers.models import Dossier, StoredFile
from onestop.dossiers.submission import day_of
from onestop.feedback import complaints, report
from onestop.feedback.codes import normalise_code
from onestop.feedback.models import Complaint
from onestop.feedback.rules import LEVELS
from onestop.schemas import ComplaintState
from onestop.storage import registry
from onestop.storage.base import StorageError

EVERY: frozenset[ComplaintState] = complaints.OPEN | {"answered", "out_of_scope"}
STEPS: dict[str, tuple[ComplaintState, str]] = {
    "forward": ("forwarded", "pass it on; the note says to whom"),
    "answer": ("answered", "answer it; the note is the answer"),
    "out-of-scope": ("out_of_scope", "say that it is none; the note says where to turn"),
}


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the group `feedback`."""
    group = subparsers.add_parser("feedback", help="complaints and suggestions, ratings")
    commands = group.add_subparsers(required=True, metavar="COMMAND")

    listing = commands.add_parser("list", help="complaints that wait, due first; without content")
    listing.add_argument("--all", action="store_true", help="those that are finished too")
    listing.set_defaults(run=run_list)

    showing = commands.add_parser("show", help="one complaint in full, with personal data")
    showing.add_argument("code", metavar="CODE")
    showing.add_argument(
        "--files",
        type=Path,
        metavar="DIRECTORY",
        help="write the photos and PDFs that came with it",
    )
    showing.set_defaults(run=run_show)

    for name, (state, meaning) in STEPS.items():
        moving = commands.add_parser(name, help=meaning)
        moving.add_argument("code", metavar="CODE")
        moving.add_argument("--note", required=True, type=_said, help="told to who sent it")
        moving.add_argument("--actor", default=getpass.getuser(), help="who does it")
        moving.set_defaults(run=run_move, state=state)

    reporting = commands.add_parser("report", help="ratings of a time: counts and means")
    reporting.add_argument("--from", dest="first", type=day_option, required=True, metavar="DAY")
    reporting.add_argument("--to", dest="last", type=day_option, required=True, metavar="DAY")
    reporting.add_argument("--csv", type=Path, metavar="FILE", help="each rating with its reason")
    reporting.set_defaults(run=run_report)


def _said(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError("it says nothing")
    return text.strip()


def day_option(text: str) -> date:
    """A day as an option: 2026-12-01 or 01/12/2026.

    Raises:
        argparse.ArgumentTypeError: if it is none.
    """
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.strptime(text, form).replace(tzinfo=VIETNAM).date()
        except ValueError:
            continue
    raise argparse.ArgumentTypeError(f"{text!r} is no date; write 2026-12-01 or 01/12/2026")


def run_list(options: argparse.Namespace) -> int:
    """Print code, state, the day by which it is to be handled, and whether it is late."""
    database = Database(settings().database_url)
    try:
        found = database.query(complaints.listed, EVERY if options.all else complaints.OPEN)
        for one in found:
            due = one.forward_by if one.state == "received" else one.answer_by
            late = "  LATE" if complaints.late(one, now()) else ""
            received = day_of(one.received_at)
            sys.stdout.write(f"{one.code}  {one.state}  received {received}  due {due}{late}\n")
    finally:
        database.close()
    return 0


def run_show(options: argparse.Namespace) -> int:
    """Print a complaint with its sender, files and history."""

    def work(session: Session) -> tuple[str, list[StoredFile]] | None:
        code = normalise_code(options.code) or options.code
        one = session.scalar(select(Complaint).where(Complaint.code == code))
        if one is None:
            return None
        rows = list(session.scalars(select(StoredFile).where(StoredFile.id.in_(one.file_ids))))
        lines = [f"{one.code}  {one.state}  {one.channel}"]
        lines += [f"  from: {one.name}, {one.phone}"]
        if one.about:
            dossier = session.get(Dossier, one.dossier_id) if one.dossier_id else None
            named = f" (dossier {dossier.code})" if dossier is not None else ""
            lines.append(f"  about: {one.about}{named}")
        lines += [f"  | {line}" for part in one.content for line in part.splitlines()]
        lines += [f"  file: {row.name} ({row.content_type}, {row.size} bytes)" for row in rows]
        lines += [
            f"  {event.at.astimezone(VIETNAM):%Y-%m-%d %H:%M} {event.state}  {event.actor}"
            f"  {event.note}".rstrip()
            for event in one.history
        ]
        lines.append(f"  forward by {one.forward_by}, answer by {one.answer_by}")
        return "\n".join(lines), rows

    database = Database(settings().database_url)
    try:
        found = database.query(work)
    finally:
        database.close()
    if found is None:
        sys.stderr.write(f"there is no complaint {options.code}\n")
        return 1
    shown, rows = found
    sys.stdout.write(shown + "\n")
    return _write(rows, options.files) if options.files is not None else 0


def _write(rows: list[StoredFile], directory: Path) -> int:
    """Write contents under their keys: a citizen's name for a file is never a path."""
    storage = registry.create(settings())
    directory.mkdir(parents=True, exist_ok=True)
    try:
        for row in rows:
            path = directory / f"{row.id}{mimetypes.guess_extension(row.content_type) or ''}"
            path.write_bytes(storage.get(row.id))
            sys.stdout.write(f"{path}\n")
    except StorageError as error:
        sys.stderr.write(f"storage: {error}\n")
        return 1
    return 0


def run_move(options: argparse.Namespace) -> int:
    """Move a complaint on; one line says what came of it."""
    database = Database(settings().database_url)
    try:
        moved = database.transact(
            complaints.move, options.code, options.state, options.actor, options.note
        )
        sys.stdout.write(f"{moved.code}: {moved.state}\n")
    except complaints.ImpossibleStep as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except LookupError:
        sys.stderr.write(f"there is no complaint {options.code}\n")
        return 1
    finally:
        database.close()
    return 0


def run_report(options: argparse.Namespace) -> int:
    """Print one table; with `--csv` also write each rating of the time, for a spreadsheet."""
    if options.last < options.first:
        sys.stderr.write("the last day is before the first\n")
        return 1
    database = Database(settings().database_url)
    try:
        found = database.query(report.summaries, options.first, options.last)
        rows = database.query(
            lambda session: list(report.lines(session, options.first, options.last))
        )
    finally:
        database.close()
    sys.stdout.write(f"{'procedure':<12}{''.join(f'{stars:>6}' for stars in LEVELS)}   all  mean\n")
    for one in found:
        counts = "".join(f"{one.counts[stars]:>6}" for stars in LEVELS)
        mean = f"{one.mean:.2f}" if one.mean is not None else "-"
        sys.stdout.write(f"{one.code or 'all':<12}{counts}{one.count:>6}{mean:>6}\n")
    if options.csv is not None:
        # With the mark that spreadsheets need to read Vietnamese letters.
        with options.csv.open("w", encoding="utf-8-sig", newline="") as out:
            writer = csv.DictWriter(out, ["rated_at", "dossier", "procedure", "stars", "reason"])
            writer.writeheader()
            writer.writerows({**row, "reason": cell(row["reason"])} for row in rows)
        sys.stdout.write(f"{len(rows)} ratings written to {options.csv}\n")
    return 0
