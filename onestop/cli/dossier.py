"""An officer's commands.

python -m onestop dossier advance CODE STATUS [--note …]
python -m onestop dossier advance CODE supplement_requested --fields … --papers … --until DATE --note …
python -m onestop dossier advance CODE payment_requested [--fee ĐỒNG] --note …
python -m onestop dossier show CODE
python -m onestop dossier remind
"""

from __future__ import annotations

import argparse
import getpass
import re
import sys
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.nlu.text import fold
from common.database import Database, now
from common.settings import settings
from onestop import reminders
from onestop.dossiers import supplements, waiting
from onestop.dossiers.calendar import VIETNAM
from onestop.dossiers.codes import normalise_code
from onestop.dossiers.models import Dossier
from onestop.dossiers.statuses import Status
from onestop.dossiers.submission import ImpossibleStep, advance, day_of, find
from onestop.kept import live
from onestop.payments.asking import FeeRefused, ask
from onestop.post import service as post


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the group `dossier`."""
    group = subparsers.add_parser("dossier", help="dossiers: move on, show")
    commands = group.add_subparsers(required=True, metavar="COMMAND")
    names = ", ".join(f"{one.value} {one.name.lower()} ({one.label})" for one in Status)

    moving = commands.add_parser("advance", help="move a dossier on", epilog=f"statuses: {names}")
    moving.add_argument("code", metavar="CODE")
    moving.add_argument("status", type=read_status, metavar="STATUS", help="number or name")
    moving.add_argument("--note", default="", help="what the citizen is told beside the status")
    moving.add_argument(
        "--fields",
        nargs="+",
        default=[],
        metavar="FIELD",
        help="supplement: fields to correct, by identifier, label or number in the summary",
    )
    moving.add_argument(
        "--papers",
        nargs="+",
        default=[],
        metavar="PAPER",
        help="supplement: papers to hand in, of the e-form or others by name",
    )
    moving.add_argument(
        "--until",
        type=read_date,
        metavar="DATE",
        help="supplement: last day, YYYY-MM-DD or DD/MM/YYYY",
    )
    moving.add_argument(
        "--fee",
        type=read_fee,
        metavar="ĐỒNG",
        help="payment: how much, where it is not known or not as stated",
    )
    moving.add_argument("--actor", default=getpass.getuser(), help="who does it")
    moving.set_defaults(run=run_advance)

    showing = commands.add_parser("show", help="a dossier with its history, without personal data")
    showing.add_argument("code", metavar="CODE")
    showing.set_defaults(run=run_show)

    reminding = commands.add_parser(
        "remind", help="remind citizens of deadlines, drafts and payments (once a day)"
    )
    reminding.set_defaults(run=run_remind)


def read_date(text: str) -> date:
    """A day as an officer types it, today or later.

    Raises:
        argparse.ArgumentTypeError: if it is none, or past.
    """
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            day = datetime.strptime(text, form).replace(tzinfo=VIETNAM).date()
        except ValueError:
            continue
        if day < day_of(now()):
            raise argparse.ArgumentTypeError(f"{text} is past")
        return day
    raise argparse.ArgumentTypeError(f"{text!r} is no date; write 2026-12-01 or 01/12/2026")


def read_fee(text: str) -> int:
    """A sum in đồng as an officer types it: 150000 or 150.000.

    Raises:
        argparse.ArgumentTypeError: if it is none, or nothing.
    """
    if not re.fullmatch(r"[1-9]\d{0,9}|[1-9]\d{0,2}(\.\d{3}){1,3}", text):
        raise argparse.ArgumentTypeError(f"{text!r} is no sum; write 150000 or 150.000")
    return int(text.replace(".", ""))


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
    if options.fee is not None and options.status is not Status.PAYMENT_REQUESTED:
        sys.stderr.write("a fee is stated with payment_requested\n")
        return 1

    def work(session: Session) -> str:
        code = normalise_code(options.code) or options.code
        if options.status is Status.SUPPLEMENT_REQUESTED:
            dossier = find(session, code)
            wanted = supplements.resolve(
                session, dossier, options.fields, options.papers, options.until
            )
            supplements.ask(session, dossier, wanted, options.actor, options.note)
        elif options.status is Status.PAYMENT_REQUESTED:
            dossier, fee = ask(session, code, options.fee, options.actor, options.note)
            return f"{dossier.code}: {dossier.status} {options.status.label}: {fee} đồng"
        else:
            dossier = advance(session, code, options.status, options.actor, options.note)
        return f"{dossier.code}: {dossier.status} {Status(dossier.status).label}"

    database = Database(settings().database_url)
    database.query(live.load)
    try:
        sys.stdout.write(database.transact(work) + "\n")
    except (ImpossibleStep, FeeRefused, supplements.UnknownField) as error:
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
        counted = waiting.timeliness(dossier, waiting.requests_of(session, dossier), now())
        if dossier.due_at is not None:
            due = dossier.due_at.astimezone(VIETNAM)
            lines.append(f"  due {due:%Y-%m-%d %H:%M}  {counted}")
        lines += [
            f"  post {one.code} {one.service} {one.state} {one.carrier_ref}".rstrip()
            for one in post.of_dossier(session, dossier)
        ]
        return "\n".join(lines)

    database = Database(settings().database_url)
    database.query(live.load)
    shown = database.transact(work)
    database.close()
    if shown is None:
        sys.stderr.write(f"there is no dossier {options.code}\n")
        return 1
    sys.stdout.write(shown + "\n")
    return 0


def run_remind(_options: argparse.Namespace) -> int:
    """Schedule the reminders that are due; the service does so itself every hour."""
    config = settings()
    database = Database(config.database_url)
    database.query(live.load)
    reminded = database.transact(reminders.schedule, now(), reminders.plan_of(config))
    database.close()
    sys.stdout.write(f"{reminded} reminded\n")
    return 0
