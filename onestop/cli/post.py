"""The public post for officers and the post office.

python -m onestop post list [--new]           (CSV for the post office)
python -m onestop post update FILE.csv        (code, state; carrier_ref, fee, note if told)
python -m onestop post move CODE STATE [--ref REF] [--fee FEE] [--note …]
"""

from __future__ import annotations

import argparse
import getpass
import sys
from pathlib import Path

from sqlalchemy.orm import Session

from common.database import Database
from common.settings import settings
from onestop.post import exchange
from onestop.post.states import STATES


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the group `post`."""
    group = subparsers.add_parser("post", help="public post: list, states")
    commands = group.add_subparsers(required=True, metavar="COMMAND")
    listing = commands.add_parser("list", help="what the post is asked for, as CSV; personal data")
    listing.add_argument("--new", action="store_true", help="only what it has not taken up")
    listing.set_defaults(run=run_list)
    updating = commands.add_parser("update", help="states from the post office; all lines or none")
    updating.add_argument("file", type=Path, metavar="FILE.csv", help="UTF-8: code,state,…")
    updating.add_argument("--actor", default=getpass.getuser(), help="who does it")
    updating.set_defaults(run=run_update)
    moving = commands.add_parser("move", help="one request to its next state")
    moving.add_argument("code", metavar="CODE")
    moving.add_argument("state", choices=STATES, metavar="STATE", help=", ".join(STATES))
    moving.add_argument("--ref", default="", help="the post's own number")
    moving.add_argument("--fee", default="", help="the exact sum in đồng")
    moving.add_argument("--note", default="", help="what the citizen is told beside the state")
    moving.add_argument("--actor", default=getpass.getuser(), help="who does it")
    moving.set_defaults(run=run_move)


def run_list(options: argparse.Namespace) -> int:
    """Print the requests as CSV."""
    database = Database(settings().database_url)
    try:
        database.query(exchange.write, sys.stdout, new_only=options.new)
    finally:
        database.close()
    return 0


def _apply(updates: list[exchange.Update], actor: str) -> int:
    def work(session: Session) -> int:
        return sum(exchange.apply(session, one, actor) for one in updates)

    database = Database(settings().database_url)
    try:
        return database.transact(work)
    finally:
        database.close()


def run_update(options: argparse.Namespace) -> int:
    """Take the states of a file, all lines or none; a file read twice changes nothing."""
    try:
        updates = list(exchange.read(options.file.read_text(encoding="utf-8-sig")))
        changed = _apply(updates, options.actor)
    except (exchange.ExchangeError, UnicodeDecodeError) as error:
        reason = error if isinstance(error, exchange.ExchangeError) else "it is not UTF-8"
        sys.stderr.write(f"{options.file}: {reason}\n")
        return 1
    sys.stdout.write(f"{len(updates)} lines: {changed} changed\n")
    return 0


def run_move(options: argparse.Namespace) -> int:
    """Move one request on; its citizen is told."""
    given = {"code": options.code, "state": options.state, "note": options.note}
    given |= {"carrier_ref": options.ref, "fee": options.fee}
    try:
        update = exchange.one(given)
        _apply([update], options.actor)
    except exchange.ExchangeError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{update.code}: {update.state}\n")
    return 0
