"""Counter times for officers.

python -m onestop booking units
python -m onestop booking list [--unit UNIT] [--day DATE]       (CSV)
python -m onestop booking cancel CODE --note …
"""

from __future__ import annotations

import argparse
import csv
import sys

from sqlalchemy import select
from sqlalchemy.orm import Session

from common.database import Database, now
from common.settings import settings
from common.tenant import tenant
from onestop.bookings import service
from onestop.bookings.models import Booking
from onestop.cli.dossier import read_date
from onestop.dossiers.submission import day_of
from onestop.kept import live
from onestop.units.directory import Directory

COLUMNS = ("unit", "day", "begin", "end", "code", "state", "name", "phone", "purpose")


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the group `booking`."""
    group = subparsers.add_parser("booking", help="booked counter times: list, cancel")
    commands = group.add_subparsers(required=True, metavar="COMMAND")
    units = commands.add_parser("units", help="the units and their identifiers")
    units.set_defaults(run=run_units)
    listing = commands.add_parser("list", help="the bookings of a day, as CSV; personal data")
    listing.add_argument("--unit", metavar="UNIT", help="only of this unit")
    listing.add_argument("--day", type=read_date, metavar="DATE", help="today when left out")
    listing.set_defaults(run=run_list)
    cancelling = commands.add_parser("cancel", help="cancel a booking and tell its owner")
    cancelling.add_argument("code", metavar="CODE")
    cancelling.add_argument("--note", default="", help="what the citizen is told of the reason")
    cancelling.set_defaults(run=run_cancel)


def run_units(_options: argparse.Namespace) -> int:
    """Print identifier and name of each unit."""
    directory = Directory(tenant())
    for unit in directory.ids():
        sys.stdout.write(f"{unit}\t{directory.place(unit).name}\n")
    return 0


def run_list(options: argparse.Namespace) -> int:
    """Print the bookings of a day as CSV, by unit and time."""
    if options.unit is not None and options.unit not in Directory(tenant()).ids():
        sys.stderr.write(f"there is no unit {options.unit}; see: booking units\n")
        return 1
    day = options.day or day_of(now())

    def work(session: Session) -> list[Booking]:
        query = select(Booking).where(Booking.day == day).order_by(Booking.unit, Booking.begin)
        if options.unit is not None:
            query = query.where(Booking.unit == options.unit)
        return list(session.scalars(query))

    database = Database(settings().database_url)
    database.query(live.load)
    try:
        found = database.query(work)
    finally:
        database.close()
    writer = csv.writer(sys.stdout)
    writer.writerow(COLUMNS)
    for one in found:
        details = [one.details[part] for part in ("name", "phone", "purpose")]
        times = [f"{one.begin:%H:%M}", f"{one.end:%H:%M}"]
        writer.writerow([one.unit, one.day.isoformat(), *times, one.code, one.state, *details])
    return 0


def run_cancel(options: argparse.Namespace) -> int:
    """Cancel a booking; its owner is told."""

    def work(session: Session) -> Booking:
        booking = service.find(session, service.read_code(options.code) or options.code)
        if booking.state == "booked":
            service.cancel(session, booking.code)
            service.tell(session, booking, "booking_cancelled", note=options.note)
        return booking

    database = Database(settings().database_url)
    database.query(live.load)
    try:
        done = database.transact(work)
    except service.NotFound:
        sys.stderr.write(f"there is no booking {options.code}\n")
        return 1
    finally:
        database.close()
    sys.stdout.write(f"{done.code}: {done.state}\n")
    return 0
