"""`python -m onestop notices list | retry ID`: what was not told yet, and what could not be."""

from __future__ import annotations

import argparse
import sys

from sqlalchemy.orm import Session

from common.database import Database, now, row_number
from common.settings import settings
from onestop.notices import delivery


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the group `notices`."""
    group = subparsers.add_parser("notices", help="what citizens are to be told")
    commands = group.add_subparsers(required=True, metavar="COMMAND")
    listing = commands.add_parser("list", help="what waits or failed, without personal data")
    listing.set_defaults(run=run_list)
    again = commands.add_parser("retry", help="try again to tell what failed")
    again.add_argument("id", type=row_number, metavar="ID", help="as `list` shows it")
    again.set_defaults(run=run_retry)


def run_list(_options: argparse.Namespace) -> int:
    """One line each: number, kind, state, failed tries, since when, the last reason."""

    def work(session: Session) -> list[str]:
        return [
            f"{row.id}  {row.template}  {row.state}  {row.attempts} failed tries"
            f"  since {row.created_at:%Y-%m-%d %H:%M}  {row.last_error}".rstrip()
            for row in delivery.undelivered(session)
        ]

    database = Database(settings().database_url)
    lines = database.query(work)
    database.close()
    sys.stdout.write("".join(f"{line}\n" for line in lines) or "nothing waits\n")
    return 0


def run_retry(options: argparse.Namespace) -> int:
    """Let a failed notice be tried again."""
    database = Database(settings().database_url)
    found = database.transact(delivery.retry, options.id, now())
    database.close()
    if not found:
        sys.stderr.write(f"no notice {options.id} has failed\n")
    return 0 if found else 1
