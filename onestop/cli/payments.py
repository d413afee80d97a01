"""`python -m onestop payments reconcile FILE.csv | troubles`: bank statements, and what needs a person."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

from common.database import Database
from common.settings import settings
from onestop.backends import registry
from onestop.payments.base import Outcome
from onestop.payments.settling import troubles
from onestop.payments.statement import StatementError, read, reconcile


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the group `payments`."""
    group = subparsers.add_parser(
        "payments", help="payments: reconcile with a bank statement, troubles"
    )
    commands = group.add_subparsers(required=True, metavar="COMMAND")
    reconciling = commands.add_parser(
        "reconcile", help="settle VietQR payments by a statement; a file read twice counts once"
    )
    reconciling.add_argument("file", type=Path, metavar="FILE.csv", help="UTF-8, from the bank")
    reconciling.set_defaults(run=run_reconcile)
    listing = commands.add_parser("troubles", help="money to give back, notices that were refused")
    listing.set_defaults(run=run_troubles)


def run_reconcile(options: argparse.Namespace) -> int:
    """Reconcile, all lines or none; prints what a person must look at, then a line of counts."""
    try:
        credits = list(read(options.file.read_text(encoding="utf-8-sig")))
    except (StatementError, UnicodeDecodeError) as error:
        reason = error if isinstance(error, StatementError) else "it is not UTF-8"
        sys.stderr.write(f"{options.file}: {reason}\n")
        return 1
    database = Database(settings().database_url)
    try:
        settled = database.transact(reconcile, credits, registry.create(settings()))
    finally:
        database.close()
    for one in settled:
        if one.outcome is not Outcome.PAID:
            # Without the note: it may name the payer; the line says where it stands.
            code = one.code or "no dossier"
            sys.stdout.write(f"line {one.credit.line}: {one.outcome} {one.credit.amount} {code}\n")
    counts = Counter(str(one.outcome) for one in settled if one.new)
    new = ", ".join(f"{name} {count}" for name, count in sorted(counts.items())) or "nothing new"
    before = sum(not one.new for one in settled)
    sys.stdout.write(f"{len(settled)} credits: {new}; read before {before}\n")
    return 0


def run_troubles(_options: argparse.Namespace) -> int:
    """Print what needs a person: when, from whom, what, and for which dossier; no personal data."""
    database = Database(settings().database_url)
    try:
        found = database.query(troubles)
        for event, code in found:
            where = code or "no dossier"
            sys.stdout.write(
                f"{event.at:%Y-%m-%d %H:%M} {event.provider} {event.kind} {event.outcome} {where}\n"
            )
    finally:
        database.close()
    return 0
