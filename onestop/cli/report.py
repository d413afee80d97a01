"""The agency's own report, and the lists of dossiers handed in elsewhere that make its shares true.

python -m onestop report --from DAY --to DAY [--csv DIRECTORY | --json]
python -m onestop report import-counter FILE.csv
"""

from __future__ import annotations

import argparse
import asyncio
import getpass
import json
import sys
from pathlib import Path

import aiohttp

from common.database import Database, now
from common.settings import Settings, settings
from onestop.cli.feedback import day_option
from onestop.dossiers.submission import day_of
from onestop.reports import counter, report
from onestop.reports.period import Period
from onestop.reports.tables import Table, as_csv, as_text
from onestop.reports.waiting import waiting


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `report`."""
    parser = subparsers.add_parser("report", help="counts of a time; lists of counter dossiers")
    parser.add_argument("--from", dest="first", type=day_option, metavar="DAY", help="2026-12-01")
    parser.add_argument("--to", dest="last", type=day_option, metavar="DAY", help="included")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--csv", type=Path, metavar="DIRECTORY", help="write a file a table")
    how.add_argument("--json", action="store_true", help="print all tables as JSON")
    parser.set_defaults(run=run_report)
    commands = parser.add_subparsers(metavar="COMMAND")
    reading = commands.add_parser(
        "import-counter", help="dossiers handed in elsewhere: all of the list or nothing"
    )
    reading.add_argument("file", type=Path, metavar="FILE.csv", help="UTF-8")
    reading.add_argument("--actor", default=f"cli:{getpass.getuser()}", help="who does it")
    reading.set_defaults(run=run_import)


async def _waiting(config: Settings, period: Period) -> Table | None:
    async with aiohttp.ClientSession() as http:
        return await waiting(http, config, period)


def run_report(options: argparse.Namespace) -> int:
    """Print or write every table of the time."""
    if options.first is None or options.last is None:
        sys.stderr.write("say --from and --to\n")
        return 2
    try:
        period = Period(options.first, options.last)
    except ValueError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    config = settings()
    database = Database(config.database_url)
    try:
        tables = database.query(report.build, period, now())
    finally:
        database.close()
    waited = asyncio.run(_waiting(config, period))
    if waited is None:
        sys.stderr.write("the gateway does not answer: without waiting times\n")
    else:
        tables.append(waited)
    if options.json:
        shown = [table.model_dump(mode="json") for table in tables]
        sys.stdout.write(json.dumps(shown, ensure_ascii=False, indent=1) + "\n")
    elif options.csv is not None:
        options.csv.mkdir(parents=True, exist_ok=True)
        for table in tables:
            # With the mark that spreadsheets need to read Vietnamese letters.
            (options.csv / f"{table.name}.csv").write_text(
                as_csv(table), encoding="utf-8-sig", newline=""
            )
        sys.stdout.write(f"{len(tables)} tables written to {options.csv}\n")
    else:
        sys.stdout.write("\n".join(map(as_text, tables)))
    return 0


def run_import(options: argparse.Namespace) -> int:
    """Take a list in, or say what is wrong with it, a line each."""
    content = options.file.read_bytes()
    database = Database(settings().database_url)
    given = (content, options.file.name, options.actor, day_of(now()))
    try:
        taken = database.transact(counter.take, *given)
    except counter.ListError as error:
        for line in error.errors:
            sys.stderr.write(f"{options.file}: {line}\n")
        return 1
    finally:
        database.close()
    before = " (read before; nothing changed)" if taken.before else ""
    sys.stdout.write(f"{taken.new} new, {taken.known} known{before}\n")
    return 0
