"""How long data is kept, and what must not go.

python -m onestop retention run [--dry-run]
python -m onestop retention report [--days N]
python -m onestop retention hold dossier|conversation SUBJECT --reason …
python -m onestop retention holds
python -m onestop retention release NUMBER --reason …
"""

from __future__ import annotations

import argparse
import getpass
import sys
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from common.database import Database, now, row_number
from common.settings import settings
from onestop.dossiers.calendar import VIETNAM
from onestop.privacy import expiring, holds

T = TypeVar("T")
REPORT_DAYS = 30


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the group `retention`."""
    group = subparsers.add_parser("retention", help="what has had its time goes; legal holds")
    commands = group.add_subparsers(required=True, metavar="COMMAND")

    running = commands.add_parser("run", help="take away what has had its time in this database")
    running.add_argument("--dry-run", action="store_true", help="only count it")
    running.set_defaults(run=run_run)

    reporting = commands.add_parser("report", help="what went, by day and kind, in all stores")
    reporting.add_argument("--days", type=int, default=REPORT_DAYS, help="how far back")
    reporting.set_defaults(run=run_report)

    holding = commands.add_parser("hold", help="nothing of it goes until the hold is released")
    holding.add_argument("kind", choices=("dossier", "conversation"))
    holding.add_argument(
        "subject", help="the dossier's code, or the conversation's owner or number"
    )
    holding.add_argument("--reason", required=True, help="who wants it kept, and by which document")
    holding.add_argument("--actor", default=f"cli:{getpass.getuser()}", help="who does it")
    holding.set_defaults(run=run_hold)

    listing = commands.add_parser("holds", help="the holds that stand")
    listing.set_defaults(run=run_holds)

    releasing = commands.add_parser("release", help="release a hold")
    releasing.add_argument("number", type=row_number, metavar="NUMBER")
    releasing.add_argument("--reason", required=True, help="why it need not be kept any more")
    releasing.add_argument("--actor", default=f"cli:{getpass.getuser()}", help="who does it")
    releasing.set_defaults(run=run_release)


def _on_database(work: Callable[[Database], T]) -> T:
    database = Database(settings().database_url)
    try:
        return work(database)
    finally:
        database.close()


def run_run(options: argparse.Namespace) -> int:
    """Print each kind with its period, what is done, and how many rows it was."""
    found = _on_database(lambda one: expiring.run(one, now(), dry_run=options.dry_run))
    for one in found:
        rule = one.rule
        would = "would " if options.dry_run else ""
        sys.stdout.write(
            f"{rule.kind:<18} {rule.period.days:>5} days  {would}{rule.action} {one.count}\n"
        )
    return 0


def run_report(options: argparse.Namespace) -> int:
    """Print day, store, kind, what was done, and how many rows."""
    since = now() - timedelta(days=options.days)
    total: Counter[tuple[str, ...]] = Counter()
    for one in _on_database(lambda database: database.query(expiring.runs, since)):
        day = f"{one.at.astimezone(VIETNAM):%Y-%m-%d}"
        total[day, one.store, one.kind, one.action] += one.count
    for (day, store, kind, action), count in total.items():
        if not count:
            continue
        sys.stdout.write(f"{day}  {store:<8} {kind:<18} {action} {count}\n")
    return 0


def run_hold(options: argparse.Namespace) -> int:
    """Place a hold and print its number."""
    given = (options.kind, options.subject, options.reason, options.actor)
    try:
        hold = _on_database(lambda database: database.transact(holds.place, *given))
    except holds.UnknownSubject as error:
        sys.stderr.write(f"there is no {options.kind} {error}\n")
        return 1
    except holds.AlreadyHeld as error:
        sys.stderr.write(f"hold {error.number} stands on it already\n")
        return 1
    sys.stdout.write(f"hold {hold.id}: {hold.kind} {hold.subject}\n")
    return 0


def run_holds(_options: argparse.Namespace) -> int:
    """Print number, day, who placed it, subject and reason."""
    for one in _on_database(lambda database: database.query(holds.standing)):
        day = f"{one.placed_at.astimezone(VIETNAM):%Y-%m-%d}"
        sys.stdout.write(f"{one.id}  {day}  {one.actor}  {one.kind} {one.subject}  {one.reason}\n")
    return 0


def run_release(options: argparse.Namespace) -> int:
    """Release a hold."""
    given = (options.number, options.reason, options.actor)
    try:
        hold = _on_database(lambda database: database.transact(holds.release, *given))
    except holds.UnknownSubject:
        sys.stderr.write(f"there is no standing hold {options.number}\n")
        return 1
    sys.stdout.write(f"hold {hold.id} released: {hold.kind} {hold.subject}\n")
    return 0
