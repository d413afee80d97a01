"""`python -m onestop dossier advance CODE STATUS [--note …] | show CODE`: an officer's commands."""

from __future__ import annotations

import argparse
import getpass
import sys

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.nlu.text import fold
from common.database import Database
from common.settings import settings
from onestop.dossiers.codes import normalise_code
from onestop.dossiers.models import Dossier
from onestop.dossiers.statuses import Status
from onestop.dossiers.submission import ImpossibleStep, advance


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the group `dossier`."""
    group = subparsers.add_parser("dossier", help="dossiers: move on, show")
    commands = group.add_subparsers(required=True, metavar="COMMAND")
    names = ", ".join(f"{one.value} {one.name.lower()} ({one.label})" for one in Status)

    moving = commands.add_parser("advance", help="move a dossier on", epilog=f"statuses: {names}")
    moving.add_argument("code", metavar="CODE")
    moving.add_argument("status", type=read_status, metavar="STATUS", help="number or name")
    moving.add_argument("--note", default="", help="what the citizen is told beside the status")
    moving.add_argument("--actor", default=getpass.getuser(), help="who does it")
    moving.set_defaults(run=run_advance)

    showing = commands.add_parser("show", help="a dossier with its history, without personal data")
    showing.add_argument("code", metavar="CODE")
    showing.set_defaults(run=run_show)


def read_status(text: str) -> Status:
    """A status from its number, its name in the code, or its national name, with or without accents.

    Raises:
        argparse.ArgumentTypeError: if it is none of them.
    """
    wanted = fold(text.strip()).casefold()
    for status in Status:
        if wanted in (str(status.value), status.name.lower(), fold(status.label).casefold()):
            return status
    raise argparse.ArgumentTypeError(f"{text!r} is no status; see --help")


def run_advance(options: argparse.Namespace) -> int:
    """Move a dossier on; one line says what came of it."""

    def work(session: Session) -> str:
        code = normalise_code(options.code) or options.code
        dossier = advance(session, code, options.status, options.actor, options.note)
        return f"{dossier.code}: {dossier.status} {Status(dossier.status).label}"

    database = Database(settings().database_url)
    try:
        sys.stdout.write(database.transact(work) + "\n")
    except ImpossibleStep as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except LookupError:
        sys.stderr.write(f"there is no dossier {options.code}\n")
        return 1
    finally:
        database.close()
    return 0


def run_show(options: argparse.Namespace) -> int:
    """Print status and history."""

    def work(session: Session) -> str | None:
        code = normalise_code(options.code) or options.code
        dossier = session.scalar(select(Dossier).where(Dossier.code == code))
        if dossier is None:
            return None
        lines = [f"{dossier.code}  {dossier.procedure_code} {dossier.procedure_name}"]
        lines += [
            f"  {event.at:%Y-%m-%d %H:%M} {event.status:2} {Status(event.status).label}"
            f"  {event.actor}  {event.note}".rstrip()
            for event in dossier.history
        ]
        return "\n".join(lines)

    database = Database(settings().database_url)
    shown = database.transact(work)
    database.close()
    if shown is None:
        sys.stderr.write(f"there is no dossier {options.code}\n")
        return 1
    sys.stdout.write(shown + "\n")
    return 0
