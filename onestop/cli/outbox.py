"""`python -m onestop outbox list | retry KEY`: what is on its way to another system, and what failed."""

from __future__ import annotations

import argparse
import sys

from sqlalchemy.orm import Session

from common.database import Database
from common.settings import settings
from onestop.backends import outbox


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the group `outbox`."""
    group = subparsers.add_parser("outbox", help="what is sent to another one-stop system")
    commands = group.add_subparsers(required=True, metavar="COMMAND")
    listing = commands.add_parser(
        "list", help="what is on its way or failed, without personal data"
    )
    listing.set_defaults(run=run_list)
    again = commands.add_parser("retry", help="send again what failed")
    again.add_argument("key", metavar="KEY", help="as `list` shows it")
    again.set_defaults(run=run_retry)


def run_list(_options: argparse.Namespace) -> int:
    """One line each: key, state, tries, since when, the last error."""

    def work(session: Session) -> list[str]:
        return [
            f"{row.key}  {row.state}  {row.tries} tries  since {row.created_at:%Y-%m-%d %H:%M}"
            f"  {row.last_error}".rstrip()
            for row in outbox.unfinished(session)
        ]

    database = Database(settings().database_url)
    lines = database.query(work)
    database.close()
    sys.stdout.write("".join(f"{line}\n" for line in lines) or "nothing waits\n")
    return 0


def run_retry(options: argparse.Namespace) -> int:
    """Put a failed row back on its way."""
    database = Database(settings().database_url)
    found = database.transact(outbox.retry, options.key)
    database.close()
    if not found:
        sys.stderr.write(f"nothing failed under {options.key}\n")
    return 0 if found else 1
