"""`python -m onestop catalogue import [--preview] PATH… | load-shipped | stats | differences | schema`."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Never

from sqlalchemy.orm import Session
from tqdm import tqdm

from common.database import Database
from common.settings import settings
from onestop.catalogue import shipped
from onestop.catalogue.content import Procedure
from onestop.catalogue.differences import differences
from onestop.catalogue.importing.files import UnreadableFileError, find_files, read_raw
from onestop.catalogue.importing.formats import (
    RejectedRecordError,
    is_procedure_record,
    read_record,
)
from onestop.catalogue.sources import Source
from onestop.catalogue.statistics import collect
from onestop.catalogue.store import Outcome, get, judge, save

BATCH = 500  # records a transaction: short enough for others to write between two


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the group `catalogue`."""
    group = subparsers.add_parser("catalogue", help="procedures: import, load, count")
    commands = group.add_subparsers(required=True, metavar="COMMAND")

    importing = commands.add_parser("import", help="read records of the national portal")
    importing.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="folders or files")
    importing.add_argument(
        "--preview", action="store_true", help="only tell what would change, a line a procedure"
    )
    importing.set_defaults(run=run_import)

    loading = commands.add_parser("load-shipped", help="load data/catalogue")
    loading.add_argument("--directory", type=Path, default=shipped.DIRECTORY)
    loading.set_defaults(run=run_load_shipped)

    counting = commands.add_parser("stats", help="counts by level, field and way; what was parsed")
    counting.add_argument("--fields", type=int, default=20, help="how many fields to list")
    counting.set_defaults(run=run_stats)

    comparing = commands.add_parser("differences", help="facts that the sources tell differently")
    comparing.set_defaults(run=run_differences)

    describing = commands.add_parser("schema", help="the JSON Schema of data/catalogue/*.yml")
    describing.add_argument("--write", action="store_true", help="to its file, not to the screen")
    describing.set_defaults(run=run_schema)


def run_import(options: argparse.Namespace) -> int:
    """Import all records under the paths; a rejected record is told and does not fail the run."""
    files = find_files(options.paths)
    counts: Counter[str] = Counter()
    database = Database(settings().database_url)
    size = sum(path.stat().st_size for path in files)
    with tqdm(total=size, unit="B", unit_scale=True, disable=None) as bar:
        records = _readable(files, counts, bar)
        while batch := list(islice(records, BATCH)):
            if options.preview:
                counts.update(database.query(_preview_batch, batch))
            else:
                counts.update(database.transact(_save_batch, batch))
    database.close()
    _line(_summary(counts))
    return 1 if counts["unreadable files"] else 0


def run_load_shipped(options: argparse.Namespace) -> int:
    """Load the shipped catalogue whole, or nothing of it if a file is at fault."""
    try:
        procedures = shipped.load_shipped(options.directory)
    except shipped.ShippedCatalogueError as error:
        for fault in error.faults:
            _complain(fault)
        return 1
    database = Database(settings().database_url)
    counts = database.transact(
        _save_batch, [(procedure, Source.SHIPPED) for procedure in procedures]
    )
    database.close()
    _line(_summary(counts))
    return 0


def run_stats(options: argparse.Namespace) -> int:
    """Print the counts of the catalogue."""
    database = Database(settings().database_url)
    found = database.transact(collect)
    database.close()
    _line(f"{found.procedures} procedures, {found.online} online, {found.withdrawn} withdrawn")
    fields = dict(list(found.by_field.items())[: options.fields])
    for title, counts in (
        ("source", found.by_source),
        ("level", found.by_level),
        ("tier", found.by_tier),
        ("way", found.by_way),
        (f"field (of {len(found.by_field)})", fields),
    ):
        _line(f"\nby {title}")
        for name, count in counts.items():
            _line(f"{count:8}  {name or 'not stated'}")
    _line("\nparsed")
    for share in found.shares:
        percent = 100 * share.count / share.total if share.total else 0.0
        _line(f"{share.count:8}  of {share.total:6}  {percent:5.1f} %  {share.name}")
    return 0


def run_differences(_options: argparse.Namespace) -> int:
    """Print each fact that a weaker source tells otherwise than the current content."""
    database = Database(settings().database_url)
    for found in database.transact(lambda session: list(differences(session))):
        _line(f"{found.code}  {found.fact}: {found.current} | {found.source}: {found.other}")
    database.close()
    return 0


def run_schema(options: argparse.Namespace) -> int:
    """Print the JSON Schema, or write it to its file."""
    if options.write:
        shipped.SCHEMA_FILE.write_text(shipped.schema_text(), encoding="utf-8")
    else:
        sys.stdout.write(shipped.schema_text())
    return 0


def _readable(
    files: Iterable[Path], counts: Counter[str], bar: tqdm[Never]
) -> Iterator[tuple[Procedure, Source]]:
    """Yield what can be read of all files, and report the rest as it comes."""
    for path in files:
        try:
            yield from _readable_records(path, counts, bar)
        except UnreadableFileError as error:
            _complain(str(error))
            counts["unreadable files"] += 1


def _readable_records(
    path: Path, counts: Counter[str], bar: tqdm[Never]
) -> Iterator[tuple[Procedure, Source]]:
    size, done = path.stat().st_size, 0.0
    try:
        for raw in read_raw(path):
            bar.update(size / raw.of)
            done += size / raw.of
            if not raw.fault and raw.line == 1 and not is_procedure_record(raw.record):
                # A folder of records holds other JSON as well: one line for such a file, not all.
                _complain(f"{path}:1: no procedure records here: file skipped")
                counts["skipped files"] += 1
                return
            try:
                if raw.fault:
                    raise RejectedRecordError(raw.fault)
                yield read_record(raw.record)
            except RejectedRecordError as error:
                _complain(f"{path}:{raw.line}: {error}")
                counts["rejected"] += 1
    finally:
        bar.update(size - done)  # blank lines and skipped files are done, too


def _save_batch(session: Session, batch: list[tuple[Procedure, Source]]) -> Counter[str]:
    return Counter(save(session, procedure, source).value for procedure, source in batch)


def _preview_batch(session: Session, batch: list[tuple[Procedure, Source]]) -> Counter[str]:
    """Tell what saving would change of what citizens are told; each record is judged by itself."""
    counts: Counter[str] = Counter()
    for procedure, source in batch:
        outcome = judge(session, procedure, source)
        counts[outcome.value] += 1
        current = get(session, procedure.code) if outcome is Outcome.CHANGED else None
        if current is not None:
            _line(f"{procedure.code}  changed  {', '.join(procedure.differing(current))}")
        elif outcome is Outcome.ADDED:
            _line(f"{procedure.code}  added  {procedure.name}")
    return counts


def _summary(counts: Counter[str]) -> str:
    names = [
        *(outcome.value for outcome in Outcome),
        "rejected",
        "skipped files",
        "unreadable files",
    ]
    return ", ".join(f"{counts[name]} {name.replace('_', ' ')}" for name in names)


def _line(text: str) -> None:
    sys.stdout.write(f"{text}\n")


def _complain(text: str) -> None:
    tqdm.write(text, file=sys.stderr)
